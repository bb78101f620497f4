//! Tests of base whose lines stand in a comment at head.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::ran;
use crate::change::Change;
use crate::read::comments::{self, Kind};
use crate::read::tests::difference::{Difference, Place};
use crate::span::{Side, line_of};

/// So many of a test's lines at least must stand in comments, of a hundred.
const MIN_SHARE: usize = 60;

/// A test with the lines at head where it stands in a comment.
#[derive(Debug, Clone)]
pub(in crate::checks) struct Commented {
    pub(in crate::checks) base: Place,
    pub(in crate::checks) lines: RangeInclusive<usize>,
}

/// Those of the tests that ran and went.
pub(in crate::checks) fn commented_out(change: &Change, difference: &Difference) -> Vec<Commented> {
    let mut found = Vec::new();
    let mut read: HashMap<usize, Option<HashMap<String, usize>>> = HashMap::new();
    for place in difference.gone.iter().copied().filter(|place| ran(difference.base(*place))) {
        let lines = read.entry(place.file).or_insert_with(|| in_comments(change, difference, place.file));
        if let Some(lines) = lines.as_ref().and_then(|lines| within(change, difference, place, lines)) {
            found.push(Commented { base: place, lines });
        }
    }
    found
}

/// The lines of comments that a file has at head and not at base, without their marks, with their numbers.
fn in_comments(change: &Change, difference: &Difference, file: usize) -> Option<HashMap<String, usize>> {
    let file = &difference.files[file];
    let side = |side: Side| {
        let path = match side {
            Side::Base => file.base_path.as_ref()?,
            Side::Head => file.head_path.as_ref()?,
        };
        let text = change.text(side, path).ok()??;
        let mut lines: HashMap<String, usize> = HashMap::new();
        for piece in comments::scan(path, text)? {
            // A string that stands alone is how Python comments out a block.
            if piece.kind == Kind::String && !(path.extension() == "py" && piece.stands_alone(text)) {
                continue;
            }
            let first = line_of(text, piece.range.start);
            for (nth, line) in text[piece.range.clone()].lines().enumerate() {
                lines.entry(bare(line)).or_insert(first + nth);
            }
        }
        Some(lines)
    };
    let before = side(Side::Base).unwrap_or_default();
    let mut now = side(Side::Head)?;
    now.retain(|line, _| !line.is_empty() && !before.contains_key(line));
    Some(now)
}

/// A line without what marks it as a comment, and without its white space.
fn bare(line: &str) -> String {
    let mut line = line.trim();
    for mark in ["{/*", "/*", "//", "#", "*", "\"\"\"", "'''", "=begin", "<!--"] {
        line = line.strip_prefix(mark).unwrap_or(line);
    }
    let line = line.trim_start_matches(['/', '#', '*']);
    let line = line.trim_end_matches("*/}").trim_end_matches("*/").trim_end_matches("-->");
    line.split_whitespace().collect()
}

fn within(
    change: &Change,
    difference: &Difference,
    place: Place,
    comments: &HashMap<String, usize>,
) -> Option<RangeInclusive<usize>> {
    let test = difference.base(place);
    let path = difference.files[place.file].base_path.as_ref()?;
    let text = change.text(Side::Base, path).ok()??;
    let lines: Vec<String> = text.get(test.range.clone())?.lines().map(bare).collect();
    // Brackets and blanks alone are in every comment of code.
    let telling: Vec<&String> =
        lines.iter().filter(|line| line.chars().filter(|c| c.is_alphanumeric()).count() > 2).collect();
    let leaf: String = test.name.last()?.split_whitespace().collect();
    let is_head = |line: &&&String| line.contains(&leaf);
    let found: Vec<usize> = telling.iter().filter_map(|line| comments.get(*line).copied()).collect();
    let is_named = telling.iter().find(is_head).is_some_and(|line| comments.contains_key(*line));
    let enough = found.len() * 100 >= telling.len() * MIN_SHARE;
    if !is_named || !enough {
        return None;
    }
    Some(*found.iter().min()?..=*found.iter().max()?)
}
