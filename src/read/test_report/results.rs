//! What several reports count together.

use std::collections::{BTreeSet, HashMap};

use super::{Case, Format, Outcome, Report};

/// So many failing tests are named.
const MAX_NAMED: usize = 20;

/// What reports count. A test that holds others counts only if it failed by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results {
    /// Passed.
    pub passed: u64,
    /// An assertion failed.
    pub failed: u64,
    /// Broke before or beside its assertions.
    pub errors: u64,
    /// Not run.
    pub skipped: u64,
    /// Failed in one place and passed in another, under one name: run again, or on another machine. Not among the
    /// failed; also reports of a run that went wrong without a failing test.
    pub unclear: u64,
    /// The first failing tests, in the order of the reports.
    pub failing: Vec<Failing>,
    /// The names of the suites, for telling kinds of tests apart.
    pub suites: Vec<String>,
    /// The formats of the reports.
    pub formats: BTreeSet<Format>,
    /// How many tests passed by each way to count them: with and without those that hold others, each name once, and of
    /// each report by itself.
    pub passed_by: BTreeSet<u64>,
}

/// A test that failed or broke.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failing {
    /// Its name, with its class where the report has one.
    pub name: String,
    /// Its file as the tool writes it, where it does.
    pub file: Option<String>,
}

impl Results {
    /// Failed and broken tests.
    pub fn red(&self) -> u64 {
        self.failed + self.errors
    }

    /// Every test that ran.
    pub fn run(&self) -> u64 {
        self.passed + self.red() + self.unclear
    }

    /// What to call the source of these figures.
    pub fn source(&self) -> &'static str {
        let mut formats = self.formats.iter();
        match (formats.next(), formats.next()) {
            (Some(only), None) => only.name(),
            _ => "the test reports",
        }
    }

    /// Counts some reports together.
    pub fn of(reports: &[Report]) -> Self {
        let mut results = Self::default();
        let ends = ends(reports);
        for report in reports {
            results.formats.insert(report.format);
            results.suites.extend(report.suites.iter().cloned());
            let red_before = results.red() + results.unclear;
            let reds = red_names(report);
            report
                .cases
                .iter()
                .filter(|case| counts(case, &reds))
                .for_each(|case| results.count(case, &ends));
            if report.aborted && results.red() + results.unclear == red_before {
                results.unclear += 1;
            }
        }
        results.passed_by = passed_by(reports);
        results
    }

    fn count(&mut self, case: &Case, ends: &HashMap<Identity<'_>, Ends>) {
        let red = matches!(case.outcome, Outcome::Failed | Outcome::Broken);
        if red && ends.get(&identity(case)).is_some_and(|ends| ends.passed) {
            self.unclear += 1;
            return;
        }
        match case.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Broken => self.errors += 1,
            Outcome::Skipped => self.skipped += 1,
        }
        if red && self.failing.len() < MAX_NAMED {
            self.failing.push(Failing { name: case.name.clone(), file: case.file.clone() });
        }
    }
}

/// A test without a name is like no other.
type Identity<'a> = (&'a str, Option<&'a str>);

fn identity(case: &Case) -> Identity<'_> {
    (&case.name, case.file.as_deref())
}

#[derive(Default)]
struct Ends {
    passed: bool,
}

/// How each test that ended badly somewhere ended elsewhere.
fn ends(reports: &[Report]) -> HashMap<Identity<'_>, Ends> {
    let cases = || reports.iter().flat_map(|report| &report.cases);
    let red = |case: &&Case| matches!(case.outcome, Outcome::Failed | Outcome::Broken);
    let mut ends: HashMap<Identity<'_>, Ends> = cases()
        .filter(red)
        .filter(|case| !case.name.is_empty())
        .map(|case| (identity(case), Ends::default()))
        .collect();
    for case in cases().filter(|case| case.outcome == Outcome::Passed) {
        if let Some(ends) = ends.get_mut(&identity(case)) {
            ends.passed = true;
        }
    }
    ends
}

/// The beginnings of the names of failed tests, up to where a test that holds them would end.
fn red_names(report: &Report) -> BTreeSet<&str> {
    let red = |case: &&Case| matches!(case.outcome, Outcome::Failed | Outcome::Broken);
    report.cases.iter().filter(red).map(|case| case.name.as_str()).collect()
}

/// A test that holds others fails with them; it counts only if none of them failed.
fn counts(case: &Case, reds: &BTreeSet<&str>) -> bool {
    if !case.parent {
        return true;
    }
    let held = |name: &&&str| name.len() > case.name.len() && name.starts_with(&case.name);
    let fails = matches!(case.outcome, Outcome::Failed | Outcome::Broken);
    fails && reds.range(case.name.as_str()..).take(2).find(held).is_none()
}

fn passed_by(reports: &[Report]) -> BTreeSet<u64> {
    let passed = |case: &&Case| case.outcome == Outcome::Passed;
    let ways: [fn(&Case) -> bool; 3] = [|case| !case.parent, |_| true, |case| case.top];
    let mut counts = BTreeSet::new();
    for way in ways {
        let of = |report: &Report| report.cases.iter().filter(passed).filter(|case| way(case)).count() as u64;
        counts.extend(reports.iter().map(of));
        counts.insert(reports.iter().map(of).sum());
        let names = reports.iter().flat_map(|report| report.cases.iter().filter(passed));
        let distinct: std::collections::HashSet<_> = names.filter(|case| way(case)).map(identity).collect();
        counts.insert(distinct.len() as u64);
    }
    counts
}
