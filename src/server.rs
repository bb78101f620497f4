//! The App's door: `POST /webhook` in, work into the store, and how the process fares for whoever watches. `axum` is
//! localised here; nothing is judged in a request.

mod body;
mod credentials;
mod event;
mod exposition;
mod health;
mod limits;
mod listen;
mod logs;
pub mod needed;
mod observe;
mod operations;
mod recovery;
mod secrets;
mod settings;
pub mod setup;
mod webhook;

pub use credentials::{Credentials, Given, Keeper, SealingKey};
pub use exposition::Exposition;
pub use health::Health;
pub use limits::Limits;
pub use listen::serve;
pub use logs::{LogFormat, Logs};
pub use operations::Operations;
pub use recovery::{Recovery, RecoveryError};
pub use secrets::Secrets;
pub use settings::{Raw, SettingError, Settings, days};

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use jiff::Timestamp;
use tokio::sync::Notify;
use tower_http::timeout::TimeoutLayer;

use crate::github::App;
use crate::store::Store;

/// Enough for the checks of one workflow to end together, and not much for a person who waits.
pub const DEBOUNCE: Duration = Duration::from_secs(10);

/// What requests need.
#[derive(Clone)]
pub struct Door {
    /// Where work goes.
    pub store: Store,
    /// What GitHub signs with.
    pub secret: Secrets,
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
    /// How the process fares.
    pub health: Health,
    /// What strangers may use.
    pub limits: Limits,
}

/// The routes that the world may see.
pub fn router(door: Door) -> Router {
    let health = Router::new().route("/healthz", get(health::alive)).with_state(door.health.clone());
    Router::new()
        .route("/webhook", post(webhook::receive))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(body::Room::new(door.limits), body::take_in))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, door.limits.answer))
        .layer(from_fn(observe::delivery))
        .with_state(door)
        .merge(health)
}
