//! The routes for whoever runs the server, on an address of their own: `/metrics`, `/readyz`, `/healthz`.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;

use super::{Exposition, Health, health};
use crate::measures;
use crate::store::Store;

/// What those routes need.
#[derive(Clone)]
pub struct Operations {
    /// What is looked at.
    pub store: Store,
    /// How the process fares.
    pub health: Health,
    /// What was counted.
    pub exposition: Exposition,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

impl Operations {
    /// The routes. They tell nothing of any pull request, and yet are for the operator only.
    pub fn router(self) -> Router {
        let alive = Router::new().route("/healthz", get(health::alive)).with_state(self.health.clone());
        let ready = Router::new().route("/readyz", get(health::ready));
        let ready = ready.with_state((self.health.clone(), self.store.clone()));
        Router::new().route("/metrics", get(metrics)).with_state(self).merge(alive).merge(ready)
    }
}

/// Counters are read although the database is down: then its gauges keep what they last said.
async fn metrics(State(operations): State<Operations>) -> Response {
    let now = (operations.clock)();
    match operations.store.queue(now).await {
        Ok(queue) => {
            let oldest =
                queue.oldest.map(|at| Duration::try_from(now.duration_since(at)).unwrap_or_default());
            let states = [
                ("due", queue.due),
                ("waiting", queue.waiting),
                ("running", queue.running),
                ("dead", queue.dead),
            ];
            measures::queue(states, oldest.unwrap_or_default());
        }
        Err(error) => tracing::warn!(%error, "the queue could not be counted"),
    }
    operations.exposition.render().into_response()
}
