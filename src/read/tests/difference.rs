//! What became of the tests of a change's files: which test of head is which of base, which went, which are new.

mod pairing;

use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::{Test, is_test_file, read, reads, selection};
use crate::change::{Change, FileChange, Kind, Tree};
use crate::ids::RepoPath;
use crate::span::Side;
use crate::undecided::Undecided;

/// The tests of all files that a change touches, set against each other.
#[derive(Debug, Default)]
pub struct Difference {
    /// The files that hold tests on a side and whose tests differ or may differ.
    pub files: Vec<Counterparts>,
    /// The tests that stand on both sides.
    pub pairs: Vec<Pair>,
    /// The tests of base that are at head no longer, under no name, as far as names and texts tell.
    pub gone: Vec<Place>,
    /// The tests of head that were not there at base.
    pub born: Vec<Place>,
    /// Files whose tests can't be told on a side. Decisive where base held tests.
    pub undecided: Vec<Undecided>,
}

/// One changed file on both sides.
#[derive(Debug, Default)]
pub struct Counterparts {
    /// Its name at base, where it is a file of source there.
    pub base_path: Option<RepoPath>,
    /// Its name at head, where it is a file of source there.
    pub head_path: Option<RepoPath>,
    /// Its tests at base, in the order of the text.
    pub base: Vec<Test>,
    /// Its tests at head. None where its new name keeps every runner from looking into it.
    pub head: Vec<Test>,
}

/// A test by the places of its file in [`Difference::files`] and of itself in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file's.
    pub file: usize,
    /// Its own.
    pub test: usize,
}

/// By what a test of head is known as one of base; the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// File and full name.
    Name,
    /// The full name, in another file.
    Moved,
    /// The last part of the name, below another suite or in another file.
    Leaf,
    /// The text of its body.
    Text,
    /// Most of the words of its text.
    Alike,
}

/// A test on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Where it stands in base's tests.
    pub base: Place,
    /// Where it stands in head's tests.
    pub head: Place,
    /// By what it is known.
    pub by: Likeness,
}

impl Difference {
    /// Of a change; computed once for all that ask.
    pub fn of(change: &Change) -> Arc<Self> {
        change.head.derived(|_| compute(change))
    }

    /// A test of base.
    pub fn base(&self, place: Place) -> &Test {
        &self.files[place.file].base[place.test]
    }

    /// A test of head.
    pub fn head(&self, place: Place) -> &Test {
        &self.files[place.file].head[place.test]
    }
}

impl Counterparts {
    /// Whether a file of tests by name or folder, on a side.
    pub fn is_of_tests(&self, side: Side) -> bool {
        let path = match side {
            Side::Base => &self.base_path,
            Side::Head => &self.head_path,
        };
        path.as_ref().is_some_and(holds_tests)
    }
}

/// Whether a file is one of tests by its name or one of its folders.
pub fn holds_tests(path: &RepoPath) -> bool {
    is_test_file(path) || is_below_tests(path)
}

fn is_below_tests(path: &RepoPath) -> bool {
    const FOLDERS: [&str; 7] = ["test", "tests", "__tests__", "spec", "specs", "e2e", "integration"];
    path.dir().split('/').any(|folder| FOLDERS.contains(&folder.to_lowercase().as_str()))
}

fn compute(change: &Change) -> Difference {
    let mut found = Difference::default();
    for file in &change.files {
        match counterparts(change, file) {
            Ok(counterparts) => found.files.extend(counterparts),
            Err(undecided) => found.undecided.push(undecided),
        }
    }
    pairing::pair(change, &mut found);
    found
}

fn counterparts(change: &Change, file: &FileChange) -> Result<Option<Counterparts>, Undecided> {
    let (base_path, head_path) = (source(change, file, Side::Base), source(change, file, Side::Head));
    let base = text(&change.base, base_path)?;
    let head = match text(&change.head, head_path) {
        Ok(head) => head,
        Err(undecided) => return Err(weighed(undecided, base_path, base)),
    };
    let may_hold = may_hold(base_path, base) || may_hold(head_path, head);
    if !may_hold || base == head && base_path == head_path {
        return Ok(None);
    }
    let was = list(base_path, base)?;
    let is = match head_path {
        Some(path) if is_hidden(change, file, path) => Vec::new(),
        _ => list(head_path, head).map_err(|undecided| weighed(undecided, base_path, base))?,
    };
    let (base_path, head_path) = (base_path.cloned(), head_path.cloned());
    Ok(Some(Counterparts { base_path, head_path, base: was, head: is }))
}

/// The name of a file on a side, where tests can be listed there.
fn source<'a>(change: &Change, file: &'a FileChange, side: Side) -> Option<&'a RepoPath> {
    file.on(side).filter(|path| {
        let entry = change.tree(side).entry(path);
        reads(path) && entry.is_some_and(|entry| entry.kind == Kind::File)
    })
}

fn text<'a>(tree: &'a Tree, path: Option<&RepoPath>) -> Result<&'a str, Undecided> {
    Ok(path.map(|path| tree.text(path)).transpose()?.flatten().unwrap_or_default())
}

fn list(path: Option<&RepoPath>, text: &str) -> Result<Vec<Test>, Undecided> {
    path.map_or(Ok(Vec::new()), |path| read(path, text))
}

/// What a file of tests became can't be told: those that base held may have gone.
fn weighed(undecided: Undecided, base_path: Option<&RepoPath>, base: &str) -> Undecided {
    let held = list(base_path, base).is_ok_and(|tests| !tests.is_empty());
    if held { undecided.decisive() } else { undecided }
}

/// Whether a text has what every test of its language has: what is read of all others would be nothing.
fn may_hold(path: Option<&RepoPath>, text: &str) -> bool {
    static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[^\w.$])(?:describe|context|suite|it|test|specify|[xf](?:it|test|describe)|Deno\.test)\s*[.(<`]")
            .expect("the pattern is valid")
    });
    let Some(path) = path else { return false };
    match path.extension() {
        "rs" => text.contains("test"),
        "py" | "pyi" => text.contains("def test") || text.contains("Test"),
        "go" => is_test_file(path),
        "java" | "kt" | "kts" | "cs" | "php" | "rb" => {
            is_test_file(path) || ["Test", "describe", "Fact", "Theory"].iter().any(|w| text.contains(w))
        }
        _ => SCRIPT.is_match(text),
    }
}

/// Whether a file of tests has a new name by which no runner finds it.
fn is_hidden(change: &Change, file: &FileChange, head: &RepoPath) -> bool {
    let Some(base) = file.base.as_ref().filter(|base| *base != head) else { return false };
    if !is_test_file(base) || holds_tests(head) {
        return false;
    }
    let runs = selection::shared(&change.head);
    !runs.runs.iter().any(|run| run.undecided.is_some() || run.files.contains(head))
}

#[cfg(test)]
#[path = "difference/facts.rs"]
mod facts;
