//! What GitHub told while nobody listened: deliveries that it recorded and we have not, and open pull requests of
//! repositories that are new to us. GitHub sends nothing again by itself.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::Door;
use super::event::is_heard;
use super::webhook::{NotTaken, take_in};
use crate::github::{GithubError, Recorded};
use crate::ids::RepoName;
use crate::store::{Ask, Delivery, Intake, StoreError, Subject, Sweep, Urgency};

/// Between two looks at GitHub's records, by whichever replica.
const ROUND: SignedDuration = SignedDuration::from_mins(3);
/// How often a process looks whether something is to be done.
const LOOK: Duration = Duration::from_secs(15);
/// GitHub keeps deliveries no longer.
const REACH: SignedDuration = SignedDuration::from_hours(3 * 24);
/// A delivery may be recorded a while after it was sent, and clocks differ.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);
/// Between two pull requests of a repository that is new: nobody waits for them all at once.
const APART: SignedDuration = SignedDuration::from_secs(2);
/// A repository that could not be looked through so often is left alone.
const TRIES: u32 = 20;

/// Up to when deliveries were compared with GitHub's records.
const COMPARED: &str = "deliveries";
/// Until when the round belongs to whoever began it.
const TURN: &str = "recovery";

/// Why a round did not come to its end. The next one begins where it began.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// GitHub's side.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// Our own database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

type Result<T> = std::result::Result<T, RecoveryError>;

/// Takes in what was missed.
pub struct Recovery {
    door: Door,
}

impl Recovery {
    /// For the deliveries of a door, taken in as if they came through it.
    pub fn new(door: Door) -> Self {
        Self { door }
    }

