//! What the rarer events lead to, from the signed delivery to the check run.

use serde_json::{Value, json};

use crate::server::{Scene, measured, scene, story};
use crate::world::{INSTALLATION, REPO, REPO_ID, Start, files};

fn of_repo(mut own: Value) -> Value {
    own["repository"] = json!({"id": REPO_ID, "full_name": REPO});
    own["installation"] = json!({"id": INSTALLATION});
    own
}

async fn deliver(scene: &Scene, event: &str, id: &str, own: Value) {
    let payload = of_repo(own).to_string();
    assert_eq!(scene.gainsay.deliver(event, id, payload.as_bytes()).await, 202);
}

fn group(action: &str, head: &str) -> Value {
    json!({"action": action, "merge_group": {"head_sha": head, "base_ref": "refs/heads/main"}})
}

/// Settings that measure a folder which is not there yet.
const BOTH: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["{src,lib}/**/*.js"]}}"#;
const SRC_ONLY: &str = r#"{"name": "app", "jest": {"collectCoverageFrom": ["src/**/*.js"]}}"#;

#[tokio::test]
async fn a_merge_group_gets_its_verdict_on_its_own_head() {
    let scene = scene(Start::default()).await;
    let base = story(BOTH);
    let narrows = scene.world.pull("Tidy the settings", "", &base, &story(SRC_ONLY));
    let mut moved = story(BOTH);
    moved.retain(|(path, _)| *path != "src/half.js");
    moved.push(("lib/half.js", "export const half = (a) => (a ? 1 : 2);\n"));
    let moves = scene.world.pull("Move half", "", &base, &moved);
    let mut documented = story(BOTH);
    documented.push(("docs/half.md", "Half of it.\n"));
    let documents = scene.world.pull("Explain half", "", &base, &documented);
    for (id, numbers, conclusion) in
        [("d1", vec![documents, moves], "success"), ("d2", vec![documents, narrows, moves], "failure")]
    {
        let head = scene.world.queue(&numbers);
        deliver(&scene, "merge_group", id, group("checks_requested", &head)).await;
        let run = scene.world.completed(&head).await;
        assert_eq!(run.conclusion.as_deref(), Some(conclusion), "{}", run.summary);
        deliver(&scene, "merge_group", &format!("{id}-end"), group("destroyed", &head)).await;
    }
    let pulls = |run: &crate::world::RunState| run.external_id.starts_with(&format!("gainsay:{REPO_ID}:0:"));
    assert!(scene.world.with(|known| known.runs.iter().all(pulls)));
}

#[tokio::test]
async fn a_policy_that_is_pushed_to_the_base_is_applied_to_what_is_open() {
    let scene = scene(Start::default()).await;
    let mut head = measured();
    head.push(("docs/half.md", "Half of it.\n"));
    let number = scene.world.pull("Explain half", "", &measured(), &head);
    let head = scene.world.head(number);
    scene.gainsay.tell("d1", "opened", number).await;
    scene.world.completed(&head).await;
    let push = |path: &str| {
        let commit = json!({"added": [path], "modified": [], "removed": []});
        json!({"ref": "refs/heads/main", "forced": false, "deleted": false, "commits": [commit]})
    };
    let mut policed = measured();
    policed.push(("gainsay.toml", "subject = \"agents\"\n"));
    let main = scene.world.with(|known| known.branches["main"].clone());
    let newer = scene.world.commit(&[&main], "Add a policy", files(&policed));
    scene.world.with(|known| known.branches.insert("main".into(), newer));
    let before = scene.world.with(|known| known.requests.len());
    deliver(&scene, "push", "d2", push("src/other.js")).await;
    assert_eq!(scene.world.with(|known| known.requests.len()), before, "it touched no policy");
    deliver(&scene, "push", "d3", push("gainsay.toml")).await;
    let runs = scene.world.completions(&head, 2).await;
    assert_eq!(runs[1].title, "Not judged, as policy says");
}

#[tokio::test]
async fn what_is_heard_is_kept_though_it_leads_to_nothing_and_the_rest_is_not() {
    let scene = scene(Start::default()).await;
    let sha = "a".repeat(40);
    deliver(&scene, "status", "heard", json!({"sha": sha, "state": "success"})).await;
    deliver(&scene, "status", "pending", json!({"sha": sha, "state": "pending"})).await;
    deliver(&scene, "star", "other", json!({"action": "created"})).await;
    let ids = ["heard", "pending", "other"].map(str::to_owned);
    let known = scene.gainsay.store.known_deliveries(&ids).await.unwrap();
    assert_eq!(known.into_iter().collect::<Vec<_>>(), ["heard"]);
}
