//! GitHub's API as a GitHub App sees it. `octocrab` is used below this module only: it signs the App's JWT, keeps the
//! installation tokens and speaks HTTP; its own retries are compiled out, and the one retry policy is [`Patience`].

mod app;
mod artifacts;
mod blobs;
mod client;
pub mod comments;
mod commits;
mod error;
mod evidence;
mod group;
mod history;
mod listing;
mod manifest;
mod patch;
mod reviews;
mod runs;
mod snapshot;
mod trees;
mod wire;

pub use app::{AppInfo, DeliveryPages, HookConfig, Payload, Recorded};
pub use client::{App, Budget, Installation, Patience};
pub use error::GithubError;
pub use evidence::Asked;
pub use group::{Group, Queued};
pub use listing::{OpenPull, Seen};
pub use manifest::{NewApp, convert};
pub use runs::{Doubt, Run};
pub use snapshot::Pull;

use std::fmt;
use std::str::FromStr;

use crate::ids::PrNumber;

/// What every check run of ours is called; branch protection names it.
pub const CHECK_NAME: &str = "gainsay";

/// The mark that binds a check run to a pull request and to one generation of its work. GitHub keeps it as the run's
/// `external_id` and gives it back with every event about the run, a fork's included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The repository's numeric id.
    pub repo_id: u64,
    /// The pull request.
    pub number: PrNumber,
    /// The generation of the work.
    pub generation: i64,
}

impl Mark {
    /// Whether two marks belong to one pull request.
    pub fn same_pull(&self, other: &Mark) -> bool {
        (self.repo_id, self.number) == (other.repo_id, other.number)
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gainsay:{}:{}:{}", self.repo_id, self.number.0, self.generation)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.strip_prefix("gainsay:").ok_or(())?.split(':');
        let mut next = || parts.next().ok_or(());
        let repo_id = next()?.parse().map_err(drop)?;
        let number = PrNumber(next()?.parse().map_err(drop)?);
        let generation = next()?.parse().map_err(drop)?;
        if parts.next().is_some() { Err(()) } else { Ok(Self { repo_id, number, generation }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back_from_its_text_and_nothing_else_is_one() {
        let mark = Mark { repo_id: 7, number: PrNumber(12), generation: 3 };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for other in ["", "gainsay:7:12", "gainsay:7:12:3:4", "other:7:12:3", "gainsay:a:12:3"] {
            assert!(other.parse::<Mark>().is_err(), "{other}");
        }
    }
}
