//! The App server where evidence comes late: it waits with an open check run, judges again when something ends, and
//! does not wait for ever.

use gainsay::ids::PrNumber;
use serde_json::{Value, json};

use crate::server::{Scene, judged_by, scene};
use crate::world::{APP_ID, Gainsay, INSTALLATION, REPO, REPO_ID, RunState, Start};

const CODE: &[(&str, &str)] = &[("a.js", "export const a = 1;\n")];

impl Scene {
    /// A pull request into a branch with that policy.
    fn pull_under(&self, policy: &str, body: &str) -> (u64, String) {
        let policy = ("gainsay.toml", policy);
        let base = [CODE[0], policy];
        let head = [("a.js", "export const a = 2;\n"), policy];
        let number = self.world.pull("Change a", body, &base, &head);
        (number, self.world.head(number))
    }

    /// Tells that another App's check run ended.
    async fn ended(&self, delivery: &str, head: &str) {
        let body = ended(APP_ID + 1, head).to_string();
        assert_eq!(self.gainsay.deliver("check_run", delivery, body.as_bytes()).await, 202);
    }

    fn requests(&self) -> usize {
        self.world.with(|known| known.requests.len())
    }
}

fn about(event: Value) -> Value {
    let mut event = event;
    event["repository"] = json!({"id": REPO_ID, "full_name": REPO});
    event["installation"] = json!({"id": INSTALLATION});
    event
}

fn ended(app: u64, head: &str) -> Value {
    let run = json!({"name": "e2e", "head_sha": head, "status": "completed", "app": {"id": app}, "pull_requests": []});
    about(json!({"action": "completed", "check_run": run}))
}

fn conclusion(run: &RunState) -> Option<&str> {
    run.conclusion.as_deref()
}

const E2E: &str = "[evidence]\nrequire = [\"check:e2e\"]\n";

#[tokio::test]
async fn required_evidence_is_waited_for_and_its_success_completes_the_same_check_run() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under(E2E, "");
    scene.world.check(&head, "e2e", None);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.waiting(&head).await;
    assert_eq!((run.title.as_str(), conclusion(&run)), ("Waiting for check:e2e", None));
    assert!(run.summary.contains("is still running"), "{}", run.summary);
    assert_eq!(scene.world.merge(number), 405, "what waits holds the merge");
    scene.world.check(&head, "e2e", Some("success"));
    scene.ended("d2", &head).await;
    let run = scene.world.completed(&head).await;
    assert_eq!((conclusion(&run), run.completions), (Some("success"), 1));
    assert_eq!(scene.world.with(|known| known.runs.iter().filter(|run| run.app.is_none()).count()), 1);
    assert_eq!(scene.world.merge(number), 200);
}

#[tokio::test]
async fn required_evidence_that_says_no_blocks_at_once() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under(E2E, "");
    scene.world.check(&head, "e2e", Some("failure"));
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(
        (conclusion(&run), run.title.as_str()),
        (Some("failure"), "Required evidence says no: check:e2e")
    );
}

#[tokio::test]
async fn a_check_of_that_name_by_our_own_app_is_no_evidence() {
    let scene = scene(Start::default()).await;
    let policy = "[evidence]\nrequire = [\"check:gainsay\"]\ndeadline = \"0s\"\n";
    let (number, head) = scene.pull_under(policy, "");
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("failure"));
}

#[tokio::test]
async fn at_the_deadline_what_is_missing_blocks_even_if_the_process_was_killed_meanwhile() {
    let scene = scene(Start::default()).await;
    let policy = "[evidence]\nrequire = [\"check:e2e\"]\ndeadline = \"2s\"\n";
    let (number, head) = scene.pull_under(policy, "");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.waiting(&head).await;
    let Scene { world, gainsay, folder } = scene;
    gainsay.kill().await;
    let gainsay = Gainsay::start(&world, folder.path(), Start::default()).await;
    let run = world.completed(&head).await;
    assert_eq!((conclusion(&run), run.completions), (Some("failure"), 1));
    assert_eq!(run.title, "Required evidence is missing: check:e2e");
    gainsay.stop().await;
}

#[tokio::test]
async fn a_finding_that_blocks_waits_for_nothing() {
    let scene = scene(Start::default()).await;
    let policy = ("gainsay.toml", E2E);
    let broken = ("a.js", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n");
    let number = scene.world.pull("Change a", "", &[CODE[0], policy], &[broken, policy]);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&scene.world.head(number)).await;
    assert_eq!(conclusion(&run), Some("failure"), "{}", run.summary);
}

#[tokio::test]
async fn a_claim_waits_for_the_tests_that_still_run_and_is_then_contradicted() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("All tests pass.");
    scene.world.check(&head, "unit tests", None);
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(scene.world.waiting(&head).await.title, "Waiting for check:unit tests");
    scene.world.check(&head, "unit tests", Some("failure"));
    scene.ended("d2", &head).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(conclusion(&run), Some("failure"), "{}", run.summary);
    assert!(run.summary.starts_with("| Claim | Evidence | Standing |"), "{}", run.summary);
}

