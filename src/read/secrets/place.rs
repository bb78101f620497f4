//! What a credential weighs where it stands: real keys seldom stand among tests and examples, made-up ones do.

use crate::ids::RepoPath;

use super::{Grade, Secret, Verified};

const REHEARSALS: [&str; 30] = [
    "bench",
    "benches",
    "benchmarks",
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

/// A file as the surroundings of credentials.
pub struct Setting<'a> {
    text: &'a [u8],
    rehearsal: bool,
    /// Where a Rust file's own tests begin.
    tests_from: usize,
    rust: bool,
}

impl<'a> Setting<'a> {
    /// The file of that path with that text, or that part of it.
    pub fn new(path: &RepoPath, text: &'a [u8]) -> Self {
        let rust = path.extension() == "rs";
        let tests = if rust { memchr::memmem::find(text, b"#[cfg(test)]") } else { None };
        Self { text, rehearsal: is_rehearsal(path), tests_from: tests.unwrap_or(usize::MAX), rust }
    }

    /// The weight of a credential found in the text. Among tests, fixtures, examples and documentation only a right
    /// checksum keeps its full weight: whatever else stands there may be made up.
    pub fn grade(&self, secret: &Secret) -> Grade {
        let at = secret.range.start;
        let rehearsed = self.rehearsal || at > self.tests_from || (self.rust && self.in_documentation(at));
        if rehearsed && secret.verified != Verified::Checksum { Grade::Note } else { secret.level }
    }

    fn in_documentation(&self, at: usize) -> bool {
        let before = &self.text[at.saturating_sub(200)..at];
        let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
        let line = line.trim_ascii_start();
        line.starts_with(b"///") || line.starts_with(b"//!")
    }
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
    fn what_a_rust_file_tests_or_documents_is_a_rehearsal_and_its_code_is_not() {
        let key = super::super::template::make("sk_live_{an:24}", "a");
        let grades = |text: String| {
            let path = "src/a.rs".parse().unwrap();
            let setting = Setting::new(&path, text.as_bytes());
            super::super::scan(text.as_bytes()).iter().map(|s| setting.grade(s)).collect::<Vec<_>>()
        };
        assert_eq!(
            grades(format!("const K: &str = \"{key}\";\n#[cfg(test)]\nmod tests {{}}")),
            [Grade::Block]
        );
        assert_eq!(
            grades(format!("#[cfg(test)]\nmod tests {{ const K: &str = \"{key}\"; }}")),
            [Grade::Note]
        );
        assert_eq!(grades(format!("    /// charge(\"{key}\")\n")), [Grade::Note]);
        assert_eq!(grades(format!("// charge(\"{key}\")\n")), [Grade::Block]);
    }

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
