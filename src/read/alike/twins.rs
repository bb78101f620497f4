//! Blocks that stood word for word in two places, one of which an edit went into.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lines::{self, Line};
use crate::change::diff::Hunk;

/// So many written lines make a block, of which so many say something.
const MIN_LINES: usize = 8;
/// Words that a block has at least.
const MIN_WORDS: usize = 30;

/// The stretches of one text that were edited, with what stood around them.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    lines: Vec<Line>,
    /// Each edit by its number, as positions among the lines. Empty for an insertion.
    edits: Vec<(usize, Range<usize>)>,
    /// Runs of `MIN_LINES` lines that hold or touch an edit: the edit and the position.
    runs: Vec<(usize, usize)>,
}

/// What is looked for of many texts at once.
pub struct Search<'s> {
    sought: &'s [Sought],
    /// Every run by its hash: the text, the edit and the position.
    runs: FxHashMap<u64, Vec<(usize, usize, usize)>>,
    /// The lines of all runs.
    known: FxHashSet<u64>,
}

/// A block with its twin, both in line numbers, half open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The number of the edit.
    pub hunk: usize,
    /// The block that was edited, as it was.
    pub own: Range<usize>,
    /// The same elsewhere.
    pub other: Range<usize>,
    written: usize,
}

impl Twin {
    /// How many written lines the block has.
    pub fn lines(&self) -> usize {
        self.written
    }
}

impl Sought {
    /// What to look for, given a text and where it was edited. Edits of imports and comments alone, and those that
    /// took away a whole block, are left out.
    pub fn of(text: &str, hunks: &[Hunk]) -> Self {
        let lines = code(text);
        let mut sought = Self { lines, ..Self::default() };
        for (number, hunk) in hunks.iter().enumerate() {
            let edit = lines::within(&sought.lines, &hunk.base);
            // What was only taken away may have gone elsewhere; a whole block that was rewritten is another one.
            if edit.is_empty() || hunk.head.is_empty() || edit.len() > MIN_LINES * 2 {
                continue;
            }
            sought.edits.push((number, edit.clone()));
            let from = edit.start.saturating_sub(MIN_LINES - 1);
            for at in from..edit.end.min((sought.lines.len() + 1).saturating_sub(MIN_LINES)) {
                let run = &sought.lines[at..at + MIN_LINES];
                if run.iter().map(|l| l.words).sum::<usize>() < MIN_WORDS {
                    continue;
                }
                sought.runs.push((sought.edits.len() - 1, at));
            }
        }
        sought
    }

    /// Whether nothing is to be looked for.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The whole block around two equal runs.
    fn grown(&self, lines: &[Line], edit: usize, own: usize, other: usize, is_own: bool) -> Option<Twin> {
        let (number, edited) = &self.edits[edit];
        let (mut before, mut behind) = (0, MIN_LINES);
        while before < own.min(other) && self.lines[own - before - 1].hash == lines[other - before - 1].hash {
            before += 1;
        }
        while own + behind < self.lines.len()
            && other + behind < lines.len()
            && self.lines[own + behind].hash == lines[other + behind].hash
        {
            behind += 1;
        }
        let (from, to) = (own - before, own + behind);
        let other = other - before..other + behind;
        let holds = from < edited.start && edited.end < to && edited.len() * 2 <= to - from;
        let is_itself = is_own && other.start < to && from < other.end;
        (holds && !is_itself).then(|| Twin {
            hunk: *number,
            own: self.lines[from].number..self.lines[to - 1].number + 1,
            other: lines[other.start].number..lines[other.end - 1].number + 1,
            written: to - from,
        })
    }
}

impl<'s> Search<'s> {
    /// Looks for all of these.
    pub fn of(sought: &'s [Sought]) -> Self {
        let mut search = Self { sought, runs: FxHashMap::default(), known: FxHashSet::default() };
        for (text, sought) in sought.iter().enumerate() {
            for (edit, at) in &sought.runs {
                let run = &sought.lines[*at..at + MIN_LINES];
                search.known.extend(run.iter().map(|line| line.hash));
                search.runs.entry(joined(run)).or_default().push((text, *edit, *at));
            }
        }
        search
    }

