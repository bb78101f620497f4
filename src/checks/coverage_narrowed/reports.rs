//! What coverage reports of both sides say of the files that left.

use crate::change::{Change, EvidenceFile, Tree};
use crate::ids::RepoPath;
use crate::read::coverage_report::figures::{Followed, followed, over_base};
use crate::read::coverage_report::{self, Mapped, Measured, Ratio, Report, place};
use crate::undecided::Undecided;

/// The reports, read and mapped once.
#[derive(Default)]
pub(super) struct Reports {
    base: Option<Mapped>,
    head: Option<Mapped>,
    /// What head's reports say over all that they measured.
    claimed: Measured,
    /// Reports that can't be read.
    pub(super) undecided: Vec<Undecided>,
}

impl Reports {
    pub(super) fn of(change: &Change) -> Self {
        let mut reports = Self::default();
        let base = reports.read(&change.evidence.base_coverage);
        let head = reports.read(&change.evidence.coverage);
        let mapped = |all: &[Report], tree: &Tree| (!all.is_empty()).then(|| place::all(all, tree));
        (reports.base, reports.head) = (mapped(&base, &change.base), mapped(&head, &change.head));
        head.iter().for_each(|report| reports.claimed.add(report.total()));
        reports
    }

    fn read(&mut self, files: &[EvidenceFile]) -> Vec<Report> {
        let mut read = Vec::new();
        for file in files {
            match coverage_report::read(file) {
                Ok(report) => read.push(report),
                Err(undecided) => self.undecided.push(undecided),
            }
        }
        read
    }

    /// Whether head's reports have lines of the file all the same.
    pub(super) fn still_measured(&self, head: &RepoPath) -> bool {
        let file = self.head.as_ref().and_then(|mapped| mapped.files.get(head));
        file.and_then(|file| file.line_ratio()).is_some_and(|lines| lines.found > 0)
    }

    /// What base's reports say of a file: ` (38 lines, 4 of them covered at base)`.
    pub(super) fn at_base(&self, base: &RepoPath) -> Option<String> {
        Some(match self.base.as_ref()?.files.get(base)?.line_ratio()? {
            Ratio { found: 0, .. } => " (no lines to cover at base)".to_owned(),
            Ratio { hit: 0, found: 1 } => " (1 line, not covered at base)".to_owned(),
            Ratio { found: 1, .. } => " (1 line, covered at base)".to_owned(),
            Ratio { hit: 0, found } => format!(" ({found} lines, none of them covered at base)"),
            Ratio { hit, found } => format!(" ({found} lines, {hit} of them covered at base)"),
        })
    }

    /// What head's figure comes to over the files that were measured before, of which `left` are measured no more.
    pub(super) fn bound(&self, change: &Change, before: &[&RepoPath], left: &[&RepoPath]) -> Option<String> {
        let head = self.head.as_ref()?;
        let figure = self.claimed.lines.or(self.claimed.statements)?.percent()?;
        let of = if self.claimed.lines.is_some() { "lines" } else { "statements" };
        let says = format!("Head's coverage report says {figure:.1} % of the {of} that it measured.");
        // Where base's reports tell which files were really measured, files that none of its tests loaded don't count.
        let known = |path: &&&RepoPath| {
            self.base.as_ref().is_none_or(|base| base.files.contains_key(**path)) || left.contains(*path)
        };
        let before = before.iter().filter(known).copied();
        let before: Vec<Followed> = followed(change, before);
        let figures = over_base(change, &before, head, self.base.as_ref());
        let unmeasured = figures.unmeasured.len();
        if unmeasured == 0 {
            return None;
        }
        let before = counted(figures.before, "file");
        let (Some(most), Some(as_before)) = (figures.at_most(|m| m.lines), figures.as_before(|m| m.lines))
        else {
            let text = format!(
                "{says} Of the {before} measured before it has nothing on {unmeasured}, whose lines can't be counted \
                 without a report of base."
            );
            return Some(text);
        };
        let text = format!(
            "{says} Over the {before} measured before, {unmeasured} of them unmeasured now, it shows at most {most:.1} % \
             of the lines, and {as_before:.1} % if the unmeasured ones are covered as at base."
        );
        Some(text)
    }
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
