//! An in-memory GitHub on loopback, as strict as GitHub: tokens are verified, limits are kept, and every request is
//! held against GitHub's own description. What goes wrong is data ([`Fault`]). A violation fails the test that made it.

mod answers;
mod app;
pub(crate) mod chaos;
pub(crate) mod comments;
mod driver;
mod git;
pub(crate) mod key;
mod openapi;
mod routes;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use app::Sent;
pub(crate) use driver::{Gainsay, SECRET, Start, door, event_of, pull_event, quick, sign};
pub(crate) use git::Files;

pub(crate) const APP_ID: u64 = 5;
pub(crate) const INSTALLATION: u64 = 31;
pub(crate) const REPO: &str = "octo/app";
pub(crate) const REPO_ID: u64 = 9;

/// A fault that the world has ready for requests to come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Answers 502 and does nothing.
    BadGateway,
    /// Does it and answers 502 all the same.
    LostAnswer,
    /// Answers 403 with a secondary limit that asks for no wait.
    SecondaryLimit,
    /// Answers 403 for good.
    Forbidden,
    /// Answers 429 and asks for a second's wait.
    TooMany,
    /// Does it, and cuts the connection amid the answer.
    Cut,
    /// Never answers.
    Silence,
    /// Does it and never answers.
    Swallowed,
}

/// A pull request.
pub(crate) struct PullState {
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) head: String,
    pub(crate) base: String,
    pub(crate) merged: bool,
    pub(crate) closed: bool,
}

/// A check run.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RunState {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) head: String,
    pub(crate) external_id: String,
    /// Where it is shown.
    pub(crate) url: String,
    pub(crate) status: String,
    pub(crate) conclusion: Option<String>,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) annotations: Vec<Value>,
    /// The buttons' identifiers.
    pub(crate) actions: Vec<String>,
    /// How many annotations each update brought.
    pub(crate) batches: Vec<usize>,
    /// How often it was completed.
    pub(crate) completions: usize,
    /// The App that made it, where it is not ours.
    pub(crate) app: Option<u64>,
}

/// Everything that the world knows.
#[derive(Default)]
pub(crate) struct Known {
    objects: git::Objects,
    pub(crate) pulls: BTreeMap<u64, PullState>,
    pub(crate) branches: BTreeMap<String, String>,
    pub(crate) runs: Vec<RunState>,
    /// Reviews of all pull requests: number and GitHub's answer.
    pub(crate) reviews: Vec<(u64, Value)>,
    /// What accounts may do, by login.
    pub(crate) permissions: BTreeMap<String, &'static str>,
    /// The accounts' numbers, by login.
    pub(crate) account_ids: BTreeMap<String, u64>,
    /// Comments on all pull requests, in their order.
    pub(crate) comments: Vec<comments::CommentState>,
    /// Workflow runs, and by their ids the jobs and artifacts of each, as GitHub tells them.
    pub(crate) workflow_runs: Vec<Value>,
    pub(crate) jobs: BTreeMap<u64, Vec<Value>>,
    pub(crate) artifacts: BTreeMap<u64, Vec<Value>>,
    /// Deployments, and by their ids the states of each, the newest first.
    pub(crate) deployments: Vec<Value>,
    pub(crate) deployment_states: BTreeMap<u64, Vec<Value>>,
    /// Where each artifact's archive is: on another host.
    pub(crate) archives: BTreeMap<u64, String>,
    /// Where the archive of each commit is, for those that have one.
    pub(crate) zipballs: BTreeMap<String, String>,
    /// Method and path with query of every request.
    pub(crate) requests: Vec<String>,
    /// Requests that a [`Fault::Silence`] holds.
    pub(crate) held: usize,
    /// Requests whose answer was that nothing has changed.
    pub(crate) unchanged: Vec<String>,
    /// Installations with the paths that they may not see.
    pub(crate) refused: Vec<String>,
    /// The rate's remainder that every answer tells; it goes down by one with each that is not free.
    pub(crate) rate: Option<u64>,
    /// What each installation sees.
    pub(crate) installations: BTreeMap<u64, Vec<String>>,
    /// Other repositories, by their names.
    pub(crate) neighbours: BTreeMap<String, Known>,
    /// A neighbour's id.
    pub(crate) repo_id: Option<u64>,
    /// What `GET /app` and `GET /app/hook/config` tell.
    pub(crate) app: Value,
    pub(crate) hook: Value,
    /// What GitHub sent.
    pub(crate) sent: Vec<Sent>,
    /// A page of deliveries holds no more, whatever is asked for.
    pub(crate) deliveries_a_page: Option<usize>,
    tokens: BTreeMap<String, u64>,
    faults: Vec<(&'static str, &'static str, Fault)>,
    /// Faults by chance.
    pub(crate) chaos: Option<chaos::Chaos>,
    violations: Vec<String>,
}

