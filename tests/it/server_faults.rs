//! The App server when things go wrong: GitHub's faults, our own, and a process that is killed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gainsay::pipeline;

use crate::http;
use crate::process;
use crate::server::{Scene, finding, judged_by, scene};
use crate::world::{APP_ID, Fault, Gainsay, RunState, SECRET, Start, World, pull_event, quick, sign};

fn posts(scene: &Scene) -> usize {
    scene.world.with(|known| {
        known.requests.iter().filter(|r| r.starts_with("POST") && r.contains("check-runs")).count()
    })
}

async fn judged(scene: &Scene, body: &str) -> RunState {
    let (number, head) = scene.pull(body);
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await
}

#[tokio::test]
async fn bad_gateways_are_asked_again_and_leave_one_check_run() {
    let scene = scene(Start::default()).await;
    for part in ["/pulls/", "/compare/", "/trees/", "/ref/heads/"] {
        scene.world.fail("GET", part, Fault::BadGateway, 2);
    }
    scene.world.fail("POST", "/access_tokens", Fault::BadGateway, 1);
    scene.world.fail("POST", "/check-runs", Fault::BadGateway, 2);
    scene.world.fail("PATCH", "/check-runs", Fault::BadGateway, 2);
    let run = judged(&scene, "").await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert_eq!(scene.world.with(|known| known.runs.len()), 1);
}

#[tokio::test]
async fn a_check_run_whose_answer_was_lost_is_found_and_not_made_twice() {
    let scene = scene(Start::default()).await;
    scene.world.fail("POST", "/check-runs", Fault::LostAnswer, 1);
    judged(&scene, "").await;
    assert_eq!((posts(&scene), scene.world.with(|known| known.runs.len())), (1, 1));
}

#[tokio::test]
async fn annotations_whose_answer_was_lost_are_not_sent_twice() {
    let scene = scene(finding(120)).await;
    let (number, head) = scene.pull("");
    scene.world.fail("PATCH", "/check-runs", Fault::LostAnswer, 3);
    scene.gainsay.tell("d1", "opened", number).await;
    let run = scene.world.completed(&head).await;
    let titles: std::collections::BTreeSet<&str> =
        run.annotations.iter().map(|a| a["title"].as_str().unwrap()).collect();
    assert_eq!((run.annotations.len(), titles.len(), run.completions), (120, 120, 1));
}

#[tokio::test]
async fn a_secondary_limit_is_waited_out() {
    let scene = scene(Start::default()).await;
    scene.world.fail("POST", "/check-runs", Fault::SecondaryLimit, 1);
    scene.world.fail("GET", "/compare/", Fault::SecondaryLimit, 2);
    judged(&scene, "").await;
    assert_eq!(scene.world.with(|known| known.runs.len()), 1);
}

#[tokio::test]
async fn a_request_that_is_never_answered_is_given_up_and_asked_again() {
    let patience = quick(Duration::from_millis(300));
    let scene = scene(Start { patience, ..Start::default() }).await;
    scene.world.fail("GET", "/compare/", Fault::Silence, 1);
    judged(&scene, "").await;
    assert_eq!(scene.world.with(|known| known.held), 1);
}

#[tokio::test]
async fn a_fault_that_outlasts_the_requests_retries_is_retried_as_a_job() {
    let scene = scene(Start::default()).await;
    scene.world.fail("GET", "/compare/", Fault::BadGateway, 9);
    let run = judged(&scene, "").await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert_eq!(
        (posts(&scene), scene.world.with(|known| known.runs.len())),
        (1, 1),
        "the run of the first try is used"
    );
}

#[tokio::test]
async fn a_job_that_was_running_when_the_process_was_killed_runs_again_at_the_next_start() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    scene.world.fail("GET", "/compare/", Fault::Silence, 1);
    assert_eq!(scene.gainsay.tell("d1", "opened", number).await, 202);
    scene.world.until("a held request", |known| (known.held == 1).then_some(())).await;
    let Scene { world, gainsay, folder } = scene;
    gainsay.kill().await;
    assert_eq!(world.with(|known| known.runs[0].status.clone()), "queued");
    let gainsay = Gainsay::start(&world, folder.path(), Start::default()).await;
    let run = world.completed(&head).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("success"), 1));
    assert_eq!(
        world.with(|known| known.runs.len()),
        1,
        "the run that was begun is the run that is completed"
    );
    gainsay.stop().await;
}

#[tokio::test]
async fn a_run_that_a_killed_process_left_on_an_old_head_is_closed() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    scene.world.fail("GET", "/compare/", Fault::Silence, 1);
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.until("a held request", |known| (known.held == 1).then_some(())).await;
    let Scene { world, gainsay, folder } = scene;
    gainsay.kill().await;
    let newer = world.push(number, "More", &[("a.js", "export const a = 3;\n")]);
    let gainsay = Gainsay::start(&world, folder.path(), Start::default()).await;
    assert_eq!(world.completed(&newer).await.conclusion.as_deref(), Some("success"));
    assert_eq!(
        world.completed(&head).await.conclusion.as_deref(),
        Some("cancelled"),
        "nothing else would close it"
    );
    gainsay.stop().await;
}

