//! What landed on the base branch lately: the commits that a pull request may undo.

use crate::change::{Person, line_diff};
use crate::ids::{PrNumber, RepoPath, Sha};

/// What is known of the base branch's latest commits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum History {
    /// No check asked for it.
    #[default]
    NotLoaded,
    /// The commits that changed files of this pull request: from the base backwards along first parents, at most
    /// [`History::MAX_COMMITS`] of them and none older than [`History::MAX_DAYS`] before the base.
    Loaded(Vec<Landed>),
}

impl History {
    /// As many commits are looked through at most.
    pub const MAX_COMMITS: usize = 60;
    /// As many days before the base are looked through at most.
    pub const MAX_DAYS: u32 = 30;

    /// The commits, the newest first; none where nobody asked.
    pub fn commits(&self) -> &[Landed] {
        match self {
            Self::NotLoaded => &[],
            Self::Loaded(commits) => commits,
        }
    }
}

/// How many days before the base commit work counts as recent; 14 unless a policy says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Recent(pub u32);

impl Default for Recent {
    fn default() -> Self {
        Self(14)
    }
}

/// One commit of the base branch, a merge as what it brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landed {
    /// Its id.
    pub sha: Sha,
    /// Its author.
    pub author: Person,
    /// The whole message.
    pub message: String,
    /// How many seconds before the base commit it was committed; zero where the clocks disagree.
    pub before_base: u64,
    /// What it did to files that this pull request changes.
    pub files: Vec<LandedFile>,
}

/// What a commit did to one file, against its first parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LandedFile {
    /// The file, under its name in that commit.
    pub path: RepoPath,
    /// The edits in their order.
    pub hunks: Vec<Edit>,
}

/// Lines that stood together and what stood there afterwards; either may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The lines before.
    pub removed: Vec<String>,
    /// The lines after.
    pub added: Vec<String>,
}

impl Edit {
    /// The edits that lead from one text to another.
    pub fn between(old: &str, new: &str) -> Vec<Self> {
        let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let lines = |of: &[&str], numbers: std::ops::Range<usize>| {
            numbers.filter_map(|n| of.get(n - 1)).map(|line| (*line).to_owned()).collect()
        };
        let hunks = line_diff(old, new).hunks;
        let edits = hunks
            .into_iter()
            .map(|hunk| Self { removed: lines(&before, hunk.base), added: lines(&after, hunk.head) });
        edits.collect()
    }
}

impl Landed {
    /// The subject line of its message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default().trim()
    }

    /// The pull request that brought it, as GitHub writes it into the messages of merges: `Merge pull request #7 from`
    /// and `(#7)` at the end of a squash's subject.
    pub fn number(&self) -> Option<PrNumber> {
        let subject = self.subject();
        let merged = subject.strip_prefix("Merge pull request #").and_then(|rest| rest.split(' ').next());
        let squashed = || subject.strip_suffix(')')?.rsplit_once("(#").map(|(_, number)| number);
        merged.or_else(squashed)?.parse().ok().map(PrNumber)
    }

    /// Whole days before the base commit.
    pub fn days(&self) -> u64 {
        self.before_base / 86_400
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landed(message: &str) -> Landed {
        Landed {
            sha: "1".repeat(40).parse().unwrap(),
            author: Person::default(),
            message: message.to_owned(),
            before_base: 2 * 86_400 + 5,
            files: Vec::new(),
        }
    }

    #[test]
    fn edits_are_runs_of_lines_with_what_stands_there_now() {
        let edit = |removed: &[&str], added: &[&str]| Edit {
            removed: removed.iter().map(|l| (*l).to_owned()).collect(),
            added: added.iter().map(|l| (*l).to_owned()).collect(),
        };
        let edits = Edit::between("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n");
        assert_eq!(edits, [edit(&["b"], &["B"]), edit(&[], &["e"])]);
        assert!(Edit::between("a\n", "a\n").is_empty());
    }

    #[test]
    fn the_pull_request_of_a_commit_stands_in_its_subject() {
        let number = |message: &str| landed(message).number().map(|n| n.0);
        assert_eq!(number("Merge pull request #7 from octo/topic\n\nRound up"), Some(7));
        assert_eq!(number("Round up (#41)\n\n* (#3)"), Some(41));
        assert_eq!(number("Round up (#4x)"), None);
        assert_eq!(number("See (#41) for more"), None);
        assert_eq!(landed("a\n\nb").subject(), "a");
        assert_eq!(landed("a").days(), 2);
    }
}