/// The world; tests look at it and change it through [`World::with`].
pub(crate) struct World {
    shared: Arc<Shared>,
    address: SocketAddr,
}

struct Shared {
    known: Mutex<Known>,
    changed: watch::Sender<u64>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let known = Known {
            installations: [(INSTALLATION, vec![REPO.to_owned()])].into(),
            app: app::own(),
            hook: app::hook(),
            ..Known::default()
        };
        let shared = Arc::new(Shared { known: Mutex::new(known), changed: watch::channel(0).0 });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = axum::Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, address }
    }

    /// The API's address, with a prefix as GitHub Enterprise Server has.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/v3", self.address)
    }

    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        self.shared.with(act)
    }

    /// Waits until something can be found.
    pub(crate) async fn until<T>(&self, what: &str, find: impl Fn(&Known) -> Option<T>) -> T {
        let mut changes = self.shared.changed.subscribe();
        let search = async {
            loop {
                if let Some(found) = self.shared.known.lock().unwrap().pipe(&find) {
                    return found;
                }
                changes.changed().await.unwrap();
            }
        };
        match tokio::time::timeout(Duration::from_secs(20), search).await {
            Ok(found) => found,
            Err(_) => panic!("{what} never came; the requests were {:#?}", self.with(|k| k.requests.clone())),
        }
    }

    /// The next `times` requests of a method to a path with that part go wrong.
    pub(crate) fn fail(&self, method: &'static str, part: &'static str, fault: Fault, times: usize) {
        self.with(|known| known.faults.extend(std::iter::repeat_n((method, part, fault), times)));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn recover(&self) {
        self.with(|known| known.faults.clear());
    }

    /// Opens a pull request from one tree to another; `main` stands at the base.
    pub(crate) fn pull(&self, title: &str, body: &str, base: &[(&str, &str)], head: &[(&str, &str)]) -> u64 {
        self.with(|known| known.open(title, body, base, head))
    }

    /// Another repository, which another installation sees.
    pub(crate) fn neighbour(&self, repo: &str, repo_id: u64, installation: u64) {
        self.with(|known| {
            known.installations.entry(installation).or_default().push(repo.to_owned());
            let neighbour = Known { repo_id: Some(repo_id), ..Known::default() };
            known.neighbours.insert(repo.to_owned(), neighbour);
        });
    }

    /// GitHub sent an event so many minutes ago, and was answered with a status, or 0 with nothing; returns its id.
    pub(crate) fn sent(&self, minutes: i64, event: &str, payload: &Value, status: u16) -> String {
        self.with(|known| {
            let id = known.sent.len() as u64 + 1;
            let guid = format!("guid-{id}");
            let at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(minutes);
            let (event, payload) = (event.to_owned(), payload.clone());
            known.sent.push(Sent { id, guid: guid.clone(), event, payload, at, status });
            guid
        })
    }

    /// Opens a pull request whose head another one has already.
    pub(crate) fn pull_at(&self, title: &str, body: &str, head: &str) -> u64 {
        self.with(|known| {
            let number = known.pulls.len() as u64 + 1;
            let base = known.branches["main"].clone();
            let (title, body, head) = (title.to_owned(), Some(body.to_owned()), head.to_owned());
            known.pulls.insert(number, PullState { title, body, head, base, merged: false, closed: false });
            number
        })
    }

    /// Pushes a commit onto a pull request; returns it.
    pub(crate) fn push(&self, number: u64, message: &str, head: &[(&str, &str)]) -> String {
        self.with(|known| {
            let parent = known.pulls[&number].head.clone();
            let sha = known.objects.add(&[&parent], message, files(head));
            known.pulls.get_mut(&number).unwrap().head = sha.clone();
            sha
        })
    }

    /// A commit on any parents, on no branch.
    pub(crate) fn commit(&self, parents: &[&str], message: &str, files: Files) -> String {
        self.with(|known| known.objects.add(parents, message, files))
    }

    /// Says when a commit was made: `2024-01-01T00:00:00Z` otherwise.
    pub(crate) fn set_date(&self, commit: &str, date: &str) {
        self.with(|known| known.objects.set_date(commit, date));
    }

    /// Puts pull requests into the merge queue as one group; returns its head.
    pub(crate) fn queue(&self, numbers: &[u64]) -> String {
        self.with(|known| {
            let main = known.branches["main"].clone();
            let mut head = main.clone();
            for number in numbers {
                let PullState { base, head: theirs, .. } = &known.pulls[number];
                let files = known.objects.merged(&head, base, theirs);
                let message = format!("Merge pull request #{number} from robin/topic\n\nPart of a group");
                head = known.objects.add(&[&head, theirs], &message, files);
            }
            let last = numbers.last().unwrap();
            known.branches.insert(format!("gh-readonly-queue/main/pr-{last}-{main}"), head.clone());
            head
        })
    }

    /// Takes a group out of the merge queue.
    pub(crate) fn unqueue(&self, head: &str) {
        self.with(|known| {
            known.branches.retain(|name, at| !name.starts_with("gh-readonly-queue/") || at != head)
        });
    }

    pub(crate) fn head(&self, number: u64) -> String {
        self.with(|known| known.pulls[&number].head.clone())
    }

    /// The completed check run of ours on a commit, and the only one.
    pub(crate) async fn completed(&self, head: &str) -> RunState {
        self.completions(head, 1).await.pop().unwrap()
    }

    /// The first `count` completed check runs of ours on a commit, once there are that many.
    pub(crate) async fn completions(&self, head: &str, count: usize) -> Vec<RunState> {
        self.until(&format!("{count} completed check runs on {head}"), |known| {
            let on = known
                .runs
                .iter()
                .filter(|run| run.head == head && run.status == "completed" && run.app.is_none());
            let runs: Vec<RunState> = on.cloned().collect();
            (runs.len() >= count).then_some(runs)
        })
        .await
    }

    /// Another App's check run on a commit begins, or comes to a conclusion.
    pub(crate) fn check(&self, head: &str, name: &str, conclusion: Option<&str>) {
        self.with(|known| {
            let status = if conclusion.is_some() { "completed" } else { "in_progress" };
            let (status, conclusion) = (status.to_owned(), conclusion.map(str::to_owned));
            match known.runs.iter_mut().find(|run| run.head == head && run.name == name && run.app.is_some())
            {
                Some(run) => (run.status, run.conclusion) = (status, conclusion),
                None => {
                    let id = 1_000 + known.runs.len() as u64;
                    let (name, head, app) = (name.to_owned(), head.to_owned(), Some(APP_ID + 1));
                    known.runs.push(RunState {
                        id,
                        name,
                        head,
                        status,
                        conclusion,
                        app,
                        ..RunState::default()
                    });
                }
            }
        });
    }

    /// Someone reviews a pull request's head.
    pub(crate) fn review(&self, number: u64, login: &str, id: u64, state: &str) {
        self.with(|known| {
            let head = known.pulls[&number].head.clone();
            let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
            let review = serde_json::json!({
                "id": known.reviews.len(), "user": {"login": login, "id": id, "type": kind}, "state": state, "commit_id": head,
            });
            known.reviews.push((number, review));
        });
    }

    /// The check run of ours on a commit once it shows that it waits.
    pub(crate) async fn waiting(&self, head: &str) -> RunState {
        self.until(&format!("a waiting check run on {head}"), |known| {
            let ours = |run: &&RunState| run.head == head && run.app.is_none() && run.status == "in_progress";
            known.runs.iter().find(ours).cloned()
        })
        .await
    }

    /// Merges as a person would, through the rule that `main` requires our check from our App.
    pub(crate) fn merge(&self, number: u64) -> u16 {
        self.with(|known| {
            let head = known.pulls[&number].head.clone();
            let last =
                known.runs.iter().rfind(|run| run.name == "gainsay" && run.head == head && run.app.is_none());
            let passes =
                |run: &RunState| matches!(run.conclusion.as_deref(), Some("success" | "neutral" | "skipped"));
            if !last.is_some_and(passes) {
                return 405;
            }
            known.pulls.get_mut(&number).unwrap().merged = true;
            200
        })
    }
}

