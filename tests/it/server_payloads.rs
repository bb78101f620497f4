//! GitHub's own example payloads at the door, what may become of them on the way, and an independent signer.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use gainsay::github::App;
use gainsay::server::{Door, router};
use gainsay::store::Store;
use proptest::prelude::Strategy;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::tools;
use crate::world::{APP_ID, SECRET, door, key, quick, sign};

/// A door with nobody behind it: what it keeps is never judged.
struct Gate {
    door: Door,
    sent: u64,
}

impl Gate {
    async fn open() -> Self {
        let patience = quick(Duration::from_secs(1));
        let app = App::new("http://127.0.0.1:9", APP_ID, &key::private().into(), patience).unwrap();
        let door = door(Store::open("sqlite::memory:").await.unwrap(), app);
        Self { door, sent: 0 }
    }

    /// What a signed delivery is answered, with its words.
    async fn knock(&mut self, event: &str, body: &[u8]) -> (u16, String) {
        self.sent += 1;
        let request = Request::post("/webhook")
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", format!("delivery-{}", self.sent))
            .header("x-hub-signature-256", sign(SECRET, body))
            .body(Body::from(body.to_vec()))
            .unwrap();
        let answer = router(self.door.clone()).oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn status(&mut self, event: &str, payload: &Value) -> u16 {
        self.knock(event, payload.to_string().as_bytes()).await.0
    }
}

fn examples() -> Vec<(String, Value)> {
    let path = tools::path("@octokit/webhooks-examples/api.github.com/index.json");
    let examples: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let of_event = |example: &Value| {
        let name = example["name"].as_str().unwrap().to_owned();
        let payloads = example["examples"].as_array().unwrap().clone();
        payloads.into_iter().map(move |payload| (name.clone(), payload)).collect::<Vec<_>>()
    };
    examples.iter().flat_map(of_event).collect()
}

/// What brings something whichever App it speaks of, as the rules of the product say it; told here again, so that a
/// slip there is seen.
fn brings(event: &str, payload: &Value) -> bool {
    let action = payload["action"].as_str().unwrap_or_default();
    let actions: &[&str] = match event {
        "check_run" | "check_suite" | "workflow_run" => &["completed"],
        "installation" => &["created", "deleted", "new_permissions_accepted", "suspend", "unsuspend"],
        "installation_repositories" => &["added", "removed"],
        "merge_group" => &["checks_requested", "destroyed"],
        "pull_request_review" => &["dismissed", "submitted"],
        "repository" => &["deleted", "renamed", "transferred"],
        "pull_request" => {
            &["opened", "reopened", "synchronize", "ready_for_review", "converted_to_draft", "closed"]
        }
        "deployment_status" => return true,
        _ => return false,
    };
    actions.contains(&action)
}

/// Whether the payloads of an event are read at all.
fn is_read(event: &str) -> bool {
    let events = [
        "check_run",
        "check_suite",
        "deployment_status",
        "installation",
        "installation_repositories",
        "issue_comment",
        "merge_group",
        "pull_request",
        "pull_request_review",
        "push",
        "repository",
        "status",
        "workflow_run",
    ];
    events.contains(&event)
}

#[tokio::test]
async fn every_example_payload_of_github_is_accepted_or_refused_for_its_missing_installation() {
    let mut gate = Gate::open().await;
    let (mut accepted, mut homeless) = (0, 0);
    for (event, payload) in examples() {
        let (status, words) = gate.knock(&event, payload.to_string().as_bytes()).await;
        let action = &payload["action"];
        match status {
            200 => assert_eq!(event, "ping"),
            202 => accepted += 1,
            400 => {
                assert!(payload.get("installation").is_none(), "{event} {action}: {words}");
                assert!(words.contains("names no installation"), "{event} {action}: {words}");
                homeless += 1;
            }
            _ => panic!("{event} {action}: {status} {words}"),
        }
        if brings(&event, &payload) && payload.get("installation").is_some() {
            assert_ne!((status, words.as_str()), (202, "nothing to do\n"), "{event} {action}");
        }
    }
    assert_eq!(gate.sent, 329);
    assert!(accepted > 250 && homeless > 0, "{accepted} accepted, {homeless} homeless");
}

/// A payload's objects and values, each with the key that it stands under.
fn each(value: &mut Value, change: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                change(key, value);
                each(value, change);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| each(value, change)),
        _ => {}
    }
}

fn changed(payload: &Value, mut change: impl FnMut(&str, &mut Value)) -> Value {
    let mut payload = payload.clone();
    each(&mut payload, &mut change);
    payload
}

fn is_account(value: &Value) -> bool {
    value.get("login").is_some() && value.get("type").is_some()
}

const DELETED: &str = "a deleted head repository";

