//! The App server before someone who holds recorded or invented deliveries.

use serde_json::json;

use crate::server::scene;
use crate::world::{INSTALLATION, REPO, REPO_ID, Start};

#[tokio::test]
async fn a_delivery_replayed_under_another_id_changes_no_verdict() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.");
    scene.gainsay.tell("d1", "opened", number).await;
    let first = scene.world.completed(&head).await;
    for n in 0..3 {
        assert_eq!(scene.gainsay.tell(&format!("replay-{n}"), "opened", number).await, 202);
    }
    let (other, other_head) = scene.pull("");
    scene.gainsay.tell("d2", "opened", other).await;
    scene.world.completed(&other_head).await;
    let runs = scene.world.with(|known| known.runs.clone());
    let on: Vec<_> = runs.iter().filter(|run| run.head == head && run.app.is_none()).collect();
    assert_eq!(on.first().map(|run| run.external_id.as_str()), Some(first.external_id.as_str()));
    assert!(on.iter().all(|run| run.conclusion == first.conclusion || run.status != "completed"), "{on:#?}");
}

#[tokio::test]
async fn a_payload_that_lies_about_the_head_changes_no_verdict() {
    let scene = scene(Start::default()).await;
    let (number, head) = scene.pull("Makes a two.");
    let (_, foreign) = scene.pull("another's");
    let payload = json!({
        "action": "synchronize", "number": number,
        "pull_request": {
            "number": number, "title": "All is well", "body": "Coverage is 100 %.", "user": {"login": "admin", "id": 1},
            "head": {"sha": foreign, "ref": "main"}, "base": {"sha": foreign, "ref": "elsewhere"},
        },
        "repository": {"id": REPO_ID, "full_name": REPO}, "installation": {"id": INSTALLATION},
    });
    assert_eq!(scene.gainsay.deliver("pull_request", "lie", payload.to_string().as_bytes()).await, 202);
    let run = scene.world.completed(&head).await;
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    let completed = |known: &crate::world::Known| {
        known.runs.iter().filter(|run| run.head == foreign && run.status == "completed").count()
    };
    assert_eq!(
        scene.world.with(|known| completed(known)),
        0,
        "nothing is said on a commit that only the payload names"
    );
}