impl Known {
    /// Opens a pull request from one tree to another; `main` stands at the base.
    pub(crate) fn open(
        &mut self,
        title: &str,
        body: &str,
        base: &[(&str, &str)],
        head: &[(&str, &str)],
    ) -> u64 {
        let number = self.pulls.len() as u64 + 1;
        let base = self.objects.add(&[], "Base", files(base));
        // The number makes the commit a pull request's own, whatever its files.
        let head = self.objects.add(&[&base], &format!("{title}\n\nPart {number}"), files(head));
        self.branches.insert("main".into(), base.clone());
        let (title, body) = (title.to_owned(), Some(body.to_owned()));
        self.pulls.insert(number, PullState { title, body, head, base, merged: false, closed: false });
        number
    }
}

/// Files from literals.
pub(crate) fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

trait Pipe: Sized {
    fn pipe<T>(self, f: impl FnOnce(&Known) -> T) -> T;
}

impl Pipe for std::sync::MutexGuard<'_, Known> {
    fn pipe<T>(self, f: impl FnOnce(&Known) -> T) -> T {
        f(&self)
    }
}

impl Shared {
    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        let result = act(&mut self.known.lock().unwrap());
        self.changed.send_modify(|version| *version += 1);
        result
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let known = self.shared.known.lock().unwrap();
            assert!(
                known.violations.is_empty(),
                "requests that GitHub would refuse: {:#?}",
                known.violations
            );
            assert!(known.faults.is_empty(), "faults that nothing met: {:?}", known.faults);
        }
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (request, headers) = (format!("{} {}", parts.method, parts.uri), parts.headers.clone());
    let body: Bytes = axum::body::to_bytes(body, 32 << 20).await.unwrap();
    let method = parts.method.as_str().to_owned();
    let Some(path) = parts.uri.path().strip_prefix("/api/v3").map(routes::decoded) else {
        return (StatusCode::NOT_FOUND, "outside of /api/v3").into_response();
    };
    let query = routes::query(parts.uri.query().unwrap_or_default());
    let fault = shared.with(|known| {
        known.violations.extend(openapi::violations(&method, &path, &query, &body));
        known.requests.push(request.clone());
        let at = known.faults.iter().position(|(m, part, _)| *m == method && path.contains(part));
        at.map(|at| known.faults.remove(at).2).or_else(|| known.chaos.as_mut()?.strike())
    });
    let gateway = || (StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>").into_response();
    let serve = || shared.with(|known| routes::serve(known, &method, &path, &query, &parts.headers, &body));
    match fault {
        Some(Fault::BadGateway) => gateway(),
        Some(Fault::SecondaryLimit) => {
            let message = r#"{"message": "You have exceeded a secondary rate limit."}"#;
            (StatusCode::FORBIDDEN, [("retry-after", "0")], message).into_response()
        }
        Some(Fault::Forbidden) => {
            let message = r#"{"message": "Resource not accessible by integration"}"#;
            (StatusCode::FORBIDDEN, message).into_response()
        }
        Some(Fault::TooMany) => {
            let message = r#"{"message": "You are too many."}"#;
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], message).into_response()
        }
        Some(Fault::Cut) => {
            serve();
            Response::new(Body::new(chaos::Broken::default()))
        }
        Some(Fault::Swallowed) => {
            serve();
            shared.with(|known| known.held += 1);
            std::future::pending().await
        }
        Some(Fault::Silence) => {
            shared.with(|known| known.held += 1);
            std::future::pending().await
        }
        Some(Fault::LostAnswer) => {
            serve();
            gateway()
        }
        None => {
            let (status, json) = serve();
            shared.with(|known| answers::answer(known, &request, &headers, status, json))
        }
    }
}
