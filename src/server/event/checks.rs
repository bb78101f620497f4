//! Checks: evidence when another's ends, a wish when someone wants ours again or presses its button.

use serde::Deserialize;

use super::payload::{Account, Id, LinkedPull, linked, place};
use super::{Heard, Order, Place, Start, Whom, json, sha};
use crate::github::{CHECK_NAME, Mark};
use crate::store::{Subject, Urgency};

#[derive(Deserialize)]
struct RunPayload {
    check_run: CheckRun,
    #[serde(default)]
    requested_action: Option<Action>,
    #[serde(default)]
    sender: Option<Account>,
}

#[derive(Deserialize)]
struct CheckRun {
    #[serde(default)]
    id: u64,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    head_sha: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    app: Option<Id>,
    #[serde(default)]
    pull_requests: Option<Vec<LinkedPull>>,
}

#[derive(Deserialize)]
struct Action {
    identifier: String,
}

pub(super) fn run(action: &str, body: &[u8], app_id: u64) -> Result<Option<Heard>, String> {
    let (place, payload) = (place(body)?, json::<RunPayload>(body)?);
    let run = &payload.check_run;
    let mark: Option<Mark> = run.external_id.as_deref().and_then(|id| id.parse().ok());
    // Where a server leaves the App out, the mark must do.
    let ours = run.app.map_or(mark.is_some(), |app| app.id == app_id);
    let listed = linked(run.pull_requests.as_ref(), place.repo_id);
    let head = run.head_sha.clone().unwrap_or_default();
    if action == "completed" {
        let whom = Whom::At { head, listed };
        return Ok((!ours).then(|| Heard::want(place, whom, Urgency::Quiet, Start::Soon)));
    }
    if !ours || run.name.as_deref().is_some_and(|name| name != CHECK_NAME) {
        return Ok(None);
    }
    let whom = match mark.filter(|mark| mark.repo_id == place.repo_id) {
        Some(mark) if mark.number.0 == 0 => Whom::These(vec![Subject::Group(sha(&head)?)]),
        Some(mark) => Whom::These(vec![Subject::Pull(mark.number)]),
        None => Whom::Judged { head, listed },
    };
    if action == "rerequested" {
        return Ok(Some(Heard::want(place, whom, Urgency::Loud, Start::Now)));
    }
    Ok(pressed(place, whom, &payload))
}

/// A button of our check run. Who the person is decides later what it is worth.
fn pressed(place: Place, whom: Whom, payload: &RunPayload) -> Option<Heard> {
    let (action, sender) = (payload.requested_action.as_ref()?, payload.sender.as_ref()?);
    let identifier = &action.identifier;
    let by = sender.id.map_or_else(|| sender.login.clone(), |id| id.to_string());
    let order = Order {
        place,
        whom,
        by: sender.person(),
        is_bot: sender.is_bot(),
        key: format!("action:{}:{identifier}:{by}", payload.check_run.id),
        words: format!("/gainsay {}", identifier.replacen(':', " ", 1)),
        comment: None,
        at: None,
    };
    Some(Heard { orders: vec![order], ..Heard::default() })
}

#[derive(Deserialize)]
struct SuitePayload {
    #[serde(alias = "workflow_run")]
    check_suite: Suite,
}

#[derive(Deserialize)]
struct Suite {
    head_sha: String,
    #[serde(default)]
    app: Option<Id>,
    #[serde(default)]
    pull_requests: Option<Vec<LinkedPull>>,
}

/// A check suite or a workflow run. Our own suite ends with our own verdict: to judge again for it would never end.
pub(super) fn suite(action: &str, body: &[u8], app_id: u64) -> Result<Option<Heard>, String> {
    let (place, SuitePayload { check_suite: suite }) = (place(body)?, json(body)?);
    let ours = suite.app.is_some_and(|app| app.id == app_id);
    let listed = linked(suite.pull_requests.as_ref(), place.repo_id);
    let head = suite.head_sha;
    Ok(match action {
        "completed" if !ours => {
            Some(Heard::want(place, Whom::At { head, listed }, Urgency::Quiet, Start::Soon))
        }
        "rerequested" if ours => {
            Some(Heard::want(place, Whom::Judged { head, listed }, Urgency::Loud, Start::Now))
        }
        // It comes for every push. Where no pull request is listed, the pull request's own event follows.
        "requested" if ours && !listed.is_empty() => {
            let whom = Whom::These(listed.into_iter().map(Subject::Pull).collect());
            Some(Heard::want(place, whom, Urgency::Push, Start::Now))
        }
        _ => None,
    })
}

#[derive(Deserialize)]
struct StatusPayload {
    sha: String,
    state: String,
}

pub(super) fn status(body: &[u8]) -> Result<Option<Heard>, String> {
    let payload: StatusPayload = json(body)?;
    if payload.state == "pending" {
        return Ok(None);
    }
    let whom = Whom::At { head: payload.sha, listed: Vec::new() };
    Ok(Some(Heard::want(place(body)?, whom, Urgency::Quiet, Start::Soon)))
}

#[derive(Deserialize)]
struct DeploymentPayload {
    deployment: Deployed,
}

#[derive(Deserialize)]
struct Deployed {
    sha: String,
}

pub(super) fn deployment(body: &[u8]) -> Result<Option<Heard>, String> {
    let head = json::<DeploymentPayload>(body)?.deployment.sha;
    let whom = Whom::At { head, listed: Vec::new() };
    Ok(Some(Heard::want(place(body)?, whom, Urgency::Quiet, Start::Soon)))
}
