//! What others measured on the judged commit: reports and check results, as raw as they came.

use crate::ids::Sha;

/// A report file as handed in: its name for people, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Where it came from: a file name.
    pub name: String,
    /// Its bytes, in whatever format it has.
    pub bytes: Vec<u8>,
}

/// The result of a check run or commit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// Its name, such as `test (ubuntu)`.
    pub name: String,
    /// `success`, `failure`, … as GitHub words it; `None` while it runs.
    pub conclusion: Option<String>,
    /// The commit that it speaks of.
    pub head_sha: Option<Sha>,
}

/// Everything that was measured about head. Empty lists mean that nothing was handed in, not that nothing exists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Coverage reports of head.
    pub coverage: Vec<EvidenceFile>,
    /// Coverage reports of base.
    pub base_coverage: Vec<EvidenceFile>,
    /// JUnit XML reports of head.
    pub junit: Vec<EvidenceFile>,
    /// Check runs and statuses.
    pub checks: Vec<CheckResult>,
}
