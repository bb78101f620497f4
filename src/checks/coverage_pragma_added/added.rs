//! Which markers of head are new, and what each of them hides that counted before or is new itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::idle;
use crate::change::line_diff;
use crate::ids::RepoPath;
use crate::read::comments::{self, Kind};
use crate::read::coverage_pragma::{Hides, Marker, code_lines};

/// A changed file with its markers on both sides.
pub(super) struct Source<'c> {
    pub(super) path: &'c RepoPath,
    pub(super) base_path: Option<&'c RepoPath>,
    pub(super) base: Text<'c>,
    pub(super) head: Text<'c>,
    pub(super) is_product: bool,
}

/// One side of a file. Its code is read once any file is known to hold markers.
#[derive(Default)]
pub(super) struct Text<'c> {
    pub(super) text: &'c str,
    pub(super) markers: Vec<Marker>,
    /// The lines of code, counted from 1.
    code: BTreeSet<usize>,
    /// Every line without its comments.
    bare: Vec<String>,
    /// The lines that a marker hides.
    hidden: BTreeSet<usize>,
}

impl Source<'_> {
    /// Reads the code of both sides.
    pub(super) fn read(&mut self) {
        self.head.read(self.path);
        self.base.read(self.base_path.unwrap_or(self.path));
    }
}

impl<'c> Text<'c> {
    pub(super) fn new(text: &'c str, markers: Vec<Marker>) -> Self {
        Self { text, markers, ..Self::default() }
    }

    fn read(&mut self, path: &RepoPath) {
        self.bare = bare(path, self.text);
        self.code = code_lines(path, self.text);
        let lines = self.markers.iter().flat_map(|marker| marker.lines(self.bare.len()));
        self.hidden = lines.flatten().collect();
    }

    /// A line of code, counted from 1, without comments and the white space around it.
    pub(super) fn code(&self, line: usize) -> Option<&str> {
        self.code.contains(&line).then(|| self.bare[line - 1].trim())
    }
}

/// The lines of a text without their comments.
fn bare(path: &RepoPath, text: &str) -> Vec<String> {
    let mut bytes = text.as_bytes().to_vec();
    for piece in comments::scan(path, text).unwrap_or_default() {
        if piece.kind == Kind::Comment {
            bytes[piece.range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
    }
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut bare: Vec<String> =
        lines.map(|line| String::from_utf8_lossy(line).trim_end().to_owned()).collect();
    if text.is_empty() || text.ends_with('\n') {
        bare.pop();
    }
    bare
}

/// A marker that is new, and what it hides.
pub(super) struct Added<'s, 'c> {
    pub(super) source: &'s Source<'c>,
    pub(super) marker: &'s Marker,
    /// Its lines of code that counted at base, each with its number there where the line did not move.
    pub(super) counted: Vec<(usize, Option<usize>)>,
    /// Its lines of code that are new.
    pub(super) fresh: Vec<usize>,
}

impl Added<'_, '_> {
    /// The lines of code that it takes out, in order.
    pub(super) fn lines(&self) -> Vec<usize> {
        let mut lines: Vec<usize> =
            self.counted.iter().map(|(line, _)| *line).chain(self.fresh.clone()).collect();
        lines.sort_unstable();
        lines
    }
}

/// How often each line of code stands somewhere.
type Bag<'s> = HashMap<&'s str, usize>;

fn take(bag: &mut Bag<'_>, line: &str) -> bool {
    match bag.get_mut(line) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// The markers that this change adds to the product and that hide something which did not stand hidden before. What
/// every team leaves out (idle code) is no loss.
pub(super) fn find<'s, 'c>(sources: &'s [Source<'c>]) -> Vec<Added<'s, 'c>> {
    let maps: Vec<BTreeMap<usize, usize>> = sources.iter().map(unmoved).collect();
    let (mut was_hidden, mut was_counted) = (Bag::new(), Bag::new());
    for (source, map) in sources.iter().zip(&maps) {
        let kept: BTreeSet<usize> = map.values().copied().collect();
        for line in source.base.code.iter().filter(|line| !kept.contains(line)) {
            let bag = if source.base.hidden.contains(line) { &mut was_hidden } else { &mut was_counted };
            *bag.entry(source.base.code(*line).unwrap_or_default()).or_default() += 1;
        }
    }
    let mut found = Vec::new();
    for (source, map) in sources.iter().zip(&maps) {
        let mut told = BTreeSet::new();
        for marker in &source.head.markers {
            let Some(added) = added(source, marker, map, &mut was_hidden, &mut was_counted, &mut told) else {
                continue;
            };
            if source.is_product && !idle::is(&added) {
                found.push(added);
            }
        }
    }
    found
}

/// The lines of head that stand at base too, with their numbers there. Comments do not count.
fn unmoved(source: &Source<'_>) -> BTreeMap<usize, usize> {
    let joined = |bare: &[String]| bare.iter().map(|line| format!("{line}\n")).collect::<String>();
    let diff = line_diff(&joined(&source.base.bare), &joined(&source.head.bare));
    let (mut map, mut base, mut head) = (BTreeMap::new(), 1, 1);
    for hunk in &diff.hunks {
        map.extend((head..hunk.head.start).zip(base..hunk.base.start));
        (base, head) = (hunk.base.end, hunk.head.end);
    }
    map.extend((head..=source.head.bare.len()).zip(base..=source.base.bare.len()));
    map
}

fn added<'s, 'c>(
    source: &'s Source<'c>,
    marker: &'s Marker,
    map: &BTreeMap<usize, usize>,
    was_hidden: &mut Bag<'_>,
    was_counted: &mut Bag<'_>,
    told: &mut BTreeSet<usize>,
) -> Option<Added<'s, 'c>> {
    let (mut counted, mut fresh, mut moved, mut old) = (Vec::new(), Vec::new(), 0, 0);
    if marker.hides == Hides::Branches {
        return None;
    }
    for line in marker.lines(source.head.bare.len()).into_iter().flatten() {
        let Some(code) = source.head.code(line) else { continue };
        if !told.insert(line) {
            continue;
        }
        match map.get(&line) {
            Some(base) if source.base.hidden.contains(base) => old += 1,
            Some(base) => counted.push((line, Some(*base))),
            None if take(was_hidden, code) => old += 1,
            None if take(was_counted, code) => {
                moved += 1;
                counted.push((line, None));
            }
            None => fresh.push(line),
        }
    }
    // A marker that was there and still hides most of what it hid: moved, reworded, or its code went on growing.
    if old > 0 {
        fresh.clear();
        counted.retain(|(_, base)| base.is_some());
        if old >= counted.len() || moved > counted.len() {
            return None;
        }
    }
    let hides = !counted.is_empty() || !fresh.is_empty();
    hides.then_some(Added { source, marker, counted, fresh })
}