#[tokio::test]
async fn a_running_check_that_no_claim_is_set_against_holds_nothing() {
    let scene = scene(Start::default()).await;
    for body in ["Makes a two.", "All tests pass."] {
        let (number, head) = scene.pull(body);
        for name in ["deploy preview", "merge queue", "lint", "cla"] {
            scene.world.check(&head, name, None);
        }
        scene.gainsay.tell(body, "opened", number).await;
        assert_eq!(conclusion(&scene.world.completed(&head).await), Some("success"));
    }
}

#[tokio::test]
async fn a_claim_whose_rule_blocks_nothing_holds_nothing() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under("[rules]\nclaim-contradicted = \"note\"\n", "All tests pass.");
    scene.world.check(&head, "test", None);
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("success"));
}

#[tokio::test]
async fn a_new_head_waits_a_moment_for_its_workflows_to_begin() {
    let scene = scene(Start::default()).await;
    let workflow = (".github/workflows/ci.yml", "on: pull_request\njobs: {}\n");
    let number = scene.world.pull(
        "Change a",
        "All tests pass.",
        &[CODE[0], workflow],
        &[("a.js", "export const a = 2;\n"), workflow],
    );
    let head = scene.world.head(number);
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(scene.world.waiting(&head).await.title, "Waiting for workflows");
    scene.world.check(&head, "test", Some("success"));
    scene.ended("d2", &head).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("success"));
}

#[tokio::test]
async fn every_event_that_brings_evidence_is_heard_and_our_own_are_not() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under(E2E, "");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.waiting(&head).await;
    let suite = |app: u64| json!({"head_sha": head, "app": {"id": app}, "pull_requests": []});
    let ours = [
        ("check_run", ended(APP_ID, &head)),
        ("check_suite", about(json!({"action": "completed", "check_suite": suite(APP_ID)}))),
        ("check_suite", about(json!({"action": "requested", "check_suite": suite(APP_ID + 1)}))),
        ("workflow_run", about(json!({"action": "in_progress", "workflow_run": {"head_sha": head}}))),
        ("status", about(json!({"sha": head, "state": "pending"}))),
        ("status", about(json!({"sha": "f".repeat(40), "state": "success"}))),
    ];
    // The check run shows that it waits a moment before the timer is set.
    while scene.gainsay.store.queue(jiff::Timestamp::now()).await.unwrap().running > 0 {
        tokio::task::yield_now().await;
    }
    let before = scene.gainsay.store.next_due().await.unwrap();
    assert!(before.is_some());
    for (n, (event, payload)) in ours.iter().enumerate() {
        let body = payload.to_string();
        assert_eq!(scene.gainsay.deliver(event, &format!("o{n}"), body.as_bytes()).await, 202, "{event}");
    }
    assert_eq!(scene.gainsay.store.next_due().await.unwrap(), before, "nothing but the timer is due");
    let theirs = [
        ("check_run", ended(APP_ID + 1, &head)),
        ("check_suite", about(json!({"action": "completed", "check_suite": suite(APP_ID + 1)}))),
        (
            "workflow_run",
            about(json!({"action": "completed", "workflow_run": {"head_sha": head, "pull_requests": []}})),
        ),
        ("status", about(json!({"sha": head, "state": "failure"}))),
        (
            "deployment_status",
            about(json!({"deployment": {"sha": head}, "deployment_status": {"state": "success"}})),
        ),
        ("pull_request_review", about(json!({"action": "submitted", "pull_request": {"number": number}}))),
    ];
    for (n, (event, payload)) in theirs.iter().enumerate() {
        let reads = || scene.world.with(|k| k.requests.iter().filter(|r| r.contains("/compare/")).count());
        let before = reads();
        let body = payload.to_string();
        assert_eq!(scene.gainsay.deliver(event, &format!("t{n}"), body.as_bytes()).await, 202, "{event}");
        scene
            .world
            .until(event, |k| {
                (k.requests.iter().filter(|r| r.contains("/compare/")).count() > before).then_some(())
            })
            .await;
    }
}

