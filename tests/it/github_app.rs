//! What the client asks as the App itself, and what it keeps of an installation.

use std::time::Duration;

use gainsay::checks::Needs;
use gainsay::github::{App, GithubError, Installation, Patience};
use gainsay::ids::PrNumber;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::world::{APP_ID, Fault, INSTALLATION, REPO, Sent, World, event_of, key, pull_event, quick};

fn app(world: &World, patience: Patience) -> App {
    App::new(&world.url(), APP_ID, &key::private().into(), patience).unwrap()
}

fn ready(world: &World) -> App {
    app(world, quick(Duration::from_secs(30)))
}

#[tokio::test]
async fn the_app_and_its_webhook_are_told() {
    let world = World::start().await;
    let app = ready(&world);
    let told = app.app().await.unwrap();
    assert_eq!((told.id, told.slug.as_deref(), told.installations_count), (APP_ID, Some("gainsay"), Some(1)));
    assert_eq!(told.permissions["checks"], "write");
    let hook = app.hook_config().await.unwrap();
    assert_eq!(hook.url.as_deref(), Some("https://gainsay.example/webhook"));
    assert!(hook.has_secret() && !hook.is_insecure());
    world.with(|known| known.hook = json!({"insecure_ssl": 1}));
    let bare = app.hook_config().await.unwrap();
    assert!(!bare.has_secret() && bare.is_insecure() && bare.url.is_none());
}

#[tokio::test]
async fn the_servers_time_is_told_though_the_app_is_refused() {
    let world = World::start().await;
    let other =
        App::new(&world.url(), APP_ID + 7, &key::private().into(), quick(Duration::from_secs(9))).unwrap();
    assert!(matches!(other.app().await, Err(GithubError::NotFound { .. })));
    let time = other.server_time().await.unwrap().unwrap();
    assert!(Timestamp::now().duration_since(time).abs() < SignedDuration::from_secs(5), "{time}");
}

fn sent(id: u64, at: Timestamp) -> Sent {
    let payload = json!({"action": "opened", "installation": {"id": INSTALLATION}});
    Sent { id, guid: format!("guid-{id}"), event: "pull_request".into(), payload, at, status: 0 }
}

#[tokio::test]
async fn deliveries_come_page_by_page_until_the_asked_for_time_and_no_other_host_is_asked() {
    let world = World::start().await;
    let now = Timestamp::now();
    world.with(|known| {
        known.sent = (1..=9).map(|n| sent(n, now - SignedDuration::from_mins(10 - n as i64))).collect();
        known.deliveries_a_page = Some(2);
    });
    let app = ready(&world);
    let mut pages = app.deliveries(now - SignedDuration::from_mins(6));
    world.fail("GET", "/app/hook/deliveries", Fault::BadGateway, 1);
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await.unwrap() {
        ids.push(page.iter().map(|delivery| delivery.id).collect::<Vec<_>>());
    }
    assert_eq!(ids, [vec![9, 8], vec![7, 6], vec![5, 4]]);
    let whole = app.delivery(7).await.unwrap();
    assert_eq!((whole.guid.as_str(), whole.event.as_str()), ("guid-7", "pull_request"));
    assert_eq!(whole.headers["x-github-delivery"], "guid-7");
    let body: serde_json::Value = serde_json::from_slice(&whole.body.unwrap()).unwrap();
    assert_eq!(body["action"], "opened");
    assert!(matches!(app.delivery(70).await, Err(GithubError::NotFound { .. })));
}

async fn snapshot(github: &Installation, repo: &str, number: u64) -> Result<(), GithubError> {
    let repo = repo.parse().unwrap();
    let pull = github.pull(&repo, PrNumber(number)).await?;
    let mut needs = Needs::default();
    needs.both("**");
    github.change(&repo, &pull, &needs).await.map(drop)
}

