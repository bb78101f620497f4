//! Takes work from the store and does it: a few jobs side by side, never two for one pull request, retries that
//! outlive the process, and a word on the pull request when there is no hope.

mod jobs;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore, watch};
use tracing::Instrument;

use self::jobs::Jobs;
use crate::github::App;
use crate::measures;
use crate::pipeline::run::{self, Judge, RunError, Shell};
use crate::store::{Job, LEASE, Settlement, Store, StoreError, Urgency};

/// How jobs are done.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Jobs in hand: so many check runs are begun although their judgement must wait.
    pub jobs: usize,
    /// Judgements side by side, with the snapshots that they need.
    pub judgements: usize,
    /// Tries of one job before it is given up.
    pub tries: u32,
    /// The pause before the second try; each further one is twice as long, up to an hour.
    pub pause: Duration,
    /// How long one judgement may take.
    pub judgement: Duration,
    /// How long jobs may still run when the process is asked to stop. What is not done then is done at the next start.
    pub farewell: Duration,
    /// How often to look for work that another process took in or left.
    pub poll: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            jobs: 32,
            judgements: 4,
            tries: 6,
            pause: Duration::from_secs(5),
            judgement: Duration::from_secs(600),
            farewell: Duration::from_secs(25),
            poll: Duration::from_secs(2),
        }
    }
}

const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// Through an outage a job is tried as often as this many of its first pauses are long.
const OUTAGE: u32 = 60;
/// Tries to say that a job is given up: with the longest pause between them, the three days for which GitHub keeps
/// deliveries.
const FAREWELLS: u32 = 72;

/// The worker's surroundings.
pub struct Worker {
    /// Where the work is.
    pub store: Store,
    /// Whom to ask.
    pub app: Arc<App>,
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
        let jobs = Jobs::default();
        let mut ends = jobs.ends();
        let room = Arc::new(Semaphore::new(self.limits.judgements));
        let _leash = jobs.leash(tokio::spawn(renew(self.clone(), jobs.clone())));
        loop {
            let next = match self.take_up(&jobs, &room).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(%error, "the work could not be read");
                    Some(self.limits.poll)
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
                _ = ends.changed() => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        if tokio::time::timeout(self.limits.farewell, jobs.idle()).await.is_err() {
            let left = jobs.stop().await;
            tracing::warn!(jobs = left.len(), "left for the next start");
            if let Err(error) = self.store.release(&left).await {
                tracing::error!(%error, "the jobs that were left could not be given back; their leases will end");
            }
        }
    }

