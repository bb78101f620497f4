//! End to end: the real binary before `emulate`, a stateful GitHub of other people's making. It verifies the App's
//! token, keeps git objects, signs its own webhooks and refuses a merge whose required check has not succeeded.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::process::{self, Process, Stream};
use crate::server::{CLAIM, measured, narrowed};
use crate::tools;
use crate::world::key;

const REPO: &str = "/repos/robin/app";
const SECRET: &str = "a secret of the tests";

fn emulate(at: SocketAddr, webhook: SocketAddr, folder: &std::path::Path) -> Process {
    let seed = json!({
        "tokens": {"person": {"login": "robin", "scopes": ["repo", "user"]}},
        "github": {
            "users": [{"login": "robin", "name": "Robin", "email": "robin@example.com"}],
            "repos": [{"owner": "robin", "name": "app", "auto_init": true}],
            "apps": [{
                "app_id": 12345, "slug": "gainsay", "name": "Gainsay", "private_key": key::private(),
                "permissions": {"checks": "write", "contents": "read", "pull_requests": "read", "issues": "read", "metadata": "read"},
                "events": ["pull_request", "check_run", "issue_comment", "push", "status"],
                "webhook_url": format!("http://{webhook}/webhook"), "webhook_secret": SECRET,
                "installations": [{"installation_id": 100, "account": "robin", "repository_selection": "all"}],
            }],
        },
    });
    let path = folder.join("seed.json");
    std::fs::write(&path, seed.to_string()).unwrap();
    let mut command = Command::new("node");
    command.arg(tools::path("emulate/dist/index.js")).args(["start", "--service", "github", "--port"]);
    command.arg(at.port().to_string()).arg("--seed").arg(path);
    let process = Process::start(command, Stream::Out);
    // It tells of itself a moment before it listens, and then no more: all that is left is to knock.
    let end = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(at).is_err() {
        assert!(Instant::now() < end, "emulate does not listen on {at}");
        std::thread::sleep(Duration::from_millis(20));
    }
    process
}

fn call(github: SocketAddr, method: &str, path: &str, body: &Value) -> Answer {
    let headers =
        [("authorization", "Bearer person"), ("content-type", "application/json"), ("user-agent", "test")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    http::request(github, method, path, &headers, body.as_bytes()).unwrap()
}

fn done(github: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let answer = call(github, method, path, body);
    assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.body);
    answer.json()
}

fn done_without_words(github: SocketAddr, method: &str, path: &str) {
    let answer = call(github, method, path, &json!({}));
    assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.body);
}

/// A commit of a whole tree on a parent; returns its id.
fn commit(github: SocketAddr, parent: &str, message: &str, files: &[(&str, &str)]) -> String {
    let entry = |(path, text): &(&str, &str)| json!({"path": path, "mode": "100644", "type": "blob", "content": text});
    let tree: Vec<Value> = files.iter().map(entry).collect();
    let tree = done(github, "POST", &format!("{REPO}/git/trees"), &json!({"tree": tree}));
    let body = json!({"message": message, "tree": tree["sha"], "parents": [parent]});
    done(github, "POST", &format!("{REPO}/git/commits"), &body)["sha"].as_str().unwrap().to_owned()
}

struct Scene {
    github: SocketAddr,
    gainsay: Process,
    main: String,
    _emulate: Process,
    _folder: tempfile::TempDir,
}

/// Gainsay installed on a repository whose `main` holds these files and requires the check.
fn scene(files: &[(&str, &str)]) -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let github = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (gainsay, webhook) = process::serve(12345, SECRET, &format!("http://{github}"), folder.path());
    let emulate = emulate(github, webhook, folder.path());
    let first = done(github, "GET", &format!("{REPO}/git/ref/heads/main"), &Value::Null);
    let main = commit(github, first["object"]["sha"].as_str().unwrap(), "Begin", files);
    done(github, "PATCH", &format!("{REPO}/git/refs/heads/main"), &json!({"sha": main, "force": true}));
    let rule = json!({
        "required_status_checks": {"strict": false, "contexts": ["gainsay"]}, "enforce_admins": true,
        "required_pull_request_reviews": null, "restrictions": null,
    });
    done(github, "PUT", &format!("{REPO}/branches/main/protection"), &rule);
    Scene { github, gainsay, main, _emulate: emulate, _folder: folder }
}

impl Scene {
    /// Opens a pull request; emulate sends the webhook. Returns its number and head.
    fn open(&self, branch: &str, title: &str, body: &str, files: &[(&str, &str)]) -> (u64, String) {
        let head = commit(self.github, &self.main, title, files);
        let reference = json!({"ref": format!("refs/heads/{branch}"), "sha": head});
        done(self.github, "POST", &format!("{REPO}/git/refs"), &reference);
        let pull = json!({"title": title, "body": body, "head": branch, "base": "main"});
        let pull = done(self.github, "POST", &format!("{REPO}/pulls"), &pull);
        (pull["number"].as_u64().unwrap(), head)
    }

