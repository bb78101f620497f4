//! The event that started a workflow: which commits it is about and what the pull request says.

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::change::{Person, PullRequest};
use crate::ids::{PrNumber, RepoName, Sha};

/// A pull request, or a group of them in a merge queue, as its event tells it.
#[derive(Debug)]
pub(super) struct Event {
    /// The words and people. A merge group has none of its own: its commits speak for it.
    pub(super) pr: PullRequest,
    /// The tip of the base branch when the event was made.
    pub(super) base: Sha,
    /// The commit that is judged.
    pub(super) head: Sha,
    /// Whether the workflow runs on the base branch, where a checkout has nothing of head.
    on_base: bool,
}

#[derive(Deserialize)]
struct Payload {
    pull_request: Option<Pull>,
    merge_group: Option<Group>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    title: Option<String>,
    body: Option<String>,
    user: Option<User>,
    head: Tip,
    base: Tip,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Group {
    head_sha: Sha,
    base_sha: Sha,
    #[serde(default)]
    head_ref: String,
}

#[derive(Deserialize)]
struct User {
    login: String,
    id: Option<u64>,
}

#[derive(Deserialize)]
struct Tip {
    sha: Sha,
    #[serde(rename = "ref", default)]
    branch: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Repository {
    full_name: Option<RepoName>,
}

impl Event {
    /// Reads the event's file. An event without a pull request is an error that says which events have one.
    pub(super) fn read(name: &str, file: &Path) -> anyhow::Result<Self> {
        if file.as_os_str().is_empty() {
            bail!(
                "GITHUB_EVENT_PATH is not set; `gainsay action` runs in GitHub Actions, `gainsay check` anywhere"
            );
        }
        let bytes =
            std::fs::read(file).with_context(|| format!("could not read the event {}", file.display()))?;
        Self::parse(name, &bytes)
    }

    fn parse(name: &str, bytes: &[u8]) -> anyhow::Result<Self> {
        let payload: Payload = serde_json::from_slice(bytes).context("could not understand the event")?;
        let repo = payload.repository.and_then(|repository| repository.full_name);
        let on_base = name == "pull_request_target";
        match (payload.pull_request, payload.merge_group) {
            (Some(pull), _) => {
                let (base, head) = (pull.base.sha.clone(), pull.head.sha.clone());
                Ok(Self { pr: pull.words(repo), base, head, on_base })
            }
            (None, Some(group)) => {
                let pr = PullRequest { repo, branch: group.head_ref, ..PullRequest::default() };
                Ok(Self { pr, base: group.base_sha, head: group.head_sha, on_base })
            }
            (None, None) => bail!(
                "the event {name:?} has no pull request; run the action on pull_request, pull_request_target or \
                 merge_group"
            ),
        }
    }

    /// What to do where the checkout lacks one of the commits.
    pub(super) fn remedy(&self) -> String {
        match self.pr.number {
            Some(number) if self.on_base => format!(
                "on pull_request_target the checkout holds the base branch only: give actions/checkout \
                 `fetch-depth: 0` and add a step `git fetch origin refs/pull/{}/head`",
                number.0
            ),
            _ => "actions/checkout fetches one merge commit unless told otherwise: give it `fetch-depth: 0`"
                .into(),
        }
    }
}

impl Pull {
    fn words(self, repo: Option<RepoName>) -> PullRequest {
        let (login, id) = self.user.map(|user| (user.login, user.id)).unwrap_or_default();
        PullRequest {
            repo,
            number: Some(PrNumber(self.number)),
            title: self.title.unwrap_or_default(),
            body: self.body.unwrap_or_default(),
            author: Person { login, id, ..Person::default() },
            branch: self.head.branch,
            labels: self.labels.into_iter().map(|label| label.name).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, json: &str) -> anyhow::Result<Event> {
        Event::parse(name, json.replace("SHA", &"a".repeat(40)).as_bytes())
    }

    #[test]
    fn a_pull_request_without_a_body_or_an_author_is_read() {
        let json = r#"{"pull_request": {"number": 3, "title": "T", "body": null, "user": null,
            "head": {"sha": "SHA", "ref": "topic"}, "base": {"sha": "SHA"}}, "repository": {"full_name": "o/r"}}"#;
        let event = event("pull_request", json).unwrap();
        assert_eq!(
            (event.pr.title.as_str(), event.pr.body.as_str(), event.pr.branch.as_str()),
            ("T", "", "topic")
        );
        assert_eq!(event.pr.repo.unwrap().as_str(), "o/r");
    }

    #[test]
    fn a_merge_group_speaks_through_its_commits() {
        let event =
            event("merge_group", r#"{"merge_group": {"head_sha": "SHA", "base_sha": "SHA"}}"#).unwrap();
        assert!(event.pr.title.is_empty() && event.pr.number.is_none());
    }

    #[test]
    fn an_event_without_a_pull_request_says_which_have_one() {
        let error = event("workflow_dispatch", r#"{"inputs": {}}"#).unwrap_err().to_string();
        assert!(error.contains("workflow_dispatch") && error.contains("pull_request"), "{error}");
    }

    #[test]
    fn a_commit_id_that_is_none_is_refused() {
        let json = r#"{"merge_group": {"head_sha": "--upload-pack=x", "base_sha": "SHA"}}"#;
        assert!(event("merge_group", json).is_err());
    }
}
