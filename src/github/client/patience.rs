//! The one retry policy: how often, how long, and what is worth it.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use crate::github::error::GithubError;

/// How often and how long a request is tried again, and how fast things are made.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The first pause; each further one is twice as long, with jitter.
    pub first: Duration,
    /// How many further tries there are.
    pub retries: usize,
    /// A longer pause than this is not sat out: the error goes up, with the wait that GitHub asked for.
    pub longest: Duration,
    /// How long one try may take.
    pub request: Duration,
    /// How many requests that make something an installation sends within a minute; further ones wait.
    pub creations: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(500),
            retries: 4,
            longest: Duration::from_secs(30),
            request: Duration::from_secs(30),
            // GitHub's secondary limit is 80; a second replica or a restart has some room.
            creations: 70,
        }
    }
}

impl Patience {
    /// Repeats while the fault may pass, with backoff, jitter and the pauses that GitHub asks for. Only what may be
    /// sent twice belongs in here.
    pub(in crate::github) async fn repeat<T, F>(&self, request: impl FnMut() -> F) -> Result<T, GithubError>
    where
        F: Future<Output = Result<T, GithubError>>,
    {
        let Self { first, retries, longest, .. } = *self;
        let pauses = ExponentialBuilder::default().with_min_delay(first).with_max_times(retries);
        request
            .retry(pauses.with_max_delay(longest).with_jitter())
            .when(|e| e.is_passing() && e.wait().is_none_or(|wait| wait <= longest))
            .adjust(|e: &GithubError, pause| pause.map(|pause| pause.max(e.wait().unwrap_or_default())))
            .notify(|e, pause| tracing::warn!(error = %e, ?pause, "asking GitHub again"))
            .await
    }
}
