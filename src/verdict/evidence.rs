//! What a verdict says of evidence that policy requires, and what it waits for.

use serde::Serialize;

/// How a required piece of evidence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is there.
    Met,
    /// It is not there yet.
    Awaited,
    /// It was not there at the deadline, which blocks.
    Missing,
    /// It is there and says no, which blocks and is not waited out.
    Refused,
    /// This door can't see such evidence. It decides nothing here.
    Unseen,
}

/// A required piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Required {
    /// As the policy writes it, such as `check:e2e`.
    pub evidence: String,
    /// How it stands.
    pub state: State,
    /// Why, as a sentence without a full stop.
    pub because: String,
}

impl Required {
    /// Whether it blocks the merge.
    pub fn blocks(&self) -> bool {
        matches!(self.state, State::Missing | State::Refused)
    }
}

/// Something that a verdict waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Awaited {
    /// The evidence: a required one as the policy writes it, or `check:` and the name of a running check.
    pub evidence: String,
    /// What is known of it, as a sentence without a full stop.
    pub because: String,
}
