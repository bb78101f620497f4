//! The App's door: `POST /webhook` in, work into the store, `GET /healthz` for whoever watches. `axum` is localised
//! here; nothing is judged in a request.

mod event;
mod recovery;
mod settings;
mod webhook;

pub use recovery::{Recovery, RecoveryError};
pub use settings::{Raw, SettingError, Settings};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::Notify;
use tower_http::timeout::TimeoutLayer;

use crate::github::App;
use crate::store::Store;

/// GitHub sends no larger payload.
const MAX_PAYLOAD: usize = 25 * 1024 * 1024;
/// GitHub counts a delivery as failed after ten seconds.
const ANSWER: Duration = Duration::from_secs(9);

/// Enough for the checks of one workflow to end together, and not much for a person who waits.
pub const DEBOUNCE: Duration = Duration::from_secs(10);

/// What requests need.
#[derive(Clone)]
pub struct Door {
    /// Where work goes.
    pub store: Store,
    /// What GitHub signs with.
    pub secret: SecretString,
    /// The App's id: other Apps' check runs are none of our business.
    pub app_id: u64,
    /// Whose tokens and memories end with an installation.
    pub app: App,
    /// How long to gather what ends at about the same time before it is judged.
    pub debounce: Duration,
    /// Told of new work.
    pub wake: Arc<Notify>,
    /// What time it is.
    pub clock: fn() -> Timestamp,
}

/// The routes.
pub fn router(door: Door) -> Router {
    Router::new()
        .route("/webhook", post(webhook::receive))
        .layer(DefaultBodyLimit::max(MAX_PAYLOAD))
        .route("/healthz", get(healthz))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER))
        .with_state(door)
}

async fn healthz(State(door): State<Door>) -> (StatusCode, &'static str) {
    match door.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
