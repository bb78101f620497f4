//! `gainsay prune` and `gainsay backup`, on a database that is served at the same time.

use std::process::{Command, Output};

use gainsay::ids::PrNumber;
use gainsay::store::Store;

use crate::server::{Scene, finding, scene};
use crate::world::{Gainsay, REPO_ID};

fn run(arguments: &[&str], url: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command.args(arguments).env("GAINSAY_DATABASE_URL", url).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn blocking<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(act).await.unwrap()
}

#[tokio::test]
async fn a_backup_is_whole_while_others_write_and_brings_everything_back() {
    let Scene { world, gainsay, folder } = scene(finding(1)).await;
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    let head = world.head(number);
    gainsay.tell("d1", "opened", number).await;
    world.completed(&head).await;
    let (copy, url) =
        (folder.path().join("copy.db"), format!("sqlite://{}/gainsay.db", folder.path().display()));
    let (name, from) = (copy.to_str().unwrap().to_owned(), url.clone());
    let backup = blocking(move || run(&["backup", &name], &from));
    let other = world.pull("Change b", "", &[("a.js", "1\n")], &[("a.js", "3\n")]);
    gainsay.tell("d2", "opened", other).await;
    let output = backup.await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    world.completed(&world.head(other)).await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let (name, from) = (copy.to_str().unwrap().to_owned(), url.clone());
    let again = blocking(move || run(&["backup", &name], &from)).await;
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("not overwritten"), "{}", text(&again.stderr));
    // The disk is lost; the copy takes its place, and what came after it is delivered again.
    gainsay.stop().await;
    for name in ["gainsay.db", "gainsay.db-wal", "gainsay.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    std::fs::copy(&copy, folder.path().join("gainsay.db")).unwrap();
    let gainsay = Gainsay::start(&world, folder.path(), finding(1)).await;
    let kept = gainsay.store.verdicts(REPO_ID, PrNumber(number)).await.unwrap();
    assert_eq!((kept.len(), kept[0].head.as_str()), (1, head.as_str()));
    assert_eq!(gainsay.tell("d1", "opened", number).await, 202);
    let newer = world.push(number, "More", &[("a.js", "4\n")]);
    gainsay.tell("d3", "synchronize", number).await;
    assert_eq!(world.completed(&newer).await.conclusion.as_deref(), Some("failure"));
    gainsay.stop().await;
}

#[tokio::test]
async fn the_last_verdict_of_a_pull_request_outlives_its_time() {
    let Scene { world, gainsay, folder } = scene(finding(1)).await;
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    gainsay.tell("d1", "opened", number).await;
    world.completed(&world.head(number)).await;
    let newer = world.push(number, "More", &[("a.js", "3\n")]);
    gainsay.tell("d2", "synchronize", number).await;
    world.completed(&newer).await;
    gainsay.stop().await;
    let url = format!("sqlite://{}/gainsay.db", folder.path().display());
    let from = url.clone();
    let output = blocking(move || run(&["prune", "--older-than", "1h"], &from)).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        text(&output.stdout),
        "thrown away: 0 verdicts, 0 deliveries, 0 heads, 0 merge groups, 0 answered commands\n"
    );
    let store = Store::open(&url).await.unwrap();
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let pruned = store.prune(later, later).await.unwrap();
    assert_eq!((pruned.verdicts, pruned.deliveries, pruned.heads), (1, 2, 1));
    let kept = store.verdicts(REPO_ID, PrNumber(number)).await.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.head.as_str()).collect::<Vec<_>>(), [newer.as_str()]);
    assert_eq!(store.prune(later, later).await.unwrap(), gainsay::store::Pruned::default());
}

#[test]
fn what_cannot_be_done_says_what_to_do_instead() {
    let output = run(&["backup", "b.dump"], "postgres://gainsay:swordfish@db/gainsay");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("pg_dump --format=custom --file=b.dump \"$GAINSAY_DATABASE_URL\""), "{said}");
    assert!(!said.contains("swordfish"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/none.db", folder.path().display());
    let copy = folder.path().join("copy.db");
    let output = run(&["backup", copy.to_str().unwrap()], &url);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no empty copy is left behind");
    let output = run(&["prune", "--older-than", "soon"], &url);
    assert!(
        text(&output.stderr).contains("--older-than is not a length of time"),
        "{}",
        text(&output.stderr)
    );
}
