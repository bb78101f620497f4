//! Trees of commits, and the files that differ between two of them.

use std::collections::{BTreeMap, BTreeSet};

use super::client::Installation;
use super::error::GithubError;
use super::wire;
use crate::change::{Content, Entry, FileChange, Kind, Status, Tree};
use crate::ids::{RepoName, RepoPath, Sha};

/// A tree with the sizes that GitHub tells, by blob.
pub(super) struct Listing {
    pub(super) tree: Tree,
    pub(super) sizes: BTreeMap<Sha, u64>,
}

impl Installation {
    /// All files of a commit, without their contents.
    pub(super) async fn tree(&self, repo: &RepoName, commit: &Sha) -> Result<Listing, GithubError> {
        let route = format!("/repos/{repo}/git/trees/{commit}?recursive=1");
        let what = format!("the tree of {} in {repo}", commit.short());
        Ok(listing(self.get::<wire::Tree>(&what, &route).await?))
    }
}

fn listing(wire: wire::Tree) -> Listing {
    let mut sizes = BTreeMap::new();
    let mut unreadable = 0;
    let mut entries = Vec::new();
    for entry in wire.tree {
        let kind = match entry.mode.as_str() {
            "040000" | "40000" => continue,
            "120000" => Kind::Symlink,
            "160000" => Kind::Submodule,
            _ => Kind::File,
        };
        let (Ok(path), Ok(id)) = (entry.path.parse::<RepoPath>(), entry.sha.parse::<Sha>()) else {
            unreadable += 1;
            continue;
        };
        if let Some(size) = entry.size {
            sizes.insert(id.clone(), size);
        }
        entries.push((path, Entry { kind, id, content: Content::NotLoaded }));
    }
    let mut tree = Tree::new(entries);
    if wire.truncated {
        tree.truncated = Some("GitHub lists only a part of this very large tree".to_owned());
    } else if unreadable > 0 {
        tree.truncated = Some(format!("{unreadable} paths of this tree could not be read"));
    }
    Listing { tree, sizes }
}

/// The files that differ. Whole trees are compared by object id, because GitHub's own list ends after 300 files; that
/// list adds which of them were renamed with changes. Where a tree is incomplete, the list is all there is.
pub(super) fn differing(
    base: &Tree,
    head: &Tree,
    listed: &[wire::File],
) -> Result<Vec<FileChange>, GithubError> {
    let mut changes = if base.truncated.is_none() && head.truncated.is_none() {
        of_trees(base, head, listed)
    } else if listed.len() < FILES_LISTED {
        listed.iter().filter_map(of_list).collect()
    } else {
        let what =
            "the trees are too large for GitHub to list, and over 300 files differ; split the pull request";
        return Err(GithubError::Incomplete { what: what.to_owned() });
    };
    changes.sort_by(|a, b| a.path().cmp(b.path()));
    changes.dedup();
    Ok(changes)
}

/// `compare` lists no more files than this.
const FILES_LISTED: usize = 300;

fn of_list(file: &wire::File) -> Option<FileChange> {
    let path: RepoPath = file.filename.parse().ok()?;
    let previous = file.previous_filename.as_ref().and_then(|p| p.parse().ok());
    Some(match (file.status.as_str(), previous) {
        ("added" | "copied", _) => FileChange { status: Status::Added, base: None, head: Some(path) },
        ("removed", _) => FileChange { status: Status::Deleted, base: Some(path), head: None },
        ("renamed", Some(old)) => FileChange { status: Status::Renamed, base: Some(old), head: Some(path) },
        _ => FileChange { status: Status::Modified, base: Some(path.clone()), head: Some(path) },
    })
}

