//! Where a change touches the configuration.

use std::ops::Range;

use crate::change::diff::Hunk;
use crate::change::{Change, FileChange};
use crate::ids::RepoPath;
use crate::span::{Location, Side};

/// A longer stretch is cut to its first lines from the first that speaks of coverage.
const LINES: usize = 8;

/// Whether the change touches one of these files.
pub fn touches(change: &Change, configs: &[RepoPath]) -> bool {
    configs.iter().any(|path| change.file(path).is_some())
}

/// The changed lines of these files that speak of coverage: head's first where there are any, then base's. `words` are
/// looked for in lower case; the files are tried in their order, those with such a word first.
///
/// `words` come in tiers: a later tier is looked for only where no file has a word of an earlier one.
pub fn changed_lines(change: &Change, configs: &[RepoPath], words: &[&[&str]]) -> Vec<Location> {
    let mut files: Vec<&FileChange> = Vec::new();
    for file in configs.iter().filter_map(|path| change.file(path)) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let mut tiers = words.iter().copied().chain([&[""][..]]);
    tiers.find_map(|words| files.iter().find_map(|file| lines(change, file, words))).unwrap_or_default()
}

fn lines(change: &Change, file: &FileChange, words: &[&str]) -> Option<Vec<Location>> {
    let text = |side: Side| {
        file.on(side).and_then(|path| change.text(side, path).ok().flatten()).unwrap_or_default()
    };
    let (base, head) = (text(Side::Base), text(Side::Head));
    let marked = |text: &str, is: fn(&str, &[&str]) -> bool| -> Vec<bool> {
        text.lines().map(|line| is(&line.to_lowercase(), words)).collect()
    };
    let (old, new) = (marked(base, speaks), marked(head, speaks));
    let hunks = change.diff(file).ok()?.hunks;
    let says = |hunk: &&Hunk| any(&old, &hunk.base) || any(&new, &hunk.head);
    let context = |hunk: &&Hunk| near(&new, hunk.head.start) || near(&old, hunk.base.start);
    let hunk = hunks.iter().find(says).or_else(|| hunks.iter().find(context))?;
    let mut found = Vec::new();
    if let Some(path) = file.on(Side::Head) {
        let settings = marked(head, sets);
        found.push(after(path, head, &hunk.head, &settings));
    }
    if let Some(path) = file.on(Side::Base)
        && !hunk.base.is_empty()
    {
        found.push(
            Location::of_lines(Side::Base, path, base, hunk.base.start, hunk.base.end - 1).label("before"),
        );
    }
    Some(found)
}

/// Head's side of a stretch, from its first line that sets something.
fn after(path: &RepoPath, head: &str, lines: &Range<usize>, settings: &[bool]) -> Location {
    if lines.is_empty() {
        let above = lines.start.saturating_sub(1).max(1);
        return Location::of_lines(Side::Head, path, head, above, lines.start).label("removed here");
    }
    let sets = |line: &usize| settings.get(line - 1).copied().unwrap_or_default();
    let first = lines.clone().find(sets).unwrap_or(lines.start);
    Location::of_lines(Side::Head, path, head, first, lines.end.min(first + LINES) - 1)
}

fn speaks(line: &str, words: &[&str]) -> bool {
    words.iter().any(|word| line.contains(word))
}

/// Whether the line speaks of it in no comment.
fn sets(line: &str, words: &[&str]) -> bool {
    let line = line.trim();
    !line.starts_with(['#', '*']) && !line.starts_with("//") && speaks(line, words)
}

/// Whether any of the lines, counted from 1, is marked.
fn any(marked: &[bool], lines: &Range<usize>) -> bool {
    marked.iter().skip(lines.start - 1).take(lines.len()).any(|marked| *marked)
}

/// Whether a line shortly above is marked: the key that a changed list belongs to.
fn near(marked: &[bool], line: usize) -> bool {
    let from = line.saturating_sub(12);
    marked.iter().skip(from).take(line - from).any(|marked| *marked)
}
