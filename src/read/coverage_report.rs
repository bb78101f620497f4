//! Coverage reports: how much of each file ran, and which lines. One file a format; each reads text to a [`Report`].

mod clover;
mod cobertura;
mod coverage_py;
pub mod figures;
mod go;
mod istanbul;
mod jacoco;
mod lcov;
mod llvm;
mod measure;
pub mod place;
mod simplecov;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::change::EvidenceFile;
use crate::read::xml;
use crate::undecided::Undecided;

pub use measure::{FileCoverage, Lines, Measured, Ratio};
pub use place::{Mapped, NEEDS};

/// Larger reports are not read.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// More files than this are in no report of one repository.
const MAX_FILES: usize = 200_000;

/// What wrote a report, as far as its content tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// An LCOV tracefile.
    #[default]
    Lcov,
    /// Cobertura's XML.
    Cobertura,
    /// Clover's XML.
    Clover,
    /// JaCoCo's XML.
    Jacoco,
    /// Istanbul's `coverage-final.json`.
    Istanbul,
    /// Istanbul's `coverage-summary.json`: totals without lines.
    IstanbulSummary,
    /// `coverage json` of coverage.py.
    CoveragePy,
    /// `llvm-cov export`, as cargo-llvm-cov writes it with `--json`.
    Llvm,
    /// `go test -coverprofile`.
    Go,
    /// SimpleCov's `.resultset.json` or `coverage.json`.
    SimpleCov,
}

impl Format {
    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lcov => "LCOV",
            Self::Cobertura => "Cobertura",
            Self::Clover => "Clover",
            Self::Jacoco => "JaCoCo",
            Self::Istanbul => "Istanbul",
            Self::IstanbulSummary => "Istanbul summary",
            Self::CoveragePy => "coverage.py",
            Self::Llvm => "llvm-cov",
            Self::Go => "Go cover profile",
            Self::SimpleCov => "SimpleCov",
        }
    }
}

/// A report: each measured file under the path that the tool wrote.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Its format.
    pub format: Format,
    /// The files in the order of the report; a path stands here once.
    pub files: Vec<(String, FileCoverage)>,
    /// The folders that the paths may be relative to, where the report names them (Cobertura's `<sources>`).
    pub roots: Vec<String>,
    /// Whether the tool's own headline figure counts lines and branches together, as coverage.py does with branches.
    pub headline_with_branches: bool,
    /// Totals that the report itself states and that its files need not add up to: Istanbul's Cobertura leaves out
    /// branches on lines without a statement.
    pub stated: Measured,
}

impl Report {
    fn new(format: Format, files: Vec<(String, FileCoverage)>) -> Self {
        Self { format, files, ..Self::default() }
    }

    /// The total over all files, mapped onto a tree or not: as the report states it, else their sum.
    pub fn total(&self) -> Measured {
        let mut total = Measured::default();
        for (_, file) in &self.files {
            total.add(file.measured);
        }
        total.over(self.stated)
    }
}

/// Reads a report in whichever of the known formats it is; anything else is `Undecided`.
pub fn read(file: &EvidenceFile) -> Result<Report, Undecided> {
    let undecided = |why: String| Undecided::new(format!("the coverage report {} {why}", file.name));
    if file.bytes.len() > MAX_BYTES {
        return Err(undecided("is larger than 64 MiB and was not read".into()));
    }
    let text = std::str::from_utf8(&file.bytes).map_err(|_| undecided("is not UTF-8".into()))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let report = match text.chars().next() {
        Some('{') => json(text),
        Some('<') => markup(text),
        _ if go::is(text) => go::read(text),
        _ if lcov::is(text) => lcov::read(text),
        _ => Err(UNKNOWN.into()),
    };
    let report = report.map_err(undecided)?;
    if report.files.len() > MAX_FILES {
        return Err(undecided(format!("names more than {MAX_FILES} files and was not judged")));
    }
    Ok(report)
}

const UNKNOWN: &str = "is in no format that is known here (LCOV, Cobertura, Clover, JaCoCo, Istanbul's JSON, \
                       coverage.py's JSON, llvm-cov's JSON, a Go cover profile, SimpleCov's JSON)";

fn json(text: &str) -> Result<Report, String> {
    let json: Map<String, Value> =
        serde_json::from_str(text).map_err(|e| format!("is not JSON that can be read: {e}"))?;
    if llvm::is(&json) {
        llvm::read(&json)
    } else if coverage_py::is(&json) {
        coverage_py::read(&json)
    } else if simplecov::is(&json) {
        simplecov::read(&json)
    } else if istanbul::is(&json) {
        istanbul::read(&json)
    } else {
        Err(UNKNOWN.into())
    }
}

fn markup(text: &str) -> Result<Report, String> {
    let document = xml::parse(text)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "report" => jacoco::read(root),
        "coverage" if clover::is(root) => clover::read(root),
        "coverage" => cobertura::read(root),
        _ => Err(UNKNOWN.into()),
    }
}

/// A number that stands as an attribute.
fn number<T: std::str::FromStr>(node: xml::Node<'_, '_>, name: &str) -> Option<T> {
    node.attribute(name)?.trim().parse().ok()
}
