//! Who is meant by an event: the store knows which pull requests stand at a commit and which go into a branch.

use jiff::{SignedDuration, Timestamp};

use super::{Heard, Order, Start, Want, Whom};
use crate::ids::PrNumber;
use crate::store::{Ask, Command, Delivery, Intake, Store, StoreError, Subject, Urgency};

/// Between two of many that nobody waits for.
const APART: SignedDuration = SignedDuration::from_secs(2);

/// Everything that a delivery brings, ready to be stored. What ends at about the same time is gathered for `debounce`.
pub(in crate::server) async fn intake(
    heard: &Heard,
    delivery: Delivery,
    store: &Store,
    now: Timestamp,
    debounce: SignedDuration,
) -> Result<Intake, StoreError> {
    let mut intake =
        Intake { delivery, asks: Vec::new(), commands: Vec::new(), closed: heard.closed.clone() };
    for want in &heard.wants {
        for (position, subject) in meant(&want.whom, want.place.repo_id, store).await?.into_iter().enumerate()
        {
            let due = match want.start {
                Start::Now => now,
                Start::Soon => now + debounce,
                Start::Spread => now + debounce + APART * i32::try_from(position).unwrap_or(i32::MAX),
            };
            intake.asks.push(want.ask(subject, due));
        }
    }
    for order in &heard.orders {
        for subject in meant(&order.whom, order.place.repo_id, store).await? {
            let Subject::Pull(number) = subject else { continue };
            intake.commands.push(order.command(number, now));
            let want = Want {
                place: order.place.clone(),
                whom: Whom::These(Vec::new()),
                // Whether a new check run is shown hangs on who asked, which is decided with the command.
                urgency: Urgency::Push,
                start: Start::Now,
            };
            intake.asks.push(want.ask(Subject::Pull(number), now));
        }
    }
    Ok(intake)
}

async fn meant(whom: &Whom, repo_id: u64, store: &Store) -> Result<Vec<Subject>, StoreError> {
    let numbers = match whom {
        Whom::These(subjects) => return Ok(subjects.clone()),
        Whom::At { head, listed } => {
            let mut numbers = listed.clone();
            numbers.extend(store.pulls_at_head(repo_id, head).await?);
            numbers
        }
        Whom::Judged { head, listed } if listed.is_empty() => store.pulls_with_head(repo_id, head).await?,
        Whom::Judged { listed, .. } => listed.clone(),
        Whom::Into(branch) => store.pulls_at_base(repo_id, branch).await?,
    };
    Ok(distinct(numbers).map(Subject::Pull).collect())
}

fn distinct(mut numbers: Vec<PrNumber>) -> impl Iterator<Item = PrNumber> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

impl Want {
    fn ask(&self, subject: Subject, due: Timestamp) -> Ask {
        let place = &self.place;
        Ask {
            repo_id: place.repo_id,
            subject,
            repo: place.repo.clone(),
            installation: place.installation,
            urgency: self.urgency,
            due,
        }
    }
}

impl Order {
    fn command(&self, number: PrNumber, now: Timestamp) -> Command {
        Command {
            key: self.key.clone(),
            repo_id: self.place.repo_id,
            number,
            by: self.by.clone(),
            is_bot: self.is_bot,
            words: self.words.clone(),
            comment: self.comment,
            at: self.at.unwrap_or(now),
        }
    }
}
