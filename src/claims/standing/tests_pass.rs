//! "The tests pass" against test reports and the check runs and jobs of this commit.

use super::super::Weighed;
use super::super::recognise::{Extent, tests_extent};
use super::ran;
use super::reports::{Reports, is_wider};
use super::runs::{End, Runs, Told};
use super::{contradicted, supported, unproven};
use crate::change::{Change, CheckKind};
use crate::read::test_report::Results;
use crate::span::Side;

/// What was measured of the tests.
pub(super) struct Evidence {
    reports: Reports,
    told: Vec<Told>,
    stale: Option<String>,
}

impl Evidence {
    pub(super) fn gather(change: &Change, runs: &Runs<'_>) -> Self {
        Self { reports: Reports::of(change), told: runs.tell(CheckKind::Tests), stale: runs.stale() }
    }

    /// `passed` and `command` are those of the sentence.
    pub(super) fn weigh(
        &self,
        change: &Change,
        runs: &Runs<'_>,
        passed: Option<u64>,
        command: Option<&str>,
        quote: &str,
    ) -> Weighed {
        let extent = tests_extent(quote);
        let weighed = if self.reports.any() {
            self.by_report(passed, extent)
        } else if let Some(weighed) = command.and_then(|command| ran::by_step(runs, command, passed)) {
            weighed
        } else {
            self.by_checks(passed, extent)
        };
        match self.reports.place(change) {
            Some(path) => weighed.at_file(Side::Head, &path),
            None => weighed,
        }
    }

    fn by_report(&self, claimed: Option<u64>, extent: Extent) -> Weighed {
        let results = &self.reports.results;
        let counts = self.reports.counts(claimed);
        let all = match extent {
            Extent::All => true,
            Extent::Unit => !self.reports.wider,
            Extent::Counted | Extent::Part => false,
        };
        if all && fails_all(results, claimed) || extent != Extent::Part && counts_failures(results, claimed) {
            return contradicted(with_names(counts, results));
        }
        if let Some(failed) = self.failing(extent).next() {
            return contradicted(failed.because.clone());
        }
        let confirmed = claimed.is_none_or(|n| results.passed_by.contains(&n));
        if results.red() == 0 && results.unclear == 0 && self.reports.unread.is_none() && confirmed {
            return supported(counts);
        }
        unproven(counts)
    }

    fn by_checks(&self, claimed: Option<u64>, extent: Extent) -> Weighed {
        if let Some(failed) = self.failing(extent).next() {
            return contradicted(failed.because.clone());
        }
        if let Some(why) = &self.reports.unread {
            return unproven(why.clone());
        }
        let of = |end: End| self.told.iter().find(|told| told.end == end);
        match (of(End::Passed), of(End::Failed), of(End::Open)) {
            (_, Some(failed), _) => {
                unproven(format!("{}, and the text may speak of other tests", failed.because))
            }
            (Some(passed), None, _) => match claimed {
                None => supported(passed.because.clone()),
                Some(n) => unproven(format!("{}, and nothing counts {n} tests", passed.because)),
            },
            (None, None, Some(open)) => unproven(open.because.clone()),
            (None, None, None) => {
                let nothing = "no test report and no check run of this commit was given";
                unproven(self.stale.clone().unwrap_or_else(|| nothing.to_owned()))
            }
        }
    }

    /// The failures that a claim of that extent can't stand beside.
    fn failing(&self, extent: Extent) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(move |told| told.end == End::Failed).filter(move |told| match extent {
            Extent::All => true,
            Extent::Unit => !is_wider(&told.words),
            Extent::Counted | Extent::Part => false,
        })
    }
}

/// A report may be one of several, so it refutes no number that is larger than its own. A smaller one may be that of
/// another suite.
fn fails_all(results: &Results, claimed: Option<u64>) -> bool {
    results.red() > 0 && claimed.is_none_or(|n| n >= results.passed)
}

/// The number said to have passed is one that only failures can make up.
fn counts_failures(results: &Results, claimed: Option<u64>) -> bool {
    let made_up = |n: u64| n > results.passed && n <= results.passed + results.red();
    results.red() > 0 && claimed.is_some_and(|n| made_up(n) && !results.passed_by.contains(&n))
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
