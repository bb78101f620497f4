//! The App server before the world: what a delivery leads to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gainsay::change::Change;
use gainsay::checks::{Finding, REGISTRY};
use gainsay::ids::PrNumber;
use gainsay::pipeline::{self, run::Judge};
use gainsay::policy::Policy;
use gainsay::span::{Location, Side};
use gainsay::verdict::{Ruling, Verdict};

use crate::world::{APP_ID, Gainsay, INSTALLATION, REPO, REPO_ID, Start, World, pull_event, sign};

pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) gainsay: Gainsay,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) async fn scene(start: Start) -> Scene {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let gainsay = Gainsay::start(&world, folder.path(), start).await;
    Scene { world, gainsay, folder }
}

pub(crate) fn judged_by(judge: impl Fn(&Change, &Policy) -> Verdict + Send + Sync + 'static) -> Start {
    Start { judge: Arc::new(judge) as Judge, ..Start::default() }
}

/// A judge that finds as many blocks as it is told, on lines of `a.js`.
pub(crate) fn finding(count: usize) -> Start {
    judged_by(move |change, policy| {
        let mut verdict = pipeline::consider(change, policy);
        let path = "a.js".parse().unwrap();
        let at = |n: usize| Location::lines(Side::Head, &path, n + 1, n + 1);
        let block =
            |n: usize| Finding::new(REGISTRY[0].rule(), at(n), format!("finding {n}"), &n.to_string());
        verdict.findings = (0..count).map(block).collect();
        verdict.ruling = if count > 0 { Ruling::Blocked } else { Ruling::Pass };
        verdict
    })
}

const BASE: &[(&str, &str)] = &[("a.js", "export const a = 1;\n")];
const HEAD: &[(&str, &str)] = &[("a.js", "export const a = 2;\n"), ("docs/a.md", "a is two\n")];

impl Scene {
    pub(crate) fn pull(&self, body: &str) -> (u64, String) {
        let number = self.world.pull("Change a", body, BASE, HEAD);
        (number, self.world.head(number))
    }
}

#[tokio::test]
async fn a_delivery_without_the_right_signature_is_refused_before_its_json_is_looked_at() {
    let Scene { gainsay, world, folder: _folder } = scene(Start::default()).await;
    let body = pull_event("opened", 1).to_string();
    for signature in ["", "sha256=00", &sign("another secret", body.as_bytes()), &sign("", body.as_bytes())] {
        let mut headers = vec![("x-github-event", "pull_request"), ("x-github-delivery", "d1")];
        if !signature.is_empty() {
            headers.push(("x-hub-signature-256", signature));
        }
        assert_eq!(gainsay.request("POST", "/webhook", &headers, body.as_bytes()).await.status, 401);
        assert_eq!(gainsay.request("POST", "/webhook", &headers, b"{ no json").await.status, 401);
    }
    assert!(world.with(|known| known.requests.is_empty()));
}

#[tokio::test]
async fn signed_json_that_is_broken_is_refused_and_events_of_no_interest_are_accepted() {
    let Scene { gainsay, folder: _folder, .. } = scene(Start::default()).await;
    assert_eq!(gainsay.deliver("pull_request", "d1", b"{ no json").await, 400);
    assert_eq!(gainsay.deliver("star", "d2", b"\xff\xfe").await, 400);
    assert_eq!(gainsay.deliver("pull_request", "d3", b"{}").await, 400);
    assert_eq!(
        gainsay.deliver("pull_request", "", pull_event("opened", 1).to_string().as_bytes()).await,
        400
    );
    assert_eq!(gainsay.deliver("star", "d4", b"{}").await, 202);
    assert_eq!(gainsay.deliver("an_event_of_the_future", "d5", b"[]").await, 202);
    assert_eq!(gainsay.tell("d6", "closed", 1).await, 202);
    assert_eq!(gainsay.deliver("ping", "d7", br#"{"zen": "Speak like a human."}"#).await, 200);
    assert_eq!(gainsay.request("GET", "/healthz", &[], b"").await.status, 200);
    assert_eq!(gainsay.request("GET", "/webhook", &[], b"").await.status, 405);
}

#[tokio::test]
async fn a_payload_over_githubs_limit_is_refused() {
    let Scene { gainsay, folder: _folder, .. } = scene(Start::default()).await;
    let body = vec![b' '; 26 * 1024 * 1024];
    // The answer may come while the body is still being sent, and the connection may then be cut.
    let headers =
        [("x-github-event", "star"), ("x-github-delivery", "d"), ("content-type", "application/json")];
    let big = gainsay.try_request("POST", "/webhook", &headers, &body).await;
    assert!(big.is_err() || big.unwrap().status == 413);
}

#[tokio::test]
async fn a_pull_request_gets_a_completed_check_run_on_its_head_and_may_be_merged() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.");
    assert_eq!(scene.world.merge(number), 405, "the check is required");
    assert_eq!(scene.gainsay.tell("d1", "opened", number).await, 202);
    let run = scene.world.completed(&head).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("success"), 1));
    assert_eq!(run.external_id, format!("gainsay:{REPO_ID}:{number}:1"));
    assert_eq!(scene.world.merge(number), 200);
    let calls = scene.world.with(|known| known.requests.clone());
    assert!(calls.len() <= 13, "a small pull request costs {} requests: {calls:#?}", calls.len());
}