#[tokio::test]
async fn a_check_that_ends_without_changing_the_verdict_leaves_the_check_run_alone() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.");
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    scene.world.check(&head, "lint", Some("success"));
    let before = scene.requests();
    scene.ended("d2", &head).await;
    // Work is done in the order of events: once another pull request is judged, the nudge has been too.
    scene
        .world
        .until("the second look", |k| {
            (k.requests[before..].iter().filter(|r| r.contains("/pulls/")).count() >= 2).then_some(())
        })
        .await;
    let (other, other_head) = scene.pull("");
    scene.gainsay.tell("d3", "opened", other).await;
    scene.world.completed(&other_head).await;
    scene.world.with(|known| {
        let ours: Vec<&RunState> = known.runs.iter().filter(|r| r.head == head && r.app.is_none()).collect();
        assert_eq!(ours, [&run]);
    });
    assert_eq!(scene.gainsay.store.verdicts(REPO_ID, PrNumber(number)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_contradiction_that_comes_after_a_pass_takes_the_pass_back() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("All tests pass.");
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("success"));
    scene.world.check(&head, "test", Some("failure"));
    scene.ended("d2", &head).await;
    let runs = scene.world.completions(&head, 2).await;
    let ours: Vec<&RunState> = runs.iter().filter(|run| run.app.is_none()).collect();
    assert_eq!(conclusion(ours.last().unwrap()), Some("failure"));
    assert_eq!(scene.world.merge(number), 405);
}

const APPROVAL: &str = "[evidence]\nrequire = [\"approval:human\"]\n";

#[tokio::test]
async fn an_approval_by_a_person_with_write_access_ends_the_wait_within_the_budget_of_requests() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under(APPROVAL, "");
    scene.world.with(|known| {
        known.permissions.extend([("kim".to_owned(), "write"), ("lee".to_owned(), "read")]);
    });
    scene.world.review(number, "robin", 77, "APPROVED");
    scene.world.review(number, "helper[bot]", 90, "APPROVED");
    scene.world.review(number, "lee", 9, "APPROVED");
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.waiting(&head).await;
    for why in ["robin opened the pull request", "is a bot", "lee has no write access"] {
        assert!(run.summary.contains(why), "{}", run.summary);
    }
    assert!(scene.requests() <= 15, "{:#?}", scene.world.with(|known| known.requests.clone()));
    scene.world.with(|known| known.reviews.clear());
    scene.world.review(number, "kim", 8, "APPROVED");
    let review = about(json!({"action": "submitted", "pull_request": {"number": number}}));
    scene.gainsay.deliver("pull_request_review", "d2", review.to_string().as_bytes()).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(conclusion(&run), Some("success"));
    assert!(run.summary.contains("kim approved this commit"), "{}", run.summary);
}

#[tokio::test]
async fn reviews_and_deployments_are_asked_for_only_where_policy_requires_them() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await;
    let asked = |part: &str| scene.world.with(|known| known.requests.iter().any(|r| r.contains(part)));
    assert!(!asked("/reviews") && !asked("/deployments") && !asked("/collaborators/"));
}

#[tokio::test]
async fn a_deployment_of_this_very_commit_is_evidence() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull_under("[evidence]\nrequire = [\"deployment:preview\"]\n", "");
    scene.world.with(|known| {
        known.deployments.push(json!({"id": 1, "sha": head, "environment": "Preview"}));
        known.deployment_states.insert(1, vec![json!({"state": "success"})]);
    });
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    assert_eq!(conclusion(&run), Some("success"), "{}", run.summary);
}

#[tokio::test]
async fn the_ledger_keeps_a_contradicted_claim_that_the_author_took_back() {
    let scene = scene(Start::default()).await;
    let body = "All tests pass.\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)";
    let (number, head) = scene.pull(body);
    scene.world.check(&head, "test", Some("failure"));
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("failure"));
    let marker = body.lines().last().unwrap().to_owned();
    scene.world.with(|known| known.pulls.get_mut(&number).unwrap().body = Some(marker));
    scene.gainsay.tell("d2", "edited", number).await;
    scene.world.completions(&head, 2).await;
    let url = format!("sqlite://{}/gainsay.db", scene.folder.path().display());
    scene.gainsay.stop().await;
    let ledger = |args: &[&str]| {
        let args = [&["ledger", "--database-url", &url], args].concat();
        let output = crate::bad_input::gainsay(&args);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let json: Value =
        serde_json::from_str(&ledger(&["--format", "json", "--repo", REPO, "--since", "1d"])).unwrap();
    let schema = include_str!("../../schema/ledger.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let author = &json["authors"][0];
    assert_eq!(author["agent"], "claude-code");
    let counts = ["made", "supported", "contradicted", "unproven", "corrected"]
        .map(|key| author[key].as_u64().unwrap());
    assert_eq!(counts, [1, 0, 1, 0, 1]);
    insta::assert_snapshot!(ledger(&[]));
    assert_eq!(ledger(&["--repo", "octo/none"]), "no claims were kept\n");
}

#[tokio::test]
async fn a_judge_that_waits_for_nothing_it_was_told_of_still_completes() {
    let scene = scene(judged_by(|change, policy| {
        let mut verdict = gainsay::pipeline::consider(change, policy);
        verdict.waiting.clear();
        verdict
    }))
    .await;
    let (number, head) = scene.pull_under(E2E, "");
    scene.gainsay.tell("d1", "opened", number).await;
    assert_eq!(conclusion(&scene.world.completed(&head).await), Some("action_required"));
}
