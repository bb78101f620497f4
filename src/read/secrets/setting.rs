//! What a credential weighs where it stands: real keys seldom stand among tests and examples, made-up ones do.

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

/// What kind of file credentials stand in, as far as its path tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// Any other file, and text of which no file is known.
    #[default]
    Ordinary,
    /// What a package manager resolved: full of hashes.
    Lock,
    /// Minified code and source maps: random text is their nature.
    Bundle,
}

/// A file as the surroundings of credentials.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    path: String,
    kind: Kind,
    /// Whether it stands among tests, fixtures, examples or documentation.
    rehearsal: bool,
}

impl Setting {
    /// The file of that path: relative to the tree, with `/`.
    pub fn new(path: &str) -> Self {
        let lower = path.to_ascii_lowercase();
        Self { path: path.to_owned(), kind: kind(&lower), rehearsal: is_rehearsal(&lower) }
    }

    /// Its path; empty where no file is known.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Gives the credentials found in the text the weight of their place. Among tests, fixtures, examples and
    /// documentation only a right checksum keeps its full weight: whatever else stands there may be made up.
    pub(super) fn weigh(&self, text: &[u8], secrets: &mut [Secret]) {
        let rust = self.path.ends_with(".rs");
        let tests = rust.then(|| memchr::memmem::find(text, b"#[cfg(test)]")).flatten().unwrap_or(usize::MAX);
        for secret in secrets {
            let at = secret.range.start;
            let rehearsed = self.rehearsal || at > tests || (rust && in_documentation(text, at));
            if rehearsed && secret.verified != Verified::Checksum {
                secret.level = Grade::Note;
            }
        }
    }
}

fn in_documentation(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(200)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
    let line = line.trim_ascii_start();
    line.starts_with(b"///") || line.starts_with(b"//!")
}

fn kind(lower: &str) -> Kind {
    let name = lower.rsplit('/').next().unwrap_or(lower);
    const LOCKS: [&str; 22] = [
        "bun.lock",
        "cargo.lock",
        "cargo.toml.orig",
        "composer.lock",
        "conan.lock",
        "deno.lock",
        "flake.lock",
        "gemfile.lock",
        "go.sum",
        "gradle.lockfile",
        "mix.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "package.resolved",
        "packages.lock.json",
        "pdm.lock",
        "pipfile.lock",
        "pnpm-lock.yaml",
        "podfile.lock",
        "poetry.lock",
        "uv.lock",
        "yarn.lock",
    ];
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if LOCKS.contains(&name) {
        Kind::Lock
    } else if ends(&[".map", ".min.js", ".min.mjs", ".min.css", ".bundle.js", ".chunk.js"]) {
        Kind::Bundle
    } else {
        Kind::Ordinary
    }
}

fn is_rehearsal(lower: &str) -> bool {
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", lower));
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
            let found = super::super::scan_in(&Setting::new("src/a.rs"), text.as_bytes());
            found.iter().map(|secret| secret.level).collect::<Vec<_>>()
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
        let is = |path: &str| Setting::new(path).rehearsal;
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
