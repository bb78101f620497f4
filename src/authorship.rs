//! Which agent wrote a pull request, by facts and never by bare names.

use serde::Serialize;

use crate::change::Change;

/// What kind of fact a signal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalKind {
    /// A trailer or identity of a commit.
    Trailer,
    /// The account that opened the pull request.
    Login,
    /// An unmistakable marker in the body.
    Body,
    /// The head branch's name. Alone it proves nothing.
    Branch,
    /// A label.
    Label,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signal {
    /// Its kind.
    pub kind: SignalKind,
    /// What was seen.
    pub value: String,
}

/// Who wrote the change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Authorship {
    /// The agent's id in `rules/agents.toml`, where a proving signal names one.
    pub agent: Option<String>,
    /// Everything that was seen, sorted.
    pub signals: Vec<Signal>,
}

/// Reads the facts.
pub fn identify(_change: &Change) -> Authorship {
    Authorship::default()
}
