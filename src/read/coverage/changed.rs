//! Where a change touches the configuration.

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
    let hunks = change.diff(file).ok()?.hunks;
    let speaks = |hunk: &&Hunk| {
        let says = |text: &str, range: &std::ops::Range<usize>| {
            let mut lines = text.lines().skip(range.start - 1).take(range.len());
            lines.any(|line| words.iter().any(|word| line.to_lowercase().contains(word)))
        };
        says(base, &hunk.base) || says(head, &hunk.head)
    };
    let context = |hunk: &&Hunk| near(head, hunk.head.start, words) || near(base, hunk.base.start, words);
    let hunk = hunks.iter().find(speaks).or_else(|| hunks.iter().find(context))?;
    let mut found = Vec::new();
    if let Some(path) = file.on(Side::Head) {
        let empty = hunk.head.is_empty();
        let says = |line: &usize| {
            let text = head.lines().nth(line - 1).unwrap_or_default().trim().to_lowercase();
            !text.starts_with(['#', '*'])
                && !text.starts_with("//")
                && words.iter().any(|word| text.contains(word))
        };
        let first = hunk.head.clone().find(says).unwrap_or(hunk.head.start);
        let hunk = Hunk {
            base: hunk.base.clone(),
            head: first..hunk.head.end.max(hunk.head.start).min(first + LINES),
        };
        let last = hunk.head.end.max(hunk.head.start + 1) - 1;
        found.push(if empty {
            Location::of_lines(
                Side::Head,
                path,
                head,
                hunk.head.start.saturating_sub(1).max(1),
                hunk.head.start,
            )
            .label("removed here")
        } else {
            Location::of_lines(Side::Head, path, head, hunk.head.start, last)
        });
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

/// Whether one of the words stands shortly above the line: the key that a changed list belongs to.
fn near(text: &str, line: usize, words: &[&str]) -> bool {
    let from = line.saturating_sub(12);
    text.lines()
        .skip(from)
        .take(line - from)
        .any(|line| words.iter().any(|word| line.to_lowercase().contains(word)))
}
