//! Files that a tool measures because a test loads them, followed from import to import.

use std::collections::BTreeSet;

use super::{Mode, Scope};
use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::{javascript, python_imports};

/// More files than this are not followed from the tests of one scope.
const MAX_FILES: usize = 20_000;

/// What comes to be measured only by being loaded, in one project of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loading {
    /// Where a run starts.
    pub tests: BTreeSet<RepoPath>,
    /// What the walk over untested files does not find, and is measured if a test loads it.
    pub files: BTreeSet<RepoPath>,
    /// What the tool reports on though there is nothing to cover in it, such as a style sheet.
    pub empty: BTreeSet<RepoPath>,
}

impl Loading {
    /// Of what is measured once loaded, that which no walk found; where that is nothing, no test need be known.
    pub(super) fn beyond(
        walked: &BTreeSet<RepoPath>,
        loadable: impl IntoIterator<Item = RepoPath>,
        tests: impl FnOnce() -> BTreeSet<RepoPath>,
    ) -> Self {
        let files: BTreeSet<RepoPath> = loadable.into_iter().filter(|path| !walked.contains(path)).collect();
        let tests = if files.is_empty() { BTreeSet::new() } else { tests() };
        Self { tests, files, empty: BTreeSet::new() }
    }
}

/// Puts into each set of matching files those that a test loads and that count only therefore, as far as the texts are
/// loaded, and those with nothing to cover: with them it is what the tool's report names. A list of what to include may reach less far over untested files than over loaded ones.
pub fn with_loaded(tree: &Tree, scopes: &mut [Scope]) {
    for scope in scopes.iter_mut().filter(|scope| scope.mode == Mode::Matching && scope.undecided.is_none()) {
        for loading in &scope.loading {
            scope.files.extend(loading.empty.iter().cloned());
            if !loading.files.is_empty() {
                let reached = reached(tree, &loading.tests);
                scope.files.extend(loading.files.intersection(&reached).cloned());
            }
        }
    }
}

fn loads(tree: &Tree, path: &RepoPath) -> Vec<RepoPath> {
    if path.extension() == "py" { python_imports::loads(tree, path) } else { javascript::loads(tree, path) }
}

/// The files that these load, themselves included.
fn reached(tree: &Tree, from: &BTreeSet<RepoPath>) -> BTreeSet<RepoPath> {
    let mut seen = from.clone();
    let mut open: Vec<RepoPath> = from.iter().cloned().collect();
    while let Some(path) = open.pop() {
        if seen.len() > MAX_FILES {
            break;
        }
        for loaded in loads(tree, &path) {
            if seen.insert(loaded.clone()) {
                open.push(loaded);
            }
        }
    }
    seen
}
