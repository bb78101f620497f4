//! The setup in the browser: the real process, a small GitHub, and someone who is not invited.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::http::{self, Answer};
use crate::process::{Process, Stream};
use crate::world::key;

/// A GitHub that turns codes into Apps, each once.
#[derive(Default)]
struct Conversions {
    codes: Vec<String>,
    asked: Vec<(String, bool)>,
}

type Shared = Arc<Mutex<Conversions>>;

async fn convert(State(shared): State<Shared>, Path(code): Path<String>, headers: HeaderMap) -> Response {
    let mut conversions = shared.lock().unwrap();
    conversions.asked.push((code.clone(), headers.contains_key("authorization")));
    let Some(at) = conversions.codes.iter().position(|known| *known == code) else {
        return (StatusCode::NOT_FOUND, axum::Json(json!({"message": "Not Found"}))).into_response();
    };
    conversions.codes.remove(at);
    let app = json!({
        "id": 4711, "slug": "gainsay-octo", "client_id": "Iv1.0123", "client_secret": "planted client secret",
        "name": "gainsay-octo", "html_url": "https://evil.example/<script>", "pem": key::private(),
        "webhook_secret": "planted webhook secret",
    });
    (StatusCode::CREATED, axum::Json(app)).into_response()
}

struct Setup {
    process: Process,
    address: SocketAddr,
    code: String,
    github: Shared,
    folder: tempfile::TempDir,
    api: String,
}

fn command(folder: &std::path::Path, api: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.arg("serve").env("GAINSAY_DATABASE_URL", format!("sqlite://{}/gainsay.db", folder.display()));
    for name in ["GAINSAY_APP_ID", "GAINSAY_PRIVATE_KEY", "GAINSAY_WEBHOOK_SECRET", "GAINSAY_ENCRYPTION_KEY"]
    {
        command.env_remove(name);
    }
    command.env("GAINSAY_LISTEN", "127.0.0.1:0").env("GAINSAY_METRICS_LISTEN", "off");
    command.env("GAINSAY_GITHUB_API_URL", api).env("GAINSAY_LOG", "trace");
    command
}

async fn setup(key: Option<&'static str>) -> Setup {
    let github = Shared::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = format!("http://{}/api/v3", listener.local_addr().unwrap());
    let route = axum::routing::post(convert);
    let router = axum::Router::new().route("/api/v3/app-manifests/{code}/conversions", route);
    let router = router.with_state(github.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), &api);
    key.map(|key| command.env("GAINSAY_ENCRYPTION_KEY", key));
    let (process, address, code) = blocking(move || {
        let process = Process::start(command, Stream::Err);
        let line = process.line(&["Open http://"]);
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        let code = code(&process);
        (process, address, code)
    })
    .await;
    Setup { process, address, code, github, folder, api }
}

