//! Inline markers that take lines out of the coverage measurement: which there are, and which lines each one hides.
//!
//! A marker counts only where the tool that reads it would obey it: in a comment, in an annotation or in an attribute,
//! in its own position, for as far as that tool lets it reach.

mod annotations;
mod dialect;
mod go;
mod javascript;
mod lines;
mod masked;
mod python;
mod regions;
mod rust;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::ids::RepoPath;
use crate::read::comments::{self, Kind};
use crate::read::syntax;
use crate::span::Lines;
use crate::undecided::Undecided;

pub use dialect::Dialect;

/// The files in which markers are looked for, as a glob over whole paths.
pub const FILES: &str = "**/*.{c,cc,cjs,cpp,cs,cts,cxx,dart,ex,exs,go,groovy,h,hh,hpp,java,jl,js,jsx,kt,kts,m,mjs,mm,\
                         mts,php,py,r,R,rb,rs,scala,svelte,ts,tsx,vue,zig}";

/// One marker, or one pair of markers with what is between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// The tool, or the family of tools, that obeys it.
    pub tool: &'static str,
    /// Its own words, with white space joined.
    pub words: String,
    /// Its bytes.
    pub place: Range<usize>,
    /// What it takes out.
    pub hides: Hides,
}

/// What a marker takes out of the measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hides {
    /// These lines, counted from 1, half open and in order; lines without code among them.
    Lines(Vec<Range<usize>>),
    /// A way through the code, while its lines still count.
    Branches,
    /// The whole file.
    File,
}

impl Marker {
    fn new(tool: &'static str, text: &str, place: Range<usize>, hides: Hides) -> Self {
        const LONGEST: usize = 160;
        let written = text.get(place.clone()).unwrap_or_default();
        let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { tool, words: words.chars().take(LONGEST).collect(), place, hides }
    }

    /// The hidden lines of a text of that many lines.
    pub fn lines(&self, count: usize) -> Vec<Range<usize>> {
        match &self.hides {
            Hides::Lines(lines) => lines.clone(),
            Hides::Branches => Vec::new(),
            Hides::File => std::iter::once(1..count + 1).collect(),
        }
    }
}

/// Words of which each marker of a built-in kind holds one, for telling most files apart without reading them.
const WORDS: [&str; 19] = [
    "coveralls-ignore",
    "istanbul",
    "c8 ignore",
    "v8 ignore",
    "node:coverage",
    "coverage-ignore",
    "coverage:ignore",
    "pragma",
    "coverage",
    "_EXCL_",
    "LCOV_UNREACHABLE",
    "tarpaulin",
    "Generated",
    "COVERAGE-",
    "ExcludeFromCodeCoverage",
    "nocov",
    "simplecov",
    "codeCoverageIgnore",
    "CodeCoverageIgnore",
];

static PREFILTER: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let builder = AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS);
    builder.expect("a list of literal words makes a searcher")
});

/// Whether the text could hold a marker that no configuration made one.
pub fn may_hold(text: &str) -> bool {
    PREFILTER.is_match(text)
}

/// The markers of a file in the order of the text.
///
/// # Errors
///
/// A file that is too large, too deeply nested or no text of its language is undecided.
pub fn read(path: &RepoPath, text: &str, dialect: &Dialect) -> Result<Vec<Marker>, Undecided> {
    if !dialect.has_own_words() && !may_hold(text) {
        return Ok(Vec::new());
    }
    let mut markers = match syntax::Language::of(path) {
        Some(syntax::Language::Python) => python::read(text, dialect)?,
        Some(syntax::Language::Go) => go::read(text)?,
        Some(language) => javascript::read(language, text, dialect)?,
        None if path.extension() == "rs" => rust::read(text)?,
        None => annotations::read(path, text)?,
    };
    markers.extend(lines::read(path, text));
    markers.sort_by_key(|marker| (marker.place.start, marker.place.end));
    markers.dedup();
    Ok(markers)
}

/// The lines, counted from 1, that hold code: more than white space, comments, brackets and strings that stand alone.
pub fn code_lines(path: &RepoPath, text: &str) -> BTreeSet<usize> {
    let pieces = comments::scan(path, text).unwrap_or_default();
    let masked = masked::without(text, pieces.iter().map(|piece| piece.range.clone()));
    let numbers = Lines::of(text);
    let strings = pieces.iter().filter(|piece| piece.kind == Kind::String);
    let quoted: BTreeSet<usize> = strings.flat_map(|piece| lines_of(&numbers, &piece.range)).collect();
    let mut lines = BTreeSet::new();
    for (at, line) in masked.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        let speaks = line.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        if speaks || line == b"..." || (!line.is_empty() && quoted.contains(&(at + 1))) {
            lines.insert(at + 1);
        }
    }
    lines
}

/// The lines of a byte range, half open.
fn lines_of(lines: &Lines, range: &Range<usize>) -> Range<usize> {
    let start = lines.at(range.start);
    let last = lines.at(range.end.saturating_sub(1).max(range.start));
    start..last + 1
}
