//! What people accepted on pull requests, and the one comment that shows a verdict.

use jiff::Timestamp;
use jiff::civil::Date;

use super::database::{Row, Tx};
use super::{Result, Store, StoreError};
use crate::change::{Person, Waiver, WaiverSource};
use crate::ids::{Fingerprint, PrNumber, RepoName};

/// What is accepted twice is accepted as it was said last.
const PUT: &str = "
    INSERT INTO waiver
        (repo_id, number, fingerprint, repo, rule, headline, login, account, reason, accepted_at, until_day, comment)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (repo_id, number, fingerprint) DO UPDATE SET
        repo = excluded.repo, rule = excluded.rule, headline = excluded.headline, login = excluded.login,
        account = excluded.account, reason = excluded.reason, accepted_at = excluded.accepted_at,
        until_day = excluded.until_day, comment = excluded.comment";

const OF_PULL: &str = "
    SELECT number, fingerprint, repo, rule, headline, login, account, reason, accepted_at, until_day, comment
    FROM waiver WHERE repo_id = $1 AND number = $2 ORDER BY accepted_at, fingerprint";

/// Of one repository, by any name that it had when something was accepted.
const OF_REPOSITORY: &str = "
    SELECT number, fingerprint, repo, rule, headline, login, account, reason, accepted_at, until_day, comment
    FROM waiver WHERE repo_id IN (SELECT n.repo_id FROM waiver n WHERE LOWER(n.repo) = LOWER($1))
    ORDER BY number, accepted_at, fingerprint";

const STICKY: &str = "SELECT comment, shown FROM sticky WHERE repo_id = $1 AND number = $2";

const PUT_STICKY: &str = "
    INSERT INTO sticky (repo_id, number, comment, shown) VALUES ($1, $2, $3, $4)
    ON CONFLICT (repo_id, number) DO UPDATE SET comment = excluded.comment, shown = excluded.shown";

/// What someone accepted on a pull request, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWaiver {
    /// What was accepted.
    pub fingerprint: Fingerprint,
    /// The repository, as it was called then.
    pub repo: RepoName,
    /// The rule whose finding it was.
    pub rule: String,
    /// The finding in one line.
    pub headline: String,
    /// Who: login and number of the account.
    pub by: Person,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The comment in which it was said; nothing of a button.
    pub comment: Option<u64>,
}

impl KeptWaiver {
    /// As a judgement takes it.
    pub fn waiver(&self) -> Waiver {
        Waiver {
            fingerprint: self.fingerprint.clone(),
            reason: self.reason.clone(),
            by: Some(self.by.login.clone()),
            source: if self.comment.is_some() { WaiverSource::Comment } else { WaiverSource::Button },
            at: Some(self.at),
            until: self.until,
        }
    }
}

/// The comment that shows a pull request's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sticky {
    /// Its number; not known where a try to post it was cut off.
    pub comment: Option<u64>,
    /// A hash of what it shows.
    pub shown: String,
}

pub(super) async fn put(tx: &mut Tx, repo_id: u64, number: PrNumber, waiver: &KeptWaiver) -> Result<()> {
    let values = [
        repo_id.into(),
        number.0.into(),
        waiver.fingerprint.as_str().into(),
        waiver.repo.as_str().into(),
        waiver.rule.as_str().into(),
        waiver.headline.as_str().into(),
        waiver.by.login.as_str().into(),
        waiver.by.id.into(),
        waiver.reason.as_str().into(),
        waiver.at.into(),
        waiver.until.map(|day| day.to_string()).into(),
        waiver.comment.into(),
    ];
    tx.execute(PUT, values).await?;
    Ok(())
}

impl Store {
    /// What was accepted on a pull request, the oldest first.
    pub async fn waivers(&self, repo_id: u64, number: PrNumber) -> Result<Vec<KeptWaiver>> {
        let rows = self.database.rows(OF_PULL, [repo_id.into(), number.0.into()]).await?;
        rows.iter().map(kept).collect()
    }

    /// What was accepted on the pull requests of a repository, with their numbers.
    pub async fn waivers_of(&self, repo: &RepoName) -> Result<Vec<(PrNumber, KeptWaiver)>> {
        let rows = self.database.rows(OF_REPOSITORY, [repo.as_str().into()]).await?;
        rows.iter().map(|row| Ok((PrNumber(row.id("number")?), kept(row)?))).collect()
    }

    /// The comment that shows the verdict, if one was ever begun.
    pub async fn sticky(&self, repo_id: u64, number: PrNumber) -> Result<Option<Sticky>> {
        let rows = self.database.rows(STICKY, [repo_id.into(), number.0.into()]).await?;
        let sticky = |row: &Row| Ok(Sticky { comment: row.maybe_id("comment")?, shown: row.text("shown")? });
        rows.first().map(sticky).transpose()
    }

    /// Remembers the comment that shows the verdict.
    pub async fn set_sticky(&self, repo_id: u64, number: PrNumber, sticky: &Sticky) -> Result<()> {
        let values = [repo_id.into(), number.0.into(), sticky.comment.into(), sticky.shown.as_str().into()];
        self.database.execute(PUT_STICKY, values).await?;
        Ok(())
    }
}

fn kept(row: &Row) -> Result<KeptWaiver> {
    let broken = |e: jiff::Error| StoreError::Broken(format!("until_day: {e}"));
    let comment = row.maybe_id("comment")?;
    Ok(KeptWaiver {
        fingerprint: row.parsed("fingerprint")?,
        repo: row.parsed("repo")?,
        rule: row.text("rule")?,
        headline: row.text("headline")?,
        by: Person { login: row.text("login")?, id: row.maybe_id("account")?, ..Person::default() },
        reason: row.text("reason")?,
        at: row.time("accepted_at")?,
        until: row.maybe_text("until_day")?.map(|day| day.parse().map_err(broken)).transpose()?,
        comment,
    })
}
