//! `rules/agents.toml`, read once: the facts by which each agent is known, and what proves nothing.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Deserializer};

use super::Strength;
use crate::vocabularies;

pub(super) static ROSTER: LazyLock<Roster> =
    LazyLock::new(|| toml::from_str(vocabularies::AGENTS).expect("a test reads rules/agents.toml"));

/// All agents, and all that looks like one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Roster {
    #[serde(rename = "agent")]
    pub(super) agents: Vec<Agent>,
    pub(super) no_proof: Vec<NoProof>,
}

/// The facts of one agent; the file's head tells what each list means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agent {
    pub(super) id: String,
    #[expect(dead_code, reason = "for people who read the file, and for the ledger")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) logins: Vec<String>,
    #[serde(default)]
    pub(super) ids: Vec<u64>,
    #[serde(default)]
    pub(super) reviews: bool,
    #[serde(default)]
    pub(super) emails: Vec<String>,
    #[serde(default)]
    pub(super) domains: Vec<String>,
    #[serde(default)]
    pub(super) names: Vec<String>,
    #[serde(default)]
    pub(super) subjects: Vec<String>,
    #[serde(default)]
    pub(super) trailers: Vec<Trailer>,
    #[serde(default)]
    pub(super) markers: Vec<String>,
    #[serde(default, deserialize_with = "patterns")]
    pub(super) branches: Vec<Regex>,
    #[serde(default)]
    pub(super) labels: Vec<String>,
    #[serde(default, deserialize_with = "patterns")]
    pub(super) models: Vec<Regex>,
}

/// Identities and words that prove no agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoProof {
    #[expect(dead_code, reason = "for people who read the file")]
    pub(super) why: String,
    #[serde(default)]
    pub(super) logins: Vec<String>,
    #[serde(default)]
    pub(super) ids: Vec<u64>,
    #[serde(default)]
    pub(super) emails: Vec<String>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds that no agent has such a marker"))]
    pub(super) markers: Vec<String>,
}

/// A trailer's key, with a value where the key alone is not enough.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Trailer {
    pub(super) key: String,
    pub(super) value: Option<String>,
}

impl From<String> for Trailer {
    fn from(text: String) -> Self {
        match text.split_once(": ") {
            Some((key, value)) => Self { key: key.to_owned(), value: Some(value.to_owned()) },
            None => Self { key: text, value: None },
        }
    }
}

impl Trailer {
    pub(super) fn matches(&self, key: &str, value: &str) -> bool {
        self.key.eq_ignore_ascii_case(key) && self.value.as_deref().is_none_or(|wanted| wanted == value)
    }
}

impl Agent {
    /// The model in the name with which it signs.
    pub(super) fn model(&self, name: &str) -> Option<String> {
        let found = self.models.iter().find_map(|pattern| pattern.captures(name)?.get(1));
        found.map(|found| found.as_str().to_owned())
    }

    /// What a commit's email address says for this agent, if anything.
    pub(super) fn address(&self, email: &str) -> Option<Strength> {
        let email = email.to_ascii_lowercase();
        let id = noreply_id(&email);
        let disproved = |p: &NoProof| p.emails.contains(&email) || id.is_some_and(|id| p.ids.contains(&id));
        if ROSTER.no_proof.iter().any(disproved) {
            return None;
        }
        if self.emails.contains(&email) {
            return Some(Strength::Commit);
        }
        if id.is_some_and(|id| self.ids.contains(&id)) && !self.reviews {
            return Some(Strength::Commit);
        }
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.domains.iter().any(|d| d == domain).then_some(Strength::Hint)
    }
}

/// The account id in `<id>+<login>@users.noreply.github.com`.
fn noreply_id(email: &str) -> Option<u64> {
    let local = email.strip_suffix("@users.noreply.github.com")?;
    local.split_once('+')?.0.parse().ok()
}

fn patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|t| Regex::new(t).map_err(serde::de::Error::custom)).collect()
}
