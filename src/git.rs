//! A local repository as a source of changes. `gix` is used here only.
//!
//! Objects are read by id, with replace refs off and without filters, text conversion or hooks; links and
//! submodules are listed and never followed. Nothing of the repository is executed.

mod history;
mod renames;
mod write;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;
use gix::object::tree::diff::ChangeDetached;
use gix::objs::tree::EntryKind;

use crate::change::tree::{MAX_BLOB, is_binary};
use crate::change::{
    AddedLines, Additions, Change, Commit, Content, Effect, Entry, Evidence, FileChange, History, Kind,
    Person, PullRequest, Status, Tree, line_diff,
};
use crate::checks::Needs;
use crate::ids::{RepoPath, Sha};
use crate::undecided::Undecided;

use renames::Differ;

/// A file longer than this is not even looked into.
const MAX_SNIFFED: u64 = 256 * 1024 * 1024;

/// Why a local range can't be judged. Each message names the object and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// The folder holds no repository.
    #[error("{0} is not a git repository; pass --repo with the folder of one")]
    NotARepository(PathBuf),
    /// No commit of that name.
    #[error("{repo} has no commit {rev:?}; name a branch, a tag or a commit id, or fetch it first")]
    UnknownRevision {
        /// The repository.
        repo: PathBuf,
        /// As it was written.
        rev: String,
    },
    /// The two commits share no history here.
    #[error("{base:?} and {head:?} have no commit in common here; fetch the whole history (fetch-depth: 0)")]
    NoMergeBase {
        /// As it was written.
        base: String,
        /// As it was written.
        head: String,
    },
    /// A link or a submodule stands where a file is wanted: taking it for absent would drop what it may say.
    #[error("{path} at {} is a link or a submodule, which is not followed; put a file there", commit.short())]
    NoFile {
        /// The path.
        path: RepoPath,
        /// The commit.
        commit: Sha,
    },
    /// An object is missing or damaged.
    #[error("could not read {what}: {source}; the clone may be shallow, partial or damaged (git fsck tells)")]
    Unreadable {
        /// What was being read.
        what: String,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

pub use write::Scratch;

type Result<T> = std::result::Result<T, GitError>;

fn unreadable<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    what: impl Into<String>,
) -> impl FnOnce(E) -> GitError {
    |source| GitError::Unreadable { what: what.into(), source: source.into() }
}

/// An opened repository.
pub struct Repo {
    git: gix::Repository,
    path: PathBuf,
}

/// A range resolved to commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The commit that `--base` names: the policy is read here.
    pub tip: Sha,
    /// The merge base of the two: what head is compared with.
    pub base: Sha,
    /// The judged commit.
    pub head: Sha,
}

impl Repo {
    /// Opens the repository at `path` or in a folder above it; bare ones too.
    pub fn open(path: &Path) -> Result<Self> {
        let git = gix::ThreadSafeRepository::discover(path)
            .map_err(|_| GitError::NotARepository(path.to_owned()))?;
        let options = gix::open::Options::isolated()
            .config_overrides(["core.useReplaceRefs=false", "core.attributesFile="])
            .open_path_as_is(true);
        let git = options.open(git.to_thread_local().git_dir());
        let mut git = git.map_err(|_| GitError::NotARepository(path.to_owned()))?.to_thread_local();
        git.object_cache_size_if_unset(32 * 1024 * 1024);
        Ok(Self { git, path: path.to_owned() })
    }

    /// The commit that a revision names.
    pub fn commit(&self, rev: &str) -> Result<Sha> {
        let unknown = || GitError::UnknownRevision { repo: self.path.clone(), rev: rev.to_owned() };
        let id = self.git.rev_parse_single(rev.as_bytes().as_bstr()).map_err(|_| unknown())?;
        let commit = id.object().and_then(|object| object.peel_to_kind(gix::object::Kind::Commit));
        Ok(sha(commit.map_err(|_| unknown())?.id))
    }

