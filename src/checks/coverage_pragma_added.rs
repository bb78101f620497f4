//! A marker in the code takes lines of the product out of the coverage measurement.

mod added;
mod idle;
mod tell;

use crate::change::{Change, FileChange, Kind};
use crate::checks::{Check, Examination, Needs, Rule, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::coverage::{self, Inline, ignores_file};
use crate::read::coverage_pragma::{self, Hides};
use crate::read::coverage_report::{self, Mapped};
use crate::span::Side;
use crate::undecided::Undecided;

use added::{Added, Source, Text};

static RULE: Rule = Rule::new("coverage-pragma-added", include_str!("../../rules/coverage-pragma-added.md"));

/// `coverage-pragma-added`; its page tells the rest.
pub(super) struct CoveragePragmaAdded;

impl Check for CoveragePragmaAdded {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
        coverage_report::NEEDS.into_iter().for_each(|glob| needs.both(glob));
        needs.changed(coverage_pragma::FILES);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let (mut inline, mut sources) = (None, Vec::new());
        for file in &change.files {
            match source(change, file, &mut inline) {
                Ok(source) => sources.extend(source),
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        if sources.iter().all(|source| source.head.markers.is_empty()) {
            return examination;
        }
        sources.iter_mut().for_each(Source::read);
        let mut found = added::find(&sources);
        found.retain(|added| added.marker.hides != Hides::File || !is_told(change, added.source));
        if !found.is_empty() {
            let report = base_report(change, &mut examination);
            examination.findings.extend(tell::findings(change, claims, &found, &report));
        }
        examination
    }
}

/// A changed file with the markers of both sides.
///
/// A file that has none at head is still read: its code may have moved elsewhere, with or without them.
fn source<'c>(
    change: &'c Change,
    file: &'c FileChange,
    inline: &mut Option<Inline<'c>>,
) -> Result<Option<Source<'c>>, Undecided> {
    let side = |side: Side| -> Result<Option<(&'c RepoPath, &'c str)>, Undecided> {
        let Some(path) = file.on(side).filter(|path| is_read(path)) else { return Ok(None) };
        if change.tree(side).entry(path).is_none_or(|entry| entry.kind != Kind::File) {
            return Ok(None);
        }
        Ok(change.text(side, path)?.map(|text| (path, text)))
    };
    let (base, head) = (side(Side::Base)?, side(Side::Head)?);
    let Some((path, _)) = head.or(base) else { return Ok(None) };
    let is_product = head.is_some_and(|(path, _)| product::kind(path).is_none());
    let mut read = |side: Option<(&'c RepoPath, &'c str)>| {
        let Some((path, text)) = side else { return Ok(Text::default()) };
        // Only Python's markers have words of the repository's own.
        let markers = if path.extension() == "py" || coverage_pragma::may_hold(text) {
            let dialect = inline.get_or_insert_with(|| Inline::of(&change.head)).at(path);
            coverage_pragma::read(path, text, dialect).map_err(|undecided| undecided.at(path))?
        } else {
            Vec::new()
        };
        Ok(Text::new(text, markers))
    };
    let (base_text, head_text) = (read(base)?, read(head)?);
    let base_path = base.map(|(path, _)| path);
    Ok(Some(Source { path, base_path, base: base_text, head: head_text, is_product }))
}

fn is_read(path: &RepoPath) -> bool {
    let endings = coverage_pragma::FILES.trim_start_matches("**/*.{").trim_end_matches('}');
    endings.split(',').any(|ending| ending == path.extension())
}

/// Whether `coverage-narrowed` tells that a comment took this file out.
fn is_told(change: &Change, source: &Source<'_>) -> bool {
    let Some(base) = source.base_path else { return false };
    let leaves = |tool: &str| ignores_file(tool, source.head.text) && !ignores_file(tool, source.base.text);
    coverage::shared(&change.base)
        .iter()
        .any(|scope| scope.configured && scope.files.contains(base) && leaves(scope.tool))
}

/// What was measured at base.
fn base_report(change: &Change, examination: &mut Examination) -> Mapped {
    let mut reports = Vec::new();
    for file in &change.evidence.base_coverage {
        match coverage_report::read(file) {
            Ok(report) => reports.push(report),
            Err(undecided) => examination.undecided.push(undecided),
        }
    }
    coverage_report::place::all(&reports, &change.base)
}

/// What a marker took out of the measurement.
type Found<'s, 'c> = [Added<'s, 'c>];
