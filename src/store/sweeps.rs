//! Repositories to be looked through for open pull requests that no event told of, and names that change.

use jiff::{SignedDuration, Timestamp};

use super::{Result, Row, Store};
use crate::ids::RepoName;

/// How long whoever took a sweep may take for it; then it is due again.
const TURN: SignedDuration = SignedDuration::from_mins(5);

const WANT: &str = "
    INSERT INTO sweep (installation, repo_id, repo, run_at, attempts) VALUES ($1, $2, $3, $4, 0)
    ON CONFLICT (installation, repo_id) DO UPDATE SET
        repo = excluded.repo, run_at = excluded.run_at, attempts = 0";

/// The time is asked for twice: who waited for the row behind another finds it taken.
const TAKE: &str = "
    UPDATE sweep SET run_at = $2, attempts = attempts + 1
    WHERE run_at <= $1 AND (installation, repo_id) IN (
        SELECT s.installation, s.repo_id FROM sweep s
        WHERE s.run_at <= $1 ORDER BY s.run_at, s.installation, s.repo_id LIMIT 1)
    RETURNING installation, repo_id, repo, run_at, attempts";

/// One that was wanted again meanwhile has another time, and stays.
const DONE: &str = "DELETE FROM sweep WHERE installation = $1 AND repo_id = $2 AND run_at = $3";

const FORGET: &str = "DELETE FROM sweep WHERE installation = $1";

const FORGET_ONE: &str = "DELETE FROM sweep WHERE installation = $1 AND repo_id = $2";

const RENAME: &str = "UPDATE work SET repo = $2 WHERE repo_id = $1";

/// A repository to be looked through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// The installation that sees it.
    pub installation: u64,
    /// The repository; nothing for all that the installation sees.
    pub repo: Option<(u64, RepoName)>,
    /// Which try this is, from 1.
    pub attempt: u32,
    turn: Timestamp,
}

impl Store {
    /// Wants a repository looked through, or all that an installation sees, from `now` on.
    pub async fn want_sweep(
        &self,
        installation: u64,
        repo: Option<(u64, &RepoName)>,
        now: Timestamp,
    ) -> Result<()> {
        let (repo_id, name) = repo.map_or((0, ""), |(id, name)| (id, name.as_str()));
        self.database.execute(WANT, [installation.into(), repo_id.into(), name.into(), now.into()]).await?;
        Ok(())
    }

    /// Takes a sweep that is due. Unless it is [`Store::swept`] within five minutes it is due again.
    pub async fn take_sweep(&self, now: Timestamp) -> Result<Option<Sweep>> {
        let mut tx = self.database.begin().await?;
        let rows = tx.rows(TAKE, [now.into(), (now + TURN).into()]).await?;
        tx.commit().await?;
        rows.first().map(sweep).transpose()
    }

    /// A sweep is done, or given up.
    pub async fn swept(&self, sweep: &Sweep) -> Result<()> {
        let repo_id = sweep.repo.as_ref().map_or(0, |(id, _)| *id);
        let values = [sweep.installation.into(), repo_id.into(), sweep.turn.into()];
        self.database.execute(DONE, values).await?;
        Ok(())
    }

    /// Wants nothing more looked through of an installation, or of one of its repositories.
    pub async fn forget_sweeps(&self, installation: u64, repo_id: Option<u64>) -> Result<()> {
        match repo_id {
            None => self.database.execute(FORGET, [installation.into()]).await?,
            Some(repo_id) => self.database.execute(FORGET_ONE, [installation.into(), repo_id.into()]).await?,
        };
        Ok(())
    }

    /// A repository has another name now.
    pub async fn rename_repository(&self, repo_id: u64, repo: &RepoName) -> Result<()> {
        self.database.execute(RENAME, [repo_id.into(), repo.as_str().into()]).await?;
        Ok(())
    }
}

fn sweep(row: &Row) -> Result<Sweep> {
    let repo = match row.id("repo_id")? {
        0 => None,
        id => Some((id, row.parsed("repo")?)),
    };
    let attempt = u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX);
    Ok(Sweep { installation: row.id("installation")?, repo, attempt, turn: row.time("run_at")? })
}
