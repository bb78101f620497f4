//! Runs of lines, or of statements, that stand twice in a row.

use std::collections::HashMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::hashed;
use super::lines::Line;
use crate::read::syntax::{self, Node, parts};

/// A run that stands twice, by positions among the written lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubled {
    /// The first one.
    pub first: Range<usize>,
    /// The second one, behind it.
    pub second: Range<usize>,
}

/// Distances that are tried for one stretch, the most frequent first, and how often a line is looked up ahead.
const MAX_DISTANCES: usize = 48;
const MAX_AHEAD: usize = 4;
/// Longer runs are not looked for.
const MAX_RUN: usize = 1_500;

/// The longest run of lines within reach of a stretch (positions) that stands twice, with at most `gap` written lines
/// between the two. One that stands three times is a repetition that somebody meant, and is left out.
pub fn near(lines: &[Line], stretch: &Range<usize>, gap: usize) -> Option<Doubled> {
    let reach = stretch.len().min(MAX_RUN) + gap;
    let from = stretch.start.saturating_sub(reach);
    let to = (stretch.end + reach).min(lines.len());
    let window = &lines[from..to];
    let mut best: Option<Doubled> = None;
    for distance in distances(window, reach) {
        for run in runs(window, distance) {
            let length = run.len().min(distance);
            let is_best = best.as_ref().is_none_or(|known| known.first.len() < length);
            if length + gap >= distance && is_best && !is_regular(window, &run, distance) {
                let start = from + run.start;
                let second = start + distance..start + distance + length;
                best = Some(Doubled { first: start..start + length, second });
            }
        }
    }
    best
}

/// The distances at which equal lines stand, the most frequent first.
fn distances(window: &[Line], reach: usize) -> Vec<usize> {
    let mut last: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for (at, line) in window.iter().enumerate() {
        let places = last.entry(line.hash).or_default();
        for before in places.iter().rev().take(MAX_AHEAD).filter(|before| at - **before <= reach) {
            *counts.entry(at - before).or_default() += 1;
        }
        places.push(at);
    }
    let mut found: Vec<(usize, usize)> = counts.into_iter().map(|(distance, n)| (n, distance)).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.truncate(MAX_DISTANCES);
    found.into_iter().map(|(_, distance)| distance).collect()
}

/// The runs of lines that equal those a distance behind them.
fn runs(window: &[Line], distance: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..window.len().saturating_sub(distance) {
        if window[at].hash != window[at + distance].hash {
            continue;
        }
        match found.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}

/// Whether the run goes on for a third time, or consists of a smaller one over and over.
fn is_regular(window: &[Line], run: &Range<usize>, distance: usize) -> bool {
    if run.len() >= 2 * distance {
        return true;
    }
    let unit: Vec<u64> = window[run.clone()].iter().take(distance).map(|l| l.hash).collect();
    (1..=unit.len() / 2).any(|period| unit.iter().zip(&unit[period..]).all(|(a, b)| a == b))
}

/// What holds statements, definitions or members one after the other.
const LISTS: [&str; 16] = [
    "block",
    "block_body",
    "body_statement",
    "class_body",
    "declaration_list",
    "do_block",
    "match_block",
    "module",
    "program",
    "source_file",
    "statement_block",
    "statement_list",
    "switch_body",
    "then",
    "enum_body",
    "field_declaration_list",
];

/// The bytes of a run of whole statements or definitions that stands twice in a row within a range of bytes, as the
/// first and the second one. Comments don't count, nor does white space.
pub fn statements(root: Node<'_>, text: &str, reach: &Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let mut best: Option<(Range<usize>, Range<usize>)> = None;
    let mut nodes = syntax::below(root);
    while let Some(node) = nodes.next() {
        if node.end_byte() < reach.start || node.start_byte() > reach.end {
            nodes.skip_children();
            continue;
        }
        if !LISTS.contains(&node.kind()) {
            continue;
        }
        let parts: Vec<Node<'_>> =
            parts(node).filter(|n| n.end_byte() > reach.start && n.start_byte() < reach.end).collect();
        let hashes: Vec<u64> = parts.iter().map(|n| spelled(*n, text)).collect();
        for (at, length) in squares(&hashes) {
            let range = |from: usize| parts[from].start_byte()..parts[from + length - 1].end_byte();
            let (first, second) = (range(at), range(at + length));
            if best.as_ref().is_none_or(|(known, _)| known.len() < first.len()) {
                best = Some((first, second));
            }
        }
    }
    best
}

fn spelled(node: Node<'_>, text: &str) -> u64 {
    let tokens = syntax::below(node).filter(|n| n.child_count() == 0 && !n.kind().ends_with("comment"));
    let words: Vec<&str> = tokens.map(|n| syntax::text(n, text).trim()).collect();
    hashed((node.kind(), words))
}

/// Where a run of hashes stands exactly twice in a row, as its start and length.
fn squares(hashes: &[u64]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let count = hashes.len().min(MAX_RUN);
    for length in 1..=count / 2 {
        let mut equal = 0;
        for at in 0..=count - length {
            if at + length < count && hashes[at] == hashes[at + length] {
                equal += 1;
                continue;
            }
            // A third copy lets the run go on for twice the length.
            if equal >= length && equal < 2 * length {
                found.push((at - equal, length));
            }
            equal = 0;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::alike::lines::written;
    use crate::read::syntax::{Language, parse};
    use proptest::prelude::*;

    fn near_of(text: &str, gap: usize) -> Option<(Range<usize>, Range<usize>)> {
        let lines = written(text);
        near(&lines, &(0..lines.len()), gap).map(|d| (d.first, d.second))
    }

    #[test]
    fn a_run_of_lines_that_stands_twice_is_found_and_three_times_is_not() {
        assert_eq!(near_of("x\na\nb\nc\na\nb\nc\ny\n", 0), Some((1..4, 4..7)));
        assert_eq!(near_of("a\nb\nc\n-\na\nb\nc\n", 0), None);
        assert_eq!(near_of("a\nb\nc\n-\na\nb\nc\n", 1), Some((0..3, 4..7)));
        assert_eq!(near_of("a\nb\na\nb\na\nb\n", 0), None);
        assert_eq!(near_of("a\na\na\na\n", 0), None);
    }

    #[test]
    fn whole_statements_are_told_from_parts_of_them() {
        let twice = |source: &'static str| {
            let tree = parse(Language::JavaScript, source).unwrap();
            statements(tree.root(), source, &(0..source.len())).map(|(a, b)| (&source[a], &source[b]))
        };
        let source = "f(1); // one\ng();\nf( 1 );\ng();\n";
        let (first, second) = ("f(1); // one\ng();", "f( 1 );\ng();");
        assert_eq!(twice(source), Some((first, second)));
        assert_eq!(twice("f(1);\nf(2);\n"), None);
        assert_eq!(twice("x = [1, 1];\n"), None);
    }

    proptest! {
        #[test]
        fn the_second_run_equals_the_first(text in "[abc\n]{0,80}", gap in 0usize..3) {
            let lines = written(&text);
            if let Some(found) = near(&lines, &(0..lines.len()), gap) {
                let hashes = |r: &Range<usize>| lines[r.clone()].iter().map(|l| l.hash).collect::<Vec<_>>();
                prop_assert!(found.first.end <= found.second.start);
                prop_assert!(found.second.start - found.first.end <= gap);
                prop_assert_eq!(hashes(&found.first), hashes(&found.second));
            }
        }
    }
}
