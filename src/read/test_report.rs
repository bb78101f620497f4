//! Test reports, told apart by their content: JUnit XML, TRX, TAP and the events of `go test -json`.
//!
//! Every test is counted by its own entry: the totals that tools write differ from tool to tool.

mod go_test;
mod junit;
mod results;
mod tap;
mod trx;
mod xml;

use crate::change::EvidenceFile;
use crate::undecided::Undecided;

pub use results::{Failing, Results};

/// Larger reports are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Reports of more tests are not read.
const MAX_CASES: usize = 1_000_000;
/// Deeper nesting than this is not read.
const MAX_DEPTH: usize = 128;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// JUnit XML in any tool's dialect.
    Junit,
    /// Visual Studio's test results.
    Trx,
    /// The Test Anything Protocol, versions 12 to 14.
    Tap,
    /// The events of `go test -json`.
    GoTest,
}

impl Format {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Junit => "JUnit",
            Self::Trx => "TRX",
            Self::Tap => "TAP",
            Self::GoTest => "go test -json",
        }
    }
}

/// What became of one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It passed, at last if not at once.
    Passed,
    /// An assertion failed.
    Failed,
    /// It broke before or beside its assertions, or what should have run it did.
    Broken,
    /// It was not run, or its failure was announced.
    Skipped,
}

/// One test as a report has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name, with its class, package or parents where the report has them.
    pub name: String,
    /// Its file as the tool writes it, where it does.
    pub file: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether it holds other tests.
    pub parent: bool,
    /// Whether no other test holds it.
    pub top: bool,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its format.
    pub format: Format,
    /// The names of the suites, for telling kinds of tests apart.
    pub suites: Vec<String>,
    /// The tests in the order of the report.
    pub cases: Vec<Case>,
    /// Whether the report itself says that the run went wrong, though none of its tests did.
    pub aborted: bool,
}

impl Report {
    fn new(format: Format) -> Self {
        Self { format, suites: Vec::new(), cases: Vec::new(), aborted: false }
    }
}

/// Reads a report. What is of no known format, cut short, too large or too deep is `Undecided`.
pub fn read(file: &EvidenceFile) -> Result<Report, Undecided> {
    let undecided = |why: &str| Undecided::new(format!("the test report {} {why}", file.name));
    if file.bytes.len() > MAX_BYTES {
        return Err(undecided("is larger than 64 MiB and was not read"));
    }
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let report = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err("is empty".to_owned()),
        Some(b'<') => xml::read(bytes),
        Some(_) => lines(bytes),
    };
    let report = report.map_err(|why| undecided(&why))?;
    if report.cases.len() > MAX_CASES {
        return Err(undecided("has more than a million tests and was not read"));
    }
    Ok(report)
}

/// The formats of lines. Other programs may have written into the same stream before the first line that counts.
fn lines(bytes: &[u8]) -> Result<Report, String> {
    let text = String::from_utf8_lossy(bytes);
    for line in text.lines() {
        if go_test::is_event(line) {
            return go_test::read(&text);
        }
        if tap::begins(line) {
            return tap::read(&text);
        }
    }
    Err("is no JUnit XML, TRX, TAP or output of go test -json".to_owned())
}

#[cfg(test)]
mod tests;
