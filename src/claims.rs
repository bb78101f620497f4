//! What the pull request says of itself, sentence by sentence.

mod block;
mod covered;
mod deeds;
mod kind;
mod message;
mod prose;
mod read;
mod recognise;
mod sections;
mod sentence;
mod standing;
mod vocabulary;

use std::cmp::Reverse;

use crate::change::Change;
use crate::ids::{RepoPath, Sha};
use crate::span::Location;
use crate::undecided::Undecided;

pub use block::{keys as block_keys, template as block_template};
pub use covered::{CoverageClaim, Covered, Metric, Percent};
pub use deeds::{Shown, Ticked, says_a_change};
pub use kind::{ClaimKind, Dependency, Size, Subject};

/// The number of a claim in [`Claims::list`].
pub type ClaimId = usize;

/// Where in the pull request a sentence stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The title.
    Title,
    /// The body.
    Body,
    /// The message of a commit.
    Commit(Sha),
}

/// A sentence's place: the text and the line in it, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The text.
    pub part: Part,
    /// The line, counted from 1.
    pub line: usize,
}

/// One claim: its kind, its very words and their place.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// What it says.
    pub kind: ClaimKind,
    /// The sentence as written, without Markdown's own marks around it.
    pub quote: String,
    /// Where it stands.
    pub at: Source,
}

/// A sentence of the author's own prose: no code block, quotation, comment, template or prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub at: Source,
}

/// The claims of a pull request, and all of its prose for finding disclosures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claims {
    /// The claims in the order of title, body, commits.
    pub list: Vec<Claim>,
    /// The author's own sentences, in the same order.
    pub sentences: Vec<Sentence>,
    /// The blocks of code of the author's own texts, in the same order.
    pub shown: Vec<Shown>,
    /// The items whose boxes are ticked and that name something as code, in the same order.
    pub ticked: Vec<Ticked>,
    /// The lines of blocks of typed claims that can't be read.
    pub unread: Vec<Unread>,
    /// The texts of which only the first 256 KiB, or the first claims of very many, were read.
    pub cut: Vec<Part>,
}

/// A line of a block of typed claims that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The line as written.
    pub quote: String,
    /// Where it stands.
    pub at: Source,
    /// Why not, as the rest of a sentence that begins with the line.
    pub why: String,
}

/// How a claim stands against the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Evidence confirms it.
    Supported,
    /// Nothing confirms or refutes it. Shown, never blocking by default.
    Unproven,
    /// Evidence refutes it.
    Contradicted,
}

/// A claim's standing with the reason in one plain sentence that names its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// How it stands.
    pub standing: Standing,
    /// Why.
    pub because: String,
}

impl Claims {
    /// Whether any of them is set against check runs and commit statuses.
    pub fn ask_for_check_results(&self) -> bool {
        self.list.iter().any(|claim| claim.kind.asks_for_check_results())
    }

    /// The claims whose kind satisfies `which`, with their ids.
    pub fn of<'a>(
        &'a self,
        which: impl Fn(&ClaimKind) -> bool + 'a,
    ) -> impl Iterator<Item = (ClaimId, &'a Claim)> + 'a {
        self.list.iter().enumerate().filter(move |(_, claim)| which(&claim.kind))
    }

    /// Of the claims whose kind satisfies `which`, the one to quote: the body says it more fully than a commit's
    /// message, and a message more fully than the title; then the one that names most.
    pub fn fullest(&self, which: impl Fn(&ClaimKind) -> bool) -> Option<ClaimId> {
        let rank = |(id, claim): &(ClaimId, &Claim)| {
            let part = match claim.at.part {
                Part::Body => 2,
                Part::Commit(_) => 1,
                Part::Title => 0,
            };
            (part, claim.kind.names(), Reverse(*id))
        };
        self.of(which).max_by_key(rank).map(|(id, _)| id)
    }

    /// The pull request's own admission of a change, where it makes one: a sentence that holds one of `words` (lower
    /// case) as whole words. One that names the file too comes first; naming the file alone admits nothing.
    pub fn disclosure(&self, path: Option<&RepoPath>, words: &[&str]) -> Option<&Sentence> {
        let holds = |text: &str, word: &str| {
            text.match_indices(word).any(|(at, _)| {
                let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
                edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
            })
        };
        let admits = |s: &&Sentence| words.iter().any(|w| holds(&s.text.to_lowercase(), w));
        let names =
            |s: &&Sentence| path.is_some_and(|p| holds(&s.text.to_lowercase(), &p.name().to_lowercase()));
        let mut admissions = self.sentences.iter().filter(admits);
        admissions.clone().find(names).or_else(|| admissions.next())
    }
}

