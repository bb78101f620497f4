//! A push to a branch that pull requests go into: the policy there may have changed.

use serde::Deserialize;

use super::payload::place;
use super::{Heard, Start, Whom, json};
use crate::policy;
use crate::store::Urgency;

/// GitHub lists no more commits of a push.
const COMMITS_LISTED: usize = 2_048;

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "ref")]
    name: String,
    #[serde(default)]
    forced: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    commits: Option<Vec<Commit>>,
}

#[derive(Deserialize)]
struct Commit {
    #[serde(default)]
    added: Option<Vec<String>>,
    #[serde(default)]
    modified: Option<Vec<String>>,
    #[serde(default)]
    removed: Option<Vec<String>>,
}

pub(super) fn received(body: &[u8]) -> Result<Option<Heard>, String> {
    let payload: Payload = json(body)?;
    let Some(branch) = payload.name.strip_prefix("refs/heads/") else { return Ok(None) };
    if payload.deleted || !payload.may_touch_policy() {
        return Ok(None);
    }
    let whom = Whom::Into(branch.to_owned());
    Ok(Some(Heard::want(place(body)?, whom, Urgency::Quiet, Start::Spread)))
}

impl Payload {
    /// A list that may be incomplete hides anything: of a forced push the commits that it took away are not told.
    fn may_touch_policy(&self) -> bool {
        let commits = self.commits.as_deref().unwrap_or_default();
        self.forced
            || commits.is_empty()
            || commits.len() >= COMMITS_LISTED
            || commits.iter().any(|commit| commit.lists().is_none_or(|mut paths| paths.any(is_policy)))
    }
}

impl Commit {
    /// Nothing where a list is missing.
    fn lists(&self) -> Option<impl Iterator<Item = &str>> {
        let (added, modified, removed) =
            (self.added.as_ref()?, self.modified.as_ref()?, self.removed.as_ref()?);
        Some(added.iter().chain(modified).chain(removed).map(String::as_str))
    }
}

fn is_policy(path: &str) -> bool {
    policy::PATHS.contains(&path)
}
