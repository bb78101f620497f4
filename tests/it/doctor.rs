//! `gainsay doctor` before the world: what is right, and each thing that may be wrong with its remedy.

use std::path::Path;
use std::process::Command;

use gainsay::server::needed::{EVENTS, PERMISSIONS};
use gainsay::store::Store;
use serde_json::{Map, Value, json};

use crate::world::{APP_ID, SECRET, World, key};

fn command(world: &World, folder: &Path) -> Command {
    with(world, folder, &["doctor", "--format", "json"])
}

fn with(world: &World, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command
        .args(arguments)
        .env("GAINSAY_APP_ID", APP_ID.to_string())
        .env("GAINSAY_PRIVATE_KEY", key::private())
        .env("GAINSAY_WEBHOOK_SECRET", SECRET)
        .env("GAINSAY_DATABASE_URL", format!("sqlite://{}/gainsay.db", folder.display()))
        .env("GAINSAY_GITHUB_API_URL", world.url());
    command
}

struct Found {
    code: Option<i32>,
    document: Value,
}

impl Found {
    fn look(&self, at: &str) -> &Value {
        let looks = self.document["looked_at"].as_array().unwrap();
        looks.iter().find(|look| look["at"] == at).unwrap_or_else(|| panic!("no {at} in {looks:#?}"))
    }

    fn wrong(&self) -> Vec<&str> {
        let looks = self.document["looked_at"].as_array().unwrap();
        looks.iter().filter(|look| look["ok"] == false).map(|look| look["at"].as_str().unwrap()).collect()
    }
}

async fn run(mut command: Command) -> Found {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let document = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    Found { code: output.status.code(), document }
}

/// A world in which the App is as the setup makes it, and its database.
async fn sound() -> (World, tempfile::TempDir) {
    let (world, folder) = (World::start().await, tempfile::tempdir().unwrap());
    let permissions: Map<String, Value> =
        PERMISSIONS.iter().map(|p| (p.name.to_owned(), p.level.into())).collect();
    let events: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
    world.with(|known| {
        known.app["permissions"] = permissions.into();
        known.app["events"] = json!(events);
    });
    Store::open(&format!("sqlite://{}/gainsay.db", folder.path().display())).await.unwrap().close().await;
    (world, folder)
}

#[tokio::test]
async fn where_all_is_well_every_line_says_so_and_the_exit_is_zero() {
    let (world, folder) = sound().await;
    let found = run(command(&world, folder.path())).await;
    assert_eq!(found.wrong(), [""; 0]);
    assert_eq!(
        (found.code, &found.document["ok"], &found.document["schema"]),
        (Some(0), &json!(true), &json!(1))
    );
    let mut for_people = with(&world, folder.path(), &["doctor"]);
    let output = tokio::task::spawn_blocking(move || for_people.output().unwrap()).await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.starts_with("ok     ")) && text.lines().count() >= 8, "{text}");
}

#[tokio::test]
async fn a_missing_permission_or_event_is_named_with_what_does_not_work_without_it() {
    let (world, folder) = sound().await;
    world.with(|known| {
        known.app["permissions"]["checks"] = json!("read");
        known.app["permissions"].as_object_mut().unwrap().remove("merge_queues");
        known.app["permissions"]["contents"] = json!("write");
        known.app["events"] = json!(["pull_request"]);
        known.app["installations_count"] = json!(0);
    });
    let found = run(command(&world, folder.path())).await;
    assert_eq!((found.code, found.wrong()), (Some(1), vec!["permissions", "events", "installations"]));
    let permissions = found.look("permissions")["found"].as_str().unwrap();
    assert_eq!(
        permissions,
        "missing: checks: write (no verdict is shown); merge_queues: read (a merge queue waits for the check until its \
         time is out)"
    );
    let events = found.look("events")["found"].as_str().unwrap();
    assert!(events.contains("issue_comment (commands in comments are not heard)"), "{events}");
    assert!(!events.contains("pull_request ("), "{events}");
}

#[tokio::test]
async fn a_webhook_that_leads_nowhere_or_is_unsafe_is_told() {
    let (world, folder) = sound().await;
    for (hook, wanted) in [
        (json!({"content_type": "json", "secret": "****"}), "no address"),
        (
            json!({"url": "http://example.com/webhook", "content_type": "json", "secret": "****"}),
            "not encrypted",
        ),
        (json!({"url": "https://example.com/webhook", "content_type": "form", "secret": "****"}), "not JSON"),
        (json!({"url": "https://example.com/webhook", "content_type": "json"}), "no secret"),
        (
            json!({"url": "https://example.com/webhook", "content_type": "json", "secret": "*", "insecure_ssl": "1"}),
            "not checked",
        ),
    ] {
        world.with(|known| known.hook = hook);
        let found = run(command(&world, folder.path())).await;
        assert_eq!(found.wrong(), ["webhook"]);
        assert!(found.look("webhook")["found"].as_str().unwrap().contains(wanted), "{wanted}");
    }
    world.with(|known| {
        known.hook = json!({"url": "http://localhost:3000/webhook", "content_type": "json", "secret": "*"});
    });
    assert_eq!(run(command(&world, folder.path())).await.wrong(), [""; 0], "loopback needs no TLS");
}

#[tokio::test]
async fn a_database_that_is_missing_or_newer_is_told_and_not_made() {
    let (world, folder) = sound().await;
    let elsewhere = tempfile::tempdir().unwrap();
    let found = run(command(&world, elsewhere.path())).await;
    assert_eq!(found.wrong(), ["database"], "GitHub is asked all the same");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing was made");
    let mut postgres = command(&world, folder.path());
    postgres.env("GAINSAY_DATABASE_URL", "postgres://gainsay:swordfish@127.0.0.1:9/gainsay");
    let found = run(postgres).await;
    assert_eq!(found.wrong(), ["database"]);
    assert!(!found.document.to_string().contains("swordfish"), "{}", found.document);
}

#[tokio::test]
async fn settings_and_credentials_that_are_wrong_are_named_and_never_shown() {
    let (world, folder) = sound().await;
    let mut wrong = command(&world, folder.path());
    wrong.env("GAINSAY_PRIVATE_KEY", "hunter2");
    let found = run(wrong).await;
    assert_eq!((found.code, found.wrong()), (Some(1), vec!["settings"]));
    assert!(found.look("settings")["found"].as_str().unwrap().starts_with("GAINSAY_PRIVATE_KEY"));
    assert!(!found.document.to_string().contains("hunter2"));
    let mut none = command(&world, folder.path());
    none.env_remove("GAINSAY_APP_ID").env_remove("GAINSAY_PRIVATE_KEY").env_remove("GAINSAY_WEBHOOK_SECRET");
    let found = run(none).await;
    assert_eq!(found.wrong(), ["credentials", "GitHub"]);
    assert!(found.look("credentials")["remedy"].as_str().unwrap().contains("gainsay serve"));
    let mut another = command(&world, folder.path());
    another.env("GAINSAY_APP_ID", "99");
    let found = run(another).await;
    assert_eq!(found.wrong(), ["App"]);
    assert!(found.look("App")["remedy"].as_str().unwrap().contains("GAINSAY_APP_ID"));
}