/// What may come although no example has it: each must be as valid as its example.
fn sound_mutations(payload: &Value) -> Vec<(&'static str, Value)> {
    let mut mutations = Vec::new();
    let bot = changed(payload, |key, value| {
        if matches!(key, "user" | "sender" | "author" | "creator") && is_account(value) {
            value["login"] = "helper[bot]".into();
            value["type"] = "Bot".into();
        }
    });
    mutations.push(("a bot author", bot));
    let fork = changed(payload, |key, value| {
        if key == "head" && value["repo"].get("full_name").is_some() {
            value["repo"]["id"] = json!(987_654_321);
            value["repo"]["fork"] = json!(true);
            value["repo"]["full_name"] = "someone/fork".into();
        }
    });
    mutations.push(("a fork", fork));
    if payload.pointer("/pull_request/head/repo").is_some() {
        let mut deleted = payload.clone();
        deleted["pull_request"]["head"]["repo"] = Value::Null;
        mutations.push((DELETED, deleted));
    }
    if payload.pointer("/pull_request/body").is_some() {
        let mut bare = payload.clone();
        bare["pull_request"]["body"] = Value::Null;
        mutations.push(("a null body", bare));
    }
    if payload.get("installation").is_none() {
        let mut installed = payload.clone();
        installed["installation"] = json!({"id": 31, "node_id": "MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMzE="});
        mutations.push(("an installation", installed));
    }
    mutations
}

/// What must never come and may all the same. Of an event that is not read a few do.
fn broken_mutations(event: &str, payload: &Value) -> Vec<(String, Value)> {
    let mut mutations: Vec<(String, Value)> = Vec::new();
    let mut add = |name: &str, value: Value| mutations.push((name.to_owned(), value));
    let replaced = |names: &[&str], by: &Value| {
        changed(payload, |key, value| {
            if names.contains(&key) {
                *value = by.clone();
            }
        })
    };
    add("null bodies", replaced(&["body"], &Value::Null));
    add("null users", replaced(&["user", "sender", "author"], &Value::Null));
    add("null apps", replaced(&["app"], &Value::Null));
    add("an unknown action", replaced(&["action"], &"of_the_future".into()));
    add("null pull requests", replaced(&["pull_requests", "pull_request"], &Value::Null));
    add("numbers at 2^53", replaced(&["id", "number"], &json!(9_007_199_254_740_993_u64)));
    add("numbers beyond", replaced(&["id", "number"], &json!(u64::MAX)));
    add("negative numbers", replaced(&["id", "number"], &json!(-1)));
    add("fractions", replaced(&["id", "number"], &json!(1.5e300)));
    add("odd names", replaced(&["full_name", "ref", "head_sha", "sha"], &"../\u{0}\u{202e}/..".into()));
    let empty = |_: &str, value: &mut Value| {
        if let Value::Array(list) = value {
            list.clear();
        }
    };
    add("empty arrays", changed(payload, empty));
    let mut more = payload.clone();
    more["a_field_of_the_future"] = json!({"deep": [[[{}]]]});
    add("an unknown field", more);
    if !is_read(event) {
        mutations.truncate(4);
        return mutations;
    }
    for key in payload.as_object().unwrap().keys() {
        let mut without = payload.clone();
        without.as_object_mut().unwrap().shift_remove(key);
        add(&format!("no {key}"), without);
        for other in [Value::Null, json!("text"), json!([]), json!({})] {
            let mut with = payload.clone();
            with[key] = other.clone();
            add(&format!("{other} as {key}"), with);
        }
    }
    mutations
}

/// GitHub's own schemas of payloads, compiled when first needed.
struct Schemas {
    api: Value,
    compiled: BTreeMap<String, Option<jsonschema::Validator>>,
}

impl Schemas {
    fn read() -> Self {
        let path = tools::path("@octokit/openapi-webhooks/generated/api.github.com.json");
        let api: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        Self { api, compiled: BTreeMap::new() }
    }

    /// Whether a payload is as GitHub describes it; nothing where it describes no such event.
    fn allow(&mut self, event: &str, payload: &Value) -> Option<bool> {
        let action = payload["action"].as_str().map(|action| format!("{event}-{action}"));
        let name = action.unwrap_or_else(|| event.to_owned()).replace('_', "-");
        let api = &self.api;
        let validator = self.compiled.entry(name.clone()).or_insert_with(|| {
            let body =
                &api["webhooks"][&name]["post"]["requestBody"]["content"]["application/json"]["schema"];
            let reference = body["$ref"].as_str()?;
            let schema = json!({"$ref": reference, "components": {"schemas": api["components"]["schemas"]}});
            Some(jsonschema::validator_for(&schema).expect("GitHub's schemas are sound"))
        });
        validator.as_ref().map(|validator| validator.is_valid(payload))
    }
}

