//! Verdicts as they are kept, and what a settled job leaves behind.

use jiff::Timestamp;

use super::ask::Subject;
use super::database::{Row, Tx};
use super::work::{numbers, with};
use super::{Job, KeptClaim, Result, Store, key, ledger, sql};
use crate::ids::{PrNumber, Sha};
use crate::report::check::Outcome;

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
    /// What GitHub shows now.
    pub shown: Shown,
    /// When to judge again although nothing may happen.
    pub wake: Option<Timestamp>,
}

/// What GitHub shows of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The commit.
    pub head: Sha,
    /// A hash of all that stands there.
    pub digest: String,
    /// What the verdict itself came to.
    pub own: Outcome,
    /// What the check run says: the worst of the verdicts on its commit.
    pub outcome: Outcome,
}

/// What another pull request with the same commit came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sibling {
    /// The pull request.
    pub number: PrNumber,
    /// Its own verdict.
    pub own: Outcome,
    /// What its check run says.
    pub shown: Outcome,
}

impl Store {
    /// Settles the job's generation, with its verdict in the same transaction. A newer generation stays due, and one
    /// with a timer is due again at its time. Nothing happens where the job is no longer ours.
    ///
    /// GitHub knows a check by its commit: where several pull requests have one, each of them must show the worst of
    /// their verdicts. Whichever does not is asked for again here.
    pub async fn done(&self, job: &Job, settlement: &Settlement, now: Timestamp) -> Result<()> {
        let shown = &settlement.shown;
        let mut tx = self.database.begin().await?;
        let settle = [
            job.generation.into(),
            i64::from(shown.outcome != Outcome::Waiting).into(),
            shown.head.as_str().into(),
            shown.digest.as_str().into(),
            shown.own.word().into(),
            shown.outcome.word().into(),
        ];
        if tx.execute(sql::SETTLE, with(job, settle)).await? == 1 {
            if let Some(at) = settlement.wake {
                let [repo_id, number, sha] = key(job.ask.repo_id, &job.ask.subject);
                tx.execute(sql::WAKE, [repo_id, number, sha, job.generation.into(), at.into()]).await?;
            }
            if let (Some(kept), Subject::Pull(number)) = (&settlement.kept, &job.ask.subject) {
                keep(&mut tx, job, *number, kept, settlement, now).await?;
            }
            level(&mut tx, job, shown.head.as_str(), now).await?;
        }
        tx.commit().await
    }

    /// Gives a job up. Only a push or a person brings it back.
    pub async fn bury(&self, job: &Job, error: &str, now: Timestamp) -> Result<()> {
        let mut tx = self.database.begin().await?;
        let bury = [job.generation.into(), error.into(), Outcome::Failure.word().into()];
        if tx.execute(sql::BURY, with(job, bury)).await? == 1 {
            for row in tx.rows(sql::STANDS_AT, key(job.ask.repo_id, &job.ask.subject)).await? {
                if let Some(head) = row.maybe_text("head")? {
                    level(&mut tx, job, &head, now).await?;
                }
            }
        }
        tx.commit().await
    }

    /// What the other open pull requests with a commit came to.
    pub async fn siblings(&self, job: &Job, head: &Sha) -> Result<Vec<Sibling>> {
        let rows = self.database.rows(sql::SIBLINGS, [job.ask.repo_id.into(), head.as_str().into()]).await?;
        let all: Vec<Sibling> = rows.iter().map(sibling).collect::<Result<_>>()?;
        Ok(all.into_iter().filter(|sibling| Some(sibling.number) != job.ask.subject.pull()).collect())
    }

    /// The pull requests of a repository that had a verdict on a head.
    pub async fn pulls_with_head(&self, repo_id: u64, head: &str) -> Result<Vec<PrNumber>> {
        numbers(&self.database.rows(sql::PULLS_WITH_HEAD, [repo_id.into(), head.into()]).await?)
    }

    /// The verdicts of a pull request, the oldest first.
    pub async fn verdicts(&self, repo_id: u64, number: PrNumber) -> Result<Vec<Kept>> {
        let rows = self.database.rows(sql::VERDICTS, [repo_id.into(), number.0.into()]).await?;
        rows.iter().map(kept).collect()
    }

    /// The newest verdict of a pull request.
    pub async fn last_verdict(&self, repo_id: u64, number: PrNumber) -> Result<Option<Kept>> {
        let rows = self.database.rows(sql::LAST_VERDICT, [repo_id.into(), number.0.into()]).await?;
        rows.first().map(kept).transpose()
    }
}

/// Asks again for each pull request on the commit that does not show the worst verdict of them all.
async fn level(tx: &mut Tx, job: &Job, head: &str, now: Timestamp) -> Result<()> {
    let rows = tx.rows(sql::SIBLINGS, [job.ask.repo_id.into(), head.into()]).await?;
    let all: Vec<Sibling> = rows.iter().map(sibling).collect::<Result<_>>()?;
    let Some(worst) = all.iter().map(|sibling| sibling.own).max() else { return Ok(()) };
    for sibling in all.iter().filter(|sibling| sibling.shown != worst) {
        let nudge = [job.ask.repo_id.into(), sibling.number.0.into(), now.into()];
        tx.execute(sql::NUDGE_SIBLING, nudge).await?;
    }
    Ok(())
}

fn kept(row: &Row) -> Result<Kept> {
    Ok(Kept { head: row.parsed("head")?, outcome: row.text("outcome")?, json: row.text("json")? })
}

fn sibling(row: &Row) -> Result<Sibling> {
    let number = PrNumber(row.id("number")?);
    Ok(Sibling { number, own: row.parsed("outcome")?, shown: row.parsed("shown_outcome")? })
}

async fn keep(
    tx: &mut Tx,
    job: &Job,
    number: PrNumber,
    kept: &Kept,
    settlement: &Settlement,
    now: Timestamp,
) -> Result<()> {
    let (agent, model) = &settlement.author;
    let verdict = [
        job.ask.repo_id.into(),
        number.0.into(),
        job.generation.into(),
        kept.head.as_str().into(),
        kept.outcome.as_str().into(),
        now.into(),
        kept.json.as_str().into(),
        job.ask.repo.as_str().into(),
        agent.clone().into(),
        model.clone().into(),
    ];
    tx.execute(sql::KEEP, verdict).await?;
    for claim in &settlement.claims {
        let row = [
            job.ask.repo_id.into(),
            number.0.into(),
            job.generation.into(),
            claim.claim.as_str().into(),
            claim.kind.as_str().into(),
            ledger::word(claim.standing).into(),
        ];
        tx.execute(sql::KEEP_CLAIM, row).await?;
    }
    Ok(())
}