    /// Resolves `base` and `head` as a pull request does: what counts is the merge base.
    pub fn range(&self, base: &str, head: &str) -> Result<Range> {
        let (tip, head_sha) = (self.commit(base)?, self.commit(head)?);
        let merge_base = self.git.merge_base(oid(&tip), oid(&head_sha));
        let merge_base = merge_base.map_err(unreadable(format!("the history of {base} and {head}")))?;
        let merge_base = merge_base
            .ok_or_else(|| GitError::NoMergeBase { base: base.to_owned(), head: head.to_owned() })?;
        Ok(Range { base: sha(merge_base.detach()), tip, head: head_sha })
    }

    /// The bytes of a file at a commit; `None` where it has none, an error where it is a link.
    pub fn read_at(&self, commit: &Sha, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        let tree = self.tree_object(commit)?;
        let entry = tree.lookup_entry_by_path(path.as_str()).map_err(unreadable(path.to_string()))?;
        let Some(entry) = entry.filter(|e| !e.mode().is_tree()) else { return Ok(None) };
        if !entry.mode().is_blob() {
            return Err(GitError::NoFile { path: path.clone(), commit: commit.clone() });
        }
        Ok(Some(entry.object().map_err(unreadable(path.to_string()))?.detach().data))
    }

    /// The tree of a commit, with the files loaded that `wanted` picks.
    pub fn tree(&self, commit: &Sha, wanted: impl Fn(&RepoPath) -> bool) -> Result<Tree> {
        let mut tree = self.list(commit)?;
        let paths: BTreeSet<RepoPath> = tree.paths().filter(|p| wanted(p)).cloned().collect();
        self.fill(&mut tree, &paths);
        Ok(tree)
    }

    /// Everything about a range that the checks need. Without a title, the range's own commits are the text.
    pub fn change(
        &self,
        range: &Range,
        pr: PullRequest,
        evidence: Evidence,
        needs: &Needs,
    ) -> Result<Change> {
        let (mut base, mut head) = (self.list(&range.base)?, self.list(&range.head)?);
        let differ = Differ::new(&self.git);
        let files = self.differing(&differ, &range.base, &range.head)?;
        let wanted = needs.select(&base, &head, &files);
        self.fill(&mut base, &wanted.base);
        self.fill(&mut head, &wanted.head);
        let commits = self.commits(range, needs.wants_additions().then_some(&differ))?;
        let mut change = Change {
            pr,
            base_sha: range.base.clone(),
            head_sha: range.head.clone(),
            base,
            head,
            files: files.into(),
            commits,
            history: History::NotLoaded,
            evidence,
        };
        if needs.wants_history() {
            change.history = self.history(&range.base, &change.files)?;
        }
        let more = needs.more(&change);
        self.fill(&mut change.base, &more.base);
        self.fill(&mut change.head, &more.head);
        Ok(change)
    }

