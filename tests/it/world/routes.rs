//! What the world answers.

use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{APP_ID, Known, REPO, REPO_ID, RunState};

pub(super) type Answer = (u16, Value);
pub(super) type Query = [(String, String)];

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

pub(super) fn query(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    text.split('&').filter(|p| !p.is_empty()).map(pair).collect()
}

pub(super) fn refused(status: u16, message: &str) -> Answer {
    (status, json!({"message": message, "documentation_url": "https://docs.github.com/rest"}))
}

pub(super) fn found(json: Option<Value>) -> Answer {
    json.map_or_else(|| refused(404, "Not Found"), |json| (200, json))
}

pub(super) fn serve(
    known: &mut Known,
    method: &str,
    path: &str,
    query: &Query,
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    if headers.get("user-agent").is_none() {
        return refused(403, "Request forbidden by administrative rules: a User-Agent is required");
    }
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(answer) = super::app::serve(known, method, path, query, token.unwrap_or_default()) {
        return answer;
    }
    let installation = match token {
        Some(token) => match known.tokens.get(token) {
            Some(installation) => *installation,
            None => return refused(401, "Bad credentials"),
        },
        None => return refused(401, "Requires authentication"),
    };
    // What an installation does not see is not there.
    let seen = known.installations.get(&installation).cloned().unwrap_or_default();
    if (method, path) == ("GET", "/installation/repositories") {
        let id =
            |repo: &String| known.neighbours.get(repo).and_then(|known| known.repo_id).unwrap_or(REPO_ID);
        let repositories: Vec<Value> =
            seen.iter().map(|repo| json!({"id": id(repo), "full_name": repo})).collect();
        return (200, json!({"total_count": repositories.len(), "repositories": repositories}));
    }
    let within = |repo: &&String| path.strip_prefix(&format!("/repos/{repo}/")).map(str::to_owned);
    let Some((repo, route)) = seen.iter().find_map(|repo| Some((repo, within(&repo)?))) else {
        known.refused.push(format!("{installation}: {path}"));
        return refused(404, "Not Found");
    };
    let known = if repo == REPO { known } else { known.neighbours.get_mut(repo).unwrap() };
    let route: Vec<&str> = route.split('/').collect();
    let body = serde_json::from_slice(body).unwrap_or(Value::Null);
    repository(known, method, &route, query, &body)
}

pub(super) fn number(query: &Query, name: &str, default: usize) -> usize {
    query.iter().find(|(n, _)| n == name).map_or(default, |(_, value)| value.parse().unwrap())
}

fn repository(known: &mut Known, method: &str, route: &[&str], query: &Query, body: &Value) -> Answer {
    let (page, per_page) = (number(query, "page", 1), number(query, "per_page", 30));
    let value = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    match (method, route) {
        ("GET", ["pulls"]) => {
            let open = known.pulls.iter().rev().filter(|(_, pull)| !pull.merged && !pull.closed);
            let page = open.skip((page - 1) * per_page).take(per_page);
            let pulls: Vec<Option<Value>> =
                page.map(|(number, _)| pull(known, &number.to_string())).collect();
            (200, json!(pulls))
        }
        ("GET", ["pulls", number]) => found(pull(known, number)),
        ("GET", ["pulls", number, "reviews"]) => {
            let of = known.reviews.iter().filter(|(n, _)| n.to_string() == *number).map(|(_, review)| review);
            let reviews: Vec<&Value> = of.skip((page - 1) * per_page).take(per_page).collect();
            (200, json!(reviews))
        }
        ("GET", ["compare", basehead]) => found(known.objects.compare(basehead, page, per_page)),
        ("GET", ["commits"]) => (200, known.objects.log(value("sha").unwrap(), page, per_page)),
        ("GET", ["commits", sha]) => found(known.objects.commit_json(sha, page, per_page)),
        ("GET", ["commits", sha, "check-runs"]) => {
            let runs: Vec<&RunState> = known.runs.iter().filter(|r| r.head == *sha).collect();
            let named = |r: &&&RunState| value("check_name").is_none_or(|name| r.name == name);
            let latest = |r: &&&RunState| {
                value("filter") == Some("all")
                    || !runs.iter().any(|o| (&o.name, o.app) == (&r.name, r.app) && o.id > r.id)
            };
            let runs: Vec<Value> = runs.iter().filter(named).filter(latest).map(|r| run_json(r)).collect();
            (200, json!({"total_count": runs.len(), "check_runs": runs}))
        }
        ("GET", ["commits", _, "status"]) => {
            (200, json!({"state": "pending", "total_count": 0, "statuses": []}))
        }
        ("GET", ["git", "ref", "heads", branch @ ..]) => {
            let sha = known.branches.get(&branch.join("/"));
            found(sha.map(|sha| json!({"object": {"type": "commit", "sha": sha}})))
        }
        ("GET", ["git", "matching-refs", "heads", prefix @ ..]) => {
            let prefix = prefix.join("/");
            let refs = known.branches.iter().filter(|(name, _)| name.starts_with(&prefix));
            let json = |(name, sha): (&String, &String)| json!({"ref": format!("refs/heads/{name}"), "object": {"type": "commit", "sha": sha}});
            (200, refs.map(json).collect())
        }
        ("GET", ["git", "trees", sha]) => found(known.objects.get(sha).map(super::git::Commit::tree)),
        ("GET", ["git", "blobs", sha]) => found(known.objects.blob(sha)),
        ("GET", ["contents", path @ ..]) => {
            let rev = value("ref").unwrap_or("main");
            let commit = known.objects.get(rev);
            found(commit.and_then(|commit| commit.contents(&path.join("/"))))
        }
        ("GET", ["zipball", sha]) => match known.zipballs.get(*sha) {
            Some(address) => (302, json!({"location": address})),
            None => refused(404, "Not Found"),
        },
        ("GET", ["actions", "runs"]) => {
            // As GitHub does, but without its filter: nobody may rely on that.
            (200, json!({"total_count": known.workflow_runs.len(), "workflow_runs": known.workflow_runs}))
        }
        ("GET", ["actions", "runs", id, what]) => {
            let of = if *what == "jobs" { &known.jobs } else { &known.artifacts };
            let list = of.get(&id.parse().unwrap()).cloned().unwrap_or_default();
            (200, json!({"total_count": list.len(), *what: list}))
        }
        ("GET", ["actions", "artifacts", id, "zip"]) => match known.archives.get(&id.parse().unwrap()) {
            Some(address) => (302, json!({"location": address})),
            None => refused(410, "Artifact has expired"),
        },
        ("GET", ["deployments"]) => (200, json!(known.deployments)),
        ("GET", ["deployments", id, "statuses"]) => {
            (200, json!(known.deployment_states.get(&id.parse().unwrap()).cloned().unwrap_or_default()))
        }
        ("POST", ["check-runs"]) => create_run(known, body),
        ("GET", ["check-runs", id]) => {
            found(known.runs.iter().find(|r| r.id.to_string() == *id).map(run_json))
        }
        ("PATCH", ["check-runs", id]) => update_run(known, id, body),
        _ => super::comments::serve(known, method, route, query, body)
            .unwrap_or_else(|| refused(404, "Not Found")),
    }
}