    /// The twins that stand in a text, each with the number of what it is a twin of: each block as long as it can be,
    /// holding its whole edit with a line to spare. In the text of that number itself an edit is no twin of its own.
    pub fn twins(&self, text: &str, own: Option<usize>) -> Vec<(usize, Twin)> {
        let all = lines::written(text);
        // Most texts hold no such lines in a row.
        let mut row = 0;
        let holds = all.iter().any(|line| {
            row = if self.known.contains(&line.hash) { row + 1 } else { row / 2 };
            row >= MIN_LINES / 2
        });
        if !holds {
            return Vec::new();
        }
        let lines = said(all, text);
        let mut found: Vec<(usize, Twin)> = Vec::new();
        let mut known = 0;
        for (end, line) in lines.iter().enumerate() {
            known = if self.known.contains(&line.hash) { known + 1 } else { 0 };
            if known < MIN_LINES {
                continue;
            }
            let start = end + 1 - MIN_LINES;
            for (number, edit, at) in self.runs.get(&joined(&lines[start..=end])).into_iter().flatten() {
                let is_own = own == Some(*number);
                if is_own && *at == start {
                    continue;
                }
                let twin = self.sought[*number].grown(&lines, *edit, *at, start, is_own);
                found.extend(twin.map(|twin| (*number, twin)));
            }
        }
        found.sort_by_key(|(number, twin)| (*number, twin.hunk, twin.other.start));
        found.dedup_by(|a, b| a.0 == b.0 && a.1.hunk == b.1.hunk && a.1.other == b.1.other);
        found
    }
}

fn joined(run: &[Line]) -> u64 {
    run.iter().fold(0_u64, |all, line| all.rotate_left(7).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ line.hash)
}

/// The lines that say something: no imports, no comments, no mere brackets.
fn code(text: &str) -> Vec<Line> {
    said(lines::written(text), text)
}

fn said(mut lines: Vec<Line>, text: &str) -> Vec<Line> {
    const FRONT: [&str; 13] = [
        "import ",
        "from ",
        "use ",
        "pub use ",
        "require",
        "package ",
        "#",
        "//",
        "*",
        "/*",
        "export * from",
        "export {",
        "\"\"\"",
    ];
    let mut texts = text.lines().enumerate();
    lines.retain(|line| {
        let bare = texts.find(|(at, _)| at + 1 == line.number).map_or("", |(_, text)| text.trim_start());
        line.words > 0 && !FRONT.iter().any(|front| bare.starts_with(front))
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::line_diff;
    use proptest::prelude::*;

    fn block(front: &str) -> String {
        let lines = (0..10).map(|n| format!("  {front}.step{n}(order, config.limit{n}, now);\n"));
        lines.collect()
    }

    fn twins(base: &str, head: &str, other: &str) -> Vec<(Range<usize>, Range<usize>)> {
        let sought = [Sought::of(base, &line_diff(base, head).hunks)];
        Search::of(&sought).twins(other, None).into_iter().map(|(_, t)| (t.own, t.other)).collect()
    }

    #[test]
    fn a_block_whose_twin_was_edited_is_found_as_a_whole() {
        let base = format!("function a() {{\n{}}}\n", block("shop"));
        let head = base.replace("step5(order, ", "step5(order.id, ");
        let other = format!("const x = 1;\n\n\nfunction b() {{\n{}}}\n", block("shop"));
        assert_eq!(twins(&base, &head, &other), [(2..12, 5..15)]);
        assert_eq!(twins(&base, &head, &block("cart")), []);
        assert_eq!(twins(&base, &base.replace("function a", "function c"), &other), []);
    }

    #[test]
    fn in_its_own_text_a_block_is_not_its_own_twin() {
        let base = format!("{}\nreturn 1;\n{}", block("shop"), block("shop"));
        let head = base.replacen("step5(order, ", "step5(order.id, ", 1);
        let sought = [Sought::of(&base, &line_diff(&base, &head).hunks)];
        let found = Search::of(&sought).twins(&base, Some(0));
        assert_eq!(found.iter().map(|(_, t)| (t.other.start, t.other.end)).collect::<Vec<_>>(), [(13, 23)]);
    }

    proptest! {
        #[test]
        fn a_twin_is_word_for_word_the_same(text in "[ab c\n]{0,200}", head in "[ab c\n]{0,200}") {
            let sought = [Sought::of(&text, &line_diff(&text, &head).hunks)];
            for (_, twin) in Search::of(&sought).twins(&text, Some(0)) {
                let words = |r: &Range<usize>| code(&text).iter().filter(|l| r.contains(&l.number)).map(|l| l.hash).collect::<Vec<_>>();
                prop_assert_eq!(words(&twin.own), words(&twin.other));
            }
        }
    }
}