fn of_trees(base: &Tree, head: &Tree, listed: &[wire::File]) -> Vec<FileChange> {
    let same = |a: &Entry, b: &Entry| (a.kind, &a.id) == (b.kind, &b.id);
    let mut changes: Vec<FileChange> = base
        .entries()
        .filter(|(path, old)| head.entry(path).is_some_and(|new| !same(old, new)))
        .map(|(path, _)| (path.clone(), path.clone()))
        .map(|(old, new)| FileChange { status: Status::Modified, base: Some(old), head: Some(new) })
        .collect();
    let mut gone: BTreeSet<&RepoPath> = base.paths().filter(|path| !head.contains(path)).collect();
    let mut new: BTreeSet<&RepoPath> = head.paths().filter(|path| !base.contains(path)).collect();
    for file in listed.iter().filter_map(of_list).filter(|f| f.status == Status::Renamed) {
        let both = |f: &FileChange| Some((f.base.clone()?, f.head.clone()?));
        if both(&file).is_some_and(|(old, moved)| gone.contains(&old) && new.contains(&moved)) {
            gone.retain(|path| Some(*path) != file.base.as_ref());
            new.retain(|path| Some(*path) != file.head.as_ref());
            changes.push(file);
        }
    }
    for (old, moved) in moved_whole(base, head, &gone, &new) {
        gone.remove(old);
        new.remove(moved);
        let (old, moved) = (Some(old.clone()), Some(moved.clone()));
        changes.push(FileChange { status: Status::Renamed, base: old, head: moved });
    }
    let deleted =
        |path: &RepoPath| FileChange { status: Status::Deleted, base: Some(path.clone()), head: None };
    let added = |path: &RepoPath| FileChange { status: Status::Added, base: None, head: Some(path.clone()) };
    changes.extend(gone.into_iter().map(deleted));
    changes.extend(new.into_iter().map(added));
    changes
}

/// Files that stand under a new name with the same content. Empty files are all alike and pair with nothing.
fn moved_whole<'a>(
    base: &'a Tree,
    head: &'a Tree,
    gone: &BTreeSet<&'a RepoPath>,
    new: &BTreeSet<&'a RepoPath>,
) -> Vec<(&'a RepoPath, &'a RepoPath)> {
    let mut free: BTreeMap<&Sha, Vec<&RepoPath>> = BTreeMap::new();
    for path in gone.iter().rev() {
        let id = base.entry(path).map(|entry| &entry.id).filter(|id| id.as_str() != EMPTY_BLOB);
        if let Some(id) = id {
            free.entry(id).or_default().push(path);
        }
    }
    let old = |path: &RepoPath| free.get_mut(&head.entry(path)?.id)?.pop();
    let olds = new.iter().copied().map(old).collect::<Vec<_>>();
    olds.into_iter().zip(new.iter().copied()).filter_map(|(old, new)| Some((old?, new))).collect()
}

/// The id that git gives to no bytes at all.
const EMPTY_BLOB: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, status: &str, previous: Option<&str>) -> wire::File {
        serde_json::from_value(
            serde_json::json!({"filename": name, "status": status, "previous_filename": previous}),
        )
        .unwrap()
    }

    fn told(changes: &[FileChange]) -> Vec<String> {
        let name = |path: &Option<RepoPath>| path.as_ref().map_or("-", |p| p.as_str()).to_owned();
        changes.iter().map(|c| format!("{:?} {} {}", c.status, name(&c.base), name(&c.head))).collect()
    }

    #[test]
    fn files_beyond_githubs_list_are_found_and_its_renames_are_kept() {
        let base = Tree::of_files([("a", &b"1"[..]), ("b", b"2"), ("old.js", b"long"), ("same", b"5")]);
        let head = Tree::of_files([("a", &b"1!"[..]), ("c", b"2"), ("new.js", b"long!"), ("same", b"5")]);
        let listed = [file("new.js", "renamed", Some("old.js"))];
        let changes = differing(&base, &head, &listed).unwrap();
        assert_eq!(told(&changes), ["Modified a a", "Renamed b c", "Renamed old.js new.js"]);
    }

    #[test]
    fn a_rename_that_the_trees_deny_is_not_believed() {
        let base = Tree::of_files([("a", &b"1"[..])]);
        let head = Tree::of_files([("a", &b"1"[..]), ("b", b"2")]);
        let changes = differing(&base, &head, &[file("b", "renamed", Some("a"))]).unwrap();
        assert_eq!(told(&changes), ["Added - b"]);
    }

    #[test]
    fn a_truncated_tree_with_a_full_list_is_refused_and_not_judged_in_part() {
        let mut base = Tree::of_files([("a", &b"1"[..])]);
        base.truncated = Some("large".into());
        let listed: Vec<_> = (0..300).map(|n| file(&format!("f{n:03}"), "added", None)).collect();
        assert!(matches!(differing(&base, &base, &listed), Err(GithubError::Incomplete { .. })));
        assert_eq!(differing(&base, &base, &listed[..299]).unwrap().len(), 299);
    }
}