#[tokio::test]
async fn what_fails_for_good_fails_the_check_and_says_why_without_a_secret() {
    let scene = scene(Start { tries: 2, ..Start::default() }).await;
    scene.world.fail("GET", "/compare/", Fault::Forbidden, 2);
    let run = judged(&scene, "").await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("failure"), 1));
    assert!(run.summary.contains("GitHub refused"), "{}", run.summary);
    assert!(run.summary.contains("Re-run this check"), "{}", run.summary);
    assert!(!run.summary.contains("token-"), "{}", run.summary);
    assert_eq!(scene.world.with(|known| known.runs.len()), 1);
}

#[tokio::test]
async fn an_outage_of_any_length_is_outlasted_and_told_of_meanwhile() {
    let scene = scene(Start { tries: 2, ..Start::default() }).await;
    let (number, head) = scene.pull("");
    scene.world.fail("GET", "/compare/", Fault::BadGateway, 1_000);
    scene.gainsay.tell("d1", "opened", number).await;
    let told = scene
        .world
        .until("a word about the outage", |known| {
            known.runs.iter().find(|run| run.title.contains("out of order")).cloned()
        })
        .await;
    assert_eq!((told.status.as_str(), told.conclusion), ("in_progress", None), "the merge is held");
    assert!(told.summary.contains("GitHub answered 502"), "{}", told.summary);
    scene.world.recover();
    let run = scene.world.completed(&head).await;
    assert_eq!((run.conclusion.as_deref(), run.completions, run.id), (Some("success"), 1, told.id));
    assert_eq!(scene.world.with(|known| known.runs.len()), 1);
}

#[tokio::test]
async fn a_judge_that_breaks_off_is_a_failed_check_and_the_server_lives_on() {
    let scene = scene(Start {
        tries: 1,
        ..judged_by(|change, policy| {
            assert!(!change.pr.body.contains("poison"), "a bug");
            pipeline::consider(change, policy)
        })
    })
    .await;
    let run = judged(&scene, "poison").await;
    assert_eq!(run.conclusion.as_deref(), Some("failure"));
    assert!(run.summary.contains("a fault of Gainsay's own"), "{}", run.summary);
    let (number, head) = scene.pull("sound");
    scene.gainsay.tell("d2", "opened", number).await;
    assert_eq!(scene.world.completed(&head).await.conclusion.as_deref(), Some("success"));
}

#[tokio::test]
async fn a_pull_request_is_never_judged_by_two_jobs_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (inside, seen) = (now.clone(), most.clone());
    let scene = scene(judged_by(move |change, policy| {
        seen.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let verdict = pipeline::consider(change, policy);
        inside.fetch_sub(1, Ordering::SeqCst);
        verdict
    }))
    .await;
    let (number, head) = scene.pull("");
    for n in 0..20 {
        assert_eq!(scene.gainsay.tell(&format!("d{n}"), "edited", number).await, 202);
    }
    let last = format!(":{number}:20");
    scene
        .world
        .until("the last generation's run", |known| {
            known.runs.iter().find(|r| r.external_id.ends_with(&last) && r.status == "completed").map(|_| ())
        })
        .await;
    assert_eq!(most.load(Ordering::SeqCst), 1);
    assert!(scene.world.with(|known| known.runs.iter().all(|r| r.head == head && r.completions == 1)));
}

#[tokio::test]
async fn a_database_that_is_gone_refuses_the_delivery() {
    let scene = scene(Start::default()).await;
    scene.gainsay.store.close().await;
    assert_eq!(scene.gainsay.tell("d1", "opened", 1).await, 503);
    assert_eq!(
        scene.gainsay.request("GET", "/healthz", &[], b"").await.status,
        200,
        "a restart would not help"
    );
}

#[tokio::test]
async fn a_job_that_kills_the_process_each_time_is_given_up_with_a_word() {
    let one_try = || Start { tries: 1, ..Start::default() };
    let Scene { world, gainsay, folder } = scene(one_try()).await;
    let number = world.pull("Deadly", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    world.fail("GET", "/compare/", Fault::Silence, 1);
    gainsay.tell("d1", "opened", number).await;
    world.until("a held request", |known| (known.held == 1).then_some(())).await;
    gainsay.kill().await;
    let gainsay = Gainsay::start(&world, folder.path(), one_try()).await;
    let run = world.completed(&world.head(number)).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("failure"), 1));
    assert!(run.summary.contains("each try broke off"), "{}", run.summary);
    gainsay.stop().await;
}

#[tokio::test]
async fn the_real_process_is_killed_in_the_middle_and_its_successor_finishes_the_job() {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    world.fail("GET", "/trees/", Fault::Silence, 1);
    let (url, path) = (world.url(), folder.path().to_owned());
    let start = move || process::serve(APP_ID, SECRET, &url, &path);
    let body = pull_event("opened", number).to_string();
    let first = start.clone();
    let (killed, status) = tokio::task::spawn_blocking(move || {
        let (process, address) = first();
        let signature = sign(SECRET, body.as_bytes());
        let headers = [
            ("x-github-event", "pull_request"),
            ("x-github-delivery", "d1"),
            ("x-hub-signature-256", signature.as_str()),
        ];
        (process, http::request(address, "POST", "/webhook", &headers, body.as_bytes()).unwrap().status)
    })
    .await
    .unwrap();
    assert_eq!(status, 202);
    world.until("a held request", |known| (known.held == 1).then_some(())).await;
    // Dropping it sends SIGKILL and waits for its end.
    drop(killed);
    let successor = tokio::task::spawn_blocking(start).await.unwrap();
    let run = world.completed(&world.head(number)).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("success"), 1));
    assert_eq!(world.with(|known| known.runs.len()), 1);
    drop(successor);
}