#[tokio::test]
async fn check_results_are_asked_for_only_where_the_text_says_that_tests_pass() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.\n\nAll tests pass.");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await;
    let calls = scene.world.with(|known| known.requests.clone());
    assert!(calls.iter().any(|call| call.contains("/check-runs?per_page")), "{calls:#?}");
    assert!(calls.len() <= 15, "{} requests: {calls:#?}", calls.len());
}

#[tokio::test]
async fn the_policy_is_that_of_the_branch_now_and_not_when_the_pull_request_was_opened() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    let main = scene.world.with(|known| known.branches["main"].clone());
    let policy = ("gainsay.toml", "subject = \"agents\"\n");
    let newer = scene.world.commit(&[&main], "Add a policy", crate::world::files(&[BASE[0], policy]));
    scene.world.with(|known| known.branches.insert("main".into(), newer));
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(scene.world.completed(&head).await.title, "Not judged, as policy says");
}

#[tokio::test]
async fn an_accepted_delivery_is_done_once_however_often_it_is_sent() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    assert_eq!(scene.gainsay.tell("d1", "opened", number).await, 202);
    scene.world.completed(&head).await;
    let before = scene.world.with(|known| known.requests.len());
    assert_eq!(scene.gainsay.tell("d1", "opened", number).await, 202);
    // Work is done in the order of events: once another pull request is judged, the repeat would have been too.
    let (other, other_head) = scene.pull("");
    scene.gainsay.tell("d2", "opened", other).await;
    scene.world.completed(&other_head).await;
    let again = scene.world.with(|known| {
        let requests = &known.requests[before..];
        requests.iter().filter(|r| r.ends_with(&format!("/pulls/{number}"))).count()
    });
    assert_eq!(again, 0);
}

#[tokio::test]
async fn an_edited_body_is_judged_again() {
    let scene = scene(judged_by(|change, policy| {
        let mut verdict = pipeline::consider(change, policy);
        verdict.ruling = if change.pr.body.contains("100 %") { Ruling::Blocked } else { Ruling::Pass };
        verdict
    }))
    .await;
    let (number, head) = scene.pull("Coverage is 100 %.");
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(scene.world.completed(&head).await.conclusion.as_deref(), Some("failure"));
    assert_eq!(scene.world.merge(number), 405);
    scene.world.with(|known| known.pulls.get_mut(&number).unwrap().body = None);
    scene.gainsay.tell("d2", "edited", number).await;
    let runs = scene.world.completions(&head, 2).await;
    assert_eq!(runs[1].conclusion.as_deref(), Some("success"));
    assert_eq!(scene.world.merge(number), 200);
}

