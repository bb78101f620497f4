//! Gainsay's own server and worker before the world: the real router, the real signature, the real client.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gainsay::github::{App, Patience};
use gainsay::pipeline::{self, run::Judge};
use gainsay::server::{self, Door, Health, Recovery, router};
use gainsay::store::Store;
use gainsay::worker::{Limits, Worker};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::{APP_ID, INSTALLATION, REPO, REPO_ID, World, key};
use crate::http::{self, Answer};

pub(crate) const SECRET: &str = "a secret of the tests";

/// How Gainsay is started.
pub(crate) struct Start {
    pub(crate) judge: Judge,
    pub(crate) tries: u32,
    pub(crate) patience: Patience,
    pub(crate) clock: fn() -> Timestamp,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            judge: Arc::new(pipeline::consider),
            tries: 6,
            patience: quick(Duration::from_secs(30)),
            clock: Timestamp::now,
        }
    }
}

/// Retries without a wait worth the name.
pub(crate) fn quick(request: Duration) -> Patience {
    Patience {
        first: Duration::from_millis(1),
        retries: 3,
        longest: Duration::from_millis(5),
        request,
        creations: usize::MAX,
    }
}

/// A running server and worker.
pub(crate) struct Gainsay {
    pub(crate) store: Store,
    /// It does nothing by itself: a test calls for its rounds.
    pub(crate) recovery: Recovery,
    address: SocketAddr,
    worker: JoinHandle<()>,
    door: JoinHandle<()>,
    stop: watch::Sender<bool>,
}

impl Gainsay {
    /// On a database in a folder.
    pub(crate) async fn start(world: &World, folder: &Path, start: Start) -> Self {
        Self::start_on(world, &format!("sqlite://{}/gainsay.db", folder.display()), start).await
    }

    pub(crate) async fn start_on(world: &World, database: &str, start: Start) -> Self {
        // A test that fails shows what the server said.
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().try_init();
        let store = Store::open(database).await.unwrap();
        store.reclaim().await.unwrap();
        let app = App::new(&world.url(), APP_ID, &key::private().into(), start.patience).unwrap();
        let wake = Arc::new(Notify::new());
        let (stop, stopped) = watch::channel(false);
        let (pause, poll) = (Duration::from_millis(1), Duration::from_millis(50));
        let limits = Limits { tries: start.tries, pause, poll, ..Limits::default() };
        let clock = start.clock;
        let worker =
            Worker { store: store.clone(), app: Arc::new(app.clone()), judge: start.judge, clock, limits };
        let worker = tokio::spawn(Arc::new(worker).run(wake.clone(), stopped));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door { wake, clock, ..door(store.clone(), app) };
        let recovery = Recovery::new(door.clone());
        let limits = door.limits;
        let door = tokio::spawn(async move {
            server::serve(&listener, router(door), limits, std::future::pending()).await;
        });
        Self { recovery, store, address, worker, door, stop }
    }

    /// Stops like a killed process: at once, wherever it is.
    pub(crate) async fn kill(self) {
        self.worker.abort();
        self.door.abort();
        let _ = self.worker.await;
        self.store.close().await;
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.worker.await.unwrap();
        self.door.abort();
        self.store.close().await;
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.try_request(method, path, headers, body).await.unwrap()
    }

    pub(crate) async fn try_request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers: Vec<(String, String)> = headers.iter().map(own).collect();
        let (to, method, path, body) = (self.address, method.to_owned(), path.to_owned(), body.to_vec());
        let send = move || {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            http::request(to, &method, &path, &headers, &body)
        };
        tokio::task::spawn_blocking(send).await.unwrap()
    }

    /// Posts a signed delivery; returns the status.
    pub(crate) async fn deliver(&self, event: &str, delivery: &str, body: &[u8]) -> u16 {
        let signature = sign(SECRET, body);
        let headers = [
            ("content-type", "application/json"),
            ("x-github-event", event),
            ("x-github-delivery", delivery),
            ("x-hub-signature-256", &signature),
        ];
        self.request("POST", "/webhook", &headers, body).await.status
    }

    /// Tells of a pull request; returns the status.
    pub(crate) async fn tell(&self, delivery: &str, action: &str, number: u64) -> u16 {
        let payload = pull_event(action, number).to_string();
        self.deliver("pull_request", delivery, payload.as_bytes()).await
    }
}

/// A door as the tests have it, which wakes nobody.
pub(crate) fn door(store: Store, app: App) -> Door {
    Door {
        store,
        secret: SECRET.into(),
        app_id: APP_ID,
        app,
        debounce: Duration::from_millis(1),
        wake: Arc::default(),
        clock: Timestamp::now,
        health: Health::default(),
        limits: server::Limits::default(),
    }
}

pub(crate) fn pull_event(action: &str, number: u64) -> Value {
    event_of((REPO, REPO_ID, INSTALLATION), action, number)
}

/// The same of a repository that has another name and number, as an installation sees it.
pub(crate) fn event_of((repo, repo_id, installation): (&str, u64, u64), action: &str, number: u64) -> Value {
    json!({
        "action": action, "number": number, "pull_request": {"number": number},
        "repository": {"id": repo_id, "full_name": repo}, "installation": {"id": installation},
    })
}

/// `X-Hub-Signature-256` of a body.
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
