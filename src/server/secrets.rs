//! The secrets that GitHub may sign with: the one in force and, while it is being changed, the one before.

use secrecy::{ExposeSecret, SecretString};

/// One secret, or two while it is being changed.
#[derive(Debug, Clone)]
pub struct Secrets {
    now: SecretString,
    old: Option<SecretString>,
}

impl Secrets {
    /// The secret in force and the one before it, where GitHub may still use that.
    pub fn new(now: SecretString, old: Option<SecretString>) -> Self {
        Self { now, old }
    }

    /// Whether either of them is the one. Both are always tried: the time that it takes tells nothing.
    pub(super) fn accepts(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let now = is_it(self.now.expose_secret());
        self.old.as_ref().is_some_and(|old| is_it(old.expose_secret())) | now
    }
}

impl From<&str> for Secrets {
    fn from(secret: &str) -> Self {
        Self::new(secret.into(), None)
    }
}
