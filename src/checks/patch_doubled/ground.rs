//! What kind of text a file is: in use, a test, or nobody's handwriting.

use crate::checks::product::{self, Kind};
use crate::ids::RepoPath;

/// What a repetition means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// It runs, or configures what runs.
    Live,
    /// A test and what serves one, or the configuration of a tool.
    Test,
    /// Generated, vendored, recorded, or the material of a test.
    Foreign,
}

pub(super) fn of(path: &RepoPath) -> Ground {
    if product::is_material(path) || product::is_lock(path) || path.name() == "swagger.json" {
        return Ground::Foreign;
    }
    match product::kind(path) {
        Some(Kind::NotWritten) => Ground::Foreign,
        Some(Kind::NotProduct) => Ground::Test,
        None => Ground::Live,
    }
}
