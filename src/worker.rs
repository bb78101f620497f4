//! Takes work from the store and does it: a few jobs side by side, never two for one pull request, retries that
//! outlive the process, and a word on the pull request when there is no hope.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::{self, JoinSet};

use crate::github::App;
use crate::pipeline::run::{self, Judge, RunError};
use crate::store::{Job, Settlement, Store, StoreError};

/// How jobs are done.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Jobs side by side.
    pub jobs: usize,
    /// Tries of one job before it is given up.
    pub tries: u32,
    /// The pause before the second try; each further one is twice as long, up to an hour.
    pub pause: Duration,
    /// How long one try may take.
    pub job: Duration,
    /// How long jobs may still run when the process is asked to stop. What is not done then is done at the next start.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            jobs: 4,
            tries: 6,
            pause: Duration::from_secs(5),
            job: Duration::from_secs(600),
            farewell: Duration::from_secs(25),
        }
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// The worker's surroundings.
pub struct Worker {
    /// Where the work is.
    pub store: Store,
    /// Whom to ask.
    pub app: App,
    /// What judges.
    pub judge: Judge,
    /// What time it is.
    pub clock: fn() -> Timestamp,
    /// How jobs are done.
    pub limits: Limits,
}

impl Worker {
    /// Works until `stop` turns true or its sender is gone. `wake` says that there is new work.
    pub async fn run(self: Arc<Self>, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
        let (mut jobs, mut unsettled) = (Jobs::default(), Vec::new());
        loop {
            let next = match self.clone().take_up(&mut jobs, &mut unsettled).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "the work could not be read");
                    Some(Duration::from_secs(5))
                }
            };
            let pause = async {
                match next {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = wake.notified() => {}
                () = pause => {}
                Some(left) = jobs.next() => unsettled.extend(left),
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        let rest = async { while jobs.next().await.is_some() {} };
        if tokio::time::timeout(self.limits.farewell, rest).await.is_err() {
            tracing::warn!("some jobs were left for the next start");
        }
    }

    /// Starts what is due as far as there is room; returns how long nothing will be due. Jobs that broke off or
    /// that the database would not settle are put back first.
    async fn take_up(
        self: Arc<Self>,
        jobs: &mut Jobs,
        unsettled: &mut Vec<Job>,
    ) -> Result<Option<Duration>, StoreError> {
        while let Some(job) = unsettled.last() {
            self.store
                .fail(job, "it broke off, or the database did not take its outcome", (self.clock)())
                .await?;
            unsettled.pop();
        }
        while jobs.tasks.len() < self.limits.jobs {
            let now = (self.clock)();
            let Some(job) = self.store.claim(now).await? else {
                let next = self.store.next_due().await?;
                return Ok(next.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default()));
            };
            let (worker, own) = (self.clone(), job.clone());
            jobs.start(job, async move { worker.attend(own).await });
        }
        Ok(None)
    }

    /// Does one job and settles it in the store, whatever happens. What the store would not take is returned.
    async fn attend(&self, job: Job) -> Option<Job> {
        let pull = format!("{}{}", job.ask.repo, job.ask.number);
        tracing::info!(%pull, attempt = job.attempt, "judging");
        let settled = if job.attempt > self.limits.tries {
            self.give_up(&job, "each try broke off before it could say why").await
        } else {
            match self.try_once(&job).await {
                Ok(settlement) => {
                    match &settlement.kept {
                        Some(kept) => {
                            tracing::info!(%pull, outcome = kept.outcome, head = %kept.head, "judged")
                        }
                        None => tracing::info!(%pull, "judged again, with the same verdict"),
                    }
                    self.store.done(&job, &settlement, (self.clock)()).await
                }
                Err(error) => self.again_or_never(&job, &error).await,
            }
        };
        let error = settled.err()?;
        tracing::error!(%pull, %error, "the job could not be settled");
        Some(job)
    }

    async fn try_once(&self, job: &Job) -> Result<Settlement, Failure> {
        let github = self.app.installation(job.ask.installation).map_err(RunError::from)?;
        let work = run::run(&github, &self.store, job, &self.judge, (self.clock)());
        Ok(tokio::time::timeout(self.limits.job, work)
            .await
            .map_err(|_| Failure::TooSlow(self.limits.job))??)
    }

    async fn again_or_never(&self, job: &Job, error: &Failure) -> Result<(), StoreError> {
        tracing::warn!(pull = %format_args!("{}{}", job.ask.repo, job.ask.number), %error, "a try failed");
        if job.attempt >= self.limits.tries {
            return self.give_up(job, &error.to_string()).await;
        }
        let at = (self.clock)() + self.pause(job).max(error.wait());
        self.store.fail(job, &error.to_string(), at).await
    }

    /// Gives the job up with a check run that says so. Where even that fails it is tried a few times more.
    async fn give_up(&self, job: &Job, reason: &str) -> Result<(), StoreError> {
        let said = match self.app.installation(job.ask.installation) {
            Ok(github) => run::give_up(&github, job, reason).await,
            Err(error) => Err(error),
        };
        match said {
            Err(error) if job.attempt < self.limits.tries * 2 => {
                let at = (self.clock)() + self.pause(job).max(error.wait().unwrap_or_default());
                self.store.fail(job, &format!("{reason}; {error}"), at).await
            }
            Err(error) => {
                tracing::error!(repo = %job.ask.repo, number = job.ask.number.0, %error, "given up in silence");
                self.store.bury(job, reason).await
            }
            Ok(()) => self.store.bury(job, reason).await,
        }
    }

    /// Twice as long each time, and up to a quarter longer so that pull requests that failed together don't come back
    /// together. The share is taken from the pull request's number: a retry needs no chance.
    fn pause(&self, job: &Job) -> Duration {
        let doubled = self.limits.pause.saturating_mul(1 << (job.attempt.clamp(1, 16) - 1));
        let share = (job.ask.number.0.wrapping_mul(37) + u64::from(job.attempt) * 11) % 64;
        let pause = doubled.min(LONGEST_PAUSE);
        pause + pause * u32::try_from(share).unwrap_or_default() / 256
    }
}

