//! What a credential weighs where it stands: real keys seldom stand among tests and examples, made-up ones do.

use crate::ids::RepoPath;

use super::{Grade, Secret, Verified};

const REHEARSALS: [&str; 27] = [
    "__fixtures__",
    "__mocks__",
    "__snapshots__",
    "__tests__",
    "cassettes",
    "demo",
    "demos",
    "doc",
    "docs",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "sample",
    "samples",
    "snapshots",
    "spec",
    "specs",
    "test",
    "test-data",
    "test_data",
    "testdata",
    "testing",
    "tests",
];

/// The weight of a credential in the file of that path. Among tests, fixtures, examples and documentation only a
/// right checksum keeps its full weight: whatever else stands there may be made up.
pub fn grade_at(secret: &Secret, path: &RepoPath) -> Grade {
    if secret.verified != Verified::Checksum && is_rehearsal(path) { Grade::Note } else { secret.level }
}

fn is_rehearsal(path: &RepoPath) -> bool {
    let lower = path.as_str().to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let part = |p: &str| {
        matches!(p, "test" | "tests" | "spec" | "example" | "sample" | "template" | "fixture" | "mock")
    };
    folders.split('/').any(|folder| REHEARSALS.contains(&folder))
        || name.split(['.', '_', '-']).any(part)
        || [".md", ".mdx", ".rst", ".adoc", ".snap", ".ipynb"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_examples_and_documentation_are_rehearsals_and_sources_are_not() {
        let is = |path: &str| is_rehearsal(&path.parse().unwrap());
        for path in [
            "tests/a.py",
            "src/__tests__/a.ts",
            "src/a.test.ts",
            "pkg/a_test.go",
            "test_a.py",
            ".env.example",
            "README.md",
            "docs/setup/config.yaml",
            "conftest_fixture.py",
        ] {
            assert!(is(path), "{path}");
        }
        for path in
            ["src/a.ts", ".env", "config/prod.yaml", "src/latest.py", "src/contest/a.py", "src/attest.go"]
        {
            assert!(!is(path), "{path}");
        }
    }
}
