//! What is measured about a head on GitHub: jobs with their steps, reports in artifacts, deployments.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use gainsay::change::{Change, Evidence};
use gainsay::github::{App, Asked, GithubError};
use gainsay::ids::PrNumber;
use gainsay::pipeline;
use gainsay::policy::{EvidencePolicy, Policy};
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::world::{APP_ID, INSTALLATION, REPO, RunState, World, key, quick};

const JUNIT: &str = "<testsuite><testcase name='a'/><testcase name='b'><failure/></testcase></testsuite>";

pub(crate) type Seen = Arc<Mutex<Vec<String>>>;

/// Another host that hands out archives, and the headers of who asked.
pub(crate) struct Blobs {
    pub(crate) address: String,
    pub(crate) seen: Seen,
}

impl Blobs {
    pub(crate) async fn of(bytes: Vec<u8>) -> Self {
        let seen = Seen::default();
        let answer = |State((bytes, seen)): State<(Arc<Vec<u8>>, Seen)>, request: Request| async move {
            let names = request.headers().keys().map(ToString::to_string);
            seen.lock().unwrap().extend(names);
            bytes.as_ref().clone()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/archive", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(answer).with_state((Arc::new(bytes), seen.clone()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }
}

pub(crate) fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn run(id: u64, head: &str) -> Value {
    json!({"id": id, "name": "CI", "path": ".github/workflows/ci.yml", "event": "pull_request", "head_sha": head,
           "status": "completed", "conclusion": "failure"})
}

/// The check run of a workflow's job.
fn of_workflow(head: &str) -> RunState {
    let url = "https://github.com/octo/app/actions/runs/7/job/70".to_owned();
    RunState {
        id: 70,
        name: "test".into(),
        head: head.into(),
        status: "completed".into(),
        url,
        ..RunState::default()
    }
}

fn artifact(id: u64, name: &str, size: u64) -> Value {
    json!({"id": id, "name": name, "size_in_bytes": size, "expired": false})
}

async fn evidence(
    world: &World,
    number: u64,
    asked: Option<Asked>,
) -> Result<(Change, Evidence), GithubError> {
    let app = App::new(&world.url(), APP_ID, &key::private().into(), quick(Duration::from_secs(30))).unwrap();
    let github = app.installation(INSTALLATION).unwrap();
    let repo = REPO.parse().unwrap();
    let pull = github.pull(&repo, PrNumber(number)).await?;
    let needs = pipeline::needs();
    let change = github.change(&repo, &pull, &needs).await?;
    let asked = asked.unwrap_or_else(|| Asked::by_claims(&change, &needs));
    let evidence = github.evidence(&repo, &change, asked, &EvidencePolicy::default()).await?;
    Ok((change, evidence))
}

fn asked_for(world: &World, part: &str) -> usize {
    world.with(|known| known.requests.iter().filter(|request| request.contains(part)).count())
}

#[tokio::test]
async fn a_report_in_an_artifact_refutes_and_no_token_leaves_github() {
    let world = World::start().await;
    let number = world.pull("Total", "All tests pass.", &[("a.js", "1")], &[("a.js", "2")]);
    let head = world.head(number);
    let blobs =
        Blobs::of(archive(&[("out/junit.xml", JUNIT), ("app.bin", "x"), ("junit-broken.xml", "<a>")])).await;
    world.with(|known| {
        known.runs.push(of_workflow(&head));
        known.workflow_runs = vec![run(7, &head), run(8, &"f".repeat(40))];
        known.jobs.insert(7, vec![json!({"name": "test", "conclusion": "failure", "head_sha": head,
            "steps": [{"name": "Run npm test", "conclusion": "failure", "number": 1, "status": "completed"}]})]);
        known.artifacts.insert(7, vec![artifact(1, "test-results", 900), artifact(2, "app", 5)]);
        known.archives.insert(1, blobs.address.clone());
    });
    let (mut change, evidence) = evidence(&world, number, None).await.unwrap();
    let names: Vec<&str> = evidence.tests.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["test-results/out/junit.xml"]);
    assert_eq!(evidence.jobs[0].steps[0].name, "Run npm test");
    assert_eq!(evidence.jobs[0].workflow.as_deref(), Some("CI"));
    assert_eq!(
        evidence.unread,
        ["test-results/junit-broken.xml is named like a report and is none that can be read"]
    );
    let seen = blobs.seen.lock().unwrap().clone();
    assert!(!seen.is_empty() && !seen.contains(&"authorization".to_owned()), "{seen:?}");
    assert_eq!(
        (asked_for(&world, "/jobs"), asked_for(&world, "/artifacts/")),
        (1, 1),
        "another commit's run is none"
    );
    change.evidence = evidence;
    let verdict = pipeline::consider(&change, &Policy::default());
    assert_eq!(verdict.claims[0].1.because, "JUnit: 1 passed, 1 failed, 0 skipped; `b` failed");
    let requests = world.with(|known| known.requests.len());
    assert!(requests <= 14, "{requests} requests");
}

#[tokio::test]
async fn archives_that_try_something_or_are_too_large_are_told_and_not_read() {
    let world = World::start().await;
    let number = world.pull("Total", "All tests pass.", &[("a.js", "1")], &[("a.js", "2")]);
    let head = world.head(number);
    let plain = archive(&[("xx/junit.xml", JUNIT)]);
    let text = String::from_utf8_lossy(&plain).into_owned();
    assert!(text.contains("xx/junit.xml"));
    let forged: Vec<u8> = {
        let mut bytes = plain.clone();
        for at in 0..bytes.len() - 3 {
            if bytes[at..].starts_with(b"xx/j") {
                bytes[at..at + 2].copy_from_slice(b"..");
            }
        }
        bytes
    };
    let blobs = Blobs::of(forged).await;
    world.with(|known| {
        known.runs.push(of_workflow(&head));
        known.workflow_runs = vec![run(7, &head)];
        let large = artifact(2, "coverage", 100 << 20);
        known.artifacts.insert(7, vec![artifact(1, "junit", 900), large]);
        known.archives.insert(1, blobs.address.clone());
    });
    let (_, evidence) = evidence(&world, number, None).await.unwrap();
    assert!(evidence.tests.is_empty());
    assert_eq!(
        evidence.unread,
        [
            "the archive junit holds a path that leads out of it, so nothing of it is read",
            "the artifact coverage is larger than 64 MiB and was not read",
        ]
    );
}

#[tokio::test]
async fn a_text_without_such_claims_costs_no_request() {
    let world = World::start().await;
    let number = world.pull("Total", "Multiplies the price.", &[("a.js", "1")], &[("a.js", "2")]);
    let (_, found) = evidence(&world, number, None).await.unwrap();
    assert_eq!(found, Evidence::default());
    assert_eq!(asked_for(&world, "/actions/") + asked_for(&world, "/check-runs"), 0);
}

#[tokio::test]
async fn deployments_of_the_head_have_their_newest_state() {
    let world = World::start().await;
    let number = world.pull("Total", "", &[("a.js", "1")], &[("a.js", "2")]);
    let head = world.head(number);
    world.with(|known| {
        let deployment =
            |id: u64, environment: &str, sha: &str| json!({"id": id, "environment": environment, "sha": sha});
        let stale = "f".repeat(40);
        known.deployments = vec![
            deployment(3, "preview", &head),
            deployment(2, "preview", &head),
            deployment(1, "staging", &stale),
        ];
        known
            .deployment_states
            .insert(3, vec![json!({"state": "success", "environment_url": "https://pr-1.example.com"})]);
    });
    let asked = Asked { deployments: true, ..Asked::default() };
    let (_, found) = evidence(&world, number, Some(asked)).await.unwrap();
    let told: Vec<_> = found
        .deployments
        .iter()
        .map(|d| (d.environment.as_str(), d.state.as_deref(), d.url.as_deref()))
        .collect();
    assert_eq!(told, [("preview", Some("success"), Some("https://pr-1.example.com"))]);
}
