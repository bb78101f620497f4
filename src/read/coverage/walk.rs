//! The walk over files that no test loads, as `tinyglobby` does it for Vitest from version 4 on.

use super::settings::globs;
use super::survey::below;
use crate::read::glob::{Dialect, Glob};
use crate::read::javascript::ROOT;
use crate::undecided::Undecided;

/// What the walk takes and what it passes over.
pub(in crate::read) struct Walk {
    taken: Vec<Glob>,
    ignored: Vec<Glob>,
}

impl Walk {
    pub(in crate::read) fn new(
        root: &str,
        include: &[String],
        exclude: &[String],
    ) -> Result<Self, Undecided> {
        let negated = |pattern: &&String| pattern.starts_with('!') && !pattern.starts_with("!(");
        let (dropped, taken): (Vec<&String>, Vec<&String>) = include.iter().partition(negated);
        let dropped = dropped.into_iter().map(|pattern| pattern[1..].to_owned());
        let ignored = exclude.iter().cloned().chain(dropped).filter(|pattern| !negated(&pattern));
        let normal = |pattern: String| Some(normalized(root, &pattern)).filter(|pattern| !pattern.is_empty());
        let taken: Vec<String> = taken.into_iter().cloned().filter_map(normal).collect();
        let ignored: Vec<String> = ignored.filter_map(normal).collect();
        Ok(Self {
            taken: globs(&taken, Dialect::Tinyglobby)?,
            ignored: globs(&ignored, Dialect::Tinyglobby)?,
        })
    }

    /// Whether the walk finds a file, seen from the root. A folder that is ignored is not entered.
    pub(in crate::read) fn finds(&self, seen: &str) -> bool {
        let any = |globs: &[Glob], path: &str| globs.iter().any(|glob| glob.is_match(path));
        let above = seen.match_indices('/').map(|(at, _)| &seen[..at]);
        any(&self.taken, seen) && !above.chain([seen]).any(|path| any(&self.ignored, path))
    }
}

/// A pattern of the walk, seen from the root: one that names a folder takes what is in it; `.` and `..` fall away.
fn normalized(root: &str, pattern: &str) -> String {
    if pattern.is_empty() {
        return String::new();
    }
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let pattern = if pattern.ends_with('*') { pattern.to_owned() } else { format!("{pattern}/**") };
    let inside = pattern.strip_prefix(ROOT).map(|rest| rest.trim_start_matches('/'));
    let pattern = inside.map_or(pattern.as_str(), |rest| below(root, rest).unwrap_or(rest));
    let mut parts: Vec<&str> = Vec::new();
    for part in pattern.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|before| !matches!(*before, ".." | "")) => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