#[tokio::test]
async fn what_has_not_changed_costs_no_rate_and_no_blob_is_asked_for_twice() {
    let world = World::start().await;
    world.with(|known| known.rate = Some(4_000));
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    let github = ready(&world).installation(INSTALLATION).unwrap();
    assert_eq!(github.budget(), None);
    snapshot(&github, REPO, number).await.unwrap();
    let left = world.with(|known| known.rate.unwrap());
    let budget = github.budget().unwrap();
    assert_eq!((budget.remaining, budget.limit), (left, 5_000));
    let before = world.with(|known| known.requests.len());
    snapshot(&github, REPO, number).await.unwrap();
    assert_eq!(world.with(|known| known.rate.unwrap()), left, "all of it was free");
    let again = world.with(|known| known.requests[before..].to_vec());
    assert!(!again.iter().any(|request| request.contains("/git/blobs/")), "{again:#?}");
    assert_eq!(world.with(|known| known.unchanged.len()), again.len());
    world.with(|known| known.pulls.get_mut(&number).unwrap().title = "Another".into());
    let pull = github.pull(&REPO.parse().unwrap(), PrNumber(number)).await.unwrap();
    assert_eq!(pull.words.title, "Another", "what has changed is new");
}

#[tokio::test]
async fn tenants_are_apart_and_a_forgotten_one_starts_anew() {
    let world = World::start().await;
    let number = world.pull("Change a", "", &[("a.js", "1\n")], &[("a.js", "2\n")]);
    world.with(|known| known.installations.insert(INSTALLATION + 1, Vec::new()));
    let app = ready(&world);
    let (own, other) = (app.installation(INSTALLATION).unwrap(), app.installation(INSTALLATION + 1).unwrap());
    snapshot(&own, REPO, number).await.unwrap();
    // The other asks for the same routes: nothing of what the first was told may answer.
    assert!(matches!(snapshot(&other, REPO, number).await, Err(GithubError::NotFound { .. })));
    let repo = REPO.parse().unwrap();
    let pull = own.pull(&repo, PrNumber(number)).await.unwrap();
    let mut needs = Needs::default();
    needs.both("**");
    assert!(matches!(other.change(&repo, &pull, &needs).await, Err(GithubError::NotFound { .. })));
    let gone = app.installation(INSTALLATION + 2).unwrap();
    assert!(matches!(snapshot(&gone, REPO, number).await, Err(GithubError::NotFound { .. })));
    app.forget(INSTALLATION);
    let before = world.with(|known| known.requests.len());
    snapshot(&app.installation(INSTALLATION).unwrap(), REPO, number).await.unwrap();
    let again = world.with(|known| known.requests[before..].to_vec());
    assert!(again.iter().any(|request| request.contains("access_tokens")), "{again:#?}");
    assert!(again.iter().any(|request| request.contains("/git/blobs/")), "{again:#?}");
}

/// Two tenants with repositories of their own on one server: each is judged with its own token, and a delivery that
/// names the one's repository with the other's installation reads nothing.
#[tokio::test]
async fn each_installation_reads_its_own_repositories_only() {
    let (other, theirs) = ("acme/shop", (INSTALLATION + 1, 10));
    let scene = crate::server::scene(crate::world::Start::default()).await;
    let world = &scene.world;
    world.neighbour(other, theirs.1, theirs.0);
    let (base, head) = ([("a.js", "1\n")], [("a.js", "2\n")]);
    let own = world.pull("Ours", "", &base, &head);
    let number =
        world.with(|known| known.neighbours.get_mut(other).unwrap().open("Theirs", "", &base, &head));
    let sent = [
        pull_event("opened", own),
        event_of((other, theirs.1, theirs.0), "opened", number),
        // Their repository through our installation, and ours through theirs.
        event_of((other, 11, INSTALLATION), "opened", number),
        event_of((REPO, 12, theirs.0), "opened", own),
    ];
    for (n, payload) in sent.iter().enumerate() {
        let body = payload.to_string();
        assert_eq!(scene.gainsay.deliver("pull_request", &format!("d{n}"), body.as_bytes()).await, 202);
    }
    world.completed(&world.head(own)).await;
    let run = world.until("a completed run in the other repository", |known| {
        known.neighbours[other].runs.iter().find(|run| run.status == "completed").cloned()
    });
    assert_eq!(run.await.conclusion.as_deref(), Some("success"));
    // What may not be read is refused before anything is written.
    world.until("two refusals", |known| (known.refused.len() >= 2).then_some(())).await;
    let runs = world.with(|known| (known.runs.len(), known.neighbours[other].runs.len()));
    assert_eq!(runs, (1, 1));
}
