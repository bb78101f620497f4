//! Glob patterns in the dialects of JavaScript's coverage tools.
//!
//! Two libraries decide there what is measured: picomatch (Jest, Vitest from 4 on) and minimatch (c8, nyc, Vitest up
//! to 3). They differ in braces, classes and what `!(…)` looks at, so each has its own reader. All tools switch `dot`
//! on: names that start with a dot are ordinary names here. A pattern is matched without regular expressions, in time
//! polynomial in pattern and path.

mod matching;
mod minimatch;
mod needed;
mod picomatch;

use crate::undecided::Undecided;
use matching::Positions;
use needed::Needed;

/// Longer patterns are not read.
const MAX_LENGTH: usize = 4_096;
/// Deeper nesting of groups is not read.
const MAX_DEPTH: usize = 32;

/// Whose rules a pattern follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// picomatch; the whole path must match.
    Picomatch,
    /// picomatch with `contains`: any part of the path may match.
    PicomatchContains,
    /// picomatch with `posix`, as tinyglobby walks: `[!a]` is a negated class.
    Tinyglobby,
    /// minimatch; the whole path must match.
    Minimatch,
    /// minimatch as the package `glob` holds its `ignore` patterns against what it walks over: neither comments nor
    /// negation, `.` is no part of a path, and a file is also looked at as if it were a folder.
    GlobIgnore,
    /// minimatch as Node.js itself has it; without `dot` no wildcard matches a name that starts with a dot.
    Node {
        /// Whether such names are ordinary.
        dot: bool,
    },
}

/// A pattern ready to match.
#[derive(Debug, Clone)]
pub struct Glob {
    alternatives: Vec<Alternative>,
    /// The pattern itself where a path of the same text matches it, whatever its characters mean.
    literal: Option<String>,
    negated: bool,
    filters: bool,
    contains: bool,
    folders: bool,
}

type Seq = Vec<Node>;

#[derive(Debug, Clone)]
struct Alternative {
    seq: Seq,
    needed: Needed,
}

impl From<Seq> for Alternative {
    fn from(seq: Seq) -> Self {
        Self { needed: Needed::of(&seq), seq }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Char(char),
    /// One character that is no `/`.
    One,
    /// Any number of characters that are no `/`.
    Star,
    /// Any number of characters.
    Globstar,
    /// At least one character follows.
    More,
    /// No `.` follows.
    Plain,
    Begin,
    End,
    Class {
        not: bool,
        ranges: Vec<(char, char)>,
    },
    Group {
        options: Vec<Seq>,
        repeat: Repeat,
    },
    /// `!(…)`: a run of characters at whose start none of the options, followed by `then`, stands.
    Not {
        options: Vec<Seq>,
        then: Seq,
        across: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    Once,
    Maybe,
    Any,
    Some,
}

impl Glob {
    /// Reads a pattern. `Undecided` names a pattern that is too long, too deep or of a kind that is not read.
    pub fn new(pattern: &str, dialect: Dialect) -> Result<Self, Undecided> {
        let unread = |why: &str| Undecided::new(format!("the pattern {:?} {why}", shown(pattern)));
        if pattern.len() > MAX_LENGTH {
            return Err(unread("is too long to be read"));
        }
        let read = match dialect {
            Dialect::Minimatch => minimatch::read(pattern, true),
            Dialect::Node { dot } => minimatch::node(pattern, dot),
            Dialect::GlobIgnore => minimatch::read(pattern, false),
            Dialect::Picomatch | Dialect::PicomatchContains => picomatch::read(pattern, false),
            Dialect::Tinyglobby => picomatch::read(pattern, true),
        };
        let mut glob = read.map_err(unread)?;
        glob.contains = dialect == Dialect::PicomatchContains;
        glob.folders = dialect == Dialect::GlobIgnore;
        Ok(glob)
    }

    /// Whether the pattern matches; a pattern that starts with `!` matches what the rest does not.
    pub fn is_match(&self, path: &str) -> bool {
        if self.literal.as_deref() == Some(path) {
            return true;
        }
        let found = self.finds(path) || self.folders && self.finds(&format!("{path}/"));
        found != self.negated
    }
}

impl Glob {
    fn finds(&self, path: &str) -> bool {
        let mut chars = Vec::new();
        let possible = self.alternatives.iter().filter(|one| one.needed.is_in(path, self.contains));
        let mut found = possible.map(|one| {
            if chars.is_empty() {
                chars.extend(path.chars());
            }
            // A negated pattern is looked for at the start only, even by `contains`.
            let anywhere = self.contains && !self.negated;
            let starts = if anywhere { Positions::all(&chars) } else { Positions::start(&chars) };
            let ends = matching::ends(&one.seq, &chars, starts);
            if self.contains { !ends.is_empty() } else { ends.contains(chars.len()) }
        });
        found.any(|found| found)
    }
}

fn shown(pattern: &str) -> String {
    pattern.chars().take(120).collect()
}

/// Whether a list of patterns keeps a path, as Jest has it: later patterns win, a `!` pattern only takes away, and a
/// list of `!` patterns alone keeps everything else.
pub fn keeps(globs: &[Glob], path: &str) -> bool {
    let mut kept = None;
    for glob in globs {
        match (glob.is_match(path), glob.filters) {
            (false, true) => kept = Some(false),
            (true, false) => kept = Some(true),
            _ => {}
        }
    }
    let only_filters = !globs.is_empty() && globs.iter().all(|glob| glob.filters);
    kept.unwrap_or(only_filters)
}

#[cfg(test)]
mod tests;
