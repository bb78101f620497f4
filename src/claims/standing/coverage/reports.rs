//! The coverage reports of one side, each for itself and all together.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::Metric;
use crate::change::{EvidenceFile, Tree};
use crate::ids::RepoPath;
use crate::read::coverage_report::{self, FileCoverage, Format, Mapped, Measured, Ratio, Report};

/// What was handed in for one side.
#[derive(Default)]
pub(super) struct Reports {
    /// Each with its name.
    pub(super) each: Vec<(String, Report)>,
    /// All of them, on the files of the tree.
    pub(super) mapped: Mapped,
    /// Why the last of those that can't be read can't.
    pub(super) unread: Option<String>,
    /// What each report says of a file, under its path in the tree, or as written where it has none there.
    files: BTreeMap<String, Vec<FileCoverage>>,
}

impl Reports {
    pub(super) fn read(files: &[EvidenceFile], tree: &Tree) -> Self {
        let mut reports = Self::default();
        for file in files {
            match coverage_report::read(file) {
                Ok(report) => reports.take(file.name.clone(), report, tree),
                Err(undecided) => reports.unread = Some(undecided.why),
            }
        }
        reports
    }

    fn take(&mut self, name: String, report: Report, tree: &Tree) {
        let mapped = report.on(tree);
        let unmapped: BTreeSet<&str> = mapped.unmapped.iter().map(String::as_str).collect();
        for (path, coverage) in report.files.iter().filter(|(path, _)| unmapped.contains(path.as_str())) {
            self.files.entry(path.clone()).or_default().push(coverage.clone());
        }
        for (path, coverage) in &mapped.files {
            self.files.entry(path.as_str().to_owned()).or_default().push(coverage.clone());
        }
        self.mapped.merge(mapped);
        self.each.push((name, report));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// The reports by name: `the report coverage.info`, `the 3 coverage reports together`.
    pub(super) fn names(&self) -> String {
        match self.each.as_slice() {
            [(name, _)] => format!("the report {name}"),
            several => format!("the {} coverage reports together", several.len()),
        }
    }

    /// The ways in which a claim of the whole may be meant: each report, and all of them as one.
    pub(super) fn whole(&self) -> Vec<Reading> {
        let format = self.each.first().map_or(Format::Lcov, |(_, report)| report.format);
        let mut readings = vec![self.over(|_| true, self.names(), format)];
        if self.each.len() > 1 {
            readings.extend(self.each.iter().map(|(name, report)| Reading {
                of: format!("the report {name}"),
                sums: report.total(),
                most: report.total(),
                format: report.format,
            }));
        }
        readings
    }

    /// The files that a choice of paths leaves.
    pub(super) fn part(&self, choose: impl Fn(&RepoPath) -> bool) -> Reading {
        let format = self.each.first().map_or(Format::Lcov, |(_, report)| report.format);
        let chosen = |path: &str| {
            path.parse().is_ok_and(|path| self.mapped.files.contains_key(&path) && choose(&path))
        };
        self.over(chosen, self.names(), format)
    }

    fn over(&self, choose: impl Fn(&str) -> bool, of: String, format: Format) -> Reading {
        let (mut sums, mut most) = (Measured::default(), Measured::default());
        for (_, entries) in self.files.iter().filter(|(path, _)| choose(path)) {
            let mut joined = entries[0].clone();
            entries[1..].iter().for_each(|entry| joined.merge(entry));
            sums.add(joined.measured);
            most.add(at_most(entries, &joined));
        }
        Reading { of, sums, most, format }
    }
}

/// What several reports of one file can say together at most: no two of them count the same line.
fn at_most(entries: &[FileCoverage], joined: &FileCoverage) -> Measured {
    let of = |metric: fn(&Measured) -> Option<Ratio>| {
        if let Some(ratio) = metric(&joined.measured) {
            return Some(ratio);
        }
        let said = entries.iter().filter_map(|entry| metric(&entry.measured));
        said.reduce(|a, b| {
            let found = a.found.max(b.found);
            Ratio { hit: a.hit.saturating_add(b.hit).min(found), found }
        })
    };
    Measured {
        lines: of(|m| m.lines),
        branches: of(|m| m.branches),
        functions: of(|m| m.functions),
        statements: of(|m| m.statements),
    }
}

/// One way in which a figure may be meant, and what the reports say of it.
pub(super) struct Reading {
    /// Who says so.
    pub(super) of: String,
    /// What it comes to.
    pub(super) sums: Measured,
    /// What it can come to at most, where several reports speak of one file.
    pub(super) most: Measured,
    format: Format,
}

impl Reading {
    /// What it comes to by the names of what is counted: of these metrics, or of all where none is named.
    pub(super) fn figures(&self, metrics: &[Metric]) -> Vec<(&'static str, f64)> {
        figures(&self.sums, metrics, self.format)
    }

    /// The same at most.
    pub(super) fn limits(&self, metrics: &[Metric]) -> Vec<(&'static str, f64)> {
        figures(&self.most, metrics, self.format)
    }
}

fn figures(measured: &Measured, metrics: &[Metric], format: Format) -> Vec<(&'static str, f64)> {
    let regions = match format {
        Format::Llvm => Some("regions"),
        Format::Jacoco => Some("instructions"),
        _ => None,
    };
    let all = [Metric::Lines, Metric::Statements, Metric::Branches, Metric::Functions];
    let wanted = if metrics.is_empty() { &all[..] } else { metrics };
    let mut figures = Vec::new();
    for metric in wanted {
        let (name, ratio) = match metric {
            Metric::Lines => ("lines", measured.lines),
            Metric::Branches => ("branches", measured.branches),
            Metric::Functions => ("functions", measured.functions),
            Metric::Statements => (regions.unwrap_or("statements"), measured.statements),
            Metric::Regions => {
                (regions.unwrap_or("regions"), measured.statements.filter(|_| regions.is_some()))
            }
        };
        figures.extend(ratio.and_then(Ratio::percent).map(|percent| (name, percent)));
    }
    // coverage.py and Sonar have one figure for both.
    let both = measured.branches.and_then(|_| measured.lines_and_branches()).and_then(Ratio::percent);
    if let Some(both) = both.filter(|_| metrics.is_empty()) {
        figures.push(("lines and branches", both));
    }
    figures
}
