//! The queue: one level-triggered row for each pull request or merge group. It is held by a lease, and only the holder
//! of its fence may write.

use std::time::Duration;

use jiff::Timestamp;

use super::ask::{Ask, Subject, Urgency};
use super::database::{Row, Value};
use super::{Result, Store, key, sql};
use crate::ids::{PrNumber, Sha};

/// How long a process that says nothing keeps what it took. Another one takes it over then.
pub const LEASE: Duration = Duration::from_secs(30);

/// A claimed piece of work. Only its holder may settle it: the fence tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What is asked for.
    pub ask: Ask,
    /// The generation that a verdict settles.
    pub generation: i64,
    /// How many tries there were, this one included once it is [`Store::start`]ed. They count since the last push or
    /// word of a person.
    pub attempt: u32,
    /// What GitHub shows: the commit and a hash of all that stands there, as [`super::Settlement`] gave them.
    pub shown: Option<(Sha, String)>,
    /// A check run that was begun and not completed: its commit, and its number where it was learned.
    pub open: Option<Open>,
    pub(super) fence: i64,
}

/// A check run that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The commit.
    pub head: Sha,
    /// Its number; not known where the process was killed before the answer came.
    pub run: Option<u64>,
}

/// How much work there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// Due and not begun.
    pub due: u64,
    /// Due later: retries and timers.
    pub waiting: u64,
    /// In hand.
    pub running: u64,
    /// Given up.
    pub dead: u64,
    /// Since when the oldest of what is due is due.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// Makes work that a stopped process held due again at once. To be called once, before the first claim. On
    /// PostgreSQL other processes may hold work: what a stopped one held comes back with the end of its lease.
    pub async fn reclaim(&self) -> Result<u64> {
        if self.is_shared() { Ok(0) } else { self.database.execute(sql::RECLAIM, []).await }
    }

    /// Takes a piece of work that is due: of the installation that was served the longest ago, of its repository that
    /// was, what has been due the longest.
    pub async fn claim(&self, now: Timestamp) -> Result<Option<Job>> {
        let mut tx = self.database.begin().await?;
        let statement = tx.either(sql::CLAIM_ON_SQLITE, sql::CLAIM_ON_POSTGRES);
        let rows = tx.rows(statement, [now.into(), (now + LEASE).into()]).await?;
        let Some(job) = rows.first().map(job).transpose()? else { return Ok(None) };
        for repo_id in [0, job.ask.repo_id] {
            tx.execute(sql::SERVE, [job.ask.installation.into(), repo_id.into()]).await?;
        }
        tx.commit().await?;
        Ok(Some(job))
    }

    /// When the next piece of work will be due, if any waits; what another process holds is due when its lease ends.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        let rows = self.database.rows(sql::NEXT_DUE, []).await?;
        let at = rows.first().map(|row| row.maybe_int("at")).transpose()?.flatten();
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// How much work there is.
    pub async fn queue(&self, now: Timestamp) -> Result<Queue> {
        let mut queue = Queue::default();
        for row in self.database.rows(sql::QUEUE, [now.into()]).await? {
            (queue.due, queue.waiting, queue.running) =
                (row.id("due")?, row.id("waiting")?, row.id("running")?);
            queue.oldest = row.maybe_int("oldest")?.and_then(|at| Timestamp::from_millisecond(at).ok());
        }
        for row in self.database.rows(sql::DEAD, []).await? {
            queue.dead = row.id("dead")?;
        }
        Ok(queue)
    }

    /// Whether the job is still ours. To be asked before each write that the database can't take back.
    pub async fn holds(&self, job: &Job) -> Result<bool> {
        Ok(!self.database.rows(sql::HOLDS, fenced(job)).await?.is_empty())
    }

    /// Keeps jobs for another [`LEASE`].
    pub async fn renew(&self, jobs: &[Job], now: Timestamp) -> Result<()> {
        self.for_each(sql::RENEW, jobs, |_| Some((now + LEASE).into())).await
    }

    /// Gives jobs back as they were claimed, because the process stops: their tries don't count.
    pub async fn release(&self, jobs: &[Job]) -> Result<()> {
        self.for_each(sql::RELEASE, jobs, |job| Some(i64::from(job.attempt).into())).await
    }

    async fn for_each(
        &self,
        statement: &'static str,
        jobs: &[Job],
        more: impl Fn(&Job) -> Option<Value>,
    ) -> Result<()> {
        let mut jobs: Vec<&Job> = jobs.iter().collect();
        jobs.sort_by_key(|job| (job.ask.repo_id, &job.ask.subject));
        let mut tx = self.database.begin().await?;
        for job in jobs {
            tx.execute(statement, fenced(job).into_iter().chain(more(job))).await?;
        }
        tx.commit().await
    }

    /// Counts a try, before the part of the work that may kill the process.
    pub async fn start(&self, job: &mut Job) -> Result<()> {
        job.attempt += 1;
        let attempts = i64::from(job.attempt).into();
        self.database.execute(sql::START, with(job, [attempts])).await?;
        Ok(())
    }

    /// Remembers the check run that is begun for a job: its commit before it is asked for, its number once it is
    /// known.
    pub async fn opened(&self, job: &Job, head: &Sha, run: Option<u64>) -> Result<()> {
        self.database.execute(sql::OPEN, with(job, [run.into(), head.as_str().into()])).await?;
        Ok(())
    }

    /// Remembers the head that a job judges and the branch that it is to go into; returns when it was first seen.
    pub async fn seen(&self, job: &Job, head: &Sha, base: &str, now: Timestamp) -> Result<Timestamp> {
        let [repo_id, number, _] = key(job.ask.repo_id, &job.ask.subject);
        let mut tx = self.database.begin().await?;
        let at: [Value; 3] = [repo_id, number, head.as_str().into()];
        tx.execute(sql::SEE, at.clone().into_iter().chain([now.into()])).await?;
        tx.execute(sql::STAND_AT, with(job, [head.as_str().into(), base.into()])).await?;
        let seen = tx.rows(sql::SEEN, at).await?.first().map_or(Ok(now), |row| row.time("seen_at"))?;
        tx.commit().await?;
        Ok(seen)
    }

    /// Puts a failed job back, due at `at`; a newer push is due when its event said.
    pub async fn fail(&self, job: &Job, error: &str, at: Timestamp) -> Result<()> {
        let more = [job.generation.into(), at.into(), error.into(), i64::from(job.attempt).into()];
        self.database.execute(sql::FAIL, with(job, more)).await?;
        Ok(())
    }

    /// The open pull requests of a repository whose head a commit is, as far as it was seen.
    pub async fn pulls_at_head(&self, repo_id: u64, head: &str) -> Result<Vec<PrNumber>> {
        numbers(&self.database.rows(sql::PULLS_AT_HEAD, [repo_id.into(), head.into()]).await?)
    }

    /// The open pull requests of a repository that are to go into a branch, as far as it was seen.
    pub async fn pulls_at_base(&self, repo_id: u64, branch: &str) -> Result<Vec<PrNumber>> {
        numbers(&self.database.rows(sql::PULLS_AT_BASE, [repo_id.into(), branch.into()]).await?)
    }

    /// Judges nothing more in the name of an installation.
    pub async fn forget_installation(&self, installation: u64) -> Result<()> {
        self.database.execute(sql::FORGET_INSTALLATION, [installation.into()]).await?;
        Ok(())
    }

    /// Judges nothing more of a repository in the name of an installation.
    pub async fn forget_repository(&self, installation: u64, repo_id: u64) -> Result<()> {
        self.database.execute(sql::FORGET_REPOSITORY, [installation.into(), repo_id.into()]).await?;
        Ok(())
    }
}

