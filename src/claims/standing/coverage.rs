//! A coverage figure against the coverage reports of head.

use std::fmt::Write;

use super::super::recognise::{Extent, coverage_extent};
use super::super::{Metric, Weighed};
use super::{contradicted, supported, unproven};
use crate::change::Change;
use crate::read::coverage_report::{self, Measured, Report};

/// The reports, read once.
pub(super) struct Evidence {
    reports: Vec<Report>,
    unread: Option<String>,
}

impl Evidence {
    pub(super) fn gather(change: &Change) -> Self {
        let (mut reports, mut unread) = (Vec::new(), None);
        for file in &change.evidence.coverage {
            match coverage_report::read(file) {
                Ok(report) => reports.push(report),
                Err(undecided) => unread = Some(undecided.why),
            }
        }
        Self { reports, unread }
    }

    pub(super) fn weigh(&self, claimed: f64, metrics: &[Metric], quote: &str) -> Weighed {
        if self.reports.is_empty() {
            let nothing = || "no coverage report was given".to_owned();
            return unproven(self.unread.clone().unwrap_or_else(nothing));
        }
        let named = |m: &Measured| -> Vec<(&'static str, f64)> {
            let all = [Metric::Lines, Metric::Statements, Metric::Branches, Metric::Functions];
            let wanted = if metrics.is_empty() { &all[..] } else { metrics };
            wanted.iter().filter_map(|metric| figure(*metric, m)).collect()
        };
        let mut all = Measured::default();
        self.reports.iter().for_each(|report| all.add(report.total()));
        let total = named(&all);
        if total.is_empty() {
            return unproven("the coverage report does not measure what the text names");
        }
        let says = says(&total);
        // Each report may be a package of its own, and the text may mean one of them.
        let of_each: Vec<_> = self.reports.iter().map(|report| named(&report.total())).collect();
        let explained = |figures: &[(&str, f64)]| {
            let mut figures = figures.iter().map(|(_, actual)| explains(claimed, *actual));
            if metrics.is_empty() { figures.any(|fits| fits) } else { figures.all(|fits| fits) }
        };
        if explained(&total) || of_each.iter().any(|figures| explained(figures)) {
            return supported(says);
        }
        // More than any report measured, whichever of the named metrics is meant.
        let exceeds = |figures: &[(&str, f64)]| {
            let mut over = figures.iter().map(|(_, actual)| claimed > *actual && !explains(claimed, *actual));
            if metrics.is_empty() { over.all(|over| over) } else { over.any(|over| over) }
        };
        let refuted = exceeds(&total) && of_each.iter().all(|figures| exceeds(figures));
        if refuted && self.unread.is_none() && coverage_extent(quote) == Extent::All {
            return contradicted(says);
        }
        unproven(says)
    }
}

fn figure(metric: Metric, measured: &Measured) -> Option<(&'static str, f64)> {
    let (name, ratio) = match metric {
        Metric::Lines => ("lines", measured.lines),
        Metric::Branches => ("branches", measured.branches),
        Metric::Functions => ("functions", measured.functions),
        Metric::Statements => ("statements", measured.statements),
    };
    ratio?.percent().map(|percent| (name, percent))
}

fn says(figures: &[(&'static str, f64)]) -> String {
    let mut text = "the report says ".to_owned();
    for (i, (name, percent)) in figures.iter().enumerate() {
        let comma = if i == 0 { "" } else { ", " };
        let _ = write!(text, "{comma}{percent:.1} % of the {name}");
    }
    text + " it measured"
}

/// Whether rounding to the claim's own decimals, up, down or to the nearest, makes one of the other.
fn explains(claimed: f64, actual: f64) -> bool {
    let decimals = format!("{claimed}").split_once('.').map_or(0, |(_, decimals)| decimals.len().min(6));
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(6));
    let same = |rounded: f64| (rounded / scale - claimed).abs() < 1e-9;
    same((actual * scale).round()) || same((actual * scale).floor()) || (actual - claimed).abs() < 1e-9
}
