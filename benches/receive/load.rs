//! The load: deliveries at a fixed rate, whether the earlier ones are answered or not. `hyper-util` is localised here.
//!
//! What a delivery waits before a connection is free is part of its time: it counts from the moment at which it was to
//! be sent, so that a server that stalls can't hide the deliveries that it held up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::{Mutex, mpsc};

use super::payload::{Delivery, Payloads};

/// GitHub gives a delivery up after as long.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much is sent.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    /// Deliveries a second.
    pub(crate) rate: u64,
    pub(crate) time: Duration,
    /// Connections, each of which carries one delivery at a time.
    pub(crate) clients: usize,
}

/// What became of a load.
#[derive(Default)]
pub(crate) struct Outcome {
    /// From when a delivery was to be sent until it was answered with success; sorted.
    pub(crate) times: Vec<Duration>,
    /// The deliveries that were answered with success.
    pub(crate) accepted: Vec<String>,
    /// What the others met, with how often.
    pub(crate) errors: std::collections::BTreeMap<String, usize>,
    /// From the first that was to be sent to the last answer.
    pub(crate) took: Duration,
}

impl Outcome {
    /// Deliveries a second that were answered with success.
    pub(crate) fn reached(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }

    /// The time within which so many of a hundred were answered.
    pub(crate) fn percentile(&self, of_hundred: f64) -> Duration {
        let rank = (self.times.len() as f64 * of_hundred / 100.0).ceil() as usize;
        self.times.get(rank.clamp(1, self.times.len().max(1)) - 1).copied().unwrap_or_default()
    }
}

type Queue = Arc<Mutex<mpsc::UnboundedReceiver<(Instant, Delivery)>>>;

/// Sends a load to an address; `first` is the number of its first delivery.
pub(crate) async fn send(url: &str, payloads: Arc<Payloads>, first: u64, load: Load) -> Outcome {
    let (sender, receiver) = mpsc::unbounded_channel();
    let queue: Queue = Arc::new(Mutex::new(receiver));
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(load.clients).build_http();
    let connections: Vec<_> = (0..load.clients)
        .map(|_| tokio::spawn(connection(client.clone(), url.to_owned(), queue.clone())))
        .collect();
    let start = Instant::now() + Duration::from_millis(20);
    // A thread wakes closer to the time than the runtime's timer, which counts milliseconds.
    let clock = std::thread::spawn(move || {
        let count = load.rate * load.time.as_secs();
        for i in 0..count {
            let delivery = payloads.delivery(first + i);
            let at = start + Duration::from_secs_f64(i as f64 / load.rate as f64);
            std::thread::sleep(at.saturating_duration_since(Instant::now()));
            if sender.send((at, delivery)).is_err() {
                return;
            }
        }
    });
    let mut outcome = Outcome::default();
    for connection in connections {
        let Ok(part) = connection.await else { continue };
        outcome.times.extend(part.times);
        outcome.accepted.extend(part.accepted);
        for (error, count) in part.errors {
            *outcome.errors.entry(error).or_default() += count;
        }
    }
    outcome.took = start.elapsed();
    let _ = clock.join();
    outcome.times.sort_unstable();
    outcome
}

async fn connection(client: Client<HttpConnector, Body>, url: String, queue: Queue) -> Outcome {
    let mut outcome = Outcome::default();
    loop {
        let next = queue.lock().await.recv().await;
        let Some((at, delivery)) = next else { return outcome };
        let id = delivery.id.clone();
        // One that waited longer than GitHub would is not even sent.
        let answered = match PATIENCE.checked_sub(at.elapsed()) {
            Some(left) => tokio::time::timeout(left, one(&client, &url, delivery)).await,
            None => Ok(Err("no connection in time".to_owned())),
        };
        match answered.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(()) => {
                outcome.times.push(at.elapsed());
                outcome.accepted.push(id);
            }
            Err(error) => *outcome.errors.entry(error).or_default() += 1,
        }
    }
}

async fn one(client: &Client<HttpConnector, Body>, url: &str, delivery: Delivery) -> Result<(), String> {
    let request = Request::post(url)
        .header("content-type", "application/json")
        .header("user-agent", "GitHub-Hookshot/0000000")
        .header("x-github-event", "pull_request")
        .header("x-github-delivery", delivery.id)
        .header("x-hub-signature-256", delivery.signature)
        .body(Body::from(delivery.body));
    let answer = client.request(request.map_err(|e| e.to_string())?).await.map_err(|e| e.to_string())?;
    let status = answer.status();
    to_bytes(Body::new(answer.into_body()), 1 << 20).await.map_err(|e| e.to_string())?;
    if status.is_success() { Ok(()) } else { Err(status.to_string()) }
}