#[tokio::test]
async fn a_head_that_is_pushed_while_the_old_one_is_judged_gets_the_verdict() {
    let (started, proceed) = (Arc::new(tokio::sync::Notify::new()), Arc::new(std::sync::Barrier::new(2)));
    let (tell, wait) = (started.clone(), proceed.clone());
    let times = AtomicUsize::new(0);
    let scene = scene(judged_by(move |change, policy| {
        if times.fetch_add(1, Ordering::SeqCst) == 0 {
            tell.notify_one();
            wait.wait();
        }
        pipeline::consider(change, policy)
    }))
    .await;
    let (number, old) = scene.pull("");
    scene.gainsay.tell("d1", "opened", number).await;
    started.notified().await;
    let new = scene.world.push(number, "More", &[("a.js", "export const a = 3;\n")]);
    tokio::task::spawn_blocking(move || proceed.wait()).await.unwrap();
    let run = scene.world.completed(&new).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    let old = scene.world.completed(&old).await;
    assert_eq!(old.conclusion.as_deref(), Some("cancelled"), "an overtaken head never passes");
}

#[tokio::test]
async fn a_verdict_on_a_text_that_was_edited_meanwhile_is_never_published() {
    let (started, proceed) = (Arc::new(tokio::sync::Notify::new()), Arc::new(std::sync::Barrier::new(2)));
    let (tell, wait) = (started.clone(), proceed.clone());
    let times = AtomicUsize::new(0);
    let scene = scene(judged_by(move |change, policy| {
        if times.fetch_add(1, Ordering::SeqCst) == 0 {
            tell.notify_one();
            wait.wait();
        }
        let mut verdict = pipeline::consider(change, policy);
        verdict.ruling = if change.pr.body == "honest" { Ruling::Pass } else { Ruling::Blocked };
        verdict
    }))
    .await;
    let (number, head) = scene.pull("honest");
    scene.gainsay.tell("d1", "opened", number).await;
    started.notified().await;
    scene.world.with(|known| known.pulls.get_mut(&number).unwrap().body = Some("not so".into()));
    tokio::task::spawn_blocking(move || proceed.wait()).await.unwrap();
    let run = scene.world.completed(&head).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("failure"), 1));
}

#[tokio::test]
async fn a_hundred_and_twenty_annotations_arrive_in_three_batches_and_the_run_completes_once() {
    let scene = scene(finding(120)).await;
    let (number, head) = scene.pull("");
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(run.batches, [50, 50, 20]);
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("failure"), 1));
    let titles: Vec<&str> = run.annotations.iter().map(|a| a["title"].as_str().unwrap()).collect();
    let expected: Vec<String> = (0..120).map(|n| format!("finding {n}")).collect();
    assert_eq!(titles, expected);
    assert_eq!(run.annotations[7]["start_line"], 8);
}

#[tokio::test]
async fn an_undecided_verdict_needs_a_person_and_holds_the_merge() {
    let scene = scene(judged_by(|change, policy| {
        let mut verdict = pipeline::consider(change, policy);
        verdict.ruling = Ruling::Undecided;
        verdict
    }))
    .await;
    let (number, head) = scene.pull("");
    scene.gainsay.tell("d1", "ready_for_review", number).await;
    assert_eq!(scene.world.completed(&head).await.conclusion.as_deref(), Some("action_required"));
    assert_eq!(scene.world.merge(number), 405);
}

#[tokio::test]
async fn a_policy_that_cannot_be_obeyed_fails_the_check_and_says_where() {
    let scene = scene(Start::default()).await;
    let policy = ("gainsay.toml", "# ours\nsubjekt = \"agents\"\n");
    let number = scene.world.pull("Change a", "", &[BASE[0], policy], &[HEAD[0], policy]);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    let wanted = "gainsay.toml:2: unknown key `subjekt`; did you mean `subject`?";
    assert!(run.summary.contains(wanted), "{}", run.summary);
}

#[tokio::test]
async fn the_policy_is_the_base_branchs_and_never_heads() {
    let scene = scene(Start::default()).await;
    let broken = ("gainsay.toml", "subjekt = 1\n");
    let number = scene.world.pull("Change a", "", BASE, &[HEAD[0], broken]);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("action_required"), "{}", run.summary);
    let sound = ("gainsay.toml", "subject = \"everyone\"\n");
    let number = scene.world.pull("Change a", "", BASE, &[HEAD[0], sound]);
    scene.gainsay.tell("d2", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{}", run.summary);
}

