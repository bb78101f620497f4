//! A coverage gate was lowered or removed.

mod configured;
mod scripted;
mod tell;

use std::cmp::Ordering;

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::{Claims, Sentence};
use crate::read::coverage::{self, Gate};

static RULE: Rule =
    Rule::new("coverage-threshold-lowered", include_str!("../../rules/coverage-threshold-lowered.md"));

/// `coverage-threshold-lowered`; its page tells the rest.
pub(super) struct CoverageThresholdLowered;

impl Check for CoverageThresholdLowered {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let (base, head) = (coverage::shared(&change.base), coverage::shared(&change.head));
        let mut examination = configured::examine(change, claims, &base, &head);
        let scripts = scripted::examine(change, claims, &base, &head);
        examination.findings.extend(scripts.findings);
        examination.undecided.extend(scripts.undecided);
        examination
    }
}

/// A gate at base with what became of it.
struct Fall<'a> {
    name: &'a str,
    from: Gate,
    to: Option<Gate>,
}

impl Fall<'_> {
    fn words(&self) -> String {
        let name = self.name;
        match (self.from, self.to) {
            (Gate::On(_), Some(_)) => format!("{name} was switched off"),
            (Gate::On(_), None) => format!("{name} was removed"),
            (Gate::AtLeast(from), Some(Gate::AtLeast(to))) => format!("{name} fell from {from} to {to}"),
            (Gate::Drop(from), Some(Gate::Drop(to))) => {
                format!("{name} let the figure drop by {from} and now by {to}")
            }
            (from, Some(to)) => format!("{name} went from {from} to {to}"),
            (from, None) => format!("{name} was {from} and is gone"),
        }
    }
}

/// The first gate that lets more pass, or the strictest where all are gone.
fn fall<'a>(name: &'a str, before: &[Gate], after: &[Gate]) -> Option<Fall<'a>> {
    let from = *before.first()?;
    if after.is_empty() {
        return (!from.is_open()).then_some(Fall { name, from, to: None });
    }
    // A count of what may stay uncovered compares with no percentage, but for the one that all pass.
    let looser = |(from, to): &(Gate, Gate)| match to.strictness(*from) {
        Some(order) => order == Ordering::Less,
        None => to.is_open() && !from.is_open(),
    };
    let pairs = before.iter().copied().zip(after.iter().copied());
    pairs.into_iter().find(looser).map(|(from, to)| Fall { name, from, to: Some(to) })
}

fn explanation(falls: &[Fall<'_>]) -> String {
    let mut text = String::new();
    for fall in falls.iter().take(12) {
        text.push_str(&format!("  {}\n", fall.words()));
    }
    if falls.len() > 12 {
        text.push_str(&format!("  and {} more\n", falls.len() - 12));
    }
    text.push_str(
        "The run passes with less coverage than before. Restore the figure and cover what is missing, or have a \
         person agree to the lower one.",
    );
    text
}

/// The sentence in which the pull request says that a threshold goes down.
fn admission(claims: &Claims) -> Option<&Sentence> {
    const OF: [&str; 7] = [
        "threshold",
        "fail_under",
        "fail-under",
        "coverage gate",
        "minimum coverage",
        "coverage minimum",
        "coverage requirement",
    ];
    const LESS: [&str; 10] =
        ["lower", "reduc", "decreas", "relax", "drop", "remov", "loosen", "adjust", "from", "disabl"];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        OF.iter().any(|word| text.contains(word)) && LESS.iter().any(|word| text.contains(word))
    })
}
