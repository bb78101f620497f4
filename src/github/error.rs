//! Why GitHub did not give what was asked: one variant for each thing that a caller does about it.

use std::time::Duration;

/// A failed request. The messages name the object and hold no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GithubError {
    /// It isn't there, or the App may not see it: GitHub answers both with 404.
    #[error("{what} was not found, or the App has no access to it")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// GitHub refused for good: asking again changes nothing.
    #[error("GitHub refused {what} with {status}: {message}")]
    Refused {
        /// What was asked for.
        what: String,
        /// The HTTP status.
        status: u16,
        /// GitHub's words.
        message: String,
    },
    /// A rate limit, primary or secondary.
    #[error("GitHub's rate limit holds back {what} for {} s", wait.as_secs())]
    Limited {
        /// What was asked for.
        what: String,
        /// How long GitHub asks to wait.
        wait: Duration,
    },
    /// A fault of the server or of the way to it: it may be gone the next time, and the request may have had its
    /// effect all the same.
    #[error("{what} could not be had: {reason}")]
    Unavailable {
        /// What was asked for.
        what: String,
        /// The cause.
        reason: String,
    },
    /// An answer that can't be understood.
    #[error("GitHub's answer about {what} could not be read: {reason}")]
    Unexpected {
        /// What was asked for.
        what: String,
        /// The cause.
        reason: String,
    },
    /// GitHub gives only a part of what must be judged as a whole.
    #[error("{what}")]
    Incomplete {
        /// What is too large, and the limit, as a sentence without a full stop.
        what: String,
    },
    /// The App's own settings are unusable.
    #[error("{0}")]
    Settings(String),
}

impl GithubError {
    /// Whether the same request may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Limited { .. } | Self::Unavailable { .. })
    }

    /// How long GitHub asked to wait, if it did.
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::Limited { wait, .. } => Some(*wait),
            _ => None,
        }
    }
}
