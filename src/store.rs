//! What must outlive the process: the inbox of deliveries, the work that they ask for, and the verdicts. `sqlx` is used
//! here only.
//!
//! One row of work a pull request, level-triggered: an event raises its generation, a verdict of that generation
//! settles it, and whatever happened between the two needs no remembering. Time is an argument.

mod credential;
mod ledger;
mod queue;
mod sql;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row, SqlStr};

use crate::ids::{PrNumber, RepoName, Sha};

pub use credential::{KeptCredential, folder};
pub use ledger::{KeptClaim, Row as LedgerRow};

/// Why the store did not do it. All that a caller can do is to try again later or to refuse the delivery.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that can be used.
    #[error("the database could not be opened: {0}")]
    Open(String),
    /// A statement failed.
    #[error("the database failed: {0}")]
    Failed(#[from] sqlx::Error),
    /// A row holds what was never written.
    #[error("the database holds a broken row: {0}")]
    Broken(String),
}

type Result<T> = std::result::Result<T, StoreError>;

/// An event as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `X-GitHub-Delivery`: a redelivery has the same.
    pub id: String,
    /// `X-GitHub-Event`.
    pub event: String,
}

/// A pull request that wants a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The repository's numeric id; its name may change.
    pub repo_id: u64,
    /// The pull request.
    pub number: PrNumber,
    /// The repository's name now.
    pub repo: RepoName,
    /// The installation that sees it.
    pub installation: u64,
}

/// Whether a delivery was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored with its work.
    New,
    /// It was stored before; nothing was done.
    Known,
}

/// A claimed piece of work. Only its holder may settle it: the fence tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What is asked for.
    pub ask: Ask,
    /// The generation that a verdict settles.
    pub generation: i64,
    /// Which try this is, from 1. Counted at the claim, so that a job that kills the process is counted too.
    pub attempt: u32,
    /// Whether only checks or a timer asked for it: then nothing is shown on GitHub unless the verdict differs.
    pub quiet: bool,
    /// The hash of what GitHub shows, as [`Settlement::shown`] gave it.
    pub shown: Option<String>,
    /// The check run that is begun and not completed, with its commit: an earlier try's, or one that waits.
    pub open: Option<(u64, Sha)>,
    fence: i64,
}

/// A verdict to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The judged commit.
    pub head: Sha,
    /// How the check run ended.
    pub outcome: String,
    /// The verdict as JSON.
    pub json: String,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The verdict to keep; nothing where it is the one that is kept already.
    pub kept: Option<Kept>,
    /// The agent that made the claims, and its model, where they are known.
    pub author: (Option<String>, Option<String>),
    /// The verdict's claims.
    pub claims: Vec<KeptClaim>,
    /// A hash of the head and of what GitHub shows now.
    pub shown: String,
    /// When to judge again although nothing may happen: the verdict waits, and its check run stays open.
    pub wake: Option<Timestamp>,
}

