//! What several have in common: a commit that is the head of two pull requests, a database that two servers share.

use std::sync::atomic::{AtomicI64, Ordering};

use gainsay::ids::PrNumber;
use gainsay::pipeline;
use gainsay::store::{Ask, Delivery, Intake, Queue, Store, Subject, Urgency};
use gainsay::verdict::Ruling;
use jiff::{SignedDuration, Timestamp};

use crate::postgres::Server;
use crate::server::{Scene, judged_by, scene};
use crate::world::{Fault, Gainsay, INSTALLATION, REPO, REPO_ID, RunState, Start, World};

/// Blocks where the body says so.
fn by_body() -> Start {
    judged_by(|change, policy| {
        let mut verdict = pipeline::consider(change, policy);
        verdict.ruling = if change.pr.body.contains("bad") { Ruling::Blocked } else { Ruling::Pass };
        verdict
    })
}

/// The run on a commit that counts for GitHub, once it is completed and says this.
async fn counts(world: &World, head: &str, conclusion: &str) -> RunState {
    world
        .until(&format!("{conclusion} on {head}"), |known| {
            let last = known.runs.iter().rfind(|run| run.head == head && run.app.is_none())?;
            (last.conclusion.as_deref() == Some(conclusion)).then(|| last.clone())
        })
        .await
}

#[tokio::test]
async fn the_worst_verdict_counts_for_all_pull_requests_with_one_head() {
    let scene = scene(by_body()).await;
    let (good, head) = scene.pull("good");
    let bad = scene.world.pull_at("Another way in", "bad", &head);
    scene.gainsay.tell("d1", "opened", good).await;
    counts(&scene.world, &head, "success").await;
    scene.gainsay.tell("d2", "opened", bad).await;
    counts(&scene.world, &head, "failure").await;
    // The good one shows it too, whatever asks for it again.
    scene.gainsay.tell("d3", "edited", good).await;
    let held = scene
        .world
        .until("a run of the good one that fails", |known| {
            let of_good = |run: &&RunState| run.external_id.contains(&format!(":{good}:"));
            known
                .runs
                .iter()
                .filter(of_good)
                .rfind(|run| run.conclusion.as_deref() == Some("failure"))
                .cloned()
        })
        .await;
    assert!(held.title.contains(&format!("Held by #{bad}")), "{}", held.title);
    assert_eq!(scene.world.merge(good), 405);
    // Once the bad one is mended, both are free.
    scene.world.with(|known| known.pulls.get_mut(&bad).unwrap().body = Some("mended".into()));
    scene.gainsay.tell("d4", "edited", bad).await;
    scene
        .world
        .until("both to pass", |known| {
            let last = |number: u64| {
                let mark = format!(":{number}:");
                known.runs.iter().rfind(|run| run.external_id.contains(&mark))?.conclusion.clone()
            };
            (last(good)? == "success" && last(bad)? == "success").then_some(())
        })
        .await;
    assert_eq!(scene.world.merge(good), 200);
}

#[tokio::test]
async fn a_head_that_shows_its_verdict_gets_no_second_check_run_for_a_second_event() {
    let scene = scene(by_body()).await;
    let (number, head) = scene.pull("good");
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await;
    for (delivery, action) in [("d2", "synchronize"), ("d3", "reopened"), ("d4", "ready_for_review")] {
        scene.gainsay.tell(delivery, action, number).await;
    }
    // A person's word is seen: when its run is there, what was asked before is done.
    scene.gainsay.tell("d5", "edited", number).await;
    let runs = scene.world.completions(&head, 2).await;
    scene.gainsay.stop().await;
    assert_eq!(runs.len(), 2);
    assert_eq!(scene.world.with(|known| known.runs.len()), 2);
}

#[tokio::test]
async fn a_run_whose_number_was_never_learned_is_closed_when_the_head_moves_on() {
    let scene = scene(by_body()).await;
    let (number, old) = scene.pull("good");
    scene.world.fail("POST", "/check-runs", Fault::Swallowed, 1);
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.until("a held request", |known| (known.held == 1).then_some(())).await;
    let Scene { world, gainsay, folder } = scene;
    gainsay.kill().await;
    let new = world.push(number, "More", &[("a.js", "export const a = 3;\n")]);
    let gainsay = Gainsay::start(&world, folder.path(), by_body()).await;
    let run = world.completed(&new).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    let left = world.completed(&old).await;
    assert_eq!((left.conclusion.as_deref(), left.completions), (Some("cancelled"), 1));
    gainsay.stop().await;
}

