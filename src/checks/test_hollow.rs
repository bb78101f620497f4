//! A new test that can't fail.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule, suites};
use crate::claims::{ClaimKind, Claims};
use crate::read::symbols;
use crate::read::syntax::sources::Family;
use crate::read::tests::difference::{Difference, Place};
use crate::read::tests::{Cases, State, Strength, Test};
use crate::span::Side;

static RULE: Rule = Rule::new("test-hollow", include_str!("../../rules/test-hollow.md"));

const DISCLOSING: [&str; 7] =
    ["placeholder", "placeholders", "stub", "stubs", "scaffold", "scaffolding", "smoke"];
/// Further tests that a finding shows.
const MAX_SHOWN: usize = 3;

/// `test-hollow`; its page tells the rest.
pub(super) struct TestHollow;

impl Check for TestHollow {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        suites::needs(needs);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let difference = Difference::of(change);
        let mut groups: BTreeMap<(usize, Hollow), Vec<Place>> = BTreeMap::new();
        for place in &difference.born {
            let test = difference.head(*place);
            if !difference.files[place.file].is_of_tests(Side::Head) || !counts(test) {
                continue;
            }
            if let Some(hollow) = hollow(change, test) {
                groups.entry((place.file, hollow)).or_default().push(*place);
            }
        }
        let findings = groups.into_iter().map(|((_, hollow), places)| {
            let tests: Vec<&Test> = places.iter().map(|place| difference.head(*place)).collect();
            finding(change, claims, hollow, &tests)
        });
        examination.findings.extend(findings);
        examination
    }
}

/// Why a test can't fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hollow {
    /// It has no statement.
    Empty,
    /// All that it asserts holds whatever the code does.
    Tautology,
    /// One of its assertions holds whatever the code does.
    Partly,
    /// It asserts what its own mock was told, and calls nothing else.
    OwnMock,
}

/// Whether it runs and says what it asserts by itself.
fn counts(test: &Test) -> bool {
    matches!(test.state, State::Runs | State::Focused | State::Silenced | State::Conditional)
        && test.cases == Cases::One
}

/// Whether what stands around a test may fail in its stead: a class that is set up, such as Spring's `contextLoads`.
fn is_set_up(test: &Test) -> bool {
    let of_class = test.path.extension() == "py" && test.name.len() > 1;
    of_class || matches!(test.path.extension(), "java" | "kt" | "kts" | "cs" | "php" | "rb")
}

fn hollow(change: &Change, test: &Test) -> Option<Hollow> {
    if test.statements == 0 && test.assertions.is_empty() && test.implicit == 0 {
        // A body that is there and empty: a name without one is a test to be written.
        return (!test.body.is_empty() && test.calls.is_empty() && !is_set_up(test)).then_some(Hollow::Empty);
    }
    if test.implicit > 0 || test.assertions.is_empty() {
        return None;
    }
    let tautologies = test.assertions.iter().filter(|a| a.strength == Strength::Tautology).count();
    let is_silent = |name: &String| {
        let head = name.split(['.', ':', '(']).next().unwrap_or_default();
        matches!(head, "expect" | "assert" | "t" | "self" | "chai" | "assert_eq" | "Assert" | "should" | "it")
    };
    if tautologies == test.assertions.len() {
        let calls_nothing = test.calls.iter().all(is_silent);
        return Some(if calls_nothing { Hollow::Tautology } else { Hollow::Partly });
    }
    if tautologies > 0 {
        return Some(Hollow::Partly);
    }
    let is_mock = |strength: Strength| matches!(strength, Strength::Mock | Strength::MockExactly);
    let only_mocks = test.assertions.iter().all(|a| is_mock(a.strength));
    (only_mocks && calls_only_mocks(change, test)).then_some(Hollow::OwnMock)
}

