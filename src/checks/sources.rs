//! The source files of both trees and their names, each file parsed once for all checks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::AhoCorasick;

use crate::change::{Change, Content, Kind, Tree};
use crate::ids::{RepoPath, Sha};
use crate::read::symbols::{self, Symbols};
use crate::read::syntax::Language;
use crate::span::Side;
use crate::undecided::Undecided;

/// Languages whose files can name each other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Family {
    /// JavaScript and TypeScript.
    Script,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
}

impl Family {
    /// The family of a file; `None` where its names can't be read.
    pub(super) fn of(path: &RepoPath) -> Option<Self> {
        Some(match symbols::language(path)? {
            Language::JavaScript | Language::TypeScript | Language::Tsx => Self::Script,
            Language::Python => Self::Python,
            Language::Go => Self::Go,
            Language::Ruby => Self::Ruby,
            Language::Rust => Self::Rust,
        })
    }
}

/// Parsed files by blob and language: base and head share what did not change.
#[derive(Default)]
struct Parsed(Mutex<HashMap<(Sha, &'static str), Result<Arc<Symbols>, Undecided>>>);

/// The names of a file. `None` where there is no such file, or none whose names can be read.
pub(super) fn symbols(
    change: &Change,
    side: Side,
    path: &RepoPath,
) -> Result<Option<Arc<Symbols>>, Undecided> {
    let Some(language) = symbols::language(path) else { return Ok(None) };
    let Some(entry) = change.tree(side).entry(path).filter(|entry| entry.kind == Kind::File) else {
        return change.tree(side).read(path).map(|_| None);
    };
    // TypeScript with and without JSX differ in their grammar.
    let dialect = if language == Language::Tsx { "TSX" } else { language.name() };
    let key = (entry.id.clone(), dialect);
    let parsed = change.head.derived(|_| Parsed::default());
    let known = parsed.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let result = match known {
        Some(result) => result,
        None => {
            let Some(text) = text(change, side, path)? else { return Ok(None) };
            let result = symbols::read(language, text).map(Arc::new);
            let mut kept = parsed.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(key, result.clone());
            result
        }
    };
    result.map(Some).map_err(|undecided| undecided.at(path))
}

/// The text of a file; one that did not change is as good from the other side.
pub(super) fn text<'c>(
    change: &'c Change,
    side: Side,
    path: &RepoPath,
) -> Result<Option<&'c str>, Undecided> {
    let (own, other) = match side {
        Side::Base => (&change.base, &change.head),
        Side::Head => (&change.head, &change.base),
    };
    let elsewhere = own.entry(path).is_some_and(|entry| {
        let same = other.entry(path).is_some_and(|there| there.id == entry.id && is_loaded(&there.content));
        entry.content == Content::NotLoaded && same
    });
    if elsewhere { other.text(path) } else { own.text(path) }
}

fn is_loaded(content: &Content) -> bool {
    matches!(content, Content::Loaded(_))
}

/// Every file of a family in a tree.
pub(super) fn all(tree: &Tree, family: Family) -> impl Iterator<Item = &RepoPath> {
    tree.paths().filter(move |path| Family::of(path) == Some(family))
}

/// The loaded files of a family that hold one of these words, whole and in any place, strings and comments too.
pub(super) fn holding<'c>(
    change: &'c Change,
    side: Side,
    family: Family,
    words: &[&str],
) -> Vec<&'c RepoPath> {
    let words: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    let Ok(search) = AhoCorasick::new(&words) else { return Vec::new() };
    if words.is_empty() {
        return Vec::new();
    }
    let holds = |entry: &crate::change::Entry| match &entry.content {
        Content::Loaded(bytes) => search.find_overlapping_iter(bytes.as_ref()).any(|found| {
            let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
            !before.is_some_and(is_word) && !bytes.get(found.end()).is_some_and(is_word)
        }),
        _ => false,
    };
    let entries = change.tree(side).entries();
    entries
        .filter(|(path, entry)| Family::of(path) == Some(family) && holds(entry))
        .map(|(path, _)| path)
        .collect()
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_count() {
        let files = [
            ("a.py", &b"load_all()\n"[..]),
            ("b.py", b"x.load(1)\n"),
            ("c.ts", b"load\n"),
            ("d.py", b"reload\n"),
        ];
        let change = change_of(Tree::of_files([]), Tree::of_files(files));
        let found: Vec<&str> = holding(&change, Side::Head, Family::Python, &["load", "load_al"])
            .iter()
            .map(|p| p.as_str())
            .collect();
        assert_eq!(found, ["b.py"]);
    }

    #[test]
    fn a_file_that_did_not_change_is_parsed_once() {
        let files = [("a.py", &b"def f(): pass\n"[..])];
        let change = change_of(Tree::of_files(files), Tree::of_files(files));
        let path = "a.py".parse().unwrap();
        let base = symbols(&change, Side::Base, &path).unwrap().unwrap();
        let head = symbols(&change, Side::Head, &path).unwrap().unwrap();
        assert!(Arc::ptr_eq(&base, &head));
        assert!(symbols(&change, Side::Head, &"none.py".parse().unwrap()).unwrap().is_none());
    }

    fn change_of(base: Tree, head: Tree) -> Change {
        let sha: Sha = "1".repeat(40).parse().unwrap();
        Change {
            pr: crate::change::PullRequest::default(),
            base_sha: sha.clone(),
            head_sha: sha,
            base,
            head,
            files: Vec::new().into(),
            commits: Vec::new(),
            history: crate::change::History::default(),
            evidence: crate::change::Evidence::default(),
        }
    }
}
