//! What GitHub told while nobody listened.

use gainsay::github::GithubError;
use gainsay::server::RecoveryError;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::server::{Scene, scene};
use crate::world::{Fault, INSTALLATION, Known, REPO, REPO_ID, Sent, Start, World, pull_event};

/// GitHub sends an event that nobody receives, some minutes ago.
fn dropped(world: &World, minutes: i64, event: &str, payload: Value) -> String {
    world.sent(minutes, event, &payload, 0)
}

fn fetched(world: &World) -> usize {
    let of_one = |request: &&String| request.contains("/app/hook/deliveries/");
    world.with(|known| known.requests.iter().filter(of_one).count())
}

#[tokio::test]
async fn a_delivery_that_was_dropped_is_found_and_taken_in_once() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    dropped(&scene.world, 5, "pull_request", pull_event("opened", number));
    dropped(&scene.world, 4, "star", json!({"action": "created"}));
    dropped(&scene.world, 4, "pull_request", pull_event("labeled", number));
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 1);
    assert_eq!(scene.world.completed(&head).await.completions, 1);
    assert_eq!(fetched(&scene.world), 1, "what nobody hears is not asked for");
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 0);
    assert_eq!(fetched(&scene.world), 1);
}

#[tokio::test]
async fn what_came_meanwhile_is_not_taken_twice_and_what_only_github_thinks_came_is() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    let guid = dropped(&scene.world, 5, "pull_request", pull_event("opened", number));
    assert_eq!(scene.gainsay.tell(&guid, "opened", number).await, 202);
    scene.world.completed(&head).await;
    assert_eq!((scene.gainsay.recovery.compare().await.unwrap(), fetched(&scene.world)), (0, 0));
    // As after a restore from a backup: GitHub was told that it came.
    let (number, head) = scene.pull("");
    dropped(&scene.world, 3, "pull_request", pull_event("opened", number));
    scene.world.with(|known| known.sent.last_mut().unwrap().status = 202);
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 1);
    scene.world.completed(&head).await;
}

#[tokio::test]
async fn many_that_were_dropped_come_page_by_page_and_the_same_one_sent_again_only_once() {
    let scene = scene(Start::default()).await;
    scene.world.with(|known| known.deliveries_a_page = Some(3));
    let mut heads = Vec::new();
    for minutes in (1..=8).rev() {
        let (number, head) = scene.pull("");
        dropped(&scene.world, minutes, "pull_request", pull_event("opened", number));
        heads.push(head);
    }
    scene.world.with(|known| {
        let again = Sent { id: 99, at: Timestamp::now(), ..known.sent[0].clone() };
        known.sent.push(again);
    });
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 8);
    for head in heads {
        scene.world.completed(&head).await;
    }
}

#[tokio::test]
async fn a_fault_leaves_the_mark_and_the_next_round_finds_the_rest() {
    let scene = scene(Start::default()).await;
    let (one, _) = scene.pull("");
    let (two, head) = scene.pull("");
    dropped(&scene.world, 40, "pull_request", pull_event("opened", one));
    dropped(&scene.world, 30, "pull_request", pull_event("opened", two));
    scene.world.fail("GET", "/app/hook/deliveries/2", Fault::BadGateway, 4);
    let error = scene.gainsay.recovery.compare().await.unwrap_err();
    assert!(matches!(error, RecoveryError::Github(GithubError::Unavailable { .. })), "{error}");
    assert_eq!(scene.gainsay.store.mark("deliveries").await.unwrap(), None);
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 1, "the first was taken in");
    scene.world.completed(&head).await;
    assert!(scene.gainsay.store.mark("deliveries").await.unwrap().is_some());
    // Nothing older than the mark and its overlap is compared again.
    dropped(&scene.world, 40, "pull_request", pull_event("opened", one));
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 0);
}

#[tokio::test]
async fn what_github_no_longer_has_or_nobody_can_read_holds_up_nothing() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("");
    dropped(
        &scene.world,
        9,
        "pull_request",
        json!({"action": "opened", "installation": {"id": INSTALLATION}}),
    );
    dropped(&scene.world, 8, "pull_request", Value::Null);
    scene.world.with(|known| known.sent[1].payload = json!({"action": "opened"}));
    dropped(&scene.world, 7, "pull_request", pull_event("opened", number));
    dropped(&scene.world, 60 * 24 * 4, "pull_request", pull_event("opened", 7_777));
    assert_eq!(scene.gainsay.recovery.compare().await.unwrap(), 1);
    scene.world.completed(&head).await;
    assert!(scene.gainsay.store.mark("deliveries").await.unwrap().is_some());
    assert_eq!(fetched(&scene.world), 3, "GitHub keeps three days");
}

fn installed(action: &str, repositories: Value) -> Value {
    json!({"action": action, "installation": {"id": INSTALLATION}, "repositories": repositories})
}

async fn deliver(scene: &Scene, event: &str, id: &str, payload: &Value) {
    assert_eq!(scene.gainsay.deliver(event, id, payload.to_string().as_bytes()).await, 202);
}

#[tokio::test]
async fn open_pull_requests_of_a_new_installation_get_their_check() {
    let scene = scene(Start::default()).await;
    let (_, open) = scene.pull("");
    let (closed, _) = scene.pull("");
    scene.world.with(|known| known.pulls.get_mut(&closed).unwrap().closed = true);
    let repositories = json!([{"id": REPO_ID, "full_name": REPO}]);
    deliver(&scene, "installation", "d1", &installed("created", repositories)).await;
    scene.gainsay.recovery.sweep().await.unwrap();
    assert_eq!(scene.world.completed(&open).await.conclusion.as_deref(), Some("success"));
    let asked = |known: &Known| known.requests.iter().any(|r| r.ends_with(&format!("/pulls/{closed}")));
    assert!(!scene.world.with(|known| asked(known)));
}

#[tokio::test]
async fn an_installation_that_is_back_is_looked_through_and_one_that_is_gone_is_not() {
    let scene = scene(Start::default()).await;
    let (_, head) = scene.pull("");
    deliver(&scene, "installation", "d1", &installed("unsuspend", Value::Null)).await;
    deliver(&scene, "installation", "d2", &installed("suspend", Value::Null)).await;
    scene.gainsay.recovery.sweep().await.unwrap();
    assert!(scene.world.with(|known| known.requests.is_empty()));
    deliver(&scene, "installation", "d3", &installed("unsuspend", Value::Null)).await;
    scene.world.fail("GET", "/installation/repositories", Fault::BadGateway, 2);
    scene.gainsay.recovery.sweep().await.unwrap();
    scene.world.completed(&head).await;
    // An old event that is played again takes nothing back.
    deliver(&scene, "installation", "d2", &installed("suspend", Value::Null)).await;
    let (number, head) = scene.pull("");
    scene.gainsay.tell("d4", "opened", number).await;
    scene.world.completed(&head).await;
}
