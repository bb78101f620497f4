//! What landed on the base branch lately and changed files of the pull request: first parents, newest first.

use std::collections::{BTreeMap, BTreeSet};

use gix::bstr::ByteSlice;

use super::{Repo, Result, oid, sha, unreadable};
use crate::change::tree::is_binary;
use crate::change::{Content, Edit, FileChange, History, Landed, LandedFile, Person};
use crate::ids::{RepoPath, Sha};

/// Longer files, in bytes, are not compared from commit to commit.
const MAX_TEXT: usize = 1024 * 1024;

/// Folders and files that are looked at, as a tree of names.
#[derive(Default)]
struct Watched<'p> {
    folders: BTreeMap<&'p str, Watched<'p>>,
    files: BTreeMap<&'p str, &'p RepoPath>,
}

type Id = Option<gix::ObjectId>;

impl Repo {
    /// The latest commits that lead to `base` and changed a file that `files` change or delete.
    ///
    /// Where the clone ends (a shallow one), so does the list.
    pub(super) fn history(&self, base: &Sha, files: &[FileChange]) -> Result<History> {
        let watched = Watched::of(files.iter().filter_map(|file| file.base.as_ref()));
        let mut landed = Vec::new();
        if watched.is_empty() {
            return Ok(History::Loaded(landed));
        }
        let what = || format!("the commits before {}", base.short());
        let mut commit = self.git.find_commit(oid(base)).map_err(unreadable(what()))?;
        let newest = commit.time().map_err(unreadable(what()))?.seconds;
        let oldest = newest.saturating_sub(i64::from(History::MAX_DAYS) * 86_400);
        for _ in 0..History::MAX_COMMITS {
            let at = commit.time().map_err(unreadable(what()))?.seconds;
            let first = commit.parent_ids().next().map(gix::Id::detach);
            let Some(parent) = first.filter(|_| at >= oldest).and_then(|id| self.git.find_commit(id).ok())
            else {
                break;
            };
            let trees = (parent.tree_id(), commit.tree_id());
            let trees = (trees.0.map_err(unreadable(what()))?, trees.1.map_err(unreadable(what()))?);
            let files = self.edited(&watched, (trees.0.detach(), trees.1.detach()))?;
            if !files.is_empty() {
                let before_base = u64::try_from(newest.saturating_sub(at)).unwrap_or_default();
                landed.push(told(&commit, before_base, files));
            }
            commit = parent;
        }
        Ok(History::Loaded(landed))
    }

    /// What differs between two trees among the watched files. Folders of one id hold the same.
    fn edited(
        &self,
        watched: &Watched<'_>,
        (old, new): (gix::ObjectId, gix::ObjectId),
    ) -> Result<Vec<LandedFile>> {
        let mut edited = Vec::new();
        let mut open = vec![(watched, Some(old), Some(new))];
        while let Some((watched, old, new)) = open.pop() {
            if old == new {
                continue;
            }
            let (old, new) = (self.entries(old)?, self.entries(new)?);
            let ids = |name: &str| (old.get(name).copied(), new.get(name).copied());
            for (name, below) in &watched.folders {
                let (old, new) = ids(name);
                open.push((below, old, new));
            }
            for (name, path) in &watched.files {
                let (old, new) = ids(name);
                if old != new
                    && let Some(hunks) = self.hunks(old, new)
                {
                    edited.push(LandedFile { path: (*path).clone(), hunks });
                }
            }
        }
        edited.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(edited)
    }

    /// The names of a folder with their ids; nothing of a file or of what is not there.
    fn entries(&self, id: Id) -> Result<BTreeMap<String, gix::ObjectId>> {
        let Some(id) = id else { return Ok(BTreeMap::new()) };
        let object = self.git.find_object(id).map_err(unreadable(format!("the tree {id}")))?;
        let Ok(tree) = object.try_into_tree() else { return Ok(BTreeMap::new()) };
        let tree = tree.decode().map_err(unreadable(format!("the tree {id}")))?;
        let named = tree.entries.iter().map(|e| (e.filename.to_str_lossy().into_owned(), e.oid.to_owned()));
        Ok(named.collect())
    }

    /// The edits of a file; nothing where a side is no text that is compared.
    fn hunks(&self, old: Id, new: Id) -> Option<Vec<Edit>> {
        let text = |id: Id| match id.map(|id| self.content(id)) {
            None => Some(String::new()),
            Some(Content::Loaded(bytes)) if bytes.len() <= MAX_TEXT && !is_binary(&bytes) => {
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            Some(_) => None,
        };
        Some(Edit::between(&text(old)?, &text(new)?))
    }
}

fn told(commit: &gix::Commit<'_>, before_base: u64, files: Vec<LandedFile>) -> Landed {
    let author = commit.author().map(|who| Person {
        name: who.name.to_str_lossy().into_owned(),
        email: who.email.to_str_lossy().into_owned(),
        ..Person::default()
    });
    Landed {
        sha: sha(commit.id),
        author: author.unwrap_or_default(),
        message: commit.message_raw_sloppy().to_str_lossy().into_owned(),
        before_base,
        files,
    }
}

impl<'p> Watched<'p> {
    fn of(paths: impl Iterator<Item = &'p RepoPath>) -> Self {
        let mut root = Self::default();
        for path in paths.collect::<BTreeSet<_>>() {
            let mut at = &mut root;
            let (folders, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
            for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
                at = at.folders.entry(folder).or_default();
            }
            at.files.insert(name, path);
        }
        root
    }

    fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.files.is_empty()
    }
}