/// A claim's standing, and the place in a tree that refutes or confirms it best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// How it stands, and why.
    pub judged: Judged,
    /// Where to look, where that is a file.
    pub place: Option<Location>,
}

/// Reads the claims out of title, body and commit messages. Texts that quote others (reverts, dependency bumps,
/// releases, merges) make none.
pub fn read(change: &Change) -> Claims {
    read::read(change)
}

/// The file or symbol that a name between backticks can only be.
pub fn named(code: &str) -> Option<Subject> {
    recognise::named(code)
}

/// Reads the claims out of a pull request's body alone.
pub fn read_body(body: &str) -> Claims {
    read::read_body(body)
}

/// Sets each claim against the evidence, in the order of [`Claims::list`].
pub fn weigh(change: &Change, claims: &Claims) -> Vec<Judged> {
    weigh_with_places(change, claims).into_iter().map(|weighed| weighed.judged).collect()
}

/// The same with the places that speak.
pub fn weigh_with_places(change: &Change, claims: &Claims) -> Vec<Weighed> {
    standing::weigh(change, claims)
}

/// The same for the claims whose kind satisfies `which`, with their ids.
pub fn weigh_those(
    change: &Change,
    claims: &Claims,
    which: impl Fn(&ClaimKind) -> bool,
) -> Vec<(ClaimId, Weighed)> {
    standing::weigh_those(change, claims, which)
}

/// The test reports that were handed in and could not be read.
pub fn unread_reports(change: &Change) -> Vec<Undecided> {
    standing::unread(change)
}

/// The files of head that are opened to count its tests, where a sentence says how many passed.
pub fn inventoried(change: &Change) -> std::collections::BTreeSet<RepoPath> {
    let counts = |kind: &ClaimKind| matches!(kind, ClaimKind::TestsPass { passed: Some(_), .. });
    if read(change).of(counts).next().is_none() {
        return std::collections::BTreeSet::new();
    }
    standing::inventoried(change).unwrap_or_default().into_iter().cloned().collect()
}

/// Over the files that base measured: what the coverage figures of `claims` can come to, by the reports that were
/// given. For each claim a sentence, or nothing where it is no figure of that scope or no report tells.
pub fn over_the_scope_of_base(change: &Change, claims: &Claims) -> Vec<Option<String>> {
    if !claims.list.iter().any(|claim| claim.kind.hangs_on_coverage_scope()) {
        return vec![None; claims.list.len()];
    }
    let narrowed = standing::Narrowed::of(change);
    let bound = |claim: &Claim| match &claim.kind {
        ClaimKind::Coverage(figure) if figure.hangs_on_scope() => Some(narrowed.as_ref()?.bound(figure)),
        _ => None,
    };
    claims.list.iter().map(bound).collect()
}

/// The globs of files at base, changed or not, that [`read`] and [`weigh`] look at. Both sides of every changed file
/// and the check results come on top.
pub fn files_at_base() -> impl Iterator<Item = &'static str> {
    read::TEMPLATES.iter().chain(standing::MANIFESTS).copied()
}

#[cfg(test)]
mod tests;
