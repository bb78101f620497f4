//! Secrets planted wherever the server holds one, and every byte of what comes out of it looked through.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gainsay::pipeline;

use crate::http;
use crate::process::{Process, Stream};
use crate::server::{Scene, judged_by, scene};
use crate::world::{APP_ID, Fault, SECRET, Start, World, key, pull_event, sign};

const OLD_SECRET: &str = "planted-old-webhook-secret";
const PASSWORD: &str = "planted-database-password";
const SEALING: [u8; 32] = *b"planted sealing key of 32 bytes!";

/// What must stand nowhere: the credentials, and the tokens that are made from them.
fn needles() -> Vec<Vec<u8>> {
    let sealing = BASE64_STANDARD.encode(SEALING);
    let texts = [SECRET, OLD_SECRET, PASSWORD, sealing.as_str()];
    let mut needles: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    needles.push(SEALING.to_vec());
    needles.push(format!("{SEALING:?}")[1..40].as_bytes().to_vec());
    let pem = key::private();
    needles
        .extend(pem.lines().filter(|line| !line.starts_with("-----")).map(|line| line.as_bytes().to_vec()));
    // An installation's token in the world, and the beginning of any JSON web token.
    needles.extend([b"token-1".to_vec(), b"token-2".to_vec(), b"eyJ0eXAi".to_vec(), b"eyJhbGci".to_vec()]);
    needles
}

fn assert_clean(what: &str, bytes: &[u8]) {
    for needle in needles() {
        let at = bytes.windows(needle.len()).position(|part| part == needle);
        if let Some(at) = at {
            let around = &bytes[at.saturating_sub(200)..(at + 40).min(bytes.len())];
            panic!(
                "{what} holds {:?}: …{}…",
                String::from_utf8_lossy(&needle),
                String::from_utf8_lossy(around)
            );
        }
    }
}

fn command(arguments: &[&str], world: &World, database: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command
        .args(arguments)
        .env("GAINSAY_APP_ID", APP_ID.to_string())
        .env("GAINSAY_PRIVATE_KEY", key::private().replace('\n', "\\n"))
        .env("GAINSAY_WEBHOOK_SECRET", SECRET)
        .env("GAINSAY_WEBHOOK_SECRET_OLD", OLD_SECRET)
        .env("GAINSAY_ENCRYPTION_KEY", BASE64_STANDARD.encode(SEALING))
        .env("GAINSAY_DATABASE_URL", database)
        .env("GAINSAY_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_METRICS_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_GITHUB_API_URL", world.url())
        .env("GAINSAY_LOG", "trace,octocrab=trace")
        .env("RUST_BACKTRACE", "full");
    command
}

