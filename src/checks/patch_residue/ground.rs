//! What kind of place a file is, by its path: code in use, data of tests and examples, or prose.

use crate::ids::RepoPath;

/// What a leftover means there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// It runs or is shipped.
    Live,
    /// It is the material of a test or an example: a leftover may be its point.
    Sample,
    /// It is read by people, or by a model.
    Prose,
}

const SAMPLES: [&str; 30] = [
    "fixture",
    "fixtures",
    "__fixtures__",
    "test-fixtures",
    "test_fixtures",
    "testdata",
    "test-data",
    "test_data",
    "testcases",
    "__snapshots__",
    "snapshots",
    "snapshot",
    "golden",
    "goldens",
    "example",
    "examples",
    "sample",
    "samples",
    "corpus",
    "cassettes",
    "__mocks__",
    "mocks",
    "vendor",
    "third_party",
    "node_modules",
    "playground",
    "benchmarks",
    "evals",
    "templates",
    "demo",
];
const PROSE: [&str; 9] = ["md", "mdx", "mdc", "markdown", "rst", "txt", "adoc", "prompt", "ipynb"];
const PROSE_FOLDERS: [&str; 4] = ["docs", "doc", "prompts", "prompt"];

pub(super) fn of(path: &RepoPath) -> Ground {
    let folders = || path.dir().split('/').map(str::to_ascii_lowercase);
    let name = path.name().to_ascii_lowercase();
    if folders().any(|f| SAMPLES.contains(&f.as_str())) || name.ends_with(".snap") {
        Ground::Sample
    } else if PROSE.contains(&path.extension().to_ascii_lowercase().as_str())
        || folders().any(|f| PROSE_FOLDERS.contains(&f.as_str()))
        || name.contains("prompt")
    {
        Ground::Prose
    } else {
        Ground::Live
    }
}
