//! Events: what a payload asks for. Payloads are hints; everything that is judged is read again from the API.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::github::{CHECK_NAME, Mark};
use crate::ids::{PrNumber, RepoName};
use crate::store::{Ask, Store, StoreError, Subject, Urgency};

/// What an event means to us.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// GitHub tries the door.
    Ping,
    /// Nothing of ours.
    Other,
    /// These pull requests want a verdict.
    Asks(Vec<Ask>),
    /// Someone wants a check run of ours again.
    Rerun(Rerun),
    /// Evidence about a commit or a pull request changed.
    Evidence(Evidence),
}

/// Evidence that came, with everything that may tell its pull requests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    repo_id: u64,
    repo: RepoName,
    installation: u64,
    /// The commit; nothing where the event names its pull request.
    head: Option<String>,
    pulls: Vec<PrNumber>,
}

/// A check run to be made again, with everything that may tell its pull request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rerun {
    repo_id: u64,
    repo: RepoName,
    installation: u64,
    head: String,
    mark: Option<Mark>,
    pulls: Vec<PrNumber>,
}

#[derive(Deserialize)]
struct PullEvent {
    action: String,
    pull_request: Numbered,
    repository: Repository,
    installation: Option<Id>,
}

#[derive(Deserialize)]
struct CheckEvent {
    action: String,
    check_run: CheckRun,
    repository: Repository,
    installation: Option<Id>,
}

/// A check suite or a workflow run.
#[derive(Deserialize)]
struct Suite {
    head_sha: String,
    #[serde(default)]
    app: Option<Id>,
    #[serde(default)]
    pull_requests: Vec<LinkedPull>,
}

#[derive(Deserialize)]
struct SuiteEvent {
    action: String,
    #[serde(alias = "workflow_run")]
    check_suite: Suite,
    repository: Repository,
    installation: Option<Id>,
}

#[derive(Deserialize)]
struct StatusEvent {
    sha: String,
    state: String,
    repository: Repository,
    installation: Option<Id>,
}

#[derive(Deserialize)]
struct DeploymentEvent {
    deployment: Deployed,
    repository: Repository,
    installation: Option<Id>,
}

#[derive(Deserialize)]
struct Deployed {
    sha: String,
}

#[derive(Deserialize)]
struct CheckRun {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    head_sha: Option<String>,
    #[serde(default)]
    external_id: Option<String>,
    #[serde(default)]
    app: Option<Id>,
    #[serde(default)]
    pull_requests: Vec<LinkedPull>,
}

#[derive(Deserialize)]
struct LinkedPull {
    number: u64,
    base: Option<LinkedBase>,
}

#[derive(Deserialize)]
struct LinkedBase {
    repo: Option<Id>,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
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

/// The actions after which a verdict may differ.
const ACTIONS: [&str; 5] = ["opened", "reopened", "synchronize", "edited", "ready_for_review"];

/// Reads an event. The error is a sentence for whoever looks at the delivery's answer.
pub(super) fn read(event: &str, body: &[u8], app_id: u64) -> Result<Event, String> {
    match event {
        "pull_request" => pull_request(&json(body)?),
        "check_run" => check_run(json(body)?, app_id),
        "check_suite" | "workflow_run" => suite(json(body)?, app_id),
        "status" => status(json(body)?),
        "deployment_status" => deployment(json(body)?),
        "pull_request_review" => review(&json(body)?),
        _ => {
            json::<IgnoredAny>(body)?;
            Ok(if event == "ping" { Event::Ping } else { Event::Other })
        }
    }
}

fn json<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|e| match e.classify() {
        serde_json::error::Category::Data => format!("the payload lacks what its event promises: {e}"),
        _ => format!("the body is not JSON: {e}; the webhook's content type must be application/json"),
    })
}

fn pull_request(event: &PullEvent) -> Result<Event, String> {
    if !ACTIONS.contains(&event.action.as_str()) {
        return Ok(Event::Other);
    }
    let (repo, installation) = (name(&event.repository)?, installation(event.installation.as_ref())?);
    let number = PrNumber(event.pull_request.number);
    let urgency = if event.action == "edited" { Urgency::Loud } else { Urgency::Push };
    let subject = Subject::Pull(number);
    let due = Timestamp::UNIX_EPOCH;
    Ok(Event::Asks(vec![Ask { repo_id: event.repository.id, subject, repo, installation, urgency, due }]))
}