pub(super) fn numbers(rows: &[Row]) -> Result<Vec<PrNumber>> {
    rows.iter().map(|row| row.id("number").map(PrNumber)).collect()
}

/// The row of a job, as long as it is ours.
fn fenced(job: &Job) -> [Value; 4] {
    let [repo_id, number, sha] = key(job.ask.repo_id, &job.ask.subject);
    [repo_id, number, sha, job.fence.into()]
}

pub(super) fn with<const N: usize>(job: &Job, more: [Value; N]) -> impl Iterator<Item = Value> + use<N> {
    fenced(job).into_iter().chain(more)
}

fn job(row: &Row) -> Result<Job> {
    let head = row.maybe_text("open_head")?.map(|_| row.parsed("open_head")).transpose()?;
    let run = row.maybe_id("open_run")?;
    let shown_head = row.maybe_text("shown_head")?.map(|_| row.parsed("shown_head")).transpose()?;
    let number = row.id("number")?;
    let subject =
        if number == 0 { Subject::Group(row.parsed("sha")?) } else { Subject::Pull(PrNumber(number)) };
    let done = row.int("done_gen")?;
    let urgency = if row.int("loud_gen")? > done {
        Urgency::Loud
    } else if row.int("asked_gen")? > done {
        Urgency::Push
    } else {
        Urgency::Quiet
    };
    Ok(Job {
        ask: Ask {
            repo_id: row.id("repo_id")?,
            subject,
            repo: row.parsed("repo")?,
            installation: row.id("installation")?,
            urgency,
            due: row.time("run_at")?,
        },
        generation: row.int("gen")?,
        attempt: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
        shown: shown_head.zip(row.maybe_text("shown")?),
        open: head.map(|head| Open { head, run }),
        fence: row.int("fence")?,
    })
}
