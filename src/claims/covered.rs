//! What a claim of coverage says: the figure, what it counts and of which code.

/// What is counted by a coverage figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// Statements.
    Statements,
    /// Branches or conditions.
    Branches,
    /// Functions or methods.
    Functions,
    /// Lines.
    Lines,
    /// LLVM's regions and JaCoCo's instructions.
    Regions,
}

/// A percentage as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percent {
    /// 0 to 100.
    pub value: f64,
    /// How many digits stand behind the point: the claim is no more exact than these.
    pub decimals: u8,
}

/// Of which code a coverage claim speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covered {
    /// All of the project, in so many words.
    Whole,
    /// It names no part, and so is read as the whole.
    Unsaid,
    /// The lines that the pull request adds or changes.
    Changed,
    /// These files, folders or packages, as written.
    Named(Vec<String>),
    /// Some of it that no path tells.
    Part,
}

/// A coverage figure that a sentence, a table or a tool's pasted output states.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageClaim {
    /// The figure as it is now.
    pub now: Percent,
    /// The figure before, where the words give both.
    pub before: Option<Percent>,
    /// The metrics it names; empty where it names none.
    pub metrics: Vec<Metric>,
    /// The code it speaks of.
    pub of: Covered,
    /// "Fully covered" rather than a number: nothing is left to rounding.
    pub in_words: bool,
}

impl Percent {
    /// The number as the text writes it.
    pub fn written(self) -> String {
        super::standing::written(self)
    }
}

impl CoverageClaim {
    /// Whether it falls where the set of files that coverage measures was made smaller. A figure of named files and
    /// one of the changed lines do not hang on that set.
    pub fn hangs_on_scope(&self) -> bool {
        !matches!(self.of, Covered::Named(_) | Covered::Changed)
    }
}