/// The database. Cheap to clone.
///
/// One connection writes: SQLite has one writer, and waiting for a connection is cheaper than for a lock.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the database at a `sqlite:` URL, makes it where it is missing, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self> {
        let open = |e: &dyn std::fmt::Display| StoreError::Open(e.to_string());
        let options = SqliteConnectOptions::from_str(url).map_err(|e| open(&e))?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(std::time::Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(|e| open(&e))?;
        Migrator::with_migrations(migrations()).run(&pool).await.map_err(|e| open(&e))?;
        Ok(Self { pool })
    }

    /// Opens a database that is there already, to read it; its tables are taken as they are.
    pub async fn open_existing(url: &str) -> Result<Self> {
        let open = |e: &dyn std::fmt::Display| StoreError::Open(e.to_string());
        let options = SqliteConnectOptions::from_str(url).map_err(|e| open(&e))?.create_if_missing(false);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        Ok(Self { pool: pool.map_err(|e| open(&e))? })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Stores a delivery with the work that it asks for, both or neither.
    pub async fn accept(&self, delivery: &Delivery, asks: &[Ask], now: Timestamp) -> Result<Accepted> {
        self.take_in(delivery, asks, sql::RAISE, (now, now)).await
    }

    /// Stores a delivery of a check that ended: its pull requests are judged again at `due`, or earlier where they are
    /// due anyway.
    pub async fn nudge(
        &self,
        delivery: &Delivery,
        asks: &[Ask],
        now: Timestamp,
        due: Timestamp,
    ) -> Result<Accepted> {
        self.take_in(delivery, asks, sql::NUDGE, (now, due)).await
    }

    async fn take_in(
        &self,
        delivery: &Delivery,
        asks: &[Ask],
        raise: &'static str,
        (now, due): (Timestamp, Timestamp),
    ) -> Result<Accepted> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let insert = sqlx::query(sql::INSERT_DELIVERY).bind(&delivery.id).bind(&delivery.event);
        if insert.bind(now.as_millisecond()).execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(Accepted::Known);
        }
        for ask in asks {
            let raise = sqlx::query(raise).bind(signed(ask.repo_id)).bind(signed(ask.number.0));
            let raise =
                raise.bind(ask.repo.as_str()).bind(signed(ask.installation)).bind(due.as_millisecond());
            raise.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(Accepted::New)
    }

    /// Makes work that a stopped process held due again. To be called once, before the first claim: there is one
    /// process. Returns how many there were.
    pub async fn reclaim(&self) -> Result<u64> {
        Ok(sqlx::query(sql::RECLAIM).execute(&self.pool).await?.rows_affected())
    }

    /// Takes the piece of work that has been due the longest.
    pub async fn claim(&self, now: Timestamp) -> Result<Option<Job>> {
        let row = sqlx::query(sql::CLAIM).bind(now.as_millisecond()).fetch_optional(&self.pool).await?;
        row.map(|row| job(&row)).transpose()
    }

    /// When the next piece of work will be due, if any waits.
    pub async fn next_due(&self) -> Result<Option<Timestamp>> {
        let row = sqlx::query(sql::NEXT_DUE).fetch_one(&self.pool).await?;
        let at: Option<i64> = row.try_get(0)?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    /// Remembers the check run that was begun for a job.
    pub async fn opened(&self, job: &Job, run: u64, head: &Sha) -> Result<()> {
        let query = sqlx::query(sql::OPENED).bind(signed(job.ask.repo_id)).bind(signed(job.ask.number.0));
        query.bind(job.fence).bind(signed(run)).bind(head.as_str()).execute(&self.pool).await?;
        Ok(())
    }

    /// Remembers the head that a job judges; returns when it was first seen.
    pub async fn seen(&self, job: &Job, head: &Sha, now: Timestamp) -> Result<Timestamp> {
        let (repo, number) = (signed(job.ask.repo_id), signed(job.ask.number.0));
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let see = sqlx::query(sql::SEE).bind(repo).bind(number).bind(head.as_str());
        see.bind(now.as_millisecond()).execute(&mut *tx).await?;
        let stand = sqlx::query(sql::STAND_AT).bind(repo).bind(number).bind(job.fence);
        stand.bind(head.as_str()).execute(&mut *tx).await?;
        let seen = sqlx::query(sql::SEEN).bind(repo).bind(number).bind(head.as_str());
        let at: i64 = seen.fetch_one(&mut *tx).await?.try_get(0)?;
        tx.commit().await?;
        Timestamp::from_millisecond(at).map_err(|e| StoreError::Broken(e.to_string()))
    }

    /// Settles the job's generation, with its verdict in the same transaction. A newer generation stays due, and one
    /// that waits is due again at its time. Nothing happens where the job is no longer ours.
    pub async fn done(&self, job: &Job, settlement: &Settlement, now: Timestamp) -> Result<()> {
        let (repo, number) = (signed(job.ask.repo_id), signed(job.ask.number.0));
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let statement = if settlement.wake.is_some() { sql::SETTLE_WAITING } else { sql::SETTLE };
        let settle = sqlx::query(statement).bind(repo).bind(number).bind(job.fence).bind(job.generation);
        if settle.bind(&settlement.shown).execute(&mut *tx).await?.rows_affected() == 1 {
            if let Some(at) = settlement.wake {
                let wake = sqlx::query(sql::WAKE).bind(repo).bind(number).bind(job.generation);
                wake.bind(at.as_millisecond()).execute(&mut *tx).await?;
            }
            if let Some(kept) = &settlement.kept {
                keep(&mut tx, job, kept, settlement, now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Puts a failed job back, due at `at`; a newer generation is due when its event said.
    pub async fn fail(&self, job: &Job, error: &str, at: Timestamp) -> Result<()> {
        let query = sqlx::query(sql::FAIL).bind(signed(job.ask.repo_id)).bind(signed(job.ask.number.0));
        let query = query.bind(job.fence).bind(job.generation).bind(at.as_millisecond()).bind(error);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Gives a job up. Only a new event brings it back.
    pub async fn bury(&self, job: &Job, error: &str) -> Result<()> {
        let query = sqlx::query(sql::BURY).bind(signed(job.ask.repo_id)).bind(signed(job.ask.number.0));
        query.bind(job.fence).bind(job.generation).bind(error).execute(&self.pool).await?;
        Ok(())
    }

    /// The pull requests of a repository that had a verdict on a head.
    pub async fn pulls_with_head(&self, repo_id: u64, head: &str) -> Result<Vec<PrNumber>> {
        let query = sqlx::query(sql::PULLS_WITH_HEAD).bind(signed(repo_id)).bind(head);
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(PrNumber(unsigned(row.try_get(0)?)))).collect()
    }

    /// The pull requests of a repository whose head a commit is, as far as it was seen.
    pub async fn pulls_at_head(&self, repo_id: u64, head: &str) -> Result<Vec<PrNumber>> {
        let query = sqlx::query(sql::PULLS_AT_HEAD).bind(signed(repo_id)).bind(head);
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(PrNumber(unsigned(row.try_get(0)?)))).collect()
    }

    /// The verdicts of a pull request, the oldest first.
    pub async fn verdicts(&self, repo_id: u64, number: PrNumber) -> Result<Vec<Kept>> {
        let query = sqlx::query(sql::VERDICTS).bind(signed(repo_id)).bind(signed(number.0));
        let kept = |row: &sqlx::sqlite::SqliteRow| {
            let head: String = row.try_get(0)?;
            Ok(Kept { head: parsed(&head)?, outcome: row.try_get(1)?, json: row.try_get(2)? })
        };
        query.fetch_all(&self.pool).await?.iter().map(kept).collect()
    }

    /// Forgets deliveries that came before a time. GitHub redelivers for three days.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<u64> {
        let query = sqlx::query(sql::FORGET).bind(before.as_millisecond());
        Ok(query.execute(&self.pool).await?.rows_affected())
    }

    /// Closes the database, so that its files are whole.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn migrations() -> Vec<Migration> {
    let one = |version, name: &'static str, text| {
        Migration::new(version, name.into(), MigrationType::Simple, SqlStr::from_static(text), false)
    };
    vec![
        one(1, "inbox, work, verdict", include_str!("store/migrations/0001_inbox_work_verdict.sql")),
        one(2, "waiting, ledger", include_str!("store/migrations/0002_waiting_ledger.sql")),
        one(5, "credential", include_str!("store/migrations/0005_credential.sql")),
    ]
}

async fn keep(
    tx: &mut SqliteConnection,
    job: &Job,
    kept: &Kept,
    settlement: &Settlement,
    now: Timestamp,
) -> Result<()> {
    let (repo, number) = (signed(job.ask.repo_id), signed(job.ask.number.0));
    let (agent, model) = &settlement.author;
    let keep = sqlx::query(sql::KEEP).bind(repo).bind(number).bind(job.generation);
    let keep = keep.bind(kept.head.as_str()).bind(&kept.outcome).bind(now.as_millisecond()).bind(&kept.json);
    keep.bind(job.ask.repo.as_str()).bind(agent).bind(model).execute(&mut *tx).await?;
    for claim in &settlement.claims {
        let keep = sqlx::query(sql::KEEP_CLAIM).bind(repo).bind(number).bind(job.generation);
        keep.bind(&claim.claim)
            .bind(&claim.kind)
            .bind(ledger::word(claim.standing))
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// SQLite's integers are signed; GitHub's ids stay far below.
fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn unsigned(id: i64) -> u64 {
    u64::try_from(id).unwrap_or_default()
}

fn parsed<T: FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| StoreError::Broken(e.to_string()))
}

fn job(row: &sqlx::sqlite::SqliteRow) -> Result<Job> {
    let repo: String = row.try_get("repo")?;
    let (run, head): (Option<i64>, Option<String>) = (row.try_get("open_run")?, row.try_get("open_head")?);
    let open = run.zip(head).map(|(run, head)| Ok::<_, StoreError>((unsigned(run), parsed(&head)?)));
    Ok(Job {
        ask: Ask {
            repo_id: unsigned(row.try_get("repo_id")?),
            number: PrNumber(unsigned(row.try_get("number")?)),
            repo: parsed(&repo)?,
            installation: unsigned(row.try_get("installation")?),
        },
        generation: row.try_get("gen")?,
        attempt: row.try_get("attempts")?,
        quiet: row.try_get::<i64, _>("loud_gen")? <= row.try_get::<i64, _>("done_gen")?,
        shown: row.try_get("shown")?,
        open: open.transpose()?,
        fence: row.try_get("fence")?,
    })
}
