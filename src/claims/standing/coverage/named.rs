//! The measured files that a name in a text stands for.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::ids::{RepoPath, folder};
use crate::read::coverage_report::Mapped;

/// What a name stands for.
pub(super) enum Named {
    /// These measured files: one, or all of a folder.
    Files(BTreeSet<RepoPath>),
    /// Nothing that a report has: why.
    Unknown(String),
}

/// Finds a file or folder by its path, or by the end of its path where only one has that.
pub(super) fn find(change: &Change, mapped: &Mapped, name: &str) -> Named {
    let plain = name.trim_start_matches("./").trim_start_matches("~/").trim_end_matches('/');
    let tail = format!("/{plain}");
    let is = |path: &str| path == plain || path.ends_with(&tail);
    let exact: BTreeSet<RepoPath> = mapped.files.keys().filter(|p| p.as_str() == plain).cloned().collect();
    if !exact.is_empty() {
        return Named::Files(exact);
    }
    let files: BTreeSet<RepoPath> = mapped.files.keys().filter(|path| is(path.as_str())).cloned().collect();
    let mut folders: BTreeSet<&str> = mapped
        .files
        .keys()
        .flat_map(|p| folder::ancestors(p.dir()))
        .filter(|d| !d.is_empty() && is(d))
        .collect();
    if folders.contains(plain) {
        folders = BTreeSet::from([plain]);
    }
    // A file of the tree that no report has may be the one that is meant.
    let others = change.head.paths().filter(|path| is(path.as_str()) && !files.contains(*path)).count();
    match (files.len(), folders.len(), others) {
        (1, 0, 0) => Named::Files(files),
        (0, 1, 0) => {
            let below =
                |path: &&RepoPath| folders.iter().all(|dir| folder::below(dir, path.as_str()).is_some());
            Named::Files(mapped.files.keys().filter(below).cloned().collect())
        }
        (0, 0, _) => Named::Unknown(format!("no coverage report has `{name}`")),
        _ => Named::Unknown(format!("`{name}` may be any of several files or folders")),
    }
}
