//! What a coverage figure can be at most over the files that base measured.

use super::super::super::{CoverageClaim, Metric};
use super::reports::Reports;
use super::rounding::written;
use crate::change::Change;
use crate::read::coverage::{self, Stage};
use crate::read::coverage_report::figures::{self, OverBase};
use crate::read::coverage_report::{Measured, Ratio};

/// The figures of head over the scope of base, where reports of head were given.
pub(in crate::claims) struct Narrowed(OverBase);

impl Narrowed {
    /// `None` without reports of head that can be read, or where they have all files that base measured.
    pub(in crate::claims) fn of(change: &Change) -> Option<Self> {
        let head = Reports::read(&change.evidence.coverage, &change.head);
        let base = Reports::read(&change.evidence.base_coverage, &change.base);
        if head.is_empty() || head.unread.is_some() {
            return None;
        }
        let scopes = coverage::shared(&change.base);
        let chosen = scopes.iter().filter(|s| s.configured && s.stage == Stage::Run && s.undecided.is_none());
        let files: std::collections::BTreeSet<_> = chosen.flat_map(|scope| &scope.files).collect();
        let before = figures::followed(change, files);
        let over =
            figures::over_base(change, &before, &head.mapped, (!base.is_empty()).then_some(&base.mapped));
        (!over.unmeasured.is_empty()).then_some(Self(over))
    }

    /// The bound as part of a sentence that begins with "the text claims".
    pub(in crate::claims) fn bound(&self, claim: &CoverageClaim) -> String {
        let (before, unmeasured) = (self.0.before, self.0.unmeasured.len());
        let claimed =
            if claim.in_words { "full coverage".to_owned() } else { format!("{} %", written(claim.now)) };
        let (files, are) =
            (if before == 1 { "file" } else { "files" }, if unmeasured == 1 { "is" } else { "are" });
        let mut text = format!(
            "claimed {claimed}; over the {before} {files} measured before, at least {unmeasured} of them {are} now unmeasured"
        );
        if let Some((name, most)) = self.most(claim) {
            text.push_str(&format!(": at most {most:.1} % of the {name}"));
        }
        text
    }

    fn most(&self, claim: &CoverageClaim) -> Option<(&'static str, f64)> {
        let all = [Metric::Lines, Metric::Statements, Metric::Branches, Metric::Functions];
        let wanted = if claim.metrics.is_empty() { &all[..] } else { &claim.metrics };
        let at_most = |metric: &Metric| {
            let (name, of): (_, fn(&Measured) -> Option<Ratio>) = match metric {
                Metric::Lines => ("lines", |m| m.lines),
                Metric::Branches => ("branches", |m| m.branches),
                Metric::Functions => ("functions", |m| m.functions),
                Metric::Statements => ("statements", |m| m.statements),
                Metric::Regions => ("regions", |m| m.statements),
            };
            Some((name, self.0.at_most(of)?))
        };
        wanted.iter().find_map(at_most)
    }
}
