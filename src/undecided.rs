//! What could not be judged, and why: the third answer beside "found" and "clean".

use crate::ids::RepoPath;

/// How much an undecided matter weighs in the ruling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Shown in the verdict, blocks nobody: the pull request did not touch it, or it could hide no block.
    Shown,
    /// The pull request changed the very thing that can't be read, and it could hide a block.
    Decisive,
}

/// A matter that could not be judged. Never a pass: it always reaches the verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{}{why}", path.as_ref().map(|p| format!("{p}: ")).unwrap_or_default())]
pub struct Undecided {
    /// The file concerned, where it is one file.
    pub path: Option<RepoPath>,
    /// One plain sentence without a full stop: the object, the reason, what to do.
    pub why: String,
    /// Whether the ruling depends on it.
    pub weight: Weight,
}

impl Undecided {
    /// A matter that is shown and blocks nobody; [`Undecided::decisive`] raises it.
    pub fn new(why: impl Into<String>) -> Self {
        Self { path: None, why: why.into(), weight: Weight::Shown }
    }

    /// The file that it is about.
    pub fn at(mut self, path: &RepoPath) -> Self {
        self.path = Some(path.clone());
        self
    }

    /// The pull request changed this very thing and it could hide a block.
    pub fn decisive(mut self) -> Self {
        self.weight = Weight::Decisive;
        self
    }
}
