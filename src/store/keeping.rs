//! What is thrown away in time, what is copied, and what shape the tables are in.

use std::path::Path;

use jiff::Timestamp;

use super::database::Database;
use super::{MIGRATIONS, Result, Store, StoreError, sql};

/// Rows of verdicts that are thrown away at once: in between, deliveries are taken in.
const BATCH: i64 = 1_000;

/// What was thrown away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Deliveries.
    pub deliveries: u64,
    /// Verdicts, with their claims.
    pub verdicts: u64,
    /// Heads that no pull request stands at any more.
    pub heads: u64,
    /// Merge groups that are done with.
    pub groups: u64,
    /// What people asked for and were answered.
    pub commands: u64,
}

/// The shape that the tables are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The newest migration that ran; nothing where the database is empty.
    pub version: Option<i64>,
    /// The newest that this program knows.
    pub known: i64,
    /// How many of those that it knows did not run.
    pub missing: usize,
}

impl Store {
    /// Throws away what is older: deliveries by the first time; verdicts and all that goes with them by the second,
    /// except the last verdict of each pull request.
    pub async fn prune(&self, deliveries: Timestamp, verdicts: Timestamp) -> Result<Pruned> {
        let mut pruned = Pruned {
            deliveries: self.forget_deliveries(deliveries).await?,
            heads: self.database.execute(sql::PRUNE_HEADS, [verdicts.into()]).await?,
            groups: self.database.execute(sql::PRUNE_GROUPS, [verdicts.into()]).await?,
            commands: self.database.execute(sql::PRUNE_COMMANDS, [verdicts.into()]).await?,
            verdicts: 0,
        };
        loop {
            let mut tx = self.database.begin().await?;
            tx.execute(sql::PRUNE_CLAIMS, [verdicts.into(), BATCH.into()]).await?;
            let gone = tx.execute(sql::PRUNE_VERDICTS, [verdicts.into(), BATCH.into()]).await?;
            tx.commit().await?;
            pruned.verdicts += gone;
            if gone == 0 {
                return Ok(pruned);
            }
        }
    }

    /// Copies a SQLite database into a file that is not there yet, as it is at one moment, while others write. Only
    /// its owner can read the copy.
    pub async fn back_up(&self, file: &Path) -> Result<()> {
        let failed = |text: String| StoreError::Open(format!("{}: {text}", file.display()));
        if let Database::Postgres(_) = self.database {
            return Err(failed("PostgreSQL is copied by its own tools".into()));
        }
        let Some(name) = file.to_str() else { return Err(failed("its name is not UTF-8".into())) };
        let made = created(file).map_err(|e| failed(e.to_string()))?;
        let copied = async {
            self.database.execute(sql::BACK_UP, [name.into()]).await?;
            made.sync_all().map_err(|e| failed(e.to_string()))?;
            let copy = Database::open_existing(&format!("sqlite://{name}")).await?;
            let rows = copy.rows(sql::INTEGRITY, []).await?;
            copy.close().await;
            match rows.first().map(|row| row.text("integrity_check")).transpose()?.as_deref() {
                Some("ok") => Ok(()),
                _ => Err(failed("the copy is damaged".into())),
            }
        };
        let copied = copied.await;
        if copied.is_err() {
            let _ = std::fs::remove_file(file);
        }
        copied
    }

    /// The shape that the tables are in.
    pub async fn shape(&self) -> Result<Shape> {
        let known = MIGRATIONS.iter().map(|(version, ..)| *version).max().unwrap_or_default();
        // Where the table of migrations is missing nothing ever ran.
        let rows = self.database.rows(sql::SHAPE, []).await.unwrap_or_default();
        let ran: Vec<i64> = rows.iter().map(|row| row.int("version")).collect::<Result<_>>()?;
        let missing = MIGRATIONS.iter().filter(|(version, ..)| !ran.contains(version)).count();
        Ok(Shape { version: ran.iter().max().copied(), known, missing })
    }

    /// Writes something and takes it back.
    pub async fn try_write(&self) -> Result<()> {
        let mut tx = self.database.begin().await?;
        tx.execute(sql::TRY_WRITE, []).await?;
        drop(tx);
        Ok(())
    }
}

/// A new file that only its owner can read.
fn created(file: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
