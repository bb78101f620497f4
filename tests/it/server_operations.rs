//! What whoever runs the server sees: health, readiness and metrics.

use std::net::SocketAddr;
use std::process::Command;

use gainsay::server::{self, Exposition, Health, Limits, Operations};
use gainsay::store::Store;
use jiff::Timestamp;

use crate::http::{self, Answer};
use crate::process::{Process, Stream};
use crate::server::{Scene, scene};
use crate::world::{SECRET, Start, key, sign};

async fn get(to: SocketAddr, path: &'static str) -> Answer {
    tokio::task::spawn_blocking(move || http::request(to, "GET", path, &[], b"").unwrap()).await.unwrap()
}

async fn operations(store: Store, health: Health) -> SocketAddr {
    let exposition = Exposition::of_test();
    let operations = Operations { store, health, exposition, clock: Timestamp::now };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        server::serve(&listener, operations.router(), Limits::default(), std::future::pending()).await;
    });
    address
}

#[tokio::test]
async fn a_process_whose_worker_has_died_is_not_alive() {
    let (store, health) = (Store::open("sqlite::memory:").await.unwrap(), Health::default());
    let address = operations(store, health.clone()).await;
    assert_eq!(get(address, "/healthz").await.status, 200);
    let died = tokio::spawn(health.watch(async { panic!("a bug in the worker's loop") })).await;
    assert!(died.is_err());
    assert_eq!(get(address, "/healthz").await.status, 503);
    assert_eq!(get(address, "/readyz").await.status, 200, "deliveries can still be kept");
}

#[tokio::test]
async fn a_process_without_its_database_or_that_stops_is_alive_and_not_ready() {
    let (store, health) = (Store::open("sqlite::memory:").await.unwrap(), Health::default());
    let address = operations(store.clone(), health.clone()).await;
    assert_eq!(get(address, "/readyz").await.status, 200);
    store.close().await;
    assert_eq!(get(address, "/readyz").await.status, 503);
    assert_eq!(get(address, "/healthz").await.status, 200);
    assert_eq!(get(address, "/metrics").await.status, 200, "counters need no database");
    let stopping = Health::default();
    let address = operations(Store::open("sqlite::memory:").await.unwrap(), stopping.clone()).await;
    stopping.stop();
    assert_eq!((get(address, "/readyz").await.status, get(address, "/healthz").await.status), (503, 200));
}

#[tokio::test]
async fn metrics_are_not_shown_where_the_world_listens() {
    let Scene { gainsay, .. } = scene(Start::default()).await;
    for path in ["/metrics", "/readyz", "/setup", "/"] {
        assert_eq!(gainsay.request("GET", path, &[], b"").await.status, 404, "{path}");
    }
}

#[test]
fn the_real_process_counts_deliveries_by_known_events_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
    command
        .arg("serve")
        .env("GAINSAY_APP_ID", "5")
        .env("GAINSAY_PRIVATE_KEY", key::private())
        .env("GAINSAY_WEBHOOK_SECRET", SECRET)
        .env("GAINSAY_DATABASE_URL", format!("sqlite://{}/gainsay.db", folder.path().display()))
        .env("GAINSAY_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_METRICS_LISTEN", "127.0.0.1:0")
        .env("GAINSAY_GITHUB_API_URL", "http://127.0.0.1:9");
    let process = Process::start(command, Stream::Err);
    let value = |line: &str, name: &str| -> SocketAddr {
        line.split(name).nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap()
    };
    let metrics = value(&process.line(&["metrics", "at="]), "at=");
    let address = value(&process.line(&["listening"]), "address=");
    let tell = |event: &str, signature: Option<&str>| {
        let body = b"{}";
        let signed = sign(SECRET, body);
        let signature = signature.unwrap_or(&signed);
        let headers =
            [("x-github-event", event), ("x-github-delivery", "d-1"), ("x-hub-signature-256", signature)];
        http::request(address, "POST", "/webhook", &headers, body).unwrap().status
    };
    assert_eq!(tell("ping", None), 200);
    assert_eq!(tell("an_event\"} of_strangers", None), 202);
    assert_eq!(tell("ping", Some("sha256=00")), 401);
    let line = process.line(&["answered", "status=401"]);
    assert!(line.contains("delivery{id=\"d-1\" event=\"ping\"}"), "{line}");
    let text = http::request(metrics, "GET", "/metrics", &[], b"").unwrap().body;
    for wanted in [
        "gainsay_deliveries_total{event=\"ping\",answer=\"200\"} 1",
        "gainsay_deliveries_total{event=\"ping\",answer=\"401\"} 1",
        "gainsay_deliveries_total{event=\"other\",answer=\"202\"} 1",
        "gainsay_acknowledgement_seconds_bucket{le=\"0.05\"}",
        "gainsay_acknowledgement_seconds_count 3",
        "gainsay_queue{state=\"due\"} 0",
        "gainsay_queue_oldest_seconds 0",
        "# HELP gainsay_deliveries_total",
    ] {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
    assert!(!text.contains("of_strangers"), "{text}");
    assert_eq!(http::request(metrics, "GET", "/readyz", &[], b"").unwrap().status, 200);
}
