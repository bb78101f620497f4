//! A focused test keeps others from running.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule, suites};
use crate::claims::{ClaimKind, Claims};
use crate::read::tests::difference::{Difference, Place};
use crate::read::tests::selection;
use crate::read::tests::{State, Test};
use crate::span::{Location, Side};

static RULE: Rule = Rule::new("test-focused", include_str!("../../rules/test-focused.md"));

const DISCLOSING: [&str; 4] = ["focus", "focused", "focuses", ".only"];
/// Silenced tests that a finding shows.
const MAX_SHOWN: usize = 3;

/// `test-focused`; its page tells the rest.
pub(super) struct TestFocused;

impl Check for TestFocused {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        suites::needs(needs);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let difference = Difference::of(change);
        examination.findings.extend(new_focus(&difference).iter().map(|focus| {
            let reach = Reach::of(change, &difference, focus);
            reach.finding(change, claims, &difference, focus)
        }));
        examination
    }
}

/// The focused tests of one marker that none had at base.
struct Focus {
    file: usize,
    tests: Vec<Place>,
}

fn new_focus(difference: &Difference) -> Vec<Focus> {
    let before: BTreeMap<Place, Place> = difference.pairs.iter().map(|pair| (pair.head, pair.base)).collect();
    let mut markers: BTreeMap<(usize, usize), Focus> = BTreeMap::new();
    for (file, counterparts) in difference.files.iter().enumerate() {
        // A file that had a focus already loses nothing by another.
        if counterparts.base.iter().any(|test| test.state == State::Focused) {
            continue;
        }
        for (test, of) in counterparts.head.iter().enumerate() {
            let place = Place { file, test };
            let was = before.get(&place).map(|base| difference.base(*base).state);
            if of.state != State::Focused || was == Some(State::Focused) {
                continue;
            }
            let marker = of.marker.as_ref().map_or(of.range.start, |marker| marker.start);
            let focus = markers.entry((file, marker)).or_insert_with(|| Focus { file, tests: Vec::new() });
            focus.tests.push(place);
        }
    }
    markers.into_values().collect()
}

/// What a focus keeps from running.
struct Reach {
    /// The tests of the same file.
    silenced: Vec<Place>,
    /// The runner that runs nothing else, of no file.
    whole_run: Option<&'static str>,
}

impl Reach {
    fn of(change: &Change, difference: &Difference, focus: &Focus) -> Self {
        let tests = difference.files[focus.file].head.iter().enumerate();
        let silenced = tests.filter(|(_, test)| test.state == State::Silenced);
        let silenced = silenced.map(|(test, _)| Place { file: focus.file, test }).collect();
        let path = difference.files[focus.file].head_path.as_ref();
        let whole_run = path.and_then(|path| {
            let runs = selection::selected(&change.head);
            runs.iter().find(|run| run.focuses_all && run.files.contains(path)).map(|run| run.runner)
        });
        Self { silenced, whole_run }
    }

    fn finding(&self, change: &Change, claims: &Claims, difference: &Difference, focus: &Focus) -> Finding {
        let first = difference.head(focus.tests[0]);
        let text = change.text(Side::Head, &first.path).ok().flatten().unwrap_or_default();
        let at = match &first.marker {
            Some(marker) => Location::bytes(Side::Head, &first.path, text, marker.clone()),
            None => Location::of_lines(Side::Head, &first.path, text, first.line, first.end_line),
        };
        let focused: Vec<String> = focus.tests.iter().map(|place| difference.head(*place).title()).collect();
        let silenced: Vec<&Test> = self.silenced.iter().map(|place| difference.head(*place)).collect();
        let others: Vec<String> = silenced.iter().map(|test| test.title()).collect();
        let who = match focused.as_slice() {
            [only] => format!("test `{only}` is focused"),
            all => format!("{} tests are focused", all.len()),
        };
        let what = match (others.len(), self.whole_run) {
            (0, None) => "which silences nothing yet".to_owned(),
            (0, Some(runner)) => format!("which silences every other test that {runner} runs"),
            (1, _) => format!("which silences `{}`", others[0]),
            (count, _) => format!("which silences {count} others of its file"),
        };
        let reach = match self.whole_run {
            Some(runner) => {
                format!("While it stands, {runner} runs nothing but focused tests, in whatever file.")
            }
            None => "While it stands, the runner leaves out all other tests of the file.".to_owned(),
        };
        let left = if others.is_empty() {
            String::new()
        } else {
            format!(" No longer run: {}. The run is green without them.", suites::listed(&others))
        };
        let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
        let mut finding =
            Finding::new(&RULE, at.label("the focus"), format!("{who}, {what}"), &focused.join("\n"))
                .explain(format!("No test of the file was focused at base. {reach}{left}"))
                .gainsays(claim)
                .disclosed(claims.disclosure(Some(&first.path), &DISCLOSING));
        for test in silenced.into_iter().take(MAX_SHOWN) {
            let mut test = test.clone();
            test.end_line = test.end_line.min(test.line);
            finding =
                finding.related(suites::at(change, Side::Head, &test.path, &test).label("no longer runs"));
        }
        if self.silenced.is_empty() && self.whole_run.is_none() { finding.note() } else { finding }
    }
}