fn code(process: &Process) -> String {
    let line = process.line(&["one-time code is"]);
    line.split("is ").nth(1).unwrap()[..11].to_owned()
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

impl Setup {
    async fn get(&self, path: &str) -> Answer {
        let (to, path) = (self.address, path.to_owned());
        blocking(move || http::request(to, "GET", &path, &[], b"").unwrap()).await
    }

    async fn submit(&self, code: &str, url: &str, owner: &str) -> Answer {
        let encode = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let body = format!("code={}&public_url={}&owner={}", encode(code), encode(url), encode(owner));
        let to = self.address;
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        blocking(move || http::request(to, "POST", "/setup", &headers, body.as_bytes()).unwrap()).await
    }

    /// Goes up to GitHub; returns the state that it would bring back.
    async fn handed_over(&self) -> String {
        let page = self.submit(&self.code, "https://gainsay.example.com/", "octo").await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.split("settings/apps/new?state=").nth(1).unwrap()[..64].to_owned()
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[tokio::test]
async fn an_app_is_made_in_the_browser_and_the_process_goes_on_as_its_server() {
    let setup = setup(None).await;
    assert_eq!(setup.get("/healthz").await.status, 200);
    let form = setup.get("/setup").await;
    assert!(form.body.contains("One-time code") && !form.body.contains(&setup.code), "{}", form.body);
    let page = setup.submit(&setup.code.to_lowercase(), "https://gainsay.example.com/", "octo").await;
    let manifest = page.body.split("name=\"manifest\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let manifest: Value = serde_json::from_str(&unescaped(manifest)).unwrap();
    assert_eq!(manifest["hook_attributes"]["url"], "https://gainsay.example.com/webhook");
    assert_eq!(manifest["redirect_url"], format!("http://{}/setup/callback", setup.address));
    assert_eq!(manifest["default_permissions"]["checks"], "write");
    let action = page.body.split("action=\"").nth(1).unwrap().split('"').next().unwrap();
    let host = setup.api.strip_suffix("/api/v3").unwrap();
    assert!(action.starts_with(&format!("{host}/organizations/octo/settings/apps/new?state=")), "{action}");
    let state = action.split("state=").nth(1).unwrap().to_owned();
    setup.github.lock().unwrap().codes.push("a-code".into());
    let made = setup.get(&format!("/setup/callback?code=a-code&state={state}")).await;
    assert_eq!(made.status, 200, "{}", made.body);
    for wanted in
        ["gainsay-octo/installations/new", "Require status checks", "gainsay doctor", "gainsay-app.json"]
    {
        assert!(made.body.contains(wanted), "{wanted} is not in {}", made.body);
    }
    assert!(!made.body.contains("planted") && !made.body.contains("evil.example"), "{}", made.body);
    assert_eq!(setup.github.lock().unwrap().asked, [("a-code".to_owned(), false)], "no credential is sent");
    let setup = blocking(move || {
        setup.process.line(&["listening"]);
        setup
    })
    .await;
    assert_eq!(setup.get("/setup").await.status, 404);
    let body = "{}";
    let signature = crate::world::sign("planted webhook secret", body.as_bytes());
    let to = setup.address;
    let delivered = blocking(move || {
        let headers = [
            ("x-github-event", "ping"),
            ("x-github-delivery", "d"),
            ("x-hub-signature-256", signature.as_str()),
        ];
        http::request(to, "POST", "/webhook", &headers, body.as_bytes()).unwrap()
    });
    assert_eq!(delivered.await.status, 200);
    // The next start finds the credentials.
    let Setup { process, folder, api, .. } = setup;
    drop(process);
    blocking(move || Process::start(command(folder.path(), &api), Stream::Err).line(&["listening"])).await;
}

#[tokio::test]
async fn with_a_key_the_credentials_are_in_the_database_and_a_wrong_key_is_told() {
    const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    let setup = setup(Some(KEY)).await;
    let state = setup.handed_over().await;
    setup.github.lock().unwrap().codes.push("a-code".into());
    let made = setup.get(&format!("/setup/callback?code=a-code&state={state}")).await;
    assert!(made.body.contains("in the database, encrypted"), "{}", made.body);
    let Setup { process, folder, api, .. } = setup;
    let said = blocking(move || {
        process.line(&["listening"]);
        process.told().join("\n")
    })
    .await;
    let mut outputs = vec![said.into_bytes(), made.body.into_bytes()];
    for file in std::fs::read_dir(folder.path()).unwrap() {
        outputs.push(std::fs::read(file.unwrap().path()).unwrap());
    }
    let pem = key::private();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    for needle in lines.chain(["planted", KEY]) {
        let found = |bytes: &Vec<u8>| bytes.windows(needle.len()).any(|part| part == needle.as_bytes());
        assert!(!outputs.iter().any(found), "{needle}");
    }
    assert!(!folder.path().join("gainsay-app.json").exists());
    blocking(move || {
        let other = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
        for (key, wanted) in [(Some(other), "does not open"), (None, "is not set")] {
            let mut command = command(folder.path(), &api);
            key.map(|key| command.env("GAINSAY_ENCRYPTION_KEY", key));
            let output = command.output().unwrap();
            let text = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{text}");
            assert!(text.contains("GAINSAY_ENCRYPTION_KEY") && text.contains(wanted), "{text}");
            assert!(!text.contains(other) && !text.contains("planted"), "{text}");
        }
        Process::start(
            {
                let mut command = command(folder.path(), &api);
                command.env("GAINSAY_ENCRYPTION_KEY", KEY);
                command
            },
            Stream::Err,
        )
        .line(&["listening"]);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_code_opens_nothing_and_a_right_one_only_once() {
    let setup = setup(None).await;
    let url = "https://gainsay.example.com";
    for wrong in ["", "AAAAA-AAAAA", &setup.code[..10]] {
        assert_eq!(setup.submit(wrong, url, "").await.status, 403, "{wrong}");
    }
    assert_eq!(setup.submit(&setup.code, url, "").await.status, 200);
    assert_eq!(setup.submit(&setup.code, url, "").await.status, 403);
    assert!(setup.github.lock().unwrap().asked.is_empty());
}

#[tokio::test]
async fn a_form_that_is_wrong_spends_no_code_and_shows_what_was_typed_as_text() {
    let setup = setup(None).await;
    let evil = "\"><script>alert(1)</script>";
    for (url, owner) in [("http://example.com", ""), (evil, ""), ("https://example.com", evil)] {
        let page = setup.submit(&setup.code, url, owner).await;
        assert_eq!(page.status, 422);
        assert!(!page.body.contains("<script"), "{}", page.body);
    }
    assert_eq!(setup.submit(&setup.code, "https://example.com", "").await.status, 200);
}

#[tokio::test]
async fn a_state_that_is_foreign_or_was_used_brings_no_app() {
    let setup = setup(None).await;
    let state = setup.handed_over().await;
    setup.github.lock().unwrap().codes.push("a-code".into());
    for wrong in ["", &"0".repeat(64), &state[..63]] {
        assert_eq!(setup.get(&format!("/setup/callback?code=a-code&state={wrong}")).await.status, 403);
    }
    assert!(setup.github.lock().unwrap().asked.is_empty(), "GitHub is not asked for a stranger");
    let unknown = setup.get(&format!("/setup/callback?code=unknown&state={state}")).await;
    assert_eq!(unknown.status, 502, "{}", unknown.body);
    let replayed = setup.get(&format!("/setup/callback?code=a-code&state={state}")).await;
    assert_eq!(replayed.status, 403, "{}", replayed.body);
    assert_eq!(setup.github.lock().unwrap().asked.len(), 1);
}

#[tokio::test]
async fn a_code_that_would_change_the_address_is_never_sent() {
    let setup = setup(None).await;
    let state = setup.handed_over().await;
    let answer = setup.get(&format!("/setup/callback?code=..%2F..%2Fuser&state={state}")).await;
    assert_eq!(answer.status, 502);
    assert!(setup.github.lock().unwrap().asked.is_empty());
}

#[tokio::test]
async fn a_page_under_another_name_cannot_reach_the_setup() {
    let setup = setup(None).await;
    let to = setup.address;
    let status = blocking(move || {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(to).unwrap();
        stream
            .write_all(b"GET /setup HTTP/1.1\r\nhost: rebound.example.com:3000\r\nconnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    })
    .await;
    assert!(status.starts_with("HTTP/1.1 421"), "{status}");
}

#[test]
fn without_credentials_nothing_is_served_to_the_world() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), "https://api.github.com");
    let output = command.env("GAINSAY_LISTEN", "0.0.0.0:0").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("loopback only") && text.contains("GAINSAY_LISTEN=127.0.0.1"), "{text}");
}

#[test]
fn what_could_not_be_kept_is_said_before_an_app_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), "https://api.github.com");
    let output = command.env("GAINSAY_DATABASE_URL", "sqlite::memory:").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("GAINSAY_ENCRYPTION_KEY"), "{text}");
}
