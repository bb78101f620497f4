//! What must outlive the process: the inbox of deliveries, the work that they ask for, and the verdicts. `sqlx` is used
//! here only.
//!
//! One row of work a pull request, level-triggered: an event raises its generation, a verdict of that generation
//! settles it, and whatever happened between the two needs no remembering. Time is an argument.

mod sql;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Row, SqlStr};

use crate::ids::{PrNumber, RepoName, Sha};

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
    /// The check run that an earlier try began and did not complete, with its commit.
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
        let first = Migration::new(
            1,
            "inbox, work, verdict".into(),
            MigrationType::Simple,
            SqlStr::from_static(include_str!("store/migrations/0001_inbox_work_verdict.sql")),
            false,
        );
        Migrator::with_migrations(vec![first]).run(&pool).await.map_err(|e| open(&e))?;
        Ok(Self { pool })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Stores a delivery with the work that it asks for, both or neither.
    pub async fn accept(&self, delivery: &Delivery, asks: &[Ask], now: Timestamp) -> Result<Accepted> {
        let now = now.as_millisecond();
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let insert = sqlx::query(sql::INSERT_DELIVERY).bind(&delivery.id).bind(&delivery.event).bind(now);
        if insert.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(Accepted::Known);
        }
        for ask in asks {
            let raise = sqlx::query(sql::RAISE).bind(signed(ask.repo_id)).bind(signed(ask.number.0));
            let raise = raise.bind(ask.repo.as_str()).bind(signed(ask.installation)).bind(now);
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

    /// Settles the job's generation, with its verdict in the same transaction. A newer generation stays due. Nothing
    /// happens where the job is no longer ours.
    pub async fn done(&self, job: &Job, kept: &Kept, now: Timestamp) -> Result<()> {
        let (repo, number) = (signed(job.ask.repo_id), signed(job.ask.number.0));
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let settle = sqlx::query(sql::SETTLE).bind(repo).bind(number).bind(job.fence).bind(job.generation);
        if settle.execute(&mut *tx).await?.rows_affected() == 1 {
            let keep = sqlx::query(sql::KEEP).bind(repo).bind(number).bind(job.generation);
            let keep = keep.bind(kept.head.as_str()).bind(&kept.outcome).bind(now.as_millisecond());
            keep.bind(&kept.json).execute(&mut *tx).await?;
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
        open: open.transpose()?,
        fence: row.try_get("fence")?,
    })
}
