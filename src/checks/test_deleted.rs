//! A test is gone, and what it tested is still there.

mod claimed;
mod replaced;
mod subject;
mod unlisted;

use std::collections::BTreeMap;

use crate::change::Change;
use crate::checks::modules::CONFIGS;
use crate::checks::suites::{self, Trimmed};
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::Claims;
use crate::read::tests::difference::{Difference, Place};
use crate::span::{Location, Side};

use replaced::Replacements;
use subject::{Subject, Subjects};
use unlisted::Unlisted;

static RULE: Rule = Rule::new("test-deleted", include_str!("../../rules/test-deleted.md"));

/// Tests and subjects that a finding shows beside the first.
const MAX_SHOWN: usize = 3;

/// `test-deleted`; its page tells the rest.
pub(super) struct TestDeleted;

impl Check for TestDeleted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        suites::needs(needs);
        needs.both(CONFIGS);
        needs.both("**/go.mod");
        needs.later(subject::wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let difference = Difference::of(change);
        let mut files: BTreeMap<usize, Vec<Deleted>> = BTreeMap::new();
        let mut lost: Vec<Place> = candidates(&difference);
        if lost.is_empty() {
            return examination;
        }
        // What stands in a comment is told as skipped.
        let commented = suites::commented_out(change, &difference);
        lost.retain(|place| commented.iter().all(|commented| commented.base != *place));
        let subjects = Subjects::of(change, &difference);
        let replacements = Replacements::of(&difference);
        let trimmed = Trimmed::of(change, &difference);
        for place in lost {
            let unlisted = unlisted::still_there(change, &difference, place);
            let Some(found) = subjects.of_test(place).filter(|subject| subject.is_still_there()) else {
                continue;
            };
            let is_hidden = unlisted.is_some();
            if !is_hidden
                && (replacements.stand_for(&difference, place, &found)
                    || trimmed.takes_from(change, difference.base(place)))
            {
                continue;
            }
            if unlisted.as_ref().is_some_and(Unlisted::is_called) {
                continue;
            }
            files.entry(place.file).or_default().push(Deleted { place, subject: found, unlisted });
        }
        let findings = files.values().map(|deleted| finding(change, claims, &difference, deleted));
        examination.findings.extend(findings);
        examination
    }
}

/// A test that went although its subject stayed.
struct Deleted {
    place: Place,
    subject: Subject,
    unlisted: Option<Unlisted>,
}

/// The tests that went and whose loss may count: they ran, could fail, and stood in a file of tests.
fn candidates(difference: &Difference) -> Vec<Place> {
    let counts = |place: &Place| {
        let test = difference.base(*place);
        suites::ran(test) && !test.asserts_nothing() && difference.files[place.file].is_of_tests(Side::Base)
    };
    let places: Vec<Place> = difference.gone.iter().copied().filter(counts).collect();
    suites::outermost(&places, |place| difference.base(place).clone())
}

fn finding(change: &Change, claims: &Claims, difference: &Difference, deleted: &[Deleted]) -> Finding {
    let first = &deleted[0];
    let test = difference.base(first.place);
    let names: Vec<String> = deleted.iter().map(|d| difference.base(d.place).title()).collect();
    let at = match &first.unlisted {
        Some(unlisted) => unlisted.at.clone().label("no runner takes it for a test"),
        None => suites::at(change, Side::Base, &test.path, test).label("at base, and nowhere at head"),
    };
    let is_hidden = deleted.iter().all(|d| d.unlisted.is_some());
    let what = if is_hidden { "no longer discovered" } else { "gone" };
    let subject = first.subject.words();
    let headline = match names.as_slice() {
        [only] => format!("test `{only}` is {what}, and {subject} is still there"),
        all => {
            format!("{} tests are {what}, and {subject} is still there: {}", all.len(), suites::listed(all))
        }
    };
    let assertions: usize = deleted.iter().map(|d| difference.base(d.place).assertions.len()).sum();
    let held = match assertions {
        0 => String::new(),
        count => format!(" It takes {} along.", suites::counted(count, "assertion")),
    };
    let why = if is_hidden {
        "The code stands at head as it did, under a name or without a mark that the runner looks for, and no test calls it."
            .to_owned()
    } else {
        format!(
            "No test of the change has its name or its text, none that is new or grew names {subject}, and nothing that it names was taken from the product."
        )
    };
    let file = &difference.files[first.place.file];
    let whole = file.head_path.is_none() && !is_hidden;
    let whole = if whole { format!(" The file `{}` is gone.", test.path) } else { String::new() };
    let mut finding = Finding::new(&RULE, at, headline, &names.join("\n"))
        .explain(format!("{why}{whole}{held}"))
        .gainsays(claimed::contradicted(claims));
    if let Some(at) = first.subject.location(change) {
        finding = finding.related(at.label("what it tested, at head"));
    }
    for other in deleted.iter().skip(1).take(MAX_SHOWN) {
        let test = difference.base(other.place);
        let line: Location = suites::at(change, Side::Base, &test.path, test);
        finding = finding.related(line.label("gone too"));
    }
    match claimed::admission(claims, &test.path, &names) {
        Some(sentence) => finding.disclosed(Some(sentence)).note(),
        None => finding,
    }
}