/// Why a try failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("it took longer than {} s", .0.as_secs())]
    TooSlow(Duration),
}

impl Failure {
    fn wait(&self) -> Duration {
        match self {
            Self::Run(RunError::Github(error)) => error.wait().unwrap_or_default(),
            _ => Duration::ZERO,
        }
    }
}

/// The jobs that are being done.
#[derive(Default)]
struct Jobs {
    tasks: JoinSet<Option<Job>>,
    of_task: HashMap<task::Id, Job>,
}

impl Jobs {
    fn start(&mut self, job: Job, work: impl Future<Output = Option<Job>> + Send + 'static) {
        let task = self.tasks.spawn(work);
        self.of_task.insert(task.id(), job);
    }

    /// Waits for the next job to end, and gives it back if it was not settled; `None` where there is no job.
    async fn next(&mut self) -> Option<Option<Job>> {
        let done = self.tasks.join_next_with_id().await?;
        let id = done.as_ref().map_or_else(task::JoinError::id, |(id, _)| *id);
        let job = self.of_task.remove(&id);
        Some(done.map(|(_, left)| left).unwrap_or_else(|error| {
            tracing::error!(%error, "a job broke off");
            job
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PrNumber;
    use crate::store::{Ask, Delivery};

    async fn breaks_off() -> Option<Job> {
        panic!("a bug")
    }

    #[tokio::test]
    async fn a_job_that_breaks_off_is_given_back_and_not_lost_until_the_next_start() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let ask = Ask { repo_id: 1, number: PrNumber(2), repo: "o/r".parse().unwrap(), installation: 3 };
        let delivery = Delivery { id: "d".into(), event: "pull_request".into() };
        store.accept(&delivery, &[ask], Timestamp::UNIX_EPOCH).await.unwrap();
        let job = store.claim(Timestamp::UNIX_EPOCH).await.unwrap().unwrap();
        let mut jobs = Jobs::default();
        jobs.start(job.clone(), breaks_off());
        assert_eq!(jobs.next().await, Some(Some(job)));
        assert_eq!(jobs.next().await, None);
    }
}
