//! What must outlive the process: the inbox of deliveries, the work that they ask for, and the verdicts. `sqlx` is used
//! here only. One process keeps it in SQLite; several share it in PostgreSQL.
//!
//! One row of work for each pull request or merge group, level-triggered: an event raises its generation, a verdict of
//! that generation settles it, and whatever happened between the two needs no remembering. Time is an argument.

mod ask;
mod commands;
mod credential;
mod database;
mod inbox;
mod keeping;
mod ledger;
mod sql;
mod sweeps;
#[cfg(test)]
mod tests;
mod verdicts;
mod waivers;
mod work;

use jiff::Timestamp;

use self::database::{Database, Row, Value};
use self::inbox::Inbox;

pub use ask::{Accepted, Ask, Command, Delivery, Intake, Subject, Urgency};
pub use commands::{CommandAnswer, OpenCommand};
pub use credential::{KeptCredential, folder};
pub use keeping::{Pruned, Shape};
pub use ledger::{KeptClaim, Row as LedgerRow};
pub use sweeps::Sweep;
pub use verdicts::{Kept, Settlement, Shown, Sibling};
pub use waivers::{KeptWaiver, Sticky};
pub use work::{Job, LEASE, Open, Queue};

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

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    inbox: Inbox,
}

/// Every migration: version, name, text. One that was released is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "inbox, work, verdict", include_str!("store/migrations/0001_inbox_work_verdict.sql")),
    (2, "waiting, ledger", include_str!("store/migrations/0002_waiting_ledger.sql")),
    (3, "leases, turns, groups", include_str!("store/migrations/0003_leases_turns_groups.sql")),
    (4, "commands, waivers", include_str!("store/migrations/0004_commands_waivers.sql")),
    (5, "credential", include_str!("store/migrations/0005_credential.sql")),
    (6, "sweeps", include_str!("store/migrations/0006_sweeps.sql")),
];

impl Store {
    /// Opens the database at a `sqlite:` or `postgres:` URL, makes a SQLite file where it is missing, and brings the
    /// tables up to date. Needs a tokio runtime.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self::of(Database::open(url, MIGRATIONS).await?))
    }

    /// Opens a database that is there already, to read it; its tables are taken as they are.
    pub async fn open_existing(url: &str) -> Result<Self> {
        Ok(Self::of(Database::open_existing(url).await?))
    }

    fn of(database: Database) -> Self {
        Self { inbox: Inbox::start(database.clone()), database }
    }

    /// Whether other processes may work on the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.database, Database::Postgres(_))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.database.rows("SELECT 1", []).await?;
        Ok(())
    }

    /// Up to when something was read; nothing where it never was.
    pub async fn mark(&self, name: &str) -> Result<Option<Timestamp>> {
        let rows = self.database.rows(sql::WATERMARK, [name.into()]).await?;
        rows.first().map(|row| row.time("at")).transpose()
    }

    /// Moves a mark that stood at `from`. Where another process moved it meanwhile it stays, and the answer is false.
    pub async fn set_mark(&self, name: &str, from: Option<Timestamp>, to: Timestamp) -> Result<bool> {
        let from = from.map(Timestamp::as_millisecond);
        Ok(self.database.execute(sql::SET_WATERMARK, [name.into(), to.into(), from.into()]).await? == 1)
    }

    /// Closes the database, so that its files are whole.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The key of a row of work.
fn key(repo_id: u64, subject: &Subject) -> [Value; 3] {
    match subject {
        Subject::Pull(number) => [repo_id.into(), number.0.into(), "".into()],
        Subject::Group(head) => [repo_id.into(), 0_i64.into(), head.as_str().into()],
    }
}
