//! Traces leave for a collector that is named, and hold the delivery and no secret.

use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;

use crate::http;
use crate::process::{Process, Stream};
use crate::world::{SECRET, key, sign};

type Received = Arc<Mutex<Vec<u8>>>;

#[tokio::test]
async fn a_delivery_is_a_span_that_the_collector_gets_before_the_process_ends() {
    let received = Received::default();
    let collect = |State(received): State<Received>, body: Bytes| async move {
        received.lock().unwrap().extend_from_slice(&body);
    };
    let router = axum::Router::new().route("/v1/traces", axum::routing::post(collect));
    let router = router.with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let serve = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gainsay"));
        command
            .arg("serve")
            .env("GAINSAY_APP_ID", "5")
            .env("GAINSAY_PRIVATE_KEY", key::private())
            .env("GAINSAY_WEBHOOK_SECRET", SECRET)
            .env("GAINSAY_DATABASE_URL", "sqlite::memory:")
            .env("GAINSAY_LISTEN", "127.0.0.1:0")
            .env("GAINSAY_METRICS_LISTEN", "off")
            .env("GAINSAY_GITHUB_API_URL", "http://127.0.0.1:9")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        let process = Process::start(command, Stream::Err);
        let line = process.line(&["listening"]);
        let address =
            line.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        let signature = sign(SECRET, b"{}");
        let headers = [
            ("x-github-event", "ping"),
            ("x-github-delivery", "the-delivery-of-the-trace"),
            ("x-hub-signature-256", signature.as_str()),
        ];
        assert_eq!(http::request(address, "POST", "/webhook", &headers, b"{}").unwrap().status, 200);
        process.stop();
    };
    tokio::task::spawn_blocking(serve).await.unwrap();
    let bytes = received.lock().unwrap().clone();
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("the-delivery-of-the-trace") && holds("gainsay"), "{}", String::from_utf8_lossy(&bytes));
    assert!(!holds(SECRET));
}
