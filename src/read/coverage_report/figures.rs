//! Figures over what was measured before, and over what the change added.
//!
//! A report's own figure speaks only of the files in it. Here it is set against the files that base measured: those
//! that head measures no more count as lines without a measurement. How many lines those are is taken from a report of
//! base alone; without one only files are counted, since the lines of a file that are neither blank nor comment are
//! more than any tool counts, and a bound made of them would be too low.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, LineDiff};
use crate::ids::RepoPath;
use crate::span::Side;
use crate::undecided::Undecided;

use super::{FileCoverage, Mapped, Measured, Ratio};

/// A file that base measured and that still exists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Followed {
    /// Its name at base.
    pub base: RepoPath,
    /// Its name at head.
    pub head: RepoPath,
}

/// Those of the files of base that still exist, followed through renames.
pub fn followed<'a>(change: &Change, files: impl IntoIterator<Item = &'a RepoPath>) -> Vec<Followed> {
    let follow = |base: &RepoPath| Some(Followed { base: base.clone(), head: change.at_head(base)? });
    files.into_iter().filter_map(follow).collect()
}

/// The figures of head over the files that base measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OverBase {
    /// How many files base measured that still exist.
    pub before: usize,
    /// Those of them that head's reports say nothing of, under their names at base.
    pub unmeasured: BTreeSet<RepoPath>,
    /// What head's reports say of the others.
    pub measured: Measured,
    /// What base's reports say of the unmeasured ones: all that can still be covered there, at the least, and how much
    /// of it was covered at base. Empty without such reports.
    pub missing: Measured,
}

impl OverBase {
    /// The figure that head's reports can show at most, in per cent: nothing of the unmeasured files is shown to run.
    ///
    /// This bounds what was *measured*, not what would run: the unmeasured files may be covered as well as before, for
    /// which see [`OverBase::as_before`]. `None` where no report of base tells how much is missing of this metric.
    pub fn at_most(&self, metric: impl Fn(&Measured) -> Option<Ratio>) -> Option<f64> {
        let (measured, missing) = (metric(&self.measured).unwrap_or_default(), metric(&self.missing)?);
        Ratio { hit: measured.hit, found: measured.found + missing.found }.percent()
    }

    /// The figure in per cent if the unmeasured files are covered as they were at base.
    pub fn as_before(&self, metric: impl Fn(&Measured) -> Option<Ratio>) -> Option<f64> {
        let (mut all, missing) = (metric(&self.measured).unwrap_or_default(), metric(&self.missing)?);
        all.add(missing);
        all.percent()
    }
}

/// Head's reports over these files of base. What stands in `head.unmapped` may be any file of that name: such files
/// count as neither measured nor unmeasured.
pub fn over_base(change: &Change, before: &[Followed], head: &Mapped, base: Option<&Mapped>) -> OverBase {
    let mut figures = OverBase { before: before.len(), ..OverBase::default() };
    let doubtful: BTreeSet<&str> =
        head.unmapped.iter().map(|path| path.rsplit(['/', '\\', '!']).next().unwrap_or(path)).collect();
    for file in before {
        if let Some(coverage) = head.files.get(&file.head) {
            figures.measured.add(counted(coverage));
            continue;
        }
        let was = base.and_then(|base| base.files.get(&file.base));
        let nothing_to_cover = was.is_some_and(|was| was.line_ratio().is_some_and(|lines| lines.found == 0));
        if nothing_to_cover || doubtful.contains(file.head.name()) {
            continue;
        }
        figures.unmeasured.insert(file.base.clone());
        if let Some(was) = was {
            figures.missing.add(remaining(change, file, was));
        }
    }
    figures
}

/// A file's counts with its lines, which some formats only list.
fn counted(file: &FileCoverage) -> Measured {
    Measured { lines: file.line_ratio(), ..file.measured }
}

/// What is certainly still there of a file that base's report counts: everything where it did not change, else the
/// lines that the change left alone.
fn remaining(change: &Change, file: &Followed, was: &FileCoverage) -> Measured {
    let id = |side: Side, path: &RepoPath| change.tree(side).entry(path).map(|entry| &entry.id);
    if id(Side::Base, &file.base) == id(Side::Head, &file.head) {
        return counted(was);
    }
    let Some(lines) = &was.lines else { return Measured::default() };
    let Some(Ok(diff)) = change.file(&file.head).map(|changed| change.diff(changed)) else {
        return Measured::default();
    };
    let gone: BTreeSet<usize> = diff.removed().collect();
    let kept = lines.iter().filter(|(line, _)| !gone.contains(&(**line as usize)));
    Measured { lines: Some(Ratio::of(kept.map(|(_, hit)| *hit))), ..Measured::default() }
}

/// How much of what the change added was run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Added {
    /// The added lines that are code to the tool.
    pub lines: Ratio,
    /// The same by file, without files of which no such line was added.
    pub files: BTreeMap<RepoPath, Ratio>,
    /// Changed files of a kind that the reports measure elsewhere, but that are not in them.
    pub unmeasured: Vec<RepoPath>,
    /// What could not be told: a file whose text was not to be had, or a report that speaks of lines beyond its end
    /// and is therefore another commit's.
    pub undecided: Vec<Undecided>,
}

/// The coverage of the lines that the change added. Files that no report has are left out of the figure and named.
pub fn added(change: &Change, head: &Mapped) -> Added {
    let mut added = Added::default();
    let kinds: BTreeSet<&str> = head.files.keys().map(RepoPath::extension).collect();
    for file in &change.files {
        let Some(path) = &file.head else { continue };
        let Some(coverage) = head.files.get(path) else {
            if kinds.contains(path.extension()) {
                added.unmeasured.push(path.clone());
            }
            continue;
        };
        let Some(lines) = &coverage.lines else { continue };
        let found = change.diff(file).and_then(|diff| {
            let length = change.text(Side::Head, path)?.unwrap_or_default().lines().count();
            match lines.last_key_value() {
                Some((last, _)) if *last as usize > length.max(1) + 1 => {
                    let why = format!("has {length} lines, but a coverage report speaks of line {last}");
                    Err(Undecided::new(why).at(path))
                }
                _ => Ok(of_added(&diff, lines)),
            }
        });
        match found {
            Ok(ratio) if ratio.found == 0 => {}
            Ok(ratio) => {
                added.lines.add(ratio);
                added.files.insert(path.clone(), ratio);
            }
            Err(undecided) => added.undecided.push(undecided),
        }
    }
    added
}

fn of_added(diff: &LineDiff, lines: &super::Lines) -> Ratio {
    let new = |line: &usize| u32::try_from(*line).ok().and_then(|line| lines.get(&line)).copied();
    Ratio::of(diff.added().filter_map(|line| new(&line)))
}

#[cfg(test)]
mod tests;
