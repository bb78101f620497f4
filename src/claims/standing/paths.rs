//! What a path tells of a file: documentation, tests, source.

use std::sync::LazyLock;

use regex::Regex;

use crate::ids::RepoPath;

const DOCUMENTS: [&str; 8] = ["md", "mdx", "markdown", "rst", "adoc", "asciidoc", "txt", "org"];
const IMAGES: [&str; 11] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "avif", "mp4", "pdf", "drawio"];
const FOLDERS: [&str; 7] = ["docs", "doc", "documentation", "man", "wiki", "_docs", "licenses"];
const NAMES: [&str; 9] = [
    "license",
    "licence",
    "notice",
    "authors",
    "contributors",
    "readme",
    "changelog",
    "copying",
    "codeowners",
];
const SOURCES: [&str; 34] = [
    "rs", "ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs", "py", "go", "java", "kt", "rb", "php", "cs",
    "c", "h", "cc", "cpp", "hpp", "swift", "scala", "zig", "ex", "exs", "dart", "lua", "sh", "bash", "sql",
    "vue", "svelte", "css",
];

/// Documentation, by its kind or its folder.
pub(super) fn is_documentation(path: &RepoPath) -> bool {
    let extension = path.extension().to_ascii_lowercase();
    let name = path.name().to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let manifest = name.starts_with("requirements") || name == "cmakelists.txt" || name == "constraints.txt";
    DOCUMENTS.contains(&extension.as_str()) && !manifest
        || IMAGES.contains(&extension.as_str())
        || path.dir().split('/').any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
        || NAMES.contains(&stem)
}

/// A file of program text.
pub(super) fn is_source(path: &RepoPath) -> bool {
    SOURCES.contains(&path.extension().to_ascii_lowercase().as_str())
}

/// What decides how a project is built, tested or shipped.
pub(super) fn is_machinery(path: &RepoPath) -> bool {
    let manifests =
        ["package.json", "Cargo.toml", "pyproject.toml", "go.mod", "Dockerfile", "Makefile", "setup.cfg"];
    path.as_str().starts_with(".github/workflows/") || manifests.contains(&path.name())
}

/// A file that a tool writes: a lock file, a snapshot, a bundle.
pub(super) fn is_generated(path: &RepoPath) -> bool {
    let name = path.name().to_ascii_lowercase();
    let locks = ["package-lock.json", "pnpm-lock.yaml", "go.sum", "bun.lockb", "npm-shrinkwrap.json"];
    name.ends_with(".lock")
        || locks.contains(&name.as_str())
        || [".snap", ".min.js", ".min.css", ".map", ".pb.go", ".g.dart"].iter().any(|end| name.ends_with(end))
        || name.contains("generated")
        || path.dir().split('/').any(|folder| {
            matches!(folder, "dist" | "vendor" | "generated" | "__generated__" | "node_modules" | "build")
        })
}

/// A file that holds tests and nothing else, by the names that runners look for. Narrow: this confirms.
pub(super) fn is_test(path: &RepoPath) -> bool {
    IS_TEST.is_match(path.as_str())
}

static IS_TEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|/)(?:tests?|__tests__|spec|e2e)/|(?:^|/)test_[^/]*\.py$|_test\.(?:go|py|rb|dart|exs?)$|[._-](?:test|spec)\.[cm]?[jt]sx?$|_spec\.rb$|Tests?\.(?:java|kt|cs|php|swift)$")
        .expect("literal")
});

/// Whether any part of a path speaks of tests. Broad: this can only ever acquit.
pub(super) fn speaks_of_tests(path: &RepoPath) -> bool {
    SPEAKS_OF_TESTS.is_match(path.as_str())
}

static SPEAKS_OF_TESTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)test|e2e|cypress|playwright|fixture|snapshot|__snap|\.snap$|stories|\.feature$|cassette|benchmark",
        r"|(?:^|[^a-z])(?:specs?|mocks?|golden|benches|evals?|conformance|scenarios?|smoke|verify|checks?|qa|examples?",
        r"|samples?|demos?|corpus|fuzz|expected|baselines?|regress\w*)(?:[^a-z]|$)|[a-z]Spec\."
    ))
    .expect("literal")
});
