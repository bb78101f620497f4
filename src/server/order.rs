//! What people ask for on a pull request: a new comment with a command in it, or a button of our check run.

use jiff::Timestamp;
use serde::Deserialize;

use crate::change::Person;
use crate::github::Mark;
use crate::ids::PrNumber;
use crate::pipeline::commands::parse;
use crate::store::{Ask, Command, Subject, Urgency};

#[derive(Deserialize)]
struct Payload {
    action: String,
    repository: Repository,
    installation: Option<Id>,
    sender: Account,
    issue: Option<Issue>,
    comment: Option<Comment>,
    check_run: Option<CheckRun>,
    requested_action: Option<Action>,
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: String,
}

#[derive(Deserialize)]
struct Id {
    id: u64,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    id: u64,
    #[serde(rename = "type", default)]
    kind: String,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Deserialize)]
struct CheckRun {
    id: u64,
    #[serde(default)]
    external_id: Option<String>,
    app: Option<Id>,
}

#[derive(Deserialize)]
struct Action {
    identifier: String,
}

/// The command of a payload with the judgement that it asks for; nothing where it holds none.
pub(super) fn read(event: &str, body: &[u8], app_id: u64, now: Timestamp) -> Option<(Ask, Command)> {
    let payload: Payload = match event {
        "issue_comment" | "check_run" => serde_json::from_slice(body).ok()?,
        _ => return None,
    };
    let (number, key, words, comment) = match (payload.action.as_str(), &payload.comment, &payload.check_run)
    {
        ("created", Some(comment), _) => {
            let issue = payload.issue.filter(|issue| issue.pull_request.is_some())?;
            let words = comment.body.clone().unwrap_or_default();
            (PrNumber(issue.number), format!("comment:{}", comment.id), words, Some(comment.id))
        }
        ("requested_action", _, Some(run)) if run.app.as_ref().is_some_and(|app| app.id == app_id) => {
            let mark: Mark = run.external_id.as_deref()?.parse().ok()?;
            let identifier = payload.requested_action?.identifier;
            let key = format!("action:{}:{identifier}:{}", run.id, payload.sender.id);
            (mark.number, key, format!("/gainsay {identifier}"), None)
        }
        _ => return None,
    };
    if !parse::is_addressed(&words) {
        return None;
    }
    let repo_id = payload.repository.id;
    let ask = Ask {
        repo_id,
        subject: Subject::Pull(number),
        repo: payload.repository.full_name.parse().ok()?,
        installation: payload.installation?.id,
        urgency: Urgency::Push,
        due: now,
    };
    let Account { login, id, kind } = payload.sender;
    let by = Person { login, id: Some(id), ..Person::default() };
    let command = Command { key, repo_id, number, by, is_bot: kind != "User", words, comment, at: now };
    Some((ask, command))
}
