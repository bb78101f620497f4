//! The kinds of claims, with what each names.

use super::CoverageClaim;

/// What a sentence says, as far as it can be set against evidence.
#[derive(Debug, Clone, PartialEq)]
pub enum ClaimKind {
    /// A coverage figure.
    Coverage(CoverageClaim),
    /// The tests pass.
    TestsPass {
        /// How many it says passed.
        passed: Option<u64>,
        /// The command or runner that it names, as written: `pytest`, `npm test`.
        command: Option<String>,
    },
    /// Tests were added. `count` where it counts them.
    TestsAdded {
        /// How many.
        count: Option<u64>,
        /// What they are said to test, where that is named as code.
        of: Option<Subject>,
    },
    /// The tests that were there before are as they were.
    TestsUnchanged,
    /// No test that was there before is gone.
    TestsKept,
    /// The linter or formatter finds nothing.
    LintPasses,
    /// The type checker finds nothing.
    TypesPass,
    /// The build succeeds.
    Builds,
    /// A command was run and succeeded: the command as written, without its prompt.
    Ran(String),
    /// Somebody tried it by hand.
    VerifiedByHand,
    /// Nothing that others rely on breaks.
    NoBreakingChange,
    /// What worked before works as before.
    BackwardCompatible,
    /// The behaviour is the same: a refactoring, a move, a rename.
    BehaviourUnchanged,
    /// Only documentation changed.
    DocsOnly,
    /// Only tests changed.
    TestsOnly,
    /// How large the change is.
    Size(Size),
    /// A file or symbol was added.
    Added(Subject),
    /// A file or symbol was changed.
    Changed(Subject),
    /// A file or symbol was removed.
    Removed(Subject),
    /// A file or symbol has a new name.
    Renamed {
        /// The old name.
        from: Subject,
        /// The new name.
        to: Subject,
    },
    /// A piece of code or text stands where another stood.
    Replaced {
        /// The one before, as written.
        from: String,
        /// The one now, as written.
        to: String,
    },
    /// No dependency was added.
    NoNewDependencies,
    /// One dependency was added, removed or moved to another version.
    Dependency(Dependency),
    /// It closes an issue: the number.
    Fixes(u64),
    /// Something takes less time or memory, by the factor or share that the sentence gives.
    Faster,
    /// A database migration is part of the change.
    MigrationIncluded,
}

/// What a claim of adding, changing, removing or renaming speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A path or a file name, as written.
    File(String),
    /// A symbol, as written, without `()`.
    Symbol(String),
}

/// The size of a change as a sentence counts it; at least one of them is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Files changed.
    pub files: Option<u64>,
    /// Lines added.
    pub added: Option<u64>,
    /// Lines removed.
    pub removed: Option<u64>,
}

/// What became of a dependency, named as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dependency {
    /// It is new.
    Added(String),
    /// It is gone.
    Removed(String),
    /// It has another version.
    Bumped {
        /// Its name.
        name: String,
        /// The version before, where the sentence gives it.
        from: Option<String>,
        /// The version now.
        to: String,
    },
}

impl ClaimKind {
    /// Whether what refutes this claim refutes the other one too: the same said again.
    pub fn falls_with(&self, other: &Self) -> bool {
        self == other
    }

    /// Whether this is a coverage figure that falls with the set of files that it was measured over.
    pub fn hangs_on_coverage_scope(&self) -> bool {
        matches!(self, Self::Coverage(claim) if claim.hangs_on_scope())
    }

    /// Whether it tells what was done to a file, a symbol or a piece of code.
    pub fn is_deed(&self) -> bool {
        matches!(
            self,
            Self::Added(_)
                | Self::Changed(_)
                | Self::Removed(_)
                | Self::Renamed { .. }
                | Self::Replaced { .. }
        )
    }

    /// Whether it tells that something in the tree differs from base.
    pub fn tells_of_the_tree(&self) -> bool {
        self.is_deed()
            || matches!(self, Self::TestsAdded { .. } | Self::Dependency(_) | Self::MigrationIncluded)
    }

    /// Whether check runs and commit statuses confirm or refute it.
    pub fn asks_for_check_results(&self) -> bool {
        matches!(
            self,
            Self::TestsPass { .. } | Self::LintPasses | Self::TypesPass | Self::Builds | Self::Ran(_)
        )
    }

    /// How many particulars it names beside its kind.
    pub(super) fn names(&self) -> usize {
        match self {
            Self::Coverage(claim) => claim.metrics.len(),
            Self::TestsPass { passed: Some(_), .. } | Self::TestsAdded { count: Some(_), .. } => 1,
            _ => 0,
        }
    }

    /// The kind's id in JSON output.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Coverage(_) => "coverage",
            Self::TestsPass { .. } => "tests-pass",
            Self::TestsAdded { .. } => "tests-added",
            Self::TestsUnchanged => "tests-unchanged",
            Self::TestsKept => "tests-kept",
            Self::LintPasses => "lint-passes",
            Self::TypesPass => "types-pass",
            Self::Builds => "builds",
            Self::Ran(_) => "ran",
            Self::VerifiedByHand => "verified-by-hand",
            Self::NoBreakingChange => "no-breaking-change",
            Self::BackwardCompatible => "backward-compatible",
            Self::BehaviourUnchanged => "behaviour-unchanged",
            Self::DocsOnly => "docs-only",
            Self::TestsOnly => "tests-only",
            Self::Size(_) => "size",
            Self::Added(_) => "added",
            Self::Changed(_) => "changed",
            Self::Removed(_) => "removed",
            Self::Renamed { .. } => "renamed",
            Self::Replaced { .. } => "replaced",
            Self::NoNewDependencies => "no-new-dependencies",
            Self::Dependency(Dependency::Added(_)) => "dependency-added",
            Self::Dependency(Dependency::Removed(_)) => "dependency-removed",
            Self::Dependency(Dependency::Bumped { .. }) => "dependency-bumped",
            Self::Fixes(_) => "fixes",
            Self::Faster => "faster",
            Self::MigrationIncluded => "migration-included",
        }
    }
}
