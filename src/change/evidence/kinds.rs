//! What a check run measures, told by its name: by a repository's own patterns first, then by the words in it.

use globset::GlobBuilder;

/// What a check run measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckKind {
    /// Tests.
    Tests,
    /// A linter or formatter.
    Lint,
    /// A type checker.
    Types,
    /// Whether it builds.
    Build,
    /// A deployment or preview.
    Deploy,
    /// Something else, or something that its name does not tell.
    Other,
}

impl CheckKind {
    /// Every kind with its name in a policy.
    pub const NAMES: [(&str, Self); 6] = [
        ("tests", Self::Tests),
        ("lint", Self::Lint),
        ("types", Self::Types),
        ("build", Self::Build),
        ("deploy", Self::Deploy),
        ("other", Self::Other),
    ];
}

/// A repository's own patterns for the names of its check runs. Where none fits, the name's words decide.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckKinds {
    patterns: Vec<(String, CheckKind)>,
}

/// The words by which a name tells its kind. One that names no kind decides nothing, and two kinds in one name leave
/// it open.
const WORDS: [(CheckKind, &[&str]); 6] = [
    (
        CheckKind::Tests,
        &[
            "test",
            "tests",
            "testing",
            "unit",
            "unittest",
            "unittests",
            "e2e",
            "integration",
            "pytest",
            "jest",
            "vitest",
            "mocha",
            "playwright",
            "cypress",
            "rspec",
            "phpunit",
            "nextest",
            "spec",
            "specs",
            "junit",
            "tox",
        ],
    ),
    (
        CheckKind::Lint,
        &[
            "lint",
            "lints",
            "linter",
            "linters",
            "linting",
            "eslint",
            "format",
            "formatting",
            "fmt",
            "rustfmt",
            "prettier",
            "clippy",
            "ruff",
            "flake8",
            "black",
            "isort",
            "pylint",
            "golangci",
            "rubocop",
            "stylelint",
            "biome",
            "ktlint",
            "checkstyle",
            "style",
            "precommit",
        ],
    ),
    (
        CheckKind::Types,
        &[
            "typecheck",
            "typechecking",
            "types",
            "type",
            "tsc",
            "mypy",
            "pyright",
            "typescript",
            "phpstan",
            "psalm",
        ],
    ),
    (CheckKind::Build, &["build", "builds", "compile", "compiles", "bundle"]),
    (
        CheckKind::Deploy,
        &["deploy", "deploys", "deployment", "preview", "vercel", "netlify", "pages", "release", "publish"],
    ),
    (
        CheckKind::Other,
        &[
            "coverage",
            "codecov",
            "coveralls",
            "docs",
            "doc",
            "documentation",
            "security",
            "audit",
            "codeql",
            "label",
            "labels",
            "labeler",
            "changelog",
            "bench",
            "benchmark",
            "benchmarks",
            "docker",
            "image",
            "push",
            "size",
            "title",
            "commit",
            "commits",
            "commitlint",
            "cla",
            "dco",
            "license",
            "licenses",
            "sonarcloud",
            "snyk",
            "dependabot",
            "dependency",
            "dependencies",
            "notify",
            "gate",
        ],
    ),
];

impl CheckKinds {
    /// Adds a pattern: a name, or a glob over names in which `*` stands for any text. The first that fits decides.
    /// The error is one sentence without a full stop.
    pub fn add(&mut self, pattern: &str, kind: CheckKind) -> Result<(), String> {
        GlobBuilder::new(pattern).build().map_err(|e| e.to_string())?;
        self.patterns.push((pattern.to_owned(), kind));
        Ok(())
    }

    /// Whether the repository has patterns of its own.
    pub fn is_default(&self) -> bool {
        self.patterns.is_empty()
    }

    /// What a check run of that name measures.
    pub fn of(&self, name: &str) -> CheckKind {
        self.given(name).unwrap_or_else(|| match kinds_in(name)[..] {
            [only] => only,
            _ => CheckKind::Other,
        })
    }

    /// What the repository's own patterns say that it measures.
    pub fn given(&self, name: &str) -> Option<CheckKind> {
        let fits = |pattern: &str| {
            let glob = GlobBuilder::new(pattern).build();
            pattern == name || glob.is_ok_and(|glob| glob.compile_matcher().is_match(name))
        };
        self.patterns.iter().find(|(pattern, _)| fits(pattern)).map(|(_, kind)| *kind)
    }
}

/// The kinds that a name's words speak of, in the order of [`CheckKind`].
fn kinds_in(name: &str) -> Vec<CheckKind> {
    let lower = name.to_lowercase().replace("pre-commit", "precommit").replace("type-check", "typecheck");
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let holds = |list: &[&str]| words.iter().any(|word| list.contains(word));
    WORDS.iter().filter(|(_, list)| holds(list)).map(|(kind, _)| *kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_kind_only_where_its_words_speak_of_one() {
        let kinds = CheckKinds::default();
        for (name, kind) in [
            ("test (ubuntu-latest, 20)", CheckKind::Tests),
            ("ci / unit", CheckKind::Tests),
            ("CI / lint", CheckKind::Lint),
            ("pre-commit", CheckKind::Lint),
            ("type-check", CheckKind::Types),
            ("build", CheckKind::Build),
            ("Vercel – Preview", CheckKind::Deploy),
            ("build and test", CheckKind::Other),
            ("test coverage", CheckKind::Other),
            ("attest", CheckKind::Other),
            ("ci", CheckKind::Other),
            ("", CheckKind::Other),
        ] {
            assert_eq!(kinds.of(name), kind, "{name}");
        }
    }

    #[test]
    fn the_repositorys_own_patterns_come_first_in_their_order() {
        let mut kinds = CheckKinds::default();
        kinds.add("verify / docs", CheckKind::Other).unwrap();
        kinds.add("verify*", CheckKind::Tests).unwrap();
        kinds.add("lint [strict]", CheckKind::Build).unwrap();
        assert_eq!(kinds.of("verify / linux (20)"), CheckKind::Tests);
        assert_eq!(kinds.of("verify / docs"), CheckKind::Other);
        assert_eq!(kinds.of("lint [strict]"), CheckKind::Build);
        assert_eq!(kinds.of("lint"), CheckKind::Lint);
        assert!(kinds.add("a[", CheckKind::Lint).is_err());
    }
}
