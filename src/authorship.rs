//! Which agent wrote a pull request, by facts and never by bare names.

mod roster;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::change::{Change, Commit, Person};
use roster::{Agent, ROSTER, Roster};

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
    /// The agent's model, where a trailer of a commit names it: the newest that does.
    pub model: Option<String>,
    /// Everything that was seen, sorted.
    pub signals: Vec<Signal>,
}

/// How strongly a fact speaks; the strongest names the agent, and of equals the first in `rules/agents.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Hint,
    Marker,
    Commit,
    Account,
}

/// Reads the facts of a change's people, commits, body, branch and labels.
pub fn identify(change: &Change) -> Authorship {
    let mut best: Option<(Strength, &str)> = None;
    let mut signals = BTreeSet::new();
    for agent in &ROSTER.agents {
        for (strength, kind, value) in facts(agent, change) {
            signals.insert(Signal { kind, value });
            if strength > Strength::Hint && best.is_none_or(|(found, _)| strength > found) {
                best = Some((strength, &agent.id));
            }
        }
    }
    let agent = best.map(|(_, id)| id.to_owned());
    Authorship {
        model: agent.as_deref().and_then(|id| model(id, change)),
        agent,
        signals: signals.into_iter().collect(),
    }
}

/// Whether the account is an agent's, one that only reviews included.
pub fn is_agent(person: &Person) -> bool {
    ROSTER.agents.iter().any(|agent| account(&ROSTER, agent, person))
}

/// The people in the `Co-authored-by` trailers of a message; of each the name and the address.
pub fn co_authors(message: &str) -> impl Iterator<Item = Person> {
    let by = trailers(message).filter(|(key, _)| key.eq_ignore_ascii_case("co-authored-by"));
    by.map(|(_, value)| {
        let (name, email) = value.rsplit_once('<').unwrap_or((value, ""));
        let email = email.trim_end_matches('>').trim();
        Person { name: name.trim().to_owned(), email: email.to_owned(), ..Person::default() }
    })
}

/// The model that the newest commit names in a co-author whose address is the agent's.
fn model(id: &str, change: &Change) -> Option<String> {
    let agent = ROSTER.agents.iter().find(|agent| agent.id == id)?;
    change.commits.iter().rev().find_map(|commit| {
        let mut names = co_authors(&commit.message).filter(|person| agent.address(&person.email).is_some());
        names.find_map(|person| agent.model(&person.name))
    })
}

type Fact = (Strength, SignalKind, String);

fn facts(agent: &Agent, change: &Change) -> Vec<Fact> {
    let mut facts = Vec::new();
    let pr = &change.pr;
    if account(&ROSTER, agent, &pr.author) {
        let login = if pr.author.login.is_empty() { agent.id.clone() } else { pr.author.login.clone() };
        facts.push((Strength::Account, SignalKind::Login, login));
    }
    for commit in &change.commits {
        facts.extend(commit_facts(agent, commit));
    }
    for marker in agent.markers.iter().filter(|m| pr.body.contains(m.as_str())) {
        facts.push((Strength::Marker, SignalKind::Body, marker.clone()));
    }
    if agent.branches.iter().any(|pattern| pattern.is_match(&pr.branch)) {
        facts.push((Strength::Hint, SignalKind::Branch, pr.branch.clone()));
    }
    for label in pr.labels.iter().filter(|l| agent.labels.contains(l)) {
        facts.push((Strength::Hint, SignalKind::Label, label.clone()));
    }
    facts
}

fn account(roster: &Roster, agent: &Agent, person: &Person) -> bool {
    let disproved = |p: &roster::NoProof| {
        p.logins.contains(&person.login) || person.id.is_some_and(|id| p.ids.contains(&id))
    };
    if roster.no_proof.iter().any(disproved) {
        return false;
    }
    let login = agent.logins.iter().any(|login| login.eq_ignore_ascii_case(&person.login));
    login || person.id.is_some_and(|id| agent.ids.contains(&id))
}

fn commit_facts(agent: &Agent, commit: &Commit) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut fact = |strength, value: String| facts.push((strength, SignalKind::Trailer, value));
    for person in [&commit.author, &commit.committer] {
        if let Some(strength) = agent.address(&person.email) {
            fact(strength, person.email.clone());
        }
        if agent.names.iter().any(|ending| person.name.ends_with(ending.as_str())) {
            fact(Strength::Commit, person.name.clone());
        }
        if !agent.reviews && account(&ROSTER, agent, person) {
            fact(Strength::Commit, person.login.clone());
        }
    }
    for (key, value) in trailers(&commit.message) {
        if agent.trailers.iter().any(|wanted| wanted.matches(key, value)) {
            fact(Strength::Commit, format!("{key}: {value}"));
        } else if let Some(strength) = addressed(value).and_then(|email| agent.address(email)) {
            fact(strength, format!("{key}: {value}"));
        }
    }
    if agent.subjects.iter().any(|start| commit.message.starts_with(start.as_str())) {
        fact(Strength::Commit, commit.message.lines().next().unwrap_or_default().to_owned());
    }
    for marker in agent.markers.iter().filter(|m| commit.message.contains(m.as_str())) {
        fact(Strength::Marker, marker.clone());
    }
    facts
}

/// `key: value` lines whose key is one word. A squash keeps trailers in the midst of a message, so every line counts.
fn trailers(message: &str) -> impl Iterator<Item = (&str, &str)> {
    message.lines().filter_map(|line| {
        let (key, value) = line.trim().split_once(": ")?;
        let word = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        word.then(|| (key, value.trim()))
    })
}

/// The address in `Name <address>`.
fn addressed(value: &str) -> Option<&str> {
    let (_, rest) = value.rsplit_once('<')?;
    rest.strip_suffix('>')
}

#[cfg(test)]
mod tests;
