//! What differs between two trees, renames told by content as far as that can be afforded.
//!
//! Telling similar files compares every file that went with every file that came, line by line: a few thousand files
//! made for it would take hours. The work is known beforehand from the sizes, so it is counted, not timed; past the
//! bound only files of the same content are renamed, and the others went and came.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gix::object::tree::diff::ChangeDetached;

use super::{Result, unreadable};

/// Bytes that are compared for one range, and for all its commits together.
const MAX_COMPARED: u64 = 3 * 1024 * 1024 * 1024;

type Changes = Rc<[ChangeDetached]>;

/// Differences of trees, under one bound.
pub(super) struct Differ<'r> {
    git: &'r gix::Repository,
    left: Cell<u64>,
    /// The latest difference: a range of one commit asks for it twice.
    latest: RefCell<Option<([gix::ObjectId; 2], Changes)>>,
}

impl<'r> Differ<'r> {
    pub(super) fn new(git: &'r gix::Repository) -> Self {
        Self { git, left: Cell::new(MAX_COMPARED), latest: RefCell::new(None) }
    }

    /// Allows the same work once more.
    pub(super) fn refill(&self) {
        self.left.set(MAX_COMPARED);
    }

    /// What differs; everything came where there is no `base`.
    pub(super) fn changes(&self, base: Option<&gix::Tree<'_>>, head: &gix::Tree<'_>) -> Result<Changes> {
        let key = [base.map_or(gix::ObjectId::empty_tree(head.id.kind()), |tree| tree.id), head.id];
        if let Some((_, changes)) = self.latest.borrow().as_ref().filter(|(latest, _)| *latest == key) {
            return Ok(changes.clone());
        }
        let mut changes = self.diff(base, head, None)?;
        let work = self.work(&changes);
        if work > 0 && work <= self.left.get() {
            self.left.set(self.left.get() - work);
            // Likeness takes contents, which a partial clone may lack; identity took none.
            changes = self.diff(base, head, Some(0.5)).unwrap_or(changes);
        }
        let changes = Changes::from(changes);
        *self.latest.borrow_mut() = Some((key, changes.clone()));
        Ok(changes)
    }

    fn diff(
        &self,
        base: Option<&gix::Tree<'_>>,
        head: &gix::Tree<'_>,
        percentage: Option<f32>,
    ) -> Result<Vec<ChangeDetached>> {
        let renames = gix::diff::Rewrites { copies: None, percentage, limit: 1_000, track_empty: false };
        let options = gix::diff::Options::default().with_rewrites(Some(renames));
        self.git
            .diff_tree_to_tree(base, Some(head), options)
            .map_err(unreadable("the difference of two trees"))
    }

    /// The bytes of every pair of a file that went and one that came.
    fn work(&self, changes: &[ChangeDetached]) -> u64 {
        let (mut gone, mut come) = ((0u64, 0u64), (0u64, 0u64));
        for change in changes {
            let (count, id) = match change {
                ChangeDetached::Deletion { id, entry_mode, .. } if entry_mode.is_blob() => (&mut gone, id),
                ChangeDetached::Addition { id, entry_mode, .. } if entry_mode.is_blob() => (&mut come, id),
                _ => continue,
            };
            let size = self.git.find_header(*id).map_or(0, |header| header.size());
            *count = (count.0 + 1, count.1.saturating_add(size));
        }
        (gone.0.saturating_mul(come.1)).saturating_add(come.0.saturating_mul(gone.1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::git::{Repo, Scratch};

    /// How many files were renamed, where `left` bytes may be compared: one moves as it is, one with a line more.
    fn renamed(left: u64) -> usize {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(dir.path()).unwrap();
        let long = "one\ntwo\nthree\nfour\nfive\n";
        let more = format!("{long}six\n");
        let commit = |parent, files: &[(&'static str, &str)]| {
            let files: BTreeMap<&str, &str> = files.iter().copied().collect();
            scratch.commit(parent, &files, ("R", "r@example.com"), "word").unwrap()
        };
        let base = commit(None, &[("a/same.txt", "as it is\n"), ("a/like.txt", long)]);
        let head = commit(Some(&base), &[("b/same.txt", "as it is\n"), ("c/like.txt", &more)]);
        let repo = Repo::open(dir.path()).unwrap();
        let differ = Differ::new(&repo.git);
        differ.left.set(left);
        let (base, head) = (repo.tree_object(&base).unwrap(), repo.tree_object(&head).unwrap());
        let changes = differ.changes(Some(&base), &head).unwrap();
        changes
            .iter()
            .filter(|c| matches!(c, ChangeDetached::Rewrite { entry_mode, .. } if entry_mode.is_blob()))
            .count()
    }

    #[test]
    fn a_file_that_moved_and_changed_a_little_is_renamed() {
        assert_eq!(renamed(MAX_COMPARED), 2);
    }

    #[test]
    fn past_the_bound_only_the_same_content_is_renamed() {
        assert_eq!(renamed(10), 1);
    }
}