    /// Starts what is due as far as there is room; returns how long nothing will be due. Jobs that broke off or
    /// that the database would not settle are put back first.
    async fn take_up(
        self: &Arc<Self>,
        jobs: &Jobs,
        room: &Arc<Semaphore>,
    ) -> Result<Option<Duration>, StoreError> {
        while let Some(job) = jobs.unsettled() {
            let why = "it broke off, or the database did not take its outcome";
            let failed = self.store.fail(&job, why, (self.clock)()).await;
            if failed.is_err() {
                jobs.put_back(job);
            }
            failed?;
        }
        while jobs.len() < self.limits.jobs {
            let now = (self.clock)();
            let Some(job) = self.store.claim(now).await? else {
                let next = self.store.next_due().await?;
                let next = next.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default());
                // What comes due elsewhere wakes nobody here.
                let poll = self.store.is_shared().then_some(self.limits.poll);
                return Ok(next.into_iter().chain(poll).min());
            };
            let (worker, room) = (self.clone(), room.clone());
            let span = tracing::info_span!("job", pull = %job.ask, attempt = job.attempt + 1);
            jobs.start(job.clone(), async move { worker.attend(job, &room).instrument(span).await });
        }
        Ok(self.store.is_shared().then_some(self.limits.poll))
    }

    /// Does one job and settles it in the store, whatever happens. What the store would not take is returned.
    async fn attend(&self, mut job: Job, room: &Semaphore) -> Option<Job> {
        tracing::info!("judging");
        let begun = Instant::now();
        let mut outcome = "failed";
        let settled = if job.attempt >= self.limits.tries {
            self.give_up(&mut job, "each try broke off before it could say why").await
        } else {
            match self.try_once(&mut job, room).await {
                Ok(settlement) => {
                    outcome = "verdict";
                    match &settlement.kept {
                        Some(kept) => {
                            tracing::info!(outcome = kept.outcome, head = %kept.head, "judged");
                            let since = (self.clock)().duration_since(job.ask.due);
                            measures::verdict(&kept.outcome, Duration::try_from(since).unwrap_or_default());
                        }
                        None => tracing::info!("judged again, with the same verdict"),
                    }
                    self.store.done(&job, &settlement, (self.clock)()).await
                }
                Err(RunError::Lost) => {
                    outcome = "lost";
                    tracing::warn!("another process took it over");
                    Ok(())
                }
                Err(RunError::PutOff(until)) => {
                    outcome = "put off";
                    self.store.fail(&job, "what is left of GitHub's rate is kept for people", until).await
                }
                Err(error) => self.again_or_never(&mut job, &error).await,
            }
        };
        measures::job(outcome, begun.elapsed());
        let error = settled.err()?;
        tracing::error!(%error, "the job could not be settled");
        Some(job)
    }

    /// A try counts from its judgement on, or else when it fails.
    async fn try_once(&self, job: &mut Job, room: &Semaphore) -> Result<Settlement, RunError> {
        let (github, before) = (self.app.installation(job.ask.installation)?, job.attempt);
        let low = github.budget().and_then(|budget| budget.low_until((self.clock)()));
        if let Some(until) = low.filter(|_| job.ask.urgency == Urgency::Quiet) {
            return Err(RunError::PutOff(until));
        }
        let shell = Shell {
            github: &github,
            store: &self.store,
            judge: &self.judge,
            room,
            limit: self.limits.judgement,
            clock: self.clock,
        };
        let settlement = shell.run(job).await;
        if settlement.is_err() && job.attempt == before {
            job.attempt += 1;
        }
        settlement
    }

    async fn again_or_never(&self, job: &mut Job, error: &RunError) -> Result<(), StoreError> {
        tracing::warn!(%error, "a try failed");
        if job.attempt >= self.limits.tries {
            return match error.is_passing() {
                true => self.outlast(job, &error.to_string()).await,
                false => self.give_up(job, &error.to_string()).await,
            };
        }
        let wait = match error {
            RunError::Github(error) => error.wait().unwrap_or_default(),
            _ => Duration::ZERO,
        };
        self.store.fail(job, &error.to_string(), (self.clock)() + self.pause(job).max(wait)).await
    }

    /// Tries on for as long as GitHub is out of order, which is no fault of the pull request's, and says so where that
    /// can be said.
    async fn outlast(&self, job: &mut Job, reason: &str) -> Result<(), StoreError> {
        job.attempt = self.limits.tries.saturating_sub(1);
        if let Ok(github) = self.app.installation(job.ask.installation)
            && let Err(error) = run::tell_of_outage(&github, job, reason).await
        {
            tracing::warn!(%error, "nothing can be shown either");
        }
        let at = (self.clock)() + self.pause(job).max(self.limits.pause * OUTAGE);
        self.store.fail(job, reason, at).await
    }

    /// Gives the job up with a check run that says so. Where even that fails it is tried for some days more.
    async fn give_up(&self, job: &mut Job, reason: &str) -> Result<(), StoreError> {
        let now = (self.clock)();
        let said = match self.app.installation(job.ask.installation) {
            Ok(github) => run::give_up(&github, job, reason).await,
            Err(error) => Err(error),
        };
        match said {
            Err(error) if error.is_passing() && job.attempt < self.limits.tries + FAREWELLS => {
                let at = now + self.pause(job).max(error.wait().unwrap_or_default());
                job.attempt += 1;
                self.store.fail(job, &format!("{reason}; {error}"), at).await
            }
            Err(error) => {
                tracing::error!(%error, "given up in silence");
                self.store.bury(job, reason, now).await
            }
            Ok(()) => self.store.bury(job, reason, now).await,
        }
    }

    /// Twice as long each time, and up to a quarter longer so that pull requests that failed together don't come back
    /// together. The share is taken from the repository and the number: a retry needs no chance.
    fn pause(&self, job: &Job) -> Duration {
        let doubled = self.limits.pause.saturating_mul(1 << (job.attempt.clamp(1, 16) - 1));
        let number = job.ask.subject.pull().map_or(0, |number| number.0);
        let share =
            (job.ask.repo_id ^ number.wrapping_mul(37)).wrapping_add(u64::from(job.attempt) * 11) % 64;
        let pause = doubled.min(LONGEST_PAUSE);
        pause + pause * u32::try_from(share).unwrap_or_default() / 256
    }
}

/// Keeps what is in hand.
async fn renew(worker: Arc<Worker>, jobs: Jobs) {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        let held = jobs.held();
        if held.is_empty() {
            continue;
        }
        if let Err(error) = worker.store.renew(&held, (worker.clock)()).await {
            tracing::error!(%error, "the leases could not be renewed");
        }
    }
}