fn check_run(event: CheckEvent, app_id: u64) -> Result<Event, String> {
    let run = event.check_run;
    let mark: Option<Mark> = run.external_id.as_deref().and_then(|id| id.parse().ok());
    let of_app = run.app.map_or(mark.is_some(), |app| app.id == app_id);
    let repo_id = event.repository.id;
    if event.action == "completed" && !of_app {
        let head = run.head_sha.unwrap_or_default();
        return evidence(&event.repository, event.installation.as_ref(), Some(head), &run.pull_requests);
    }
    if event.action != "rerequested" || !of_app || run.name.as_deref().is_some_and(|name| name != CHECK_NAME)
    {
        return Ok(Event::Other);
    }
    Ok(Event::Rerun(Rerun {
        repo_id,
        repo: name(&event.repository)?,
        installation: installation(event.installation.as_ref())?,
        head: run.head_sha.unwrap_or_default(),
        mark: mark.filter(|mark| mark.repo_id == repo_id),
        pulls: linked(&run.pull_requests, repo_id),
    }))
}

/// Our own suite ends with our own verdict: to judge again for it would never end.
fn suite(event: SuiteEvent, app_id: u64) -> Result<Event, String> {
    let suite = event.check_suite;
    let ours = suite.app.as_ref().is_some_and(|app| app.id == app_id);
    match event.action.as_str() {
        "completed" if !ours => {
            let head = Some(suite.head_sha);
            evidence(&event.repository, event.installation.as_ref(), head, &suite.pull_requests)
        }
        "rerequested" if ours => Ok(Event::Rerun(Rerun {
            repo_id: event.repository.id,
            repo: name(&event.repository)?,
            installation: installation(event.installation.as_ref())?,
            head: suite.head_sha,
            mark: None,
            pulls: linked(&suite.pull_requests, event.repository.id),
        })),
        _ => Ok(Event::Other),
    }
}

fn status(event: StatusEvent) -> Result<Event, String> {
    if event.state == "pending" {
        return Ok(Event::Other);
    }
    evidence(&event.repository, event.installation.as_ref(), Some(event.sha), &[])
}

fn deployment(event: DeploymentEvent) -> Result<Event, String> {
    evidence(&event.repository, event.installation.as_ref(), Some(event.deployment.sha), &[])
}

fn review(event: &PullEvent) -> Result<Event, String> {
    let mut read = evidence(&event.repository, event.installation.as_ref(), None, &[])?;
    if let Event::Evidence(evidence) = &mut read {
        evidence.pulls.push(PrNumber(event.pull_request.number));
    }
    Ok(read)
}

fn evidence(
    repository: &Repository,
    app: Option<&Id>,
    head: Option<String>,
    pulls: &[LinkedPull],
) -> Result<Event, String> {
    Ok(Event::Evidence(Evidence {
        repo_id: repository.id,
        repo: name(repository)?,
        installation: installation(app)?,
        head,
        pulls: linked(pulls, repository.id),
    }))
}

/// The pull requests into this repository; GitHub lists those into a fork's own branches too.
fn linked(pulls: &[LinkedPull], repo_id: u64) -> Vec<PrNumber> {
    let here = |pull: &&LinkedPull| {
        let base = pull.base.as_ref().and_then(|base| base.repo.as_ref());
        base.is_none_or(|repo| repo.id == repo_id)
    };
    pulls.iter().filter(here).map(|pull| PrNumber(pull.number)).collect()
}

fn name(repository: &Repository) -> Result<RepoName, String> {
    repository.full_name.parse().map_err(|e: crate::ids::Malformed| e.to_string())
}

fn installation(id: Option<&Id>) -> Result<u64, String> {
    let why = "the payload names no installation: the webhook must be the App's own and not a repository's";
    id.map(|id| id.id).ok_or_else(|| why.to_owned())
}

