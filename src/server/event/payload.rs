//! The parts that many payloads share. Lenient: what an event can do without may be missing or null.

use serde::Deserialize;

use super::{Place, json};
use crate::change::Person;
use crate::ids::PrNumber;

#[derive(Debug, Deserialize)]
struct Home {
    repository: Repository,
    #[serde(default)]
    installation: Option<Id>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) full_name: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Id {
    pub(super) id: u64,
}

/// The repository of an event, and the installation that saw it.
pub(super) fn place(body: &[u8]) -> Result<Place, String> {
    let Home { repository, installation } = json(body)?;
    Ok(Place {
        repo_id: repository.id,
        repo: repository.full_name.parse().map_err(|e: crate::ids::Malformed| e.to_string())?,
        installation: self::installation(installation)?,
    })
}

pub(super) fn installation(id: Option<Id>) -> Result<u64, String> {
    let why = "the payload names no installation: the webhook must be the App's own and not a repository's";
    id.map(|id| id.id).ok_or_else(|| why.to_owned())
}

/// A pull request that GitHub lists with a commit's check.
#[derive(Debug, Deserialize)]
pub(super) struct LinkedPull {
    number: u64,
    #[serde(default)]
    base: Option<LinkedBase>,
}

#[derive(Debug, Deserialize)]
struct LinkedBase {
    #[serde(default)]
    repo: Option<Id>,
}

/// The pull requests into this repository; GitHub lists those into a fork's own branches too.
pub(super) fn linked(pulls: Option<&Vec<LinkedPull>>, repo_id: u64) -> Vec<PrNumber> {
    let here = |pull: &&LinkedPull| {
        let base = pull.base.as_ref().and_then(|base| base.repo);
        base.is_none_or(|repo| repo.id == repo_id)
    };
    pulls.into_iter().flatten().filter(here).map(|pull| PrNumber(pull.number)).collect()
}

/// An account.
#[derive(Debug, Deserialize)]
pub(super) struct Account {
    pub(super) login: String,
    #[serde(default)]
    pub(super) id: Option<u64>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

impl Account {
    /// Whether GitHub calls it anything but a person.
    pub(super) fn is_bot(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind != "User") || self.login.ends_with("[bot]")
    }

    pub(super) fn person(&self) -> Person {
        Person { login: self.login.clone(), id: self.id, ..Person::default() }
    }
}
