//! The trees of texts that were parsed lately: a dozen readers ask for those of the same changed files. `quick_cache` is
//! localised here and in the client's cache.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tree_sitter::Language;

use crate::undecided::Undecided;

use super::Tree;

/// Bytes of text whose trees are kept; a tree takes some ten times as much.
const CAPACITY: u64 = 8 * 1024 * 1024;
/// The trees that are expected: the capacity at an ordinary file's length.
const EXPECTED: usize = 2_000;
/// Longer texts are parsed each time: a few would push out all others.
const MAX_KEPT: usize = 512 * 1024;

/// A text by its length and two hashes under keys that nobody outside of the process knows, so that no author can
/// write one text that is taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    grammar: Language,
    length: usize,
    hashes: [u64; 2],
}

#[derive(Clone)]
struct Length;

impl Weighter<Key, Tree> for Length {
    fn weight(&self, key: &Key, _: &Tree) -> u64 {
        key.length.try_into().unwrap_or(u64::MAX)
    }
}

static PARSED: LazyLock<Cache<Key, Tree, Length>> =
    LazyLock::new(|| Cache::with_weighter(EXPECTED, CAPACITY, Length));
static KEYS: LazyLock<[RandomState; 2]> = LazyLock::new(|| [RandomState::new(), RandomState::new()]);

/// The tree of a text, parsed by `parse` unless it is kept. Of two threads that ask for the same at once, one parses.
pub(super) fn tree(
    grammar: &Language,
    text: &str,
    parse: impl FnOnce() -> Result<Tree, Undecided>,
) -> Result<Tree, Undecided> {
    if text.len() > MAX_KEPT {
        return parse();
    }
    let hashes = [&KEYS[0], &KEYS[1]].map(|key| key.hash_one(text));
    PARSED.get_or_insert_with(&Key { grammar: grammar.clone(), length: text.len(), hashes }, parse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::Language::{Go, Python, Ruby};
    use crate::read::syntax::parse;

    #[test]
    fn a_text_is_parsed_once_for_each_language() {
        let text = "kept = [1]\n";
        let first = parse(Python, text).unwrap();
        let again = tree(&Python.grammar(), text, || panic!("it is parsed again")).unwrap();
        assert_eq!(first.root().to_sexp(), again.root().to_sexp());
        let other = tree(&Ruby.grammar(), text, || parse(Go, "package kept\n")).unwrap();
        assert_ne!(first.root().to_sexp(), other.root().to_sexp());
    }

    #[test]
    fn what_could_not_be_parsed_is_tried_again() {
        let text = "refused = [1]\n";
        assert!(tree(&Python.grammar(), text, || Err(Undecided::new("is refused"))).is_err());
        assert!(parse(Python, text).is_ok());
    }
}
