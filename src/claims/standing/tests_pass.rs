//! "The tests pass" against JUnit reports and the check runs of this commit.

use super::super::Weighed;
use super::super::recognise::{Extent, tests_extent};
use super::{contradicted, supported, unproven};
use crate::change::{Change, CheckResult};
use crate::ids::RepoPath;
use crate::read::junit::{self, Results};
use crate::span::Side;

/// Words in a check run's name by which it runs tests.
const TESTING: [&str; 12] = [
    "test",
    "tests",
    "testing",
    "unit",
    "e2e",
    "integration",
    "pytest",
    "jest",
    "vitest",
    "spec",
    "specs",
    "junit",
];
/// Words by which it builds and most likely tests.
const BUILDING: [&str; 3] = ["ci", "build", "check"];
/// Words by which its failure says nothing of tests.
const OTHER: [&str; 29] = [
    "lint",
    "linter",
    "format",
    "formatting",
    "fmt",
    "coverage",
    "codecov",
    "docs",
    "doc",
    "deploy",
    "preview",
    "security",
    "audit",
    "label",
    "typecheck",
    "types",
    "type",
    "style",
    "changelog",
    "release",
    "publish",
    "bench",
    "benchmark",
    "docker",
    "image",
    "push",
    "size",
    "title",
    "commit",
];
/// Words by which tests are more than unit tests.
const WIDER: [&str; 9] =
    ["e2e", "integration", "browser", "playwright", "cypress", "acceptance", "smoke", "system", "end"];

/// What was measured of the tests.
pub(super) struct Evidence {
    results: Option<Results>,
    wider: bool,
    unread: Option<String>,
    failed: Vec<(String, bool)>,
    succeeded: Vec<String>,
}

impl Evidence {
    pub(super) fn gather(change: &Change) -> Self {
        let mut results: Option<Results> = None;
        let mut unread = None;
        for file in &change.evidence.tests {
            match junit::read(file) {
                Ok(found) => results.get_or_insert_default().add(found),
                Err(undecided) => unread = Some(undecided.why),
            }
        }
        let names = change.evidence.tests.iter().map(|file| file.name.as_str());
        let suites = results.iter().flat_map(|r| r.suites.iter().map(String::as_str));
        let wider = names.chain(suites).any(|name| has(name, &WIDER));
        let (failed, succeeded) = check_runs(change);
        Self { results, wider, unread, failed, succeeded }
    }

    pub(super) fn weigh(&self, change: &Change, claimed: Option<u64>, quote: &str) -> Weighed {
        let extent = tests_extent(quote);
        let weighed = match &self.results {
            Some(results) if results.run() > 0 => self.by_report(results, claimed, extent),
            _ => self.by_checks(claimed, extent),
        };
        match self.results.as_ref().and_then(|r| place(change, r)) {
            Some(path) => weighed.at_file(Side::Head, &path),
            None => weighed,
        }
    }

    fn by_report(&self, results: &Results, claimed: Option<u64>, extent: Extent) -> Weighed {
        let says = claimed.map(|n| format!("; the text says {n} passed")).unwrap_or_default();
        let counts = format!(
            "JUnit: {} passed, {} failed, {} skipped{says}",
            results.passed,
            results.red(),
            results.skipped
        );
        let over = claimed.is_some_and(|n| n > results.passed);
        let refuted = match extent {
            Extent::All => results.red() > 0 || over,
            Extent::Unit => !self.wider && (results.red() > 0 || over),
            Extent::Counted => over,
            Extent::Part => false,
        };
        if refuted {
            return contradicted(with_names(counts, results));
        }
        if let Some((name, _)) = self.failing(extent).find(|(_, testing)| *testing) {
            return contradicted(format!("the check run `{name}` failed on this commit"));
        }
        if results.red() == 0 && self.unread.is_none() && claimed.is_none_or(|n| n == results.passed) {
            return supported(counts);
        }
        unproven(counts)
    }

    fn by_checks(&self, claimed: Option<u64>, extent: Extent) -> Weighed {
        if let Some((name, _)) = self.failing(extent).next() {
            return contradicted(format!("the check run `{name}` failed on this commit"));
        }
        if let Some(why) = &self.unread {
            return unproven(why.clone());
        }
        match (self.succeeded.first(), claimed) {
            (None, _) => unproven("no test report and no check run of this commit was given"),
            (Some(name), None) if self.failed.is_empty() => {
                supported(format!("the check run `{name}` succeeded on this commit"))
            }
            (Some(name), Some(n)) if self.failed.is_empty() => unproven(format!(
                "the check run `{name}` succeeded on this commit, and nothing counts {n} tests"
            )),
            (Some(_), _) => unproven("some check runs failed, and the text speaks of some tests only"),
        }
    }

    /// The failed check runs that a claim of that extent can't stand beside.
    fn failing(&self, extent: Extent) -> impl Iterator<Item = &(String, bool)> {
        self.failed.iter().filter(move |(name, _)| match extent {
            Extent::All => true,
            Extent::Unit => !has(name, &WIDER),
            Extent::Counted | Extent::Part => false,
        })
    }
}

fn with_names(counts: String, results: &Results) -> String {
    match results.failing.first() {
        Some(first) if results.red() > 1 => {
            format!("{counts}; `{}` and {} more failed", first.name, results.red() - 1)
        }
        Some(first) => format!("{counts}; `{}` failed", first.name),
        None => counts,
    }
}

/// The file of the first failing test, where the report names one that is in the tree.
fn place(change: &Change, results: &Results) -> Option<RepoPath> {
    let named = results.failing.iter().filter_map(|failing| failing.file.as_deref());
    named
        .filter_map(|file| file.trim_start_matches("./").parse().ok())
        .find(|path| change.head.contains(path))
}

/// Failed (with whether they surely run tests) and succeeded test jobs of this commit. One that both failed and
/// succeeded was run again; it counts as neither.
fn check_runs(change: &Change) -> (Vec<(String, bool)>, Vec<String>) {
    let here = |run: &&CheckResult| run.head_sha.as_ref().is_none_or(|sha| *sha == change.head_sha);
    let runs: Vec<&CheckResult> = change.evidence.checks.iter().filter(here).collect();
    let with = |name: &str, conclusion: &str| {
        runs.iter().any(|run| run.name == name && run.conclusion.as_deref() == Some(conclusion))
    };
    let (mut failed, mut succeeded) = (Vec::new(), Vec::new());
    for run in &runs {
        let testing = has(&run.name, &TESTING);
        if !testing && !has(&run.name, &BUILDING) || has(&run.name, &OTHER) {
            continue;
        }
        match (with(&run.name, "success"), with(&run.name, "failure")) {
            (false, true) => failed.push((run.name.clone(), testing)),
            (true, false) if testing => succeeded.push(run.name.clone()),
            _ => {}
        }
    }
    failed.sort();
    failed.dedup();
    succeeded.sort();
    (failed, succeeded)
}

fn has(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}
