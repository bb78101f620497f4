//! What several targets make out of their bytes: paths, reports and whole trees.

use gainsay::change::{EvidenceFile, Tree};
use gainsay::ids::RepoPath;

/// What parts the files of a tree: a character that no reader gives a meaning to.
const PARTING: char = '\u{1f}';

/// A path that is known to be one.
pub fn path(text: &str) -> RepoPath {
    text.parse().expect("the targets name sound paths")
}

/// A report of that name.
pub fn evidence(name: &str, bytes: &[u8]) -> EvidenceFile {
    EvidenceFile { name: name.to_owned(), bytes: bytes.to_vec() }
}

/// The names in their order, each with a piece of the text.
pub fn files<'a>(names: &'a [&'a str], text: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    names.iter().copied().zip(text.split(PARTING))
}

/// A tree of these names, each with a piece of the text; the names that the text does not reach are not there.
pub fn tree(names: &[&str], text: &str) -> Tree {
    Tree::of_files(files(names, text).map(|(name, text)| (name, text.as_bytes())))
}