#[tokio::test]
async fn what_may_become_of_a_payload_is_accepted_where_github_would_send_it() {
    let (mut gate, mut schemas) = (Gate::open().await, Schemas::read());
    let mut valid: BTreeMap<&str, usize> = BTreeMap::new();
    for (event, payload) in examples() {
        let sound = is_read(&event) && schemas.allow(&event, &payload) == Some(true);
        for (name, mutation) in sound_mutations(&payload) {
            let status = gate.status(&event, &mutation).await;
            assert!(status < 500, "{event} {} with {name}: {status}", payload["action"]);
            if !sound {
                continue;
            }
            // GitHub describes the head's repository as always there, which it is not.
            let allowed = schemas.allow(&event, &mutation) == Some(true);
            assert!(allowed || name == DELETED, "{event} {} with {name}", payload["action"]);
            *valid.entry(name).or_default() += usize::from(allowed);
            if mutation.get("installation").is_some() {
                assert!(matches!(status, 200 | 202), "{event} {} with {name}: {status}", payload["action"]);
            }
        }
    }
    for (name, least) in [("a bot author", 60), ("a fork", 60), ("a null body", 10)] {
        assert!(valid.get(name).is_some_and(|count| *count >= least), "{name}: {valid:?}");
    }
}

#[tokio::test]
async fn a_payload_that_no_one_should_send_is_answered_all_the_same() {
    let mut gate = Gate::open().await;
    for (event, payload) in examples() {
        for (name, mutation) in broken_mutations(&event, &payload) {
            let status = gate.status(&event, &mutation).await;
            assert!((200..500).contains(&status), "{event} {} with {name}: {status}", payload["action"]);
        }
    }
    assert!(gate.sent > 3_500, "{}", gate.sent);
}

/// A place in a payload, as the turns that lead there, and what is put there.
fn mutation() -> impl Strategy<Value = (Vec<usize>, Value)> {
    let leaf = proptest::prop_oneof![
        proptest::strategy::Just(Value::Null),
        proptest::bool::ANY.prop_map(Value::from),
        proptest::num::i64::ANY.prop_map(Value::from),
        proptest::num::u64::ANY.prop_map(Value::from),
        proptest::num::f64::NORMAL.prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from),
        proptest::strategy::Just(json!([])),
        proptest::strategy::Just(json!({})),
    ];
    (proptest::collection::vec(0_usize..40, 1..5), leaf)
}

fn put(value: &mut Value, turns: &[usize], leaf: &Value) {
    let place = turns.split_first().and_then(|(turn, rest)| match value {
        Value::Object(map) if !map.is_empty() => {
            let at = turn % map.len();
            map.values_mut().nth(at).map(|value| (value, rest))
        }
        Value::Array(list) if !list.is_empty() => {
            let at = turn % list.len();
            list.get_mut(at).map(|value| (value, rest))
        }
        _ => None,
    });
    match place {
        Some((value, rest)) => put(value, rest, leaf),
        None => *value = leaf.clone(),
    }
}

#[test]
fn no_mutation_of_a_payload_goes_unanswered() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let gate = std::cell::RefCell::new(runtime.block_on(Gate::open()));
    let examples = examples();
    let mutations = proptest::collection::vec(mutation(), 1..4);
    proptest::proptest!(proptest::prelude::ProptestConfig::with_cases(1_500), |(which in 0..examples.len(), mutations in mutations)| {
        let (event, payload) = &examples[which];
        let mut payload = payload.clone();
        mutations.iter().for_each(|(turns, leaf)| put(&mut payload, turns, leaf));
        let status = runtime.block_on(gate.borrow_mut().status(event, &payload));
        proptest::prop_assert!((200..500).contains(&status), "{} {}", event, status);
    });
}

#[test]
fn octokits_signer_agrees_with_the_tests_own() {
    let module = tools::path("@octokit/webhooks-methods");
    let script = "import(process.argv[1] + '/dist-node/index.js').then(async (m) => \
                  process.stdout.write(await m.sign(process.argv[2], process.argv[3])))";
    let node = Command::new("node")
        .args(["-e", script])
        .arg(module)
        .args(["hush", "{\"a\":\"ä\"}"])
        .output()
        .unwrap();
    let signature = String::from_utf8(node.stdout).unwrap();
    assert_eq!(
        signature,
        sign("hush", "{\"a\":\"ä\"}".as_bytes()),
        "{}",
        String::from_utf8_lossy(&node.stderr)
    );
}

#[test]
fn the_descriptions_that_requests_are_held_against_are_githubs_own() {
    tools::path("@octokit/openapi");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/trim-openapi.mjs");
    let folder = tempfile::tempdir().unwrap();
    let node = Command::new("node").arg(script).arg(folder.path()).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let kept = [
        ("github-openapi.json", include_str!("../data/github-openapi.json")),
        ("ghes-openapi.json", include_str!("../data/ghes-openapi.json")),
    ];
    for (file, kept) in kept {
        let trimmed = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(trimmed == kept, "run: node {script} tests/data");
    }
}
