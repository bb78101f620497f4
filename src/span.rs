//! Places in texts: lines, byte ranges, and the excerpt of a file that a person is shown.

use std::ops::Range;

use serde::Serialize;

use crate::ids::RepoPath;

/// Which of the two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The tree before the pull request: the merge base.
    Base,
    /// The tree that the pull request proposes.
    Head,
}

/// A place in a file of one of the trees.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The tree.
    pub side: Side,
    /// The file.
    pub path: RepoPath,
    /// First line, counted from 1.
    pub line: usize,
    /// Last line, inclusive.
    pub end_line: usize,
    /// What to say at the place, in a few words; may be empty.
    pub label: String,
    /// The lines themselves, where they may be shown.
    pub excerpt: Option<Excerpt>,
}

/// Lines of a file with a marked part: enough to draw the place without the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excerpt {
    /// The number of the first line in `text`, counted from 1.
    pub first_line: usize,
    /// Whole lines, joined by `\n`.
    pub text: String,
    /// The byte range of `text` that is meant.
    pub mark: (usize, usize),
}

const MAX_EXCERPT_LINES: usize = 8;
const MAX_EXCERPT_COLUMNS: usize = 200;

impl Location {
    /// A whole file, at its first line and without an excerpt.
    pub fn file(side: Side, path: &RepoPath) -> Self {
        Self { side, path: path.clone(), line: 1, end_line: 1, label: String::new(), excerpt: None }
    }

    /// Lines without their text: for what must not be shown, or is not loaded.
    pub fn lines(side: Side, path: &RepoPath, line: usize, end_line: usize) -> Self {
        Self { line: line.max(1), end_line: end_line.max(line).max(1), ..Self::file(side, path) }
    }

    /// The place of a byte range in `source`, with its lines as excerpt.
    pub fn bytes(side: Side, path: &RepoPath, source: &str, range: Range<usize>) -> Self {
        let start = floor_char(source, range.start);
        let end = floor_char(source, range.end).max(start);
        let line = line_of(source, start);
        // A range that ends behind a newline ends on the line before it.
        let last = if end > start { floor_char(source, end - 1) } else { start };
        let end_line = line_of(source, last).max(line);
        let mut at = Self::lines(side, path, line, end_line);
        at.excerpt = Some(Excerpt::cut(source, line, end_line, start..end));
        at
    }

    /// Whole lines of `source` (counted from 1, inclusive), with them as excerpt.
    pub fn of_lines(side: Side, path: &RepoPath, source: &str, line: usize, end_line: usize) -> Self {
        let start = line_start(source, line);
        let end = line_start(source, end_line.saturating_add(1)).max(start);
        let text = source[start..end].trim_end();
        let indent = text.len() - text.trim_start().len();
        Self::bytes(side, path, source, start + indent..start + text.len().max(indent))
    }

    /// The same place with a few words to say at it.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

impl Excerpt {
    fn cut(source: &str, line: usize, end_line: usize, mark: Range<usize>) -> Self {
        let end_line = end_line.min(line + MAX_EXCERPT_LINES - 1);
        let from = line_start(source, line);
        let mut text = String::new();
        let (mut start, mut end) = (None, 0);
        for (offset, raw) in lines_with_offsets(&source[from..]).take(end_line - line + 1) {
            let at = from + offset;
            let shown = clip(raw);
            if !text.is_empty() || offset > 0 {
                text.push('\n');
            }
            let here = text.len();
            let clamp = |pos: usize| here + pos.saturating_sub(at).min(shown.len());
            if start.is_none() && mark.start <= at + raw.len() {
                start = Some(floor_char(shown, clamp(mark.start) - here) + here);
            }
            if mark.end > at {
                end = floor_char(shown, clamp(mark.end) - here) + here;
            }
            text.push_str(shown);
        }
        let start = start.unwrap_or(0);
        Self { first_line: line, mark: (start, end.max(start)), text }
    }
}

fn lines_with_offsets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split('\n').map(move |line| {
        let here = at;
        at += line.len() + 1;
        (here, line.strip_suffix('\r').unwrap_or(line))
    })
}

fn clip(line: &str) -> &str {
    &line[..floor_char(line, MAX_EXCERPT_COLUMNS)]
}

/// The nearest character boundary at or before `at`.
pub fn floor_char(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The line, counted from 1, on which the byte `at` stands.
pub fn line_of(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1
}

/// The numbers of the lines of many bytes of one text.
pub struct Lines(Vec<usize>);

impl Lines {
    /// Of this text.
    pub fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// The line, counted from 1, on which the byte stands.
    pub fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|newline| *newline < byte) + 1
    }
}

/// The byte at which `line` (counted from 1) starts; the end of the text where there are fewer lines.
pub fn line_start(text: &str, line: usize) -> usize {
    if line <= 1 {
        return 0;
    }
    memchr::memchr_iter(b'\n', text.as_bytes()).nth(line - 2).map_or(text.len(), |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> RepoPath {
        "a.js".parse().unwrap()
    }

    #[test]
    fn an_excerpt_holds_the_marked_lines_and_only_them() {
        let source = "one\ntwo three\nfour\n";
        let at = Location::bytes(Side::Head, &path(), source, 8..13);
        let excerpt = at.excerpt.unwrap();
        assert_eq!((at.line, at.end_line, excerpt.text.as_str()), (2, 2, "two three"));
        assert_eq!(&excerpt.text[excerpt.mark.0..excerpt.mark.1], "three");
    }

    #[test]
    fn lines_of_a_source_are_marked_without_their_indent() {
        let at = Location::of_lines(Side::Head, &path(), "a\n    b\n  c\n", 2, 3);
        let excerpt = at.excerpt.unwrap();
        assert_eq!(&excerpt.text[excerpt.mark.0..excerpt.mark.1], "b\n  c");
    }

    #[test]
    fn a_very_long_line_is_clipped_at_a_character() {
        let source = "é".repeat(10_000);
        let at = Location::bytes(Side::Head, &path(), &source, 5_000..5_010);
        assert!(at.excerpt.unwrap().text.len() <= MAX_EXCERPT_COLUMNS);
    }
}
