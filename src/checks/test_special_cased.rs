//! Product code that answers tests otherwise than everybody else.

mod cases;
mod grammar;
mod literals;
mod mirrored;
mod sniff;

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, Content, FileChange, Kind, LineDiff};
use crate::checks::product::{is_machine_made, is_material, kind};
use crate::checks::{Check, Examination, Finding, Needs, Rule, Wanted};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::read::tests::{self, Test, is_test_file};
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

use cases::Case;
use grammar::{Tongue, compact, name};
use sniff::{Answer, Asked};

static RULE: Rule = Rule::new("test-special-cased", include_str!("../../rules/test-special-cased.md"));

const DISCLOSING: [&str; 8] = [
    "under test",
    "in tests",
    "test mode",
    "test environment",
    "hardcoded",
    "hard-coded",
    "special case",
    "special-case",
];
/// What two written answers, or more, must give away together to be no accident.
const TELLING: usize = 6;
/// What a single one must.
const TELLING_ALONE: usize = 9;
/// Trees with more tests than that are not searched for the literals of a branch.
const MAX_TESTS: usize = 5_000;

/// `test-special-cased`; its page tells the rest.
pub(super) struct TestSpecialCased;

impl Check for TestSpecialCased {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(tests::FILES);
        needs.later(wanted);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let claim = claims.fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }));
        for file in &change.files {
            match of_file(change, file) {
                Ok(findings) => examination.findings.extend(findings.into_iter().map(|finding| {
                    let path = finding.primary.path.clone();
                    let finding = finding.disclosed(claims.disclosure(Some(&path), &DISCLOSING));
                    let blocks = finding.level == crate::checks::Level::Block;
                    if blocks { finding.gainsays(claim) } else { finding }
                })),
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        examination
    }
}

/// The changed file of the product at head, with its language and text.
fn product<'c>(change: &'c Change, file: &'c FileChange) -> Option<(&'c RepoPath, Tongue, &'c str)> {
    const TOOLS: [&str; 16] = [
        "bench",
        "ci",
        "cli-test",
        "config",
        "fake",
        "fakes",
        "harness",
        "jest",
        "mock",
        "pytest",
        "scripts",
        "stubs",
        "test-helpers",
        "test-runner",
        "test_helpers",
        "vitest",
    ];
    let path = file.head.as_ref()?;
    let tongue = Tongue::of(path)?;
    let lower = path.as_str().to_lowercase();
    let is_tool = lower.split('/').any(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        TOOLS.contains(&stem)
            || stem.split(['-', '_']).any(|word| {
                matches!(
                    word,
                    "test"
                        | "tests"
                        | "testing"
                        | "jest"
                        | "vitest"
                        | "pytest"
                        | "mock"
                        | "mocks"
                        | "fixture"
                        | "fixtures"
                )
            })
    });
    let tests = tongue != Tongue::Rust && is_test_file(path);
    if is_tool || tests || kind(path).is_some() || is_material(path) {
        return None;
    }
    let is_file = change.head.entry(path).is_some_and(|entry| entry.kind == Kind::File);
    let text = change.text(Side::Head, path).ok().flatten().filter(|_| is_file)?;
    (!is_machine_made(text)).then_some((path, tongue, text))
}

/// The written answers that a change adds to a file.
fn added_cases(change: &Change, file: &FileChange) -> Result<Vec<Case>, Undecided> {
    let Some((path, tongue, text)) = product(change, file) else { return Ok(Vec::new()) };
    let diff = change.diff(file)?;
    let lines: Vec<&str> = text.lines().collect();
    let mut added = diff.added().filter_map(|line| lines.get(line.saturating_sub(1)));
    let may_hold = |line: &&str| {
        ["==", "case ", "=>", "when "].iter().any(|word| line.contains(word))
            && line.contains(|c: char| c.is_ascii_digit() || matches!(c, '"' | '\'' | '[' | '`'))
    };
    if !added.any(may_hold) {
        return Ok(Vec::new());
    }
    let tree = tongue.parse(path, text)?;
    let places = Lines::of(text);
    let mut found = cases::read(tongue, &tree, text);
    found.retain(|case| case.weight() > 0 && is_added(&diff, &places, case.range.clone()));
    Ok(found)
}

fn is_added(diff: &LineDiff, places: &Lines, range: std::ops::Range<usize>) -> bool {
    diff.is_added(places.at(range.start)) && diff.is_added(places.at(range.end.saturating_sub(1)))
}

/// The files of tests that may hold the literals of a branch that was added.
fn wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    for file in &change.files {
        if added_cases(change, file)
            .is_ok_and(|cases| cases.iter().map(Case::weight).sum::<usize>() >= TELLING)
        {
            let of_language = |path: &&RepoPath| Tongue::of(path) == Tongue::of(file.path());
            wanted.head.extend(
                change.head.paths().filter(|p| is_test_file(p)).filter(of_language).take(MAX_TESTS).cloned(),
            );
        }
    }
    wanted
}

fn of_file(change: &Change, file: &FileChange) -> Result<Vec<Finding>, Undecided> {
    let Some((path, tongue, text)) = product(change, file) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    if sniff::WORDS.iter().any(|word| text.contains(word)) {
        found.extend(sniffs(change, file, path, tongue, text)?);
    }
    let mut functions: BTreeMap<usize, Vec<Case>> = BTreeMap::new();
    for case in added_cases(change, file)? {
        functions.entry(case.start).or_default().push(case);
    }
    for cases in functions.into_values() {
        found.extend(mirrored(change, path, text, &cases));
    }
    Ok(found)
}