fn pull(known: &Known, number: &str) -> Option<Value> {
    let number: u64 = number.parse().ok()?;
    let pull = known.pulls.get(&number)?;
    Some(json!({
        "number": number, "title": pull.title, "body": pull.body, "state": if pull.closed { "closed" } else { "open" }, "merged": pull.merged,
        "user": {"login": "robin", "id": 77}, "labels": [{"name": "small"}], "draft": false,
        "head": {"ref": "topic", "sha": pull.head, "repo": null},
        "base": {"ref": "main", "sha": pull.base, "repo": {"id": known.repo_id.unwrap_or(REPO_ID)}},
    }))
}

fn run_json(run: &RunState) -> Value {
    json!({
        "id": run.id, "name": run.name, "head_sha": run.head, "external_id": run.external_id, "html_url": run.url, "status": run.status,
        "conclusion": run.conclusion, "app": {"id": run.app.unwrap_or(APP_ID)}, "pull_requests": [],
        "output": {"title": run.title, "summary": run.summary, "annotations_count": run.annotations.len()},
    })
}

fn create_run(known: &mut Known, body: &Value) -> Answer {
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if known.objects.get(&text("head_sha")).is_none() {
        return refused(422, "No commit found for SHA");
    }
    let id = 1_000 + known.runs.len() as u64;
    let run = RunState {
        id,
        name: text("name"),
        head: text("head_sha"),
        external_id: text("external_id"),
        status: "queued".into(),
        ..RunState::default()
    };
    known.runs.push(run);
    match update_run(known, &id.to_string(), body) {
        (200, json) => (201, json),
        refused => {
            known.runs.pop();
            refused
        }
    }
}

fn update_run(known: &mut Known, id: &str, body: &Value) -> Answer {
    let Some(run) = known.runs.iter_mut().find(|run| run.id.to_string() == id) else {
        return refused(404, "Not Found");
    };
    let output = &body["output"];
    let annotations = output["annotations"].as_array().cloned().unwrap_or_default();
    let long = |name: &str| output[name].as_str().is_some_and(|text| text.len() > 65_535);
    let lengthy = |annotation: &Value, name: &str, limit: usize| {
        annotation[name].as_str().is_some_and(|text| text.len() > limit)
    };
    let actions = body["actions"].as_array().cloned().unwrap_or_default();
    if actions.len() > 3 {
        return refused(422, "Invalid request. No more than 3 actions are allowed");
    }
    if annotations.len() > 50 {
        return refused(422, "Invalid request. No more than 50 annotations are allowed");
    }
    if long("summary") || long("text") {
        return refused(422, "Invalid request. Only 65535 characters are allowed");
    }
    if annotations
        .iter()
        .any(|a| lengthy(a, "title", 255) || lengthy(a, "message", 65_536) || a["message"] == "")
    {
        return refused(422, "Invalid request. An annotation is too long or empty");
    }
    if body["status"] == "completed" && !body["conclusion"].is_string() {
        return refused(422, "Invalid request. conclusion is required when status is completed");
    }
    if let Some(status) = body["status"].as_str() {
        run.status = status.to_owned();
        run.completions += usize::from(status == "completed");
    }
    if !actions.is_empty() {
        let identifier = |action: &Value| action["identifier"].as_str().unwrap().to_owned();
        run.actions = actions.iter().map(identifier).collect();
    }
    run.conclusion = body["conclusion"].as_str().map(str::to_owned).or(run.conclusion.take());
    if output.is_object() {
        run.title = output["title"].as_str().unwrap_or_default().to_owned();
        run.summary = output["summary"].as_str().unwrap_or_default().to_owned();
        run.batches.push(annotations.len());
        run.annotations.extend(annotations);
    }
    (200, run_json(run))
}
