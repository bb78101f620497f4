//! The verdict: everything that renderers print and publishers post, and nothing that they could change.

mod scrub;

use crate::authorship::Authorship;
use crate::checks::{Finding, Level};
use crate::claims::{Claim, Judged};
use crate::ids::Sha;
use crate::undecided::Undecided;

/// The outcome; the worst wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// Nothing blocks.
    Pass,
    /// Something that the pull request changed could not be judged and could hide a block.
    Undecided,
    /// At least one finding blocks.
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
    /// What could not be judged, with the rule's id.
    pub undecided: Vec<(&'static str, Undecided)>,
    /// The ids of the rules that ran.
    pub checked: Vec<&'static str>,
    /// Set where policy left the pull request unjudged: why, as a sentence.
    pub unjudged: Option<String>,
}

impl Verdict {
    /// The findings that block.
    pub fn blocks(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Block)
    }

    /// The findings that don't.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.level == Level::Note)
    }
}
