//! A test that stands on both sides demands less at head.

mod compared;
mod expected;
mod snapshots;
mod softened;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::change::Change;
use crate::checks::suites::{self, Trimmed};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::{ClaimKind, Claims};
use crate::read::tests::Test;
use crate::read::tests::difference::{Difference, Likeness, Pair};
use crate::span::{Location, Side};

use compared::{Kind, Loss};

static RULE: Rule = Rule::new("test-weakened", include_str!("../../rules/test-weakened.md"));

const DEEDS: [&str; 26] = [
    "relax",
    "relaxed",
    "relaxes",
    "relaxing",
    "loosen",
    "loosened",
    "loosens",
    "weaken",
    "weakened",
    "remove",
    "removed",
    "removes",
    "removing",
    "drop",
    "dropped",
    "drops",
    "delete",
    "deleted",
    "simplify",
    "simplified",
    "simplifies",
    "tolerance",
    "lenient",
    "flaky",
    "nondeterministic",
    "non-deterministic",
];
const OBJECTS: [&str; 11] = [
    "assertion",
    "assertions",
    "assert",
    "asserts",
    "expectation",
    "expectations",
    "check",
    "checks",
    "test",
    "tests",
    "tolerance",
];
/// Further losses that a finding shows.
const MAX_SHOWN: usize = 3;

/// `test-weakened`; its page tells the rest.
pub(super) struct TestWeakened;

impl Check for TestWeakened {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        suites::needs(needs);
        snapshots::needs(needs);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let difference = Difference::of(change);
        let elsewhere = compared::elsewhere(&difference);
        let trimmed = OnceCell::new();
        let mut others = Vec::new();
        for pair in &difference.pairs {
            let (base, head) = (difference.base(pair.base), difference.head(pair.head));
            if !counts(&difference, pair) || !suites::ran(base) || !head.may_run() {
                continue;
            }
            let mut losses = compared::losses(base, head, &elsewhere);
            losses.extend(softened::failures(change, base, head));
            losses.retain(|loss| match loss.kind {
                Kind::Fewer | Kind::Weaker => {
                    let trimmed = trimmed.get_or_init(|| Trimmed::of(change, &difference));
                    let is_trimmed = loss.lost.iter().any(|a| trimmed.takes_word(&a.text));
                    !is_trimmed && (loss.kind == Kind::Weaker || keeps_its_words(change, base, head, loss))
                }
                _ => true,
            });
            if !losses.is_empty() {
                examination.findings.push(finding(change, claims, base, head, &losses));
            } else if pair.by <= Likeness::Leaf {
                others.extend(expected::changed(base, head).map(|changed| (*pair, changed)));
            }
        }
        examination.findings.extend(snapshots::finding(&RULE, change, claims));
        examination.findings.extend(expected::finding(&RULE, change, claims, &difference, &others));
        examination
    }
}

/// Whether the two are surely one test.
fn counts(difference: &Difference, pair: &Pair) -> bool {
    pair.by < Likeness::Alike && difference.files[pair.base.file].is_of_tests(Side::Base)
}

/// Whether a test lost assertions and nothing else, so that they did not go with what they were about.
fn keeps_its_words(change: &Change, base: &Test, head: &Test, loss: &Loss) -> bool {
    let text = |side: Side, test: &Test| {
        let text = change.text(side, &test.path).ok().flatten()?;
        text.get(test.range.clone()).map(str::to_owned)
    };
    let (Some(base_text), Some(head_text)) = (text(Side::Base, base), text(Side::Head, head)) else {
        return false;
    };
    let lines = |text: &str| -> BTreeSet<String> {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let (before, after) = (lines(&base_text), lines(&head_text));
    let whole: String = loss.lost.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join("\n");
    let folded: String = whole.chars().filter(|c| !c.is_whitespace()).collect();
    let is_of_lost = |line: &&String| {
        let line: String = line.chars().filter(|c| !c.is_whitespace() && !matches!(c, ';' | ',')).collect();
        folded.contains(&line)
            || line.contains(&folded)
            || line.starts_with("//")
            || line.starts_with('#')
            || loss.lost.iter().any(|a| {
                let text: String = a.text.chars().filter(|c| !c.is_whitespace()).collect();
                line.contains(&text) || text.contains(&line)
            })
    };
    after.iter().all(|line| before.contains(line)) && before.difference(&after).all(|line| is_of_lost(&line))
}

fn finding(change: &Change, claims: &Claims, base: &Test, head: &Test, losses: &[Loss]) -> Finding {
    let heaviest = losses.iter().min_by_key(|loss| loss.kind).expect("a finding has a loss");
    let title = head.title();
    let headline = format!("test `{title}` {}", heaviest.words());
    let head_text = change.text(Side::Head, &head.path).ok().flatten().unwrap_or_default();
    let base_text = change.text(Side::Base, &base.path).ok().flatten().unwrap_or_default();
    let at = match &heaviest.now {
        Some(range) => Location::bytes(Side::Head, &head.path, head_text, range.clone()),
        None => {
            Location::of_lines(Side::Head, &head.path, head_text, head.line, head.end_line.min(head.line + 2))
        }
    };
    let matter = format!("{:?} {title} {}", heaviest.kind, heaviest.matter());
    let claim = claims
        .fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }))
        .or_else(|| claims.fullest(|kind| matches!(kind, ClaimKind::BehaviourUnchanged)));
    let mut finding = Finding::new(&RULE, at.label(heaviest.kind.label()), headline, &matter)
        .explain(heaviest.explanation())
        .gainsays(claim);
    for loss in losses.iter().take(MAX_SHOWN) {
        if let Some(was) = &loss.was {
            let place = Location::bytes(Side::Base, &base.path, base_text, was.clone());
            finding = finding.related(place.label("as it was"));
        }
    }
    let admission = suites::admission(claims, &DEEDS, &OBJECTS);
    let finding = finding.disclosed(admission);
    // That assertions went, a feature may explain; not so where the text says that all is as it was or passes.
    let is_claimed = |loss: &Loss| loss.kind == Kind::Fewer && claim.is_some();
    let is_proof = losses.iter().any(|loss| loss.kind.is_proof() || is_claimed(loss));
    let blocks = is_proof && admission.is_none();
    if blocks { finding } else { finding.note() }
}