    fn tree_object(&self, commit: &Sha) -> Result<gix::Tree<'_>> {
        let what = || format!("the tree of {}", commit.short());
        let commit = self.git.find_commit(oid(commit)).map_err(unreadable(what()))?;
        commit.tree().map_err(unreadable(what()))
    }

    fn list(&self, commit: &Sha) -> Result<Tree> {
        let tree = self.tree_object(commit)?;
        let entries = tree.traverse().breadthfirst.files();
        let entries = entries.map_err(unreadable(format!("the tree of {}", commit.short())))?;
        Ok(Tree::new(entries.into_iter().filter_map(|entry| {
            let kind = match entry.mode.kind() {
                EntryKind::Tree => return None,
                EntryKind::Blob | EntryKind::BlobExecutable => Kind::File,
                EntryKind::Link => Kind::Symlink,
                EntryKind::Commit => Kind::Submodule,
            };
            let path = RepoPath::from_bytes(&entry.filepath).ok()?;
            Some((path, Entry { kind, id: sha(entry.oid), content: Content::NotLoaded }))
        })))
    }

    fn fill(&self, tree: &mut Tree, paths: &BTreeSet<RepoPath>) {
        for path in paths {
            let Some(entry) = tree.entry(path).filter(|entry| entry.kind == Kind::File) else { continue };
            let content = self.content(oid(&entry.id));
            tree.fill(path, content);
        }
    }

    /// A large file is looked into, so that a video is told from a log; only the log is "too large".
    fn content(&self, id: gix::ObjectId) -> Content {
        let failed = |e| Content::Missing(format!("could not be read from the repository: {e}"));
        let size = match self.git.find_header(id) {
            Ok(header) => header.size(),
            Err(e) => return failed(e),
        };
        if size > MAX_SNIFFED {
            return Content::TooLarge(size);
        }
        match self.git.find_object(id) {
            Ok(object) if size <= MAX_BLOB => Content::Loaded(object.detach().data.into()),
            Ok(object) if is_binary(&object.data) => Content::LargeBinary(size),
            Ok(_) => Content::TooLarge(size),
            Err(e) => failed(e),
        }
    }

    fn differing(&self, differ: &Differ<'_>, base: &Sha, head: &Sha) -> Result<Vec<FileChange>> {
        let (base_tree, head_tree) = (self.tree_object(base)?, self.tree_object(head)?);
        let mut files: Vec<FileChange> =
            differ.changes(Some(&base_tree), &head_tree)?.iter().filter_map(file_change).collect();
        files.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(files)
    }

    fn commits(&self, range: &Range, differ: Option<&Differ<'_>>) -> Result<Vec<Commit>> {
        let walk = self.git.rev_walk([oid(&range.head)]).with_hidden([oid(&range.base)]);
        let walk = walk.all().map_err(unreadable("the commits of the range"))?;
        differ.inspect(|differ| differ.refill());
        let mut commits = Vec::new();
        for info in walk {
            let info = info.map_err(unreadable("the commits of the range"))?;
            commits.push(self.read_commit(info.id, differ)?);
        }
        commits.reverse();
        Ok(commits)
    }

    fn read_commit(&self, id: gix::ObjectId, differ: Option<&Differ<'_>>) -> Result<Commit> {
        let what = || format!("commit {id}");
        let object = self.git.find_commit(id).map_err(unreadable(what()))?;
        let parents: Vec<gix::ObjectId> = object.parent_ids().map(gix::Id::detach).collect();
        let commit = object.decode().map_err(unreadable(what()))?;
        let person = |who: gix::actor::SignatureRef<'_>| Person {
            name: who.name.to_str_lossy().into_owned(),
            email: who.email.to_str_lossy().into_owned(),
            ..Person::default()
        };
        let signature = |who: std::result::Result<_, _>| who.map(person).unwrap_or_default();
        Ok(Commit {
            sha: sha(id),
            parents: parents.len(),
            author: signature(commit.author()),
            committer: signature(commit.committer()),
            message: commit.message.to_str_lossy().into_owned(),
            effect: self.effect(commit.tree(), &parents)?,
            additions: match differ {
                Some(differ) => Additions::Loaded(self.additions(differ, id, &parents)?),
                None => Additions::NotLoaded,
            },
        })
    }

    fn effect(&self, tree: gix::ObjectId, parents: &[gix::ObjectId]) -> Result<Effect> {
        let [parent] = parents else { return Ok(Effect::NotKnown) };
        // A shallow clone ends before its parent.
        let Some(parent) =
            self.git.try_find_object(*parent).map_err(unreadable(format!("commit {parent}")))?
        else {
            return Ok(Effect::NotKnown);
        };
        let parent_tree = parent.peel_to_tree().map_err(unreadable("the tree of a commit's parent"))?;
        Ok(Effect::of(tree, parent_tree.id))
    }

    /// What a commit added. A merge counts only files that differ from every parent: what its author typed in.
    fn additions(
        &self,
        differ: &Differ<'_>,
        id: gix::ObjectId,
        parents: &[gix::ObjectId],
    ) -> Result<Vec<AddedLines>> {
        let tree = self.tree_object(&sha(id))?;
        let parent = parents.first().map(|p| self.tree_object(&sha(*p))).transpose()?;
        let changes = differ.changes(parent.as_ref(), &tree)?;
        let mut others = Vec::new();
        for other in parents.iter().skip(1) {
            others.push(self.tree_object(&sha(*other))?);
        }
        let mut added = Vec::new();
        for change in changes.iter() {
            let Some((path, old, new)) = blobs(change) else { continue };
            let known = |tree: &gix::Tree<'_>| {
                let entry = tree.lookup_entry_by_path(path.as_str()).ok().flatten();
                entry.is_some_and(|entry| entry.object_id() == new)
            };
            if others.iter().any(known) {
                continue;
            }
            if let Some(lines) = self.added_lines(&path, old, new).transpose() {
                added.push(AddedLines { path, lines });
            }
        }
        added.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(added)
    }

    fn added_lines(
        &self,
        path: &RepoPath,
        old: Option<gix::ObjectId>,
        new: gix::ObjectId,
    ) -> std::result::Result<Option<Vec<(usize, String)>>, Undecided> {
        // `None` for what is binary.
        let load = |id| match self.content(id) {
            Content::Loaded(bytes) => Ok((!is_binary(&bytes)).then_some(bytes)),
            Content::LargeBinary(_) => Ok(None),
            Content::TooLarge(size) => {
                let why = format!("has {size} bytes in a commit; text over {MAX_BLOB} bytes is not read");
                Err(Undecided::new(why).at(path))
            }
            Content::Missing(why) => Err(Undecided::new(why).at(path)),
            Content::NotLoaded => unreachable!("content() loads or says why not"),
        };
        let Some(new) = load(new)? else { return Ok(None) };
        let old = old.map(load).transpose()?.flatten().unwrap_or_default();
        let (old, new) = (String::from_utf8_lossy(&old), String::from_utf8_lossy(&new));
        let diff = line_diff(&old, &new);
        let lines: Vec<&str> = new.lines().collect();
        let numbered = |n: usize| lines.get(n - 1).map(|line| (n, (*line).to_owned()));
        Ok(Some(diff.added().filter_map(numbered).collect()))
    }
}

