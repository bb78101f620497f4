//! What a pull request is, whichever door it came through: two trees, the files that differ, the commits, the text
//! and the evidence. Pure data; nothing here reads a disk or a network.

pub mod approval;
mod derived;
pub mod diff;
pub mod evidence;
pub mod files;
pub mod history;
pub mod tree;
mod waiver;

use crate::ids::{PrNumber, RepoName, RepoPath, Sha};
use crate::span::Side;
use crate::undecided::Undecided;

pub use approval::{Approval, Outlook, Permission, ReviewState};
pub use diff::{LineDiff, line_diff};
pub use evidence::{
    CheckKind, CheckKinds, CheckResult, Deployment, Evidence, EvidenceFile, JobStep, OfCommit, WorkflowJob,
};
pub use files::{FileChange, Files, Status};
pub use history::{Edit, History, Landed, LandedFile, Recent};
pub use tree::{Content, Entry, Kind, Tree};
pub use waiver::{Waiver, WaiverSource, day};

/// The words and people of a pull request. For a local range the fields that only GitHub knows are empty.
///
/// Every string in here is written by whoever opened the pull request: data, never instructions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullRequest {
    /// The repository, where the door knows it.
    pub repo: Option<RepoName>,
    /// Its number, where there is one.
    pub number: Option<PrNumber>,
    /// The title.
    pub title: String,
    /// The body, as Markdown; empty where there is none.
    pub body: String,
    /// Who opened it.
    pub author: Person,
    /// The head branch's name.
    pub branch: String,
    /// The names of its labels.
    pub labels: Vec<String>,
}

/// Someone as GitHub or git names them; any part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The GitHub login, with `[bot]` where GitHub writes it.
    pub login: String,
    /// GitHub's numeric account id.
    pub id: Option<u64>,
    /// The name in the commit.
    pub name: String,
    /// The email address in the commit.
    pub email: String,
}

/// One commit of the range, oldest first in [`Change::commits`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub sha: Sha,
    /// How many parents it has; two or more is a merge.
    pub parents: usize,
    /// Its author.
    pub author: Person,
    /// Its committer.
    pub committer: Person,
    /// The whole message: subject, body and trailers.
    pub message: String,
    /// Whether its tree is another than its parent's.
    pub effect: Effect,
    /// What it added against its first parent: loaded only if a check's needs ask for it.
    pub additions: Additions,
}

/// Whether a commit with one parent has another tree than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effect {
    /// The door does not know the two trees, or it has no parent, or several.
    #[default]
    NotKnown,
    /// It has its parent's very tree.
    Nothing,
    /// It changes something.
    Something,
}

impl Effect {
    /// Of a commit with that tree on a parent with the other.
    pub fn of<T: PartialEq>(tree: T, parent: T) -> Self {
        if tree == parent { Self::Nothing } else { Self::Something }
    }
}

/// The lines that a commit added, a file at a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Additions {
    /// No check asked for them.
    #[default]
    NotLoaded,
    /// All files that the commit added to. A merge has those that differ from every parent.
    Loaded(Vec<AddedLines>),
}

/// What one commit added to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedLines {
    /// The file, under its name in that commit.
    pub path: RepoPath,
    /// The added lines with their numbers in that commit's file, in order; or why they could not be had.
    pub lines: Result<Vec<(usize, String)>, Undecided>,
}

/// A pull request as the checks see it. Two doors build it (a local range, GitHub's API); from here on nothing
/// knows which.
#[derive(Debug, Clone)]
pub struct Change {
    /// Words and people.
    pub pr: PullRequest,
    /// The merge base of the base branch and head.
    pub base_sha: Sha,
    /// The commit that is judged.
    pub head_sha: Sha,
    /// The tree at the merge base.
    pub base: Tree,
    /// The tree at head.
    pub head: Tree,
    /// What differs, by path.
    pub files: Files,
    /// The commits of the range, oldest first.
    pub commits: Vec<Commit>,
    /// What landed on the base branch before: loaded only if a check's needs ask for it.
    pub history: History,
    /// Reports and results bound to head.
    pub evidence: Evidence,
}

impl Change {
    /// The tree of a side.
    pub fn tree(&self, side: Side) -> &Tree {
        match side {
            Side::Base => &self.base,
            Side::Head => &self.head,
        }
    }

    /// The changed file of that name at head or else, deleted or renamed, at base.
    pub fn file(&self, path: &RepoPath) -> Option<&FileChange> {
        self.files.on(Side::Head, path).or_else(|| self.files.on(Side::Base, path))
    }

    /// Where a file of base stands at head: under its new name if renamed, nowhere if deleted.
    pub fn at_head(&self, base_path: &RepoPath) -> Option<RepoPath> {
        match self.files.on(Side::Base, base_path) {
            Some(file) => file.head.clone(),
            None => self.head.contains(base_path).then(|| base_path.clone()),
        }
    }

    /// The text of a file on a side: `None` where it isn't there, an error where it can't be read as UTF-8 text.
    pub fn text(&self, side: Side, path: &RepoPath) -> Result<Option<&str>, Undecided> {
        self.tree(side).text(path)
    }

    /// The line difference of a changed file, both sides read as text; a missing side is empty.
    pub fn diff(&self, file: &FileChange) -> Result<LineDiff, Undecided> {
        let side = |side: Side| match file.on(side) {
            Some(path) => self.text(side, path).map(Option::unwrap_or_default),
            None => Ok(""),
        };
        Ok(line_diff(side(Side::Base)?, side(Side::Head)?))
    }
}
