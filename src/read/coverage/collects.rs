//! Whether a tool measures at all when the repository's own automation runs it.

/// What the tree tells of a tool's runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Collects {
    /// This tool's reader does not tell.
    #[default]
    Untold,
    /// No command of the tree starts the tool.
    Unstarted,
    /// The tests are run, and nothing is measured.
    No,
    /// A run measures.
    Yes,
}

impl Collects {
    /// Of a run that was found: `None` where only the run itself can tell.
    pub(super) fn of(measures: Option<bool>) -> Self {
        match measures {
            Some(true) => Self::Yes,
            Some(false) => Self::No,
            None => Self::Untold,
        }
    }
}