fn oid(sha: &Sha) -> gix::ObjectId {
    gix::ObjectId::from_hex(sha.as_str().as_bytes()).expect("a Sha holds hexadecimal digits")
}

fn sha(id: gix::ObjectId) -> Sha {
    id.to_string().parse().expect("an object id is a Sha")
}

fn is_leaf(mode: gix::objs::tree::EntryMode) -> bool {
    !mode.is_tree()
}

fn file_change(change: &ChangeDetached) -> Option<FileChange> {
    let path = |bytes: &gix::bstr::BString| RepoPath::from_bytes(bytes).ok();
    let change = match change {
        ChangeDetached::Addition { location, entry_mode, .. } if is_leaf(*entry_mode) => {
            FileChange { status: Status::Added, base: None, head: Some(path(location)?) }
        }
        ChangeDetached::Deletion { location, entry_mode, .. } if is_leaf(*entry_mode) => {
            FileChange { status: Status::Deleted, base: Some(path(location)?), head: None }
        }
        ChangeDetached::Modification { location, entry_mode, .. } if is_leaf(*entry_mode) => {
            FileChange { status: Status::Modified, base: Some(path(location)?), head: Some(path(location)?) }
        }
        ChangeDetached::Rewrite { source_location, location, entry_mode, .. } if is_leaf(*entry_mode) => {
            FileChange {
                status: Status::Renamed,
                base: Some(path(source_location)?),
                head: Some(path(location)?),
            }
        }
        _ => return None,
    };
    Some(change)
}

/// The path and blobs (old, new) of a change that leaves a file behind.
fn blobs(change: &ChangeDetached) -> Option<(RepoPath, Option<gix::ObjectId>, gix::ObjectId)> {
    let (location, old, new, mode) = match change {
        ChangeDetached::Addition { location, id, entry_mode, .. } => (location, None, *id, entry_mode),
        ChangeDetached::Modification {
            location, previous_id, id, entry_mode, previous_entry_mode, ..
        } => {
            let old = previous_entry_mode.is_blob().then_some(*previous_id);
            (location, old, *id, entry_mode)
        }
        ChangeDetached::Rewrite { location, source_id, id, entry_mode, .. } => {
            (location, Some(*source_id), *id, entry_mode)
        }
        ChangeDetached::Deletion { .. } => return None,
    };
    mode.is_blob().then(|| RepoPath::from_bytes(location).ok().map(|path| (path, old, new))).flatten()
}
