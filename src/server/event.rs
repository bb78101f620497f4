//! Events: what a payload asks for. Payloads are hints; everything that is judged is read again from the API.

mod checks;
mod comment;
mod group;
mod installation;
mod intake;
mod payload;
mod pull_request;
mod push;
#[cfg(test)]
mod tests;

pub(super) use intake::intake;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::change::Person;
use crate::ids::{PrNumber, RepoName, Sha};
use crate::store::{Subject, Urgency};

/// The events that are heard, with their actions; an event without actions is heard whatever it says.
const HEARD: &[(&str, &[&str])] = &[
    ("check_run", &["completed", "rerequested", "requested_action"]),
    ("check_suite", &["completed", "requested", "rerequested"]),
    ("deployment_status", &[]),
    ("installation", &["created", "deleted", "new_permissions_accepted", "suspend", "unsuspend"]),
    ("installation_repositories", &["added", "removed"]),
    ("issue_comment", &["created"]),
    ("merge_group", &["checks_requested", "destroyed"]),
    (
        "pull_request",
        &["closed", "converted_to_draft", "edited", "opened", "ready_for_review", "reopened", "synchronize"],
    ),
    ("pull_request_review", &["dismissed", "submitted"]),
    ("push", &[]),
    ("repository", &["deleted", "renamed", "transferred"]),
    ("status", &[]),
    ("workflow_run", &["completed"]),
];

/// Whether an event with that action can mean anything.
pub(super) fn is_heard(event: &str, action: Option<&str>) -> bool {
    let heard = HEARD.iter().find(|(name, _)| *name == event);
    heard.is_some_and(|(_, actions)| actions.is_empty() || action.is_some_and(|a| actions.contains(&a)))
}

/// What an event means to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// GitHub tries the door.
    Ping,
    /// Nothing of ours.
    Nothing,
    /// It brings something, or might have.
    Heard(Heard),
}

/// What an event brings, before anyone looked up which pull requests are meant.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    wants: Vec<Want>,
    orders: Vec<Order>,
    closed: Vec<(u64, Subject)>,
    /// What changed about installations and repositories.
    pub(super) upkeep: Vec<Upkeep>,
}

/// Something that wants a verdict.
#[derive(Debug, PartialEq, Eq)]
struct Want {
    place: Place,
    whom: Whom,
    urgency: Urgency,
    start: Start,
}

/// A repository, and who sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    repo_id: u64,
    repo: RepoName,
    installation: u64,
}

/// Who is meant.
#[derive(Debug, PartialEq, Eq)]
enum Whom {
    These(Vec<Subject>),
    /// Those that the payload lists, and those whose head the commit is.
    At {
        head: String,
        listed: Vec<PrNumber>,
    },
    /// Those that the payload lists, or else those that had a verdict on the commit.
    Judged {
        head: String,
        listed: Vec<PrNumber>,
    },
    /// Those that go into a branch.
    Into(String),
}

/// When it is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Now,
    /// After what ends at about the same time has ended too.
    Soon,
    /// One after the other, so that they don't use up the hourly rate together.
    Spread,
}

/// What a person asked for, before anyone looked up on which pull request.
#[derive(Debug, PartialEq, Eq)]
struct Order {
    place: Place,
    whom: Whom,
    by: Person,
    is_bot: bool,
    key: String,
    words: String,
    comment: Option<u64>,
    at: Option<jiff::Timestamp>,
}

/// What changed about installations and repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Upkeep {
    /// The installation is gone or suspended.
    Gone { installation: u64 },
    /// It may do or see something else than before.
    Changed { installation: u64 },
    /// It sees a repository no more.
    Unseen { installation: u64, repo_id: u64 },
    /// It sees a repository whose open pull requests nobody has told of.
    New { installation: u64, repo_id: u64, repo: RepoName },
    /// The same of all its repositories.
    AllNew { installation: u64 },
    /// A repository has another name.
    Renamed { repo_id: u64, repo: RepoName },
}

impl Heard {
    fn want(place: Place, whom: Whom, urgency: Urgency, start: Start) -> Self {
        Self { wants: vec![Want { place, whom, urgency, start }], ..Self::default() }
    }
}

/// Reads an event. The error is a sentence for whoever looks at the delivery's answer.
pub(super) fn read(event: &str, body: &[u8], app_id: u64) -> Result<Event, String> {
    let Some((_, actions)) = HEARD.iter().find(|(name, _)| *name == event) else {
        json::<IgnoredAny>(body)?;
        return Ok(if event == "ping" { Event::Ping } else { Event::Nothing });
    };
    let mut action = String::new();
    if !actions.is_empty() {
        #[derive(Deserialize)]
        struct Acting {
            action: String,
        }
        action = json::<Acting>(body)?.action;
        if !actions.contains(&action.as_str()) {
            return Ok(Event::Nothing);
        }
    }
    let heard = match event {
        "pull_request" => pull_request::changed(&action, body)?,
        "pull_request_review" => pull_request::reviewed(body)?,
        "check_run" => checks::run(&action, body, app_id)?,
        "check_suite" | "workflow_run" => checks::suite(&action, body, app_id)?,
        "status" => checks::status(body)?,
        "deployment_status" => checks::deployment(body)?,
        "issue_comment" => comment::created(body)?,
        "merge_group" => group::changed(&action, body)?,
        "installation" => Some(installation::changed(&action, body)?),
        "installation_repositories" => Some(installation::repositories(body)?),
        "repository" => installation::repository(&action, body)?,
        _ => push::received(body)?,
    };
    Ok(heard.map_or(Event::Nothing, Event::Heard))
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => format!("the payload lacks what its event promises: {e}"),
        _ => format!("the body is not JSON: {e}; the webhook's content type must be application/json"),
    })
}

/// A commit's id; an event about something that is none has nothing to say.
fn sha(text: &str) -> Result<Sha, String> {
    text.parse().map_err(|e: crate::ids::Malformed| e.to_string())
}
