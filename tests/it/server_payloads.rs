//! GitHub's own example payloads at the door, and an independent signer.

use std::process::Command;

use serde_json::Value;

use crate::server::{Scene, scene};
use crate::tools;
use crate::world::{Start, sign};

#[tokio::test]
async fn every_example_payload_of_github_is_accepted_or_refused_for_its_missing_installation() {
    let Scene { gainsay, folder: _folder, .. } = scene(Start::default()).await;
    let examples =
        std::fs::read(tools::path("@octokit/webhooks-examples/api.github.com/index.json")).unwrap();
    let examples: Vec<Value> = serde_json::from_slice(&examples).unwrap();
    let mut sent = 0;
    for example in &examples {
        let event = example["name"].as_str().unwrap();
        for payload in example["examples"].as_array().unwrap() {
            sent += 1;
            let status =
                gainsay.deliver(event, &format!("example-{sent}"), payload.to_string().as_bytes()).await;
            let ours = ["opened", "reopened", "synchronize", "edited", "ready_for_review"];
            let action = payload["action"].as_str().unwrap_or_default();
            let heard = match event {
                "pull_request" => ours.contains(&action),
                "check_run" | "check_suite" | "workflow_run" => action == "completed",
                "status" => payload["state"] != "pending",
                "deployment_status" | "pull_request_review" => true,
                _ => false,
            };
            let homeless = payload.get("installation").is_none() && heard;
            let wanted = if event == "ping" {
                200
            } else if homeless {
                400
            } else {
                202
            };
            assert_eq!(status, wanted, "{event} {action}");
        }
    }
    assert!(sent > 250, "{sent} examples");
}

#[test]
fn octokits_signer_agrees_with_the_tests_own() {
    let module = tools::path("@octokit/webhooks-methods");
    let script = "import(process.argv[1] + '/dist-node/index.js').then(async (m) => \
                  process.stdout.write(await m.sign(process.argv[2], process.argv[3])))";
    let node = Command::new("node")
        .args(["-e", script])
        .arg(module)
        .args(["hush", "{\"a\":\"ä\"}"])
        .output()
        .unwrap();
    let signature = String::from_utf8(node.stdout).unwrap();
    assert_eq!(
        signature,
        sign("hush", "{\"a\":\"ä\"}".as_bytes()),
        "{}",
        String::from_utf8_lossy(&node.stderr)
    );
}

#[test]
fn the_descriptions_that_requests_are_held_against_are_githubs_own() {
    tools::path("@octokit/openapi");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/trim-openapi.mjs");
    let folder = tempfile::tempdir().unwrap();
    let node = Command::new("node").arg(script).arg(folder.path()).output().unwrap();
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let kept = [
        ("github-openapi.json", include_str!("../data/github-openapi.json")),
        ("ghes-openapi.json", include_str!("../data/ghes-openapi.json")),
    ];
    for (file, kept) in kept {
        let trimmed = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(trimmed == kept, "run: node {script} tests/data");
    }
}