    /// At once and then every few minutes, until `stop` turns true or its sender is gone.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        // Whoever starts was down, however lately another one looked.
        let mut starts = true;
        loop {
            let starting = std::mem::take(&mut starts);
            match self.turn().await {
                Ok(turn) if turn.is_some() || starting => match self.compare_within(turn).await {
                    Ok(0) => {}
                    Ok(found) => tracing::warn!(found, "took in deliveries that had not come"),
                    Err(error) => tracing::error!(%error, "missed deliveries could not be looked for"),
                },
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "missed deliveries could not be looked for"),
            }
            if let Err(error) = self.sweep().await {
                tracing::error!(%error, "new repositories could not be looked through");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Until when the round is ours, if it is time for one and nobody else's. Of two replicas that ask together one
    /// gets it.
    async fn turn(&self) -> Result<Option<Timestamp>> {
        let (store, now) = (&self.door.store, (self.door.clock)());
        let taken = store.mark(TURN).await?;
        // A clock that was set back must not stop it for good.
        let waits = |until: &Timestamp| now < *until && until.duration_since(now) <= ROUND;
        if taken.as_ref().is_some_and(waits) {
            return Ok(None);
        }
        let until = now + ROUND;
        Ok(store.set_mark(TURN, taken, until).await?.then_some(until))
    }

    /// A round that takes long stays ours.
    async fn keep(&self, turn: &mut Option<Timestamp>) -> Result<()> {
        let now = (self.door.clock)();
        let ending = turn.filter(|until| until.duration_since(now) < ROUND / 2);
        if ending.is_some() && self.door.store.set_mark(TURN, ending, now + ROUND).await? {
            *turn = Some(now + ROUND);
        }
        Ok(())
    }

    /// Compares GitHub's records with the inbox and takes in what is missing. Returns how many there were.
    pub async fn compare(&self) -> Result<usize> {
        self.compare_within(None).await
    }

    async fn compare_within(&self, mut turn: Option<Timestamp>) -> Result<usize> {
        let (store, started) = (&self.door.store, (self.door.clock)());
        let compared = store.mark(COMPARED).await?;
        let reach = started - REACH;
        let since = compared.map_or(reach, |at| (at - OVERLAP).max(reach));
        let mut found = 0;
        for delivery in self.missing(since).await? {
            found += usize::from(self.fetch(&delivery).await?);
            self.keep(&mut turn).await?;
        }
        // Another replica that moved it meanwhile was no less thorough.
        store.set_mark(COMPARED, compared, started).await?;
        Ok(found)
    }

    /// The recorded deliveries that may bring something and are not in the inbox, the oldest first, each once; after
    /// all others those that only bring evidence, of which there are many.
    async fn missing(&self, since: Timestamp) -> Result<Vec<Recorded>> {
        let mut missing: BTreeMap<String, Recorded> = BTreeMap::new();
        let mut pages = self.door.app.deliveries(since);
        while let Some(mut page) = pages.next().await? {
            page.retain(|delivery| is_heard(&delivery.event, delivery.action.as_deref()));
            let ids: Vec<String> = page.iter().map(|delivery| delivery.guid.clone()).collect();
            let known = self.door.store.known_deliveries(&ids).await?;
            page.retain(|delivery| !known.contains(&delivery.guid));
            // The same delivery sent again is listed again, with the same payload.
            missing.extend(page.into_iter().map(|delivery| (delivery.guid.clone(), delivery)));
        }
        let mut missing: Vec<Recorded> = missing.into_values().collect();
        missing.sort_by_key(|delivery| (is_evidence(delivery), delivery.delivered_at, delivery.id));
        Ok(missing)
    }

    /// Takes one delivery in; says whether it was there to be had and new.
    async fn fetch(&self, delivery: &Recorded) -> Result<bool> {
        let guid = &delivery.guid;
        let payload = match self.door.app.delivery(delivery.id).await {
            Err(GithubError::NotFound { .. }) => None,
            payload => Some(payload?),
        };
        let Some((event, body)) = payload.and_then(|payload| Some((payload.event, payload.body?))) else {
            tracing::error!(delivery = guid, "GitHub no longer has what a missed delivery brought");
            return Ok(false);
        };
        match take_in(&self.door, &event, guid, &body).await {
            Ok(taken) => {
                tracing::info!(delivery = guid, event, ?taken, "a missed delivery");
                Ok(taken == super::webhook::Taken::New)
            }
            Err(NotTaken::Store(error)) => Err(error.into()),
            Err(NotTaken::Unreadable(why)) => {
                tracing::error!(delivery = guid, event, why, "a missed delivery can't be read");
                Ok(false)
            }
        }
    }

    /// Asks for the open pull requests of repositories that are new, so that a check that is required there does not
    /// hang on them.
    pub async fn sweep(&self) -> Result<()> {
        while let Some(sweep) = self.door.store.take_sweep((self.door.clock)()).await? {
            match self.look_through(&sweep).await {
                Ok(()) => self.door.store.swept(&sweep).await?,
                Err(RecoveryError::Github(error)) if !error.is_passing() || sweep.attempt >= TRIES => {
                    tracing::error!(installation = sweep.installation, %error, "not looked through");
                    self.door.store.swept(&sweep).await?;
                }
                Err(error) => {
                    tracing::warn!(installation = sweep.installation, %error, "looked through later");
                }
            }
        }
        Ok(())
    }

    async fn look_through(&self, sweep: &Sweep) -> Result<()> {
        let github = self.door.app.installation(sweep.installation)?;
        let now = (self.door.clock)();
        let Some((repo_id, repo)) = &sweep.repo else {
            for seen in github.repositories().await? {
                self.door.store.want_sweep(sweep.installation, Some((seen.repo_id, &seen.repo)), now).await?;
            }
            return Ok(());
        };
        let mut asks = Vec::new();
        for (position, pull) in github.open_pulls(repo).await?.into_iter().enumerate() {
            let due = now + APART * i32::try_from(position).unwrap_or(i32::MAX);
            asks.push(Ask {
                repo_id: *repo_id,
                subject: Subject::Pull(pull.number),
                repo: RepoName::clone(repo),
                installation: sweep.installation,
                urgency: Urgency::Push,
                due,
            });
        }
        let delivery = Delivery {
            id: format!("sweep:{}:{repo_id}:{}", sweep.installation, now.as_millisecond()),
            event: "sweep".to_owned(),
        };
        self.door.store.accept(&Intake::asking(delivery, asks), now).await?;
        self.door.wake.notify_one();
        Ok(())
    }
}

fn is_evidence(delivery: &Recorded) -> bool {
    let completed = delivery.action.as_deref() == Some("completed");
    completed || matches!(delivery.event.as_str(), "deployment_status" | "status")
}