/// Whether a body gives the name its value itself.
fn makes(body: &str, name: &str) -> bool {
    body.lines().any(|line| {
        let line = ["const ", "let ", "var "].iter().fold(line.trim(), |l, word| l.trim_start_matches(word));
        line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

/// Whether a test uses nothing that its file imports but what makes mocks, and calls nothing but mocks.
fn calls_only_mocks(change: &Change, test: &Test) -> bool {
    // Globals of runners, and what is called to make mocks.
    const TOOLS: [&str; 8] = ["expect", "jest", "vi", "sinon", "mock", "mocker", "td", "console"];
    const RUNNERS: [&str; 14] = [
        "vitest",
        "@jest/globals",
        "node:test",
        "node:assert",
        "bun:test",
        "mocha",
        "chai",
        "sinon",
        "testdouble",
        "@playwright/test",
        "unittest",
        "pytest",
        "pytest_mock",
        "mock",
    ];
    let family = Family::of(&test.path);
    if !matches!(family, Some(Family::Script | Family::Python)) {
        return false;
    }
    let Some(language) = symbols::language(&test.path) else { return false };
    let Ok(Some(text)) = change.text(Side::Head, &test.path) else { return false };
    let Ok(symbols) = symbols::read(language, text) else { return false };
    let is_of_runner = |module: &str| {
        RUNNERS.iter().any(|runner| {
            module.strip_prefix(runner).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        })
    };
    let (tools, others): (Vec<_>, Vec<_>) =
        symbols.imports.iter().partition(|import| is_of_runner(&import.module));
    let tools: Vec<&str> = tools.iter().filter_map(|import| import.local.as_deref()).collect();
    let body = text.get(test.body.clone()).unwrap_or_default();
    let mut locals = others.iter().filter_map(|import| import.local.as_deref());
    let own: Vec<&str> =
        symbols.definitions.iter().filter(|d| d.scope.is_empty()).map(|d| d.name.as_str()).collect();
    let is_tool = |name: &str| TOOLS.contains(&name) || tools.contains(&name) || test.mocks.contains(name);
    locals.all(|local| is_tool(local) || !test.names.contains(local))
        && own.iter().all(|name| is_tool(name) || !test.names.contains(*name))
        && !test.calls.is_empty()
        && test.calls.iter().all(|call| {
            let head = call.split(['.', '(', '[']).next().unwrap_or_default();
            // What a fixture hands in under such a name may be the product with mocks in it.
            is_tool(head) && (!test.mocks.contains(head) || makes(body, head))
        })
}

fn finding(change: &Change, claims: &Claims, hollow: Hollow, tests: &[&Test]) -> Finding {
    let first = tests[0];
    let names: Vec<String> = tests.iter().map(|test| test.title()).collect();
    let (one, many, why, label) = match hollow {
        Hollow::Empty => (
            "is empty",
            "are empty",
            "No statement stands in it: the runner counts it as passed.",
            "nothing is asserted",
        ),
        Hollow::Tautology => (
            "asserts only what always holds",
            "assert only what always holds",
            "It calls nothing of the product, and its assertion holds whatever the code does.",
            "can't fail",
        ),
        Hollow::Partly => (
            "asserts what always holds",
            "assert what always holds",
            "The assertion holds whatever the code does. The test can fail by what else it does at most.",
            "can't fail",
        ),
        Hollow::OwnMock => (
            "asserts only its own mock",
            "assert only their own mocks",
            "It calls the mock itself and asks whether the mock was called: nothing of the product takes part.",
            "asserts its own mock",
        ),
    };
    let headline = match names.as_slice() {
        [only] => format!("new test `{only}` {one}"),
        all => format!("{} new tests {many}: {}", all.len(), suites::listed(all)),
    };
    let source = change.text(Side::Head, &first.path).ok().flatten().unwrap_or_default();
    let empty =
        first.assertions.iter().find(|a| hollow == Hollow::OwnMock || a.strength == Strength::Tautology);
    let at = match empty {
        Some(assertion) => {
            crate::span::Location::bytes(Side::Head, &first.path, source, assertion.range.clone())
        }
        None => suites::at(change, Side::Head, &first.path, first),
    };
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsAdded { .. }));
    let claim = claim.or_else(|| claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. })));
    let mut finding = Finding::new(&RULE, at.label(label), headline, &names.join("\n"))
        .explain(why)
        .gainsays(claim)
        .disclosed(claims.disclosure(Some(&first.path), &DISCLOSING));
    for test in tests.iter().skip(1).take(MAX_SHOWN) {
        finding = finding.related(suites::at(change, Side::Head, &test.path, test).label(label));
    }
    let is_proof = hollow != Hollow::Partly && claim.is_some() && finding.disclosed.is_none();
    if is_proof { finding } else { finding.note() }
}