fn address(line: &str, field: &str) -> SocketAddr {
    let value = line.split(field).nth(1).unwrap();
    value.trim_start_matches(['=', '"', ':']).split(['"', ' ', ',']).next().unwrap().parse().unwrap()
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

/// The real server at its most talkative, through success, failure and refusals; then its other commands.
async fn lives_through_a_day(database: &str, format: &str) {
    let world = World::start().await;
    let mut serve = command(&["serve"], &world, database);
    serve.env("GAINSAY_LOG_FORMAT", format);
    let process = Process::start(serve, Stream::Err);
    let (process, operations, door) = blocking(move || {
        let operations = address(&process.line(&["metrics", "at"]), "at");
        let door = address(&process.line(&["listening", "address"]), "address");
        (process, operations, door)
    })
    .await;
    let tell = |secret: &'static str, id: &'static str, body: String| {
        blocking(move || {
            let signature = sign(secret, body.as_bytes());
            let headers = [
                ("x-github-event", "pull_request"),
                ("x-github-delivery", id),
                ("x-hub-signature-256", signature.as_str()),
            ];
            let answer = http::request(door, "POST", "/webhook", &headers, body.as_bytes()).unwrap();
            assert_clean("an answer", answer.body.as_bytes());
            answer.status
        })
    };
    let sound = world.pull("Change a", "All tests pass.", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    assert_eq!(tell(SECRET, "d1", pull_event("opened", sound).to_string()).await, 202);
    world.completed(&world.head(sound)).await;
    let policy = ("gainsay.toml", "subjekt = 1\n");
    let failing = world.pull("Change a", "", &[("a.js", "1\n"), policy], &[("a.js", "2\n"), policy]);
    world.fail("GET", "/compare/", Fault::BadGateway, 2);
    assert_eq!(tell(OLD_SECRET, "d2", pull_event("opened", failing).to_string()).await, 202);
    let failed = world.completed(&world.head(failing)).await;
    assert_eq!(failed.conclusion.as_deref(), Some("failure"), "{}", failed.summary);
    assert_eq!(tell("no secret", "d3", pull_event("opened", sound).to_string()).await, 401);
    assert_eq!(tell(SECRET, "d4", "{ broken".into()).await, 400);
    for path in ["/metrics", "/readyz", "/healthz", "/nothing"] {
        let answer = blocking(move || http::request(operations, "GET", path, &[], b"").unwrap()).await;
        assert_clean(path, answer.body.as_bytes());
    }
    let doctor = command(&["doctor"], &world, database);
    let prune = command(&["prune"], &world, database);
    let ledger = command(&["ledger"], &world, database);
    let backup = command(&["backup", "/nowhere/at/all.db"], &world, database);
    let mut wrong_key = command(&["serve"], &world, database);
    wrong_key.env("GAINSAY_PRIVATE_KEY", &key::private()[..900]);
    let mut wrong_sealing = command(&["serve"], &world, database);
    wrong_sealing.env("GAINSAY_ENCRYPTION_KEY", &BASE64_STANDARD.encode(SEALING)[..40]);
    let mut wrong_place = command(&["serve"], &world, database);
    wrong_place.env("GAINSAY_DATABASE_URL", format!("postgres://gainsay:{PASSWORD}@127.0.0.1:9/x"));
    let mut no_url = command(&["serve"], &world, database);
    no_url.env("GAINSAY_DATABASE_URL", format!("mysql://gainsay:{PASSWORD}@127.0.0.1:9/x"));
    for mut command in [doctor, prune, ledger, backup, wrong_key, wrong_sealing, wrong_place, no_url] {
        let output = blocking(move || command.output().unwrap()).await;
        assert!(!output.stdout.is_empty() || !output.stderr.is_empty());
        assert_clean("a command", &[output.stdout, output.stderr].concat());
    }
    let said = blocking(move || process.told().join("\n")).await;
    assert!(
        said.contains("TRACE") && said.lines().count() > 200,
        "it was talkative: {} lines",
        said.lines().count()
    );
    assert_clean("the log", said.as_bytes());
    world.with(|known| {
        for run in &known.runs {
            assert_clean("a check run", format!("{run:?}").as_bytes());
        }
    });
}

fn assert_clean_folder(folder: &Path) {
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        assert_clean(&path.display().to_string(), &std::fs::read(&path).unwrap());
        files += 1;
    }
    assert!(files > 0);
}

#[tokio::test]
async fn no_planted_secret_stands_in_any_output_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    lives_through_a_day(&format!("sqlite://{}/gainsay.db", folder.path().display()), "text").await;
    assert_clean_folder(folder.path());
}

#[tokio::test]
async fn no_password_of_the_database_stands_in_any_output_of_the_server() {
    let postgres = blocking(crate::postgres::Server::start).await;
    let url = format!("{}&password={PASSWORD}", postgres.database());
    lives_through_a_day(&url, "json").await;
}

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_judge_that_breaks_off_gives_no_secret_away() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter("trace,octocrab=off")
        .with_writer(move || writer.clone())
        .finish();
    // The runtime of this test has no thread but this one.
    let guard = tracing::subscriber::set_default(subscriber);
    let breaking = judged_by(|change, policy| {
        assert!(!change.pr.body.contains("poison"), "a bug");
        pipeline::consider(change, policy)
    });
    let scene: Scene = scene(Start { tries: 1, ..breaking }).await;
    let (number, head) = scene.pull("poison");
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    assert_clean("the check run", format!("{run:?}").as_bytes());
    let Scene { gainsay, folder, .. } = scene;
    gainsay.stop().await;
    assert_clean_folder(folder.path());
    drop(guard);
    assert!(!log.0.lock().unwrap().is_empty());
    assert_clean("the log", &log.0.lock().unwrap());
}