#[tokio::test]
async fn a_person_under_a_policy_for_agents_gets_a_success_that_says_so() {
    let scene = scene(Start::default()).await;
    let policy = (".github/gainsay.toml", "subject = \"agents\"\n");
    let number = scene.world.pull("Change a", "", &[BASE[0], policy], &[HEAD[0], policy]);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert_eq!(run.title, "Not judged, as policy says");
}

fn rerequested(app: u64, run: &crate::world::RunState) -> String {
    serde_json::json!({
        "action": "rerequested", "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
        "check_run": {"name": run.name, "head_sha": run.head, "external_id": run.external_id, "app": {"id": app},
                      "pull_requests": []},
    })
    .to_string()
}

#[tokio::test]
async fn a_rerequested_run_is_judged_again_for_forks_too_and_another_apps_is_not() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    let other = rerequested(APP_ID + 1, &run);
    assert_eq!(scene.gainsay.deliver("check_run", "d2", other.as_bytes()).await, 202);
    assert_eq!(scene.gainsay.deliver("check_run", "d3", rerequested(APP_ID, &run).as_bytes()).await, 202);
    let unmarked = crate::world::RunState { external_id: String::new(), ..run };
    scene.world.completions(&head, 2).await;
    assert_eq!(
        scene.gainsay.deliver("check_run", "d4", rerequested(APP_ID, &unmarked).as_bytes()).await,
        202
    );
    let runs = scene.world.completions(&head, 3).await;
    assert_eq!(runs[2].external_id, format!("gainsay:{REPO_ID}:{number}:3"));
}

#[tokio::test]
async fn verdicts_are_kept_with_the_head_that_they_speak_of() {
    let scene = scene(finding(1)).await;
    let (number, head) = scene.pull("");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await;
    let store = scene.gainsay.store.clone();
    scene.gainsay.stop().await;
    assert!(
        store.verdicts(REPO_ID, PrNumber(number)).await.is_err(),
        "a stopped server has closed its database"
    );
    let url = format!("sqlite://{}/gainsay.db", scene.folder.path().display());
    let store = gainsay::store::Store::open(&url).await.unwrap();
    let kept = store.verdicts(REPO_ID, PrNumber(number)).await.unwrap();
    assert_eq!((kept[0].head.as_str(), kept[0].outcome.as_str()), (head.as_str(), "failure"));
}

const MEASURED: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["src/**/*.js"]}}"#;
const NARROWED: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["src/full.js"]}}"#;

pub(crate) fn story(config: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("package.json", config),
        ("src/full.js", "export const full = () => 1;\n"),
        ("src/half.js", "export const half = (a) => (a ? 1 : 2);\n"),
        ("test/full.test.js", "test('full', () => expect(full()).toBe(1));\n"),
    ]
}

pub(crate) fn narrowed() -> Vec<(&'static str, &'static str)> {
    story(NARROWED)
}

pub(crate) fn measured() -> Vec<(&'static str, &'static str)> {
    story(MEASURED)
}

pub(crate) const CLAIM: &str =
    "## Verification\n\nCoverage is now 100% across statements, branches, functions and lines.\n";

#[tokio::test]
async fn narrowed_coverage_that_claims_a_hundred_percent_fails_and_names_the_files() {
    let scene = scene(Start::default()).await;
    let number = scene.world.pull("Raise coverage to 100%", CLAIM, &measured(), &narrowed());
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    assert!(run.summary.contains("src/half.js"), "{}", run.summary);
    assert!(run.annotations.iter().any(|a| a["path"] == "package.json"), "{:?}", run.annotations);
    assert_eq!(scene.world.merge(number), 405);
}

#[tokio::test]
async fn an_honest_pull_request_on_the_same_repository_passes() {
    let scene = scene(Start::default()).await;
    let mut head = measured();
    head.push(("test/half.test.js", "test('half', () => expect(half(1)).toBe(1));\n"));
    let number = scene.world.pull("Test half", "Adds a test of `half`.", &measured(), &head);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"), "{}", run.summary);
    assert_eq!(scene.world.merge(number), 200);
}
