//! Line differences of two texts. `imara-diff` is used here only.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// What changed between two texts, in lines counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineDiff {
    /// The differing stretches, in order.
    pub hunks: Vec<Hunk>,
}

/// A stretch of lines of base that became a stretch of head. Either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Lines of base, half open, counted from 1.
    pub base: Range<usize>,
    /// Lines of head, half open, counted from 1.
    pub head: Range<usize>,
}

impl LineDiff {
    /// The numbers of the lines of head that are new or changed.
    pub fn added(&self) -> impl Iterator<Item = usize> {
        self.hunks.iter().flat_map(|h| h.head.clone())
    }

    /// The numbers of the lines of base that are gone or changed.
    pub fn removed(&self) -> impl Iterator<Item = usize> {
        self.hunks.iter().flat_map(|h| h.base.clone())
    }

    /// Whether a line of head is new or changed.
    pub fn is_added(&self, line: usize) -> bool {
        self.touches_head(line, line)
    }

    /// Whether any line of an inclusive range of head is new or changed.
    pub fn touches_head(&self, line: usize, end_line: usize) -> bool {
        let next = self.hunks.partition_point(|h| h.head.end <= line);
        self.hunks.get(next).is_some_and(|h| h.head.start <= end_line)
    }
}

/// The line difference of two texts (histogram algorithm, as `git diff --histogram`).
pub fn line_diff(base: &str, head: &str) -> LineDiff {
    let input = InternedInput::new(base, head);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let range = |r: Range<u32>| r.start as usize + 1..r.end as usize + 1;
    LineDiff { hunks: diff.hunks().map(|h| Hunk { base: range(h.before), head: range(h.after) }).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_removed_lines_are_counted_from_one() {
        let diff = line_diff("a\nb\nc\n", "a\nx\nc\nd\n");
        assert_eq!(diff.added().collect::<Vec<_>>(), [2, 4]);
        assert_eq!(diff.removed().collect::<Vec<_>>(), [2]);
        assert!(diff.touches_head(1, 2) && !diff.touches_head(3, 3));
    }

    #[test]
    fn equal_texts_have_no_hunks() {
        assert_eq!(line_diff("a\r\nb", "a\r\nb"), LineDiff::default());
    }
}
