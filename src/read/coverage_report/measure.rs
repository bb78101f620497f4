//! What is counted: ratios by metric, and each line's answer.

use std::collections::BTreeMap;

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Ran at least once.
    pub hit: u64,
    /// All that could have.
    pub found: u64,
}

impl Ratio {
    /// Per cent, 0 to 100; `None` where there is nothing to cover.
    #[expect(clippy::cast_precision_loss, reason = "counts of lines are far below 2^52")]
    pub fn percent(self) -> Option<f64> {
        (self.found > 0).then(|| self.hit as f64 * 100.0 / self.found as f64)
    }

    /// Takes in another's counts.
    pub fn add(&mut self, other: Self) {
        self.hit = self.hit.saturating_add(other.hit);
        self.found = self.found.saturating_add(other.found);
    }

    /// Counts what ran and what did not.
    pub(super) fn of(answers: impl IntoIterator<Item = bool>) -> Self {
        answers
            .into_iter()
            .fold(Self::default(), |sum, hit| Self { hit: sum.hit + u64::from(hit), found: sum.found + 1 })
    }
}

/// What a report says of one file, or of all. `None` where its format does not measure that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// Lines.
    pub lines: Option<Ratio>,
    /// Branches; conditions where the tool counts those.
    pub branches: Option<Ratio>,
    /// Functions or methods.
    pub functions: Option<Ratio>,
    /// Statements; regions in LLVM, bytecode instructions in JaCoCo.
    pub statements: Option<Ratio>,
}

impl Measured {
    /// Takes in another file's counts.
    pub fn add(&mut self, other: Self) {
        for (sum, part) in self.each().into_iter().zip(other.all()) {
            if let Some(part) = part {
                sum.get_or_insert_default().add(part);
            }
        }
    }

    /// Lines and branches together: coverage.py's headline figure where it measures branches.
    pub fn lines_and_branches(&self) -> Option<Ratio> {
        let mut sum = self.lines?;
        sum.add(self.branches.unwrap_or_default());
        Some(sum)
    }

    /// The same, with another's counts where it has them.
    pub(super) fn over(mut self, other: Self) -> Self {
        for (own, other) in self.each().into_iter().zip(other.all()) {
            *own = other.or(*own);
        }
        self
    }

    fn each(&mut self) -> [&mut Option<Ratio>; 4] {
        [&mut self.lines, &mut self.branches, &mut self.functions, &mut self.statements]
    }

    fn all(&self) -> [Option<Ratio>; 4] {
        [self.lines, self.branches, self.functions, self.statements]
    }
}

/// The lines that are code to the tool, counted from 1, and whether each ran.
pub type Lines = BTreeMap<u32, bool>;

/// What a report says of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// The counts, as the tool itself makes them.
    pub measured: Measured,
    /// Its lines; `None` where the format has none, which differs from a file without code.
    pub lines: Option<Lines>,
}

impl FileCoverage {
    /// Counts over these lines, which are the tool's own count of lines.
    pub(super) fn of_lines(lines: Lines) -> Self {
        let measured = Measured { lines: Some(Ratio::of(lines.values().copied())), ..Measured::default() };
        Self { measured, lines: Some(lines) }
    }

    /// Takes in a second entry of the same file: another run, or another format of the same run.
    ///
    /// A line ran where either says so. Other counts have no identity by which they could be joined: one that both
    /// have and that differs is unknown afterwards.
    pub fn merge(&mut self, other: &Self) {
        let (before, after) = (self.measured, other.measured);
        for (own, other) in self.measured.each().into_iter().zip(after.all()) {
            *own = match (*own, other) {
                (Some(a), Some(b)) if a.found > 0 && b.found > 0 => (a == b).then_some(a),
                (Some(a), Some(b)) => Some(if a.found > 0 { a } else { b }),
                (a, b) => a.or(b),
            };
        }
        match (&mut self.lines, &other.lines) {
            (Some(own), Some(other)) if own != other => {
                for (line, hit) in other {
                    *own.entry(*line).or_default() |= hit;
                }
                if before.lines.is_some() || after.lines.is_some() {
                    self.measured.lines = Some(Ratio::of(own.values().copied()));
                }
            }
            (own @ None, Some(other)) => *own = Some(other.clone()),
            _ => {}
        }
    }

    /// How many lines are code, and how many of them ran; `None` where the report has no lines to count.
    ///
    /// Where a tool counts only statements (Go), these are the lines that its statements stand on.
    pub fn line_ratio(&self) -> Option<Ratio> {
        self.measured.lines.or_else(|| Some(Ratio::of(self.lines.as_ref()?.values().copied())))
    }
}
