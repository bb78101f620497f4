//! Whether the process lives, and whether it should be given work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::State;
use axum::http::StatusCode;

use crate::store::Store;

/// What the process knows of itself. Cheap to clone; all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Health {
    worker_gone: Arc<AtomicBool>,
    stopping: Arc<AtomicBool>,
}

impl Health {
    /// Runs the worker's loop. Once it has ended, by a panic too, the process counts as dead.
    pub async fn watch(self, work: impl Future<Output = ()>) {
        struct Ends(Health);
        impl Drop for Ends {
            fn drop(&mut self) {
                self.0.worker_gone.store(true, Ordering::SeqCst);
            }
        }
        let ends = Ends(self);
        work.await;
        drop(ends);
    }

    /// From now on the process is not ready, so that whoever balances load sends nothing more.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }
}

type Answer = (StatusCode, &'static str);

/// Whether a restart would help. A database that is down is no reason for one.
pub(super) async fn alive(State(health): State<Health>) -> Answer {
    let stopping = health.stopping.load(Ordering::SeqCst);
    if health.worker_gone.load(Ordering::SeqCst) && !stopping {
        return (StatusCode::SERVICE_UNAVAILABLE, "the worker has ended\n");
    }
    (StatusCode::OK, "ok\n")
}

/// Whether deliveries can be taken.
pub(super) async fn ready(State((health, store)): State<(Health, Store)>) -> Answer {
    if health.stopping.load(Ordering::SeqCst) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