impl Evidence {
    /// The pull requests that are meant: those whose head the commit is, and those that GitHub lists, which are none
    /// for a fork.
    pub(super) async fn asks(self, store: &Store, due: Timestamp) -> Result<Vec<Ask>, StoreError> {
        let mut numbers = self.pulls;
        if let Some(head) = &self.head {
            numbers.extend(store.pulls_at_head(self.repo_id, head).await?);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let ask = |number| Ask {
            repo_id: self.repo_id,
            subject: Subject::Pull(number),
            repo: self.repo.clone(),
            installation: self.installation,
            urgency: Urgency::Quiet,
            due,
        };
        Ok(numbers.into_iter().map(ask).collect())
    }
}

impl Rerun {
    /// The pull requests that are meant: the run's own mark tells best; GitHub's list is empty for forks; at last
    /// every pull request that had a verdict on that head.
    pub(super) async fn asks(self, store: &Store, due: Timestamp) -> Result<Vec<Ask>, StoreError> {
        let numbers = match self.mark {
            Some(mark) => vec![mark.number],
            None if !self.pulls.is_empty() => self.pulls,
            None => store.pulls_with_head(self.repo_id, &self.head).await?,
        };
        let ask = |number| Ask {
            repo_id: self.repo_id,
            subject: Subject::Pull(number),
            repo: self.repo.clone(),
            installation: self.installation,
            urgency: Urgency::Loud,
            due,
        };
        Ok(numbers.into_iter().map(ask).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(name: &str, payload: &serde_json::Value) -> Result<Event, String> {
        read(name, payload.to_string().as_bytes(), 5)
    }

    fn pull(action: &str) -> serde_json::Value {
        json!({"action": action, "number": 4, "pull_request": {"number": 4, "anything": {}},
               "repository": {"id": 9, "full_name": "octo/app"}, "installation": {"id": 3}})
    }

    #[test]
    fn only_actions_that_can_change_a_verdict_ask_for_one() {
        for action in ACTIONS {
            let Event::Asks(asks) = event("pull_request", &pull(action)).unwrap() else { panic!("{action}") };
            assert_eq!(
                (asks[0].repo_id, &asks[0].subject, asks[0].installation),
                (9, &Subject::Pull(PrNumber(4)), 3)
            );
        }
        for action in ["closed", "labeled", "assigned", "review_requested"] {
            assert_eq!(event("pull_request", &pull(action)), Ok(Event::Other), "{action}");
        }
        assert_eq!(event("star", &json!({})), Ok(Event::Other));
        assert_eq!(event("ping", &json!({"zen": "…"})), Ok(Event::Ping));
    }

    #[test]
    fn what_is_no_json_or_no_such_event_is_told_apart() {
        assert!(read("star", b"{", 5).unwrap_err().starts_with("the body is not JSON"));
        let mut payload = pull("opened");
        payload.as_object_mut().unwrap().remove("installation");
        assert!(event("pull_request", &payload).unwrap_err().contains("names no installation"));
        payload.as_object_mut().unwrap().remove("pull_request");
        assert!(event("pull_request", &payload).unwrap_err().starts_with("the payload lacks"));
    }

    fn run(app: u64, external: &str) -> serde_json::Value {
        json!({"action": "rerequested", "repository": {"id": 9, "full_name": "octo/app"}, "installation": {"id": 3},
               "check_run": {"name": "gainsay", "head_sha": "a", "external_id": external, "app": {"id": app},
                             "pull_requests": []}})
    }

    #[test]
    fn a_forks_check_run_is_mapped_by_its_mark_and_anothers_is_none_of_ours() {
        let Ok(Event::Rerun(rerun)) = event("check_run", &run(5, "gainsay:9:4:2")) else { panic!() };
        assert_eq!(rerun.mark.map(|mark| mark.number), Some(PrNumber(4)));
        let Ok(Event::Rerun(rerun)) = event("check_run", &run(5, "gainsay:8:4:2")) else { panic!() };
        assert_eq!(rerun.mark, None, "the mark of another repository");
        assert_eq!(event("check_run", &run(6, "gainsay:9:4:2")), Ok(Event::Other));
    }
}
