//! The ledger: each verdict's claims with their standing, kept without their words.

use jiff::Timestamp;

use super::{Result, Store, StoreError, database, sql};
use crate::claims::Standing;
use crate::ids::{PrNumber, RepoName};

/// A claim to keep with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptClaim {
    /// A hash of its kind and its words.
    pub claim: String,
    /// Its kind's id.
    pub kind: String,
    /// How it stands.
    pub standing: Standing,
}

/// One claim in one verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The repository and the pull request.
    pub pull: (u64, PrNumber),
    /// The verdict's generation.
    pub generation: i64,
    /// The generation of the pull request's last verdict.
    pub newest: i64,
    /// The judged commit.
    pub head: String,
    /// The agent that made it, and its model, where they are known.
    pub author: (Option<String>, Option<String>),
    /// What is claimed, and how it stands.
    pub kept: KeptClaim,
}

/// The words that the table holds.
const STANDINGS: [(&str, Standing); 3] = [
    ("supported", Standing::Supported),
    ("unproven", Standing::Unproven),
    ("contradicted", Standing::Contradicted),
];

pub(super) fn word(standing: Standing) -> &'static str {
    STANDINGS.iter().find_map(|(word, known)| (*known == standing).then_some(*word)).unwrap_or("unproven")
}

impl Store {
    /// Every claim of every verdict since a time, of one repository or of all: a pull request's claims one after the
    /// other, and each in the order of its verdicts.
    pub async fn claims(&self, repo: Option<&RepoName>, since: Timestamp) -> Result<Vec<Row>> {
        let rows = match repo {
            None => self.database.rows(sql::CLAIMS, [since.into()]).await?,
            Some(repo) => self.database.rows(sql::CLAIMS_OF, [since.into(), repo.as_str().into()]).await?,
        };
        rows.iter().map(row).collect()
    }
}

fn row(row: &database::Row) -> Result<Row> {
    let standing = row.text("standing")?;
    let standing = STANDINGS
        .iter()
        .find_map(|(word, known)| (*word == standing).then_some(*known))
        .ok_or_else(|| StoreError::Broken(format!("{standing:?} is no standing of a claim")))?;
    Ok(Row {
        pull: (row.id("repo_id")?, PrNumber(row.id("number")?)),
        generation: row.int("gen")?,
        newest: row.int("newest")?,
        head: row.text("head")?,
        author: (row.maybe_text("agent")?, row.maybe_text("model")?),
        kept: KeptClaim { claim: row.text("claim")?, kind: row.text("kind")?, standing },
    })
}
