//! The verdict: everything that renderers print and publishers post, and nothing that they could change.

mod evidence;
mod matter;
mod scrub;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::authorship::Authorship;
use crate::checks::{Finding, Level};
use crate::claims::{Claim, Judged};
use crate::ids::{Fingerprint, Sha};
use crate::waiver::Waived;

pub use evidence::{Awaited, Required, State};
pub use matter::Matter;

/// The outcome; the worst wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// Nothing blocks.
    Pass,
    /// Something that the pull request changed could not be judged and could hide a block, or evidence is awaited.
    Undecided,
    /// At least one finding blocks, or required evidence is missing or says no.
    Blocked,
}

/// A verdict, bound to the commits, the text, the policy and the rules that it was made from. The same inputs give
/// the same verdict.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The outcome.
    pub ruling: Ruling,
    /// The merge base.
    pub base: Sha,
    /// The judged commit.
    pub head: Sha,
    /// A hash of the title and body that were judged.
    pub text: String,
    /// A hash of the policy in force.
    pub policy: String,
    /// The version of Gainsay and a hash of its rules.
    pub ruleset: String,
    /// Who wrote the change, as far as it can be known.
    pub author: Authorship,
    /// The claims with their standing.
    pub claims: Vec<(Claim, Judged)>,
    /// The findings after policy: blocks first, then by rule and place.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub undecided: Vec<Matter>,
    /// What people said of findings and undecided matters of this verdict, by fingerprint: waivers that hold, and those
    /// that no longer do.
    pub waived: BTreeMap<Fingerprint, Waived>,
    /// The ids of the rules that ran.
    pub checked: Vec<&'static str>,
    /// The evidence that policy requires, in its order.
    pub required: Vec<Required>,
    /// What could still change the outcome and is not there yet, sorted. A verdict that waits is undecided, and is made
    /// again when one of these comes or the deadline passes.
    pub waiting: Vec<Awaited>,
    /// Set where policy left the pull request unjudged: why, as a sentence.
    pub unjudged: Option<String>,
}

impl Verdict {
    /// The findings that block: those that nobody accepted.
    pub fn blocks(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Block && !self.is_waived(&f.fingerprint))
    }

    /// The findings that would block and were accepted.
    pub fn accepted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Block && self.is_waived(&f.fingerprint))
    }

    /// The undecided matters that may hold the merge: those that nobody accepted.
    pub fn holding(&self) -> impl Iterator<Item = &Matter> {
        self.undecided.iter().filter(|m| m.is_decisive() && !self.is_waived(&m.fingerprint))
    }

    /// Whether a matter was accepted and blocks nothing.
    pub fn is_waived(&self, fingerprint: &Fingerprint) -> bool {
        self.waived.get(fingerprint).is_some_and(Waived::holds)
    }

    /// The first day on which one of the waivers no longer holds: the verdict is to be made again then.
    pub fn lapses(&self) -> Option<Date> {
        let days = self.waived.values().filter(|waived| waived.holds()).filter_map(|w| w.waiver.until);
        days.min().and_then(|last| last.tomorrow().ok())
    }

    /// Whether anything blocks: a finding or required evidence.
    pub fn is_blocked(&self) -> bool {
        self.blocks().next().is_some() || self.required.iter().any(Required::blocks)
    }

    /// The findings that don't.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Note)
    }
}
