//! The shell around the judgement on GitHub: check run begun, snapshot, verdict, check run completed.

mod group;
mod publish;
mod verdict;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::{commands, sticky};
use crate::change::Change;
use crate::github::{Doubt, GithubError, Installation, Mark, Pull, Run};
use crate::ids::{PrNumber, Sha};
use crate::policy::Policy;
use crate::report::check::Output;
use crate::store::{Job, Open, Settlement, Store, StoreError, Subject, Urgency};
use crate::verdict::Verdict;

/// What judges; [`super::consider`], except where a test wants another.
pub type Judge = Arc<dyn Fn(&Change, &Policy) -> Verdict + Send + Sync>;

/// Why a job did not end with a verdict.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// GitHub's side.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// Our own database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A check broke.
    #[error("the judgement of {0} broke off; this is a fault of Gainsay's own")]
    Panicked(String),
    /// The pull request changed faster than it could be judged.
    #[error("the text of {0} changed each time while it was judged")]
    Restless(String),
    /// It takes longer than anything should.
    #[error("the judgement took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
    /// What is left of GitHub's rate is kept for what people wait for.
    #[error("it is put off until {0}")]
    PutOff(Timestamp),
    /// Another process took the job over: whatever is to be done, it does.
    #[error("another process took it over")]
    Lost,
}

impl RunError {
    /// Whether the same may succeed later without anybody's doing.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Github(error) => error.is_passing(),
            Self::Store(_) => true,
            _ => false,
        }
    }
}

/// A text that is edited this often while it is judged is left for a later try.
const READINGS: usize = 3;

/// What a job is done with.
pub struct Shell<'a> {
    /// Whom to ask.
    pub github: &'a Installation,
    /// Where it is kept.
    pub store: &'a Store,
    /// What judges.
    pub judge: &'a Judge,
    /// Room for snapshots and judgements. Check runs are begun without: a push is seen at once, however many wait.
    pub room: &'a Semaphore,
    /// How long a snapshot with its judgement may take.
    pub limit: Duration,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

impl Shell<'_> {
    /// Does a job up to the check run that shows its verdict. What is returned is to be kept with [`Store::done`].
    ///
    /// Where the head shows a verdict already and nobody asks for a new one, it is judged first and GitHub is touched
    /// only if the verdict differs: a check that passed must not flicker each time that another one ends.
    pub async fn run(&self, job: &mut Job) -> Result<Settlement, RunError> {
        match job.ask.subject.clone() {
            Subject::Pull(number) => self.run_pull(job, number).await,
            Subject::Group(head) => self.run_group(job, &head).await,
        }
    }

    async fn run_pull(&self, job: &mut Job, number: PrNumber) -> Result<Settlement, RunError> {
        let repo = job.ask.repo.clone();
        let mut pull = self.github.pull(&repo, number).await?;
        let mut seen = self.seen(job, &pull.head, &pull.base_branch).await?;
        let mut run = self.begin_where_due(job, &pull.head).await?;
        let room = self.room.acquire().await.expect("the room is never closed");
        self.store.start(job).await?;
        for _ in 0..READINGS {
            let mut made = self.in_time(self.judge_pull(job, number, &pull, seen)).await?;
            let current = self.github.pull(&repo, number).await?;
            if current == pull {
                drop(room);
                let page = made.page.take();
                let mut settlement = self.publish(job, run, made, &pull.head).await?;
                if let Some(page) = page {
                    sticky::show(self.github, self.store, (job, number), &page).await?;
                }
                let owed = commands::answer(self.github, self.store, (job, number), (self.clock)()).await?;
                settlement.wake = settlement.wake.into_iter().chain(owed).min();
                return Ok(settlement);
            }
            if let Some(begun) = run.take_if(|_| current.head != pull.head) {
                if !begun.completed {
                    self.show(job, &begun, &Output::superseded()).await?;
                }
                run = Some(self.begin(job, &current.head).await?);
            }
            pull = current;
            seen = self.seen(job, &pull.head, &pull.base_branch).await?;
        }
        Err(RunError::Restless(job.ask.to_string()))
    }

    /// When the head was first seen; what waits for evidence counts from there.
    async fn seen(&self, job: &Job, head: &Sha, base: &str) -> Result<Timestamp, RunError> {
        Ok(self.store.seen(job, head, base, (self.clock)()).await?)
    }

    /// The check run on a head, unless the head shows its verdict already and nobody asks for a new one.
    async fn begin_where_due(&self, job: &mut Job, head: &Sha) -> Result<Option<Run>, RunError> {
        let stands = job.shown.as_ref().is_some_and(|(shown, _)| shown == head);
        match job.ask.urgency {
            Urgency::Quiet | Urgency::Push if stands => Ok(None),
            _ => self.begin(job, head).await.map(Some),
        }
    }
}

/// What a check run of a job is bound to.
fn mark(job: &Job) -> Mark {
    let number = job.ask.subject.pull().unwrap_or(PrNumber(0));
    Mark { repo_id: job.ask.repo_id, number, generation: job.generation }
}

/// Says on the check run that was begun that GitHub holds its verdict up. It stays open.
pub async fn tell_of_outage(github: &Installation, job: &Job, reason: &str) -> Result<(), GithubError> {
    let Some(Open { head, run: Some(id) }) = &job.open else { return Ok(()) };
    github.show(&job.ask.repo, &Run::begun(*id, head), &Output::of_outage(reason)).await
}

/// Says on the head that there is no verdict, and why.
pub async fn give_up(github: &Installation, job: &Job, reason: &str) -> Result<(), GithubError> {
    let repo = &job.ask.repo;
    let head = match &job.ask.subject {
        Subject::Pull(number) => {
            let Pull { head, .. } = github.pull(repo, *number).await?;
            head
        }
        Subject::Group(head) => head.clone(),
    };
    let run = github.begin(repo, &head, mark(job), Doubt::Some).await?;
    if run.completed {
        return Ok(());
    }
    github.show(repo, &run, &Output::of_failure(reason)).await
}