    /// The check run on a head, once Gainsay says that it has judged it.
    fn verdict(&self, head: &str) -> Value {
        self.gainsay.line(&["judged", head]);
        let runs = done(self.github, "GET", &format!("{REPO}/commits/{head}/check-runs"), &Value::Null);
        assert_eq!(runs["total_count"], 1, "{runs}");
        runs["check_runs"][0].clone()
    }

    fn merge(&self, number: u64) -> u16 {
        call(self.github, "PUT", &format!("{REPO}/pulls/{number}/merge"), &json!({})).status
    }
}

#[test]
fn a_pull_request_that_narrows_coverage_and_claims_all_of_it_is_not_merged() {
    let scene = scene(&measured());
    let (number, head) = scene.open("narrow", "Raise coverage to 100%", CLAIM, &narrowed());
    let run = scene.verdict(&head);
    assert_eq!(
        (run["status"].as_str(), run["conclusion"].as_str()),
        (Some("completed"), Some("failure")),
        "{run}"
    );
    assert!(run["output"]["summary"].as_str().unwrap().contains("src/half.js"), "{run}");
    assert_eq!(scene.merge(number), 422);
}

#[test]
fn an_honest_pull_request_is_merged_once_its_check_has_succeeded() {
    let scene = scene(&measured());
    let mut files = measured();
    files.push(("test/half.test.js", "test('half', () => expect(half(1)).toBe(1));\n"));
    let (number, head) = scene.open("honest", "Test half", "Adds a test of `half`.", &files);
    let run = scene.verdict(&head);
    assert_eq!(
        (run["name"].as_str(), run["conclusion"].as_str()),
        (Some("gainsay"), Some("success")),
        "{run}"
    );
    assert_eq!(scene.merge(number), 200);
}

/// The check runs on a head, once Gainsay says again that it has judged it.
fn judged_again(scene: &Scene, head: &str) -> Vec<Value> {
    scene.gainsay.line(&["judged", head]);
    let runs =
        done(scene.github, "GET", &format!("{REPO}/commits/{head}/check-runs?filter=all"), &Value::Null);
    let runs = runs["check_runs"].as_array().unwrap().clone();
    assert!(runs.iter().all(|run| run["name"] == "gainsay" && run["status"] == "completed"), "{runs:#?}");
    runs
}

#[test]
fn an_edited_text_and_a_run_that_is_asked_for_again_are_judged_again_and_a_mere_comment_is_not() {
    let scene = scene(&measured());
    let mut files = measured();
    files.push(("docs/half.md", "Half of it.\n"));
    let (number, head) = scene.open("docs", "Explain half", "", &files);
    let run = scene.verdict(&head);
    assert_eq!(run["conclusion"], "success", "{run}");
    let comments = format!("{REPO}/issues/{number}/comments");
    done(scene.github, "POST", &comments, &json!({"body": "Thank you.\n\n/gainsayer accept"}));
    let edit = json!({"body": "Explains what half does."});
    done(scene.github, "PATCH", &format!("{REPO}/pulls/{number}"), &edit);
    let runs = judged_again(&scene, &head);
    assert_eq!(runs.len(), 2, "the edit and not the comment: {runs:#?}");
    let id = runs.iter().filter_map(|run| run["id"].as_u64()).max().unwrap();
    done_without_words(scene.github, "POST", &format!("{REPO}/check-runs/{id}/rerequest"));
    scene.gainsay.line(&["judged", &head]);
    assert_eq!(scene.merge(number), 200);
}

#[test]
fn a_policy_that_cannot_be_obeyed_holds_the_merge() {
    let mut files = measured();
    files.push(("gainsay.toml", "subjekt = \"agents\"\n"));
    let scene = scene(&files);
    files.push(("b.txt", "b\n"));
    let (number, head) = scene.open("any", "Add b", "", &files);
    let run = scene.verdict(&head);
    assert!(run["output"]["summary"].as_str().unwrap().contains("gainsay.toml:1: unknown key"), "{run}");
    assert_eq!(scene.merge(number), 422);
}

#[test]
fn a_server_without_its_settings_says_which_one_and_exits_with_two() {
    let run = |key: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command.arg("serve").env_remove("GAINSAY_PRIVATE_KEY").env("GAINSAY_APP_ID", "7");
        command.env("GAINSAY_WEBHOOK_SECRET", "hush").env("GAINSAY_DATABASE_URL", "sqlite::memory:");
        key.map(|key| command.env("GAINSAY_PRIVATE_KEY", key));
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, text) = run(None);
    assert_eq!(code, Some(2));
    assert!(text.starts_with("error: GAINSAY_PRIVATE_KEY is not set") && text.lines().count() == 1, "{text}");
    let (code, text) = run(Some("-----BEGIN RSA PRIVATE KEY-----\\nhunter2\\n-----END RSA PRIVATE KEY-----"));
    assert_eq!(code, Some(2));
    assert!(text.contains("GAINSAY_PRIVATE_KEY") && !text.contains("hunter2"), "{text}");
}

#[test]
fn help_shows_no_secret_of_the_environment() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.args(["serve", "--help"]).env("GAINSAY_WEBHOOK_SECRET", "hunter2");
    let output = command.env("GAINSAY_PRIVATE_KEY", "hunter2").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("GAINSAY_WEBHOOK_SECRET") && !text.contains("hunter2"), "{text}");
}