#[tokio::test]
async fn a_verdict_that_was_shown_before_the_process_was_killed_is_not_shown_again_for_another_event() {
    let scene = scene(by_body()).await;
    let (number, head) = scene.pull("good");
    scene.world.fail("PATCH", "/check-runs", Fault::Swallowed, 1);
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.until("a held request", |known| (known.held == 1).then_some(())).await;
    let Scene { world, gainsay, folder } = scene;
    gainsay.kill().await;
    assert_eq!(world.completed(&head).await.completions, 1);
    // Before the next process takes the work up, another event has come.
    let url = format!("sqlite://{}/gainsay.db", folder.path().display());
    let store = Store::open(&url).await.unwrap();
    let (now, repo) = (Timestamp::now(), REPO.parse().unwrap());
    let subject = Subject::Pull(PrNumber(number));
    let (repo_id, installation, urgency) = (REPO_ID, INSTALLATION, Urgency::Push);
    let ask = Ask { repo_id, subject, repo, installation, urgency, due: now };
    let delivery = Delivery { id: "d2".into(), event: "pull_request".into() };
    store.accept(&Intake::asking(delivery, vec![ask]), now).await.unwrap();
    store.close().await;
    let gainsay = Gainsay::start(&world, folder.path(), by_body()).await;
    let unsettled = |queue: Queue| queue.due + queue.waiting + queue.running > 0;
    while unsettled(gainsay.store.queue(Timestamp::now()).await.unwrap()) {
        tokio::task::yield_now().await;
    }
    gainsay.stop().await;
    assert_eq!(world.with(|known| known.runs.len()), 1);
    assert_eq!(world.completed(&head).await.completions, 1);
}

/// How far the clock of these servers is ahead.
static AHEAD: AtomicI64 = AtomicI64::new(0);

fn clock() -> Timestamp {
    Timestamp::now() + SignedDuration::from_secs(AHEAD.load(Ordering::SeqCst))
}

#[tokio::test]
async fn another_server_takes_over_what_a_killed_one_held_within_a_minute() {
    let (postgres, world) = (Server::start(), World::start().await);
    let url = postgres.database();
    let start = || Start { clock, ..by_body() };
    let number = world.pull("Change a", "bad", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    world.fail("GET", "/compare/", Fault::Silence, 1);
    let first = Gainsay::start_on(&world, &url, start()).await;
    first.tell("d1", "opened", number).await;
    world.until("a held request", |known| (known.held == 1).then_some(())).await;
    let second = Gainsay::start_on(&world, &url, start()).await;
    first.kill().await;
    AHEAD.store(59, Ordering::SeqCst);
    let run = world.completed(&world.head(number)).await;
    assert_eq!((run.conclusion.as_deref(), run.completions), (Some("failure"), 1));
    assert_eq!(
        world.with(|known| known.runs.len()),
        1,
        "the run that was begun is the run that is completed"
    );
    second.stop().await;
}

#[tokio::test]
async fn two_servers_share_the_work_and_know_each_others_deliveries() {
    let (postgres, world) = (Server::start(), World::start().await);
    let url = postgres.database();
    let (one, two) =
        (Gainsay::start_on(&world, &url, by_body()).await, Gainsay::start_on(&world, &url, by_body()).await);
    let mut heads = Vec::new();
    for n in 0..6 {
        let number = world.pull("Change a", "good", &[("a.js", "1\n")], &[("a.js", "2\n")]);
        heads.push(world.head(number));
        for server in [&one, &two] {
            assert_eq!(server.tell(&format!("d{n}"), "opened", number).await, 202);
        }
    }
    for head in &heads {
        world.completed(head).await;
    }
    one.stop().await;
    two.stop().await;
    assert_eq!(world.with(|known| known.runs.len()), heads.len());
}
