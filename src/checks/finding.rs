//! A finding: one fact about the change, its places, and the sentence that it contradicts.

use std::collections::HashMap;

use crate::checks::rule::{Level, Rule};
use crate::claims::{ClaimId, Sentence, Source};
use crate::ids::Fingerprint;
use crate::span::Location;

/// One fact that a check proved, or a note.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Block or note, before policy.
    pub level: Level,
    /// One line without a full stop: the object and what happened to it.
    pub headline: String,
    /// The evidence in plain sentences: what was, what is, and why it matters here. May span lines.
    pub explanation: String,
    /// Where. Of a matter in the pull request's words ([`Finding::words`]) a file that stands in for it.
    pub primary: Location,
    /// Set where the matter stands in the title, the body or a commit's message and in no file: no path that policy
    /// ignores can hide it.
    pub words: Option<Source>,
    /// Further places, such as the same thing at base.
    pub related: Vec<Location>,
    /// The claim that it contradicts.
    pub gainsays: Option<ClaimId>,
    /// The sentence in which the pull request itself admits it.
    pub disclosed: Option<Disclosure>,
    /// The same matter has the same fingerprint across pushes.
    pub fingerprint: Fingerprint,
}

/// The pull request's own admission of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Its words.
    pub quote: String,
    /// Where they stand.
    pub at: Source,
}

impl From<&Sentence> for Disclosure {
    fn from(sentence: &Sentence) -> Self {
        Self { quote: sentence.text.clone(), at: sentence.at.clone() }
    }
}

impl Finding {
    /// A finding at its rule's own level, with nothing beside its place.
    pub fn new(rule: &'static Rule, primary: Location, headline: impl Into<String>, matter: &str) -> Self {
        let fingerprint = Fingerprint::of(rule.id, &primary.path, matter);
        Self {
            rule,
            level: rule.level(),
            headline: headline.into(),
            explanation: String::new(),
            primary,
            words: None,
            related: Vec::new(),
            gainsays: None,
            disclosed: None,
            fingerprint,
        }
    }

    /// The evidence in plain sentences.
    pub fn explain(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = explanation.into();
        self
    }

    /// A further place.
    pub fn related(mut self, at: Location) -> Self {
        self.related.push(at);
        self
    }

    /// Shown, never blocking: what proves nothing contradicts no claim either.
    pub fn note(mut self) -> Self {
        (self.level, self.gainsays) = (Level::Note, None);
        self
    }

    /// The claim that it contradicts, where there is one.
    pub fn gainsays(mut self, claim: Option<ClaimId>) -> Self {
        self.gainsays = claim;
        self
    }

    /// The admission, where there is one.
    pub fn disclosed(mut self, sentence: Option<&Sentence>) -> Self {
        self.disclosed = sentence.map(Disclosure::from);
        self
    }
}

/// Tells apart findings of one fingerprint, in their order.
pub(super) fn number_repeats(findings: &mut [Finding]) {
    let mut seen: HashMap<Fingerprint, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = finding.fingerprint.repeated(*count);
        }
    }
}