/// Branches that ask for tests, as far as they are new.
fn sniffs(
    change: &Change,
    file: &FileChange,
    path: &RepoPath,
    tongue: Tongue,
    text: &str,
) -> Result<Vec<Finding>, Undecided> {
    let diff = change.diff(file)?;
    let lines = Lines::of(text);
    let tree = tongue.parse(path, text)?;
    let mut known = BTreeSet::new();
    if let Some(base) = &file.base {
        let source = change.text(Side::Base, base)?.unwrap_or_default();
        let tree = tongue.parse(base, source)?;
        known.extend(
            sniff::read(tongue, &tree, source)
                .iter()
                .map(|s| (name(s.function, source).to_owned(), compact(s.value, source))),
        );
    }
    let mut found = Vec::new();
    for sniff in sniff::read(tongue, &tree, text) {
        let function = name(sniff.function, text);
        let fresh = diff.is_added(lines.at(sniff.condition.start_byte()))
            || diff.is_added(lines.at(sniff.value.start_byte()));
        if !fresh || known.contains(&(function.to_owned(), compact(sniff.value, text))) {
            continue;
        }
        let is_about_running = sniff::is_about_running(sniff.function, text);
        let sure = sniff.asked == Asked::Runner && sniff.answer == Answer::Written && !is_about_running;
        if sniff.asked == Asked::Environment && (sniff.answer == Answer::Other || is_about_running) {
            continue;
        }
        let function = if function.is_empty() { "a function" } else { function };
        let value = shortened(sniff.value, text);
        let headline = if sniff.answer == Answer::Written {
            format!("`{function}` answers `{value}` where tests run, and computes its answer elsewhere")
        } else {
            format!("`{function}` does something else where tests run: `{value}`")
        };
        let at = Location::bytes(Side::Head, path, text, sniff.condition.byte_range())
            .label("asks whether a test runs");
        let answer =
            Location::bytes(Side::Head, path, text, sniff.value.byte_range()).label("what tests are given");
        let finding = Finding::new(&RULE, at, headline, &format!("{function} {value}")).related(answer).explain(
            "The tests of this function see only what stands in this branch; what everybody else is given, nothing tests.",
        );
        found.push(if sure { finding } else { finding.note() });
    }
    Ok(found)
}

fn shortened(node: crate::read::syntax::Node<'_>, source: &str) -> String {
    const MAX: usize = 40;
    let line = crate::read::syntax::text(node, source).lines().next().unwrap_or_default();
    let short: String = line.chars().take(MAX).collect();
    if short.len() < node.end_byte() - node.start_byte() { format!("{short}…") } else { short }
}

/// One function's written answers that tests hold as input and output.
fn mirrored(change: &Change, path: &RepoPath, text: &str, cases: &[Case]) -> Option<Finding> {
    let function = &cases.first()?.function;
    let weight = |cases: &[(&Case, Held)]| cases.iter().map(|(case, _)| case.weight()).sum::<usize>();
    if cases.iter().map(Case::weight).sum::<usize>() < TELLING {
        return None;
    }
    let held: Vec<(&Case, Held)> =
        cases.iter().filter_map(|case| Some((case, held(change, path, case)?))).collect();
    let enough = |cases: &[(&Case, Held)]| {
        cases.len() > 1 && weight(cases) >= TELLING || cases.len() == 1 && weight(cases) >= TELLING_ALONE
    };
    if !enough(&held) {
        return None;
    }
    let (case, first) = held.first()?;
    let before: Vec<(&Case, Held)> = held.iter().filter(|(_, held)| held.at_base).cloned().collect();
    let at = Location::bytes(Side::Head, path, text, case.range.clone())
        .label("an input and its answer, written out");
    let pair = |case: &Case| format!("`{}` for `{}`", case.output, case.inputs.join(", "));
    let headline = match held.len() {
        1 => format!("`{function}` answers {} as a test expects, and computes all else", pair(case)),
        n => format!("`{function}` writes out {n} answers that tests expect, such as {}", pair(case)),
    };
    let matter: Vec<String> =
        held.iter().map(|(case, _)| format!("{} {}", case.inputs.join(","), case.output)).collect();
    let mut finding = Finding::new(&RULE, at, headline, &format!("{function}\n{}", matter.join("\n"))).explain(format!(
        "The branch holds for the input of a test alone and returns what that test expects: the test passes, whatever \
         the rest of `{function}` computes, and says nothing of any other input."
    ));
    let source = change.text(Side::Head, &first.path).ok().flatten().unwrap_or_default();
    finding = finding.related(
        Location::of_lines(Side::Head, &first.path, source, first.line, first.line).label("expects it"),
    );
    Some(if enough(&before) { finding } else { finding.note() })
}

/// Where a test holds a case.
#[derive(Debug, Clone)]
struct Held {
    path: RepoPath,
    line: usize,
    /// Whether the test held it before the change.
    at_base: bool,
}

fn held(change: &Change, product: &RepoPath, case: &Case) -> Option<Held> {
    let found = |side: Side, path: &RepoPath| -> Option<Test> {
        let source = change.text(side, path).ok().flatten().filter(|text| text.contains(&case.function))?;
        let tests = tests::read(path, source).ok()?;
        mirrored::mirror(case, &tests, source).cloned()
    };
    for (path, entry) in change.head.entries() {
        let of_tests = is_test_file(path) && Tongue::of(path) == Tongue::of(product);
        if !of_tests || !matches!(entry.content, Content::Loaded(_)) {
            continue;
        }
        let Some(test) = found(Side::Head, path) else { continue };
        let at_base = match change.file(path) {
            None => true,
            Some(file) => file.base.as_ref().is_some_and(|base| found(Side::Base, base).is_some()),
        };
        return Some(Held { path: path.clone(), line: test.line, at_base });
    }
    None
}
