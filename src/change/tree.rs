//! A tree of a commit: every path with its object id, and the contents of those files that were asked for.

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use super::derived::Derived;
use crate::ids::{RepoPath, Sha};
use crate::undecided::Undecided;

/// A file longer than this is not loaded.
pub const MAX_BLOB: u64 = 8 * 1024 * 1024;

/// What an entry of a tree is. Folders are not entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, executable or not.
    File,
    /// A symbolic link; its content is the target and is never followed.
    Symlink,
    /// A submodule; its id is a commit of another repository.
    Submodule,
}

/// What is known of a file's content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Content {
    /// Nobody asked for it.
    #[default]
    NotLoaded,
    /// The bytes as git stores them.
    Loaded(Arc<[u8]>),
    /// Text, or not known to be binary, and longer than [`MAX_BLOB`]; the length in bytes.
    TooLarge(u64),
    /// Binary and longer than [`MAX_BLOB`]; the length in bytes.
    LargeBinary(u64),
    /// It was asked for and could not be had: why, as one sentence.
    Missing(String),
}

/// One file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// File, link or submodule.
    pub kind: Kind,
    /// The git object's id.
    pub id: Sha,
    /// Its content, as far as loaded.
    pub content: Content,
}

/// The files of one commit by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    entries: BTreeMap<RepoPath, Entry>,
    /// Set where the list itself is known to be incomplete (GitHub truncates very large trees): why.
    pub truncated: Option<String>,
    derived: Derived,
    lasting: Derived,
}

impl Tree {
    /// A tree of these entries.
    pub fn new(entries: impl IntoIterator<Item = (RepoPath, Entry)>) -> Self {
        Self { entries: entries.into_iter().collect(), ..Self::default() }
    }

    /// A tree of files with these contents: for tests and the demo. Ids are made from the contents.
    pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        use sha2::{Digest, Sha256};
        Self::new(files.into_iter().map(|(path, bytes)| {
            let id = hex::encode(Sha256::digest(bytes)).parse().expect("a digest is a sha");
            let path = path.parse().expect("a literal path of a test is sound");
            (path, Entry { kind: Kind::File, id, content: Content::Loaded(bytes.into()) })
        }))
    }

    /// Whether there is such a file (or link, or submodule).
    pub fn contains(&self, path: &RepoPath) -> bool {
        self.entries.contains_key(path)
    }

    /// The entry of that path.
    pub fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        self.entries.get(path)
    }

    /// All entries in the order of their paths.
    pub fn entries(&self) -> impl Iterator<Item = (&RepoPath, &Entry)> {
        self.entries.iter()
    }

    /// All paths in order.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.entries.keys()
    }

    /// The paths below a folder (without trailing `/`; empty for all), in order.
    pub fn under<'a>(&'a self, dir: &str) -> impl Iterator<Item = &'a RepoPath> + use<'a> {
        let front = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let from = (Bound::Included(front.as_str()), Bound::Unbounded);
        let rest = self.entries.range::<str, _>(from).map(|(path, _)| path);
        rest.take_while(move |path| path.as_str().starts_with(&front))
    }

    /// Sets the content of a path; nothing happens where there is no such path.
    pub fn fill(&mut self, path: &RepoPath, content: Content) {
        if let Some(entry) = self.entries.get_mut(path) {
            entry.content = content;
            self.derived.forget();
        }
    }

    /// What follows from the tree alone, computed once and kept until its content changes: one value a type.
    pub fn derived<T: Any + Send + Sync>(&self, compute: impl FnOnce(&Self) -> T) -> Arc<T> {
        self.derived.get(|| compute(self))
    }

    /// What follows from contents alone, kept by their ids: that stays true when further files are filled in. One value a
    /// type.
    pub fn lasting<T: Any + Send + Sync>(&self, compute: impl FnOnce() -> T) -> Arc<T> {
        self.lasting.get(compute)
    }

    /// The bytes of a file: `None` where there is none, an error where there is one that can't be read.
    ///
    /// A link and a submodule are no files: `Undecided`. So is a file that nobody declared in `Needs`; that is a
    /// fault of the check, and showing it is better than taking it for absent.
    pub fn read(&self, path: &RepoPath) -> Result<Option<&[u8]>, Undecided> {
        let Some(entry) = self.entries.get(path) else {
            return match &self.truncated {
                Some(why) => Err(Undecided::new(why.clone()).at(path)),
                None => Ok(None),
            };
        };
        let why = match (&entry.kind, &entry.content) {
            (Kind::Submodule, _) => "is a submodule; its files belong to another repository".to_owned(),
            (Kind::Symlink, _) => "is a symbolic link, which is not followed".to_owned(),
            (Kind::File, Content::Loaded(bytes)) => return Ok(Some(bytes)),
            (Kind::File, Content::TooLarge(size)) => {
                format!("has {size} bytes; files over {MAX_BLOB} bytes are not read")
            }
            (Kind::File, Content::LargeBinary(size)) => format!("is a binary file of {size} bytes"),
            (Kind::File, Content::Missing(why)) => why.clone(),
            (Kind::File, Content::NotLoaded) => "was not loaded".to_owned(),
        };
        Err(Undecided::new(why).at(path))
    }

    /// The text of a file. Binary content (a NUL byte in the first 8,000, as git has it) and foreign encodings are
    /// `Undecided`. A byte order mark is left in place.
    pub fn text(&self, path: &RepoPath) -> Result<Option<&str>, Undecided> {
        let Some(bytes) = self.read(path)? else { return Ok(None) };
        if is_binary(bytes) {
            return Err(Undecided::new("is a binary file").at(path));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(e) => {
                let why = format!("is not UTF-8 (byte {} breaks it)", e.valid_up_to());
                Err(Undecided::new(why).at(path))
            }
        }
    }
}

/// Whether git would call it binary: a NUL among the first 8,000 bytes.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(8_000)]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_derived_is_kept_until_the_content_changes() {
        let mut tree = Tree::of_files([("a", &b"1"[..])]);
        assert_eq!(*tree.derived(|tree| tree.paths().count()), 1);
        assert_eq!(*tree.derived(|_| 7_usize), 1);
        assert_eq!(*tree.clone().derived(|_| 7_usize), 7);
        assert_eq!(*tree.lasting(|| 'a'), 'a');
        tree.fill(&"a".parse().unwrap(), Content::NotLoaded);
        assert_eq!(*tree.derived(|_| 8_usize), 8);
        assert_eq!(*tree.lasting(|| 'b'), 'a');
    }

    #[test]
    fn a_folder_holds_what_is_below_it_and_not_what_is_named_alike() {
        let tree = Tree::of_files([("a-b", &b""[..]), ("a/x", b""), ("a/y/z", b""), ("ab/x", b"")]);
        let under = |dir| tree.under(dir).map(RepoPath::as_str).collect::<Vec<_>>();
        assert_eq!(under("a"), ["a/x", "a/y/z"]);
        assert_eq!(under("").len(), 4);
        assert!(under("a/x").is_empty());
    }
}
