//! A marker in the code takes lines of the product out of the coverage measurement.

mod added;
mod idle;
mod tell;

use std::cell::LazyCell;
use std::collections::BTreeSet;

use crate::change::{Change, FileChange, Kind, Status};
use crate::checks::{Check, Examination, Needs, Rule, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::coverage::{self, Inline, ignores_file};
use crate::read::coverage_pragma::{self, Dialect, Hides, Marker};
use crate::span::Side;
use crate::undecided::Undecided;

use added::Added;

static RULE: Rule = Rule::new("coverage-pragma-added", include_str!("../../rules/coverage-pragma-added.md"));

/// `coverage-pragma-added`; its page tells the rest.
pub(super) struct CoveragePragmaAdded;

/// A changed file with its markers and its lines of code on both sides.
struct Source<'c> {
    path: &'c RepoPath,
    base_path: Option<&'c RepoPath>,
    base: Text<'c>,
    head: Text<'c>,
}

/// One side of a file.
#[derive(Default)]
struct Text<'c> {
    text: &'c str,
    lines: Vec<&'c str>,
    markers: Vec<Marker>,
    code: BTreeSet<usize>,
}

impl Check for CoveragePragmaAdded {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        coverage::needs().for_each(|glob| needs.both(glob));
        needs.changed(coverage_pragma::FILES);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let inline = LazyCell::new(|| Inline::of(&change.head));
        let mut inline = std::pin::pin!(inline);
        let mut sources = Vec::new();
        for file in change.files.iter().filter(|file| file.status != Status::Deleted || true) {
            let mut dialect = |path: &RepoPath| {
                LazyCell::force_mut(&mut inline).at(path).clone()
            };
            match source(change, file, &mut dialect) {
                Ok(source) => sources.extend(source),
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        let scopes = LazyCell::new(|| coverage::scopes(&change.base));
        let told_elsewhere = |source: &Source<'_>| {
            let Some(base) = source.base_path else { return false };
            let leaves = |tool: &str| ignores_file(tool, source.head.text) && !ignores_file(tool, source.base.text);
            scopes.iter().any(|scope| scope.configured && leaves(scope.tool) && scope.files.contains(base))
        };
        let added: Vec<Added<'_, '_>> = added::find(&sources)
            .into_iter()
            .filter(|added| added.marker.hides != Hides::File || !told_elsewhere(added.source))
            .collect();
        examination.findings.extend(tell::finding(change, claims, &added));
        examination
    }
}
