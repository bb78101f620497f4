//! Which files belong to the product, and which are tests, tools, examples or written by none of the team.

use crate::change::Change;
use crate::ids::RepoPath;

/// The id of git's empty file.
const EMPTY: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

/// Why a file is no loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A test or what serves one, a type declaration, a configuration, a story.
    NotProduct,
    /// Generated, vendored, or an example.
    NotWritten,
}

/// Whether the file holds nothing to measure.
pub(super) fn empty(change: &Change, head: &RepoPath) -> bool {
    change.head.entry(head).is_some_and(|entry| entry.id.as_str() == EMPTY)
}

/// What a file is by its name and folders; `None` for a file of the product.
pub(super) fn kind(path: &RepoPath) -> Option<Kind> {
    const TESTS: [&str; 18] = [
        "test",
        "tests",
        "__tests__",
        "spec",
        "specs",
        "e2e",
        "fixtures",
        "__fixtures__",
        "mocks",
        "__mocks__",
        "testing",
        "stories",
        ".storybook",
        "cypress",
        "playwright",
        "testdata",
        "test-utils",
        "testutils",
    ];
    const FOREIGN: [&str; 22] = [
        "generated",
        "__generated__",
        "gen",
        "vendor",
        "vendored",
        "third_party",
        "third-party",
        "dist",
        "build",
        "out",
        "coverage",
        "migrations",
        "examples",
        "example",
        "docs",
        "doc",
        "demo",
        "demos",
        "benchmarks",
        "benchmark",
        "bench",
        "site",
    ];
    let lower = path.as_str().to_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    if folders.split('/').any(|folder| TESTS.contains(&folder)) || not_product(name) {
        return Some(Kind::NotProduct);
    }
    let written_by_tool = [".gen.", ".generated.", "_pb2.", "_pb2_grpc.", ".pb.", ".min.", "_generated."];
    // As the generators of Dart name what they write.
    let dart = [".g.dart", ".gr.dart", ".freezed.dart", ".mocks.dart", ".pbenum.dart", ".pbjson.dart"];
    let foreign = folders.split('/').any(|folder| FOREIGN.contains(&folder));
    let written = written_by_tool.iter().any(|part| name.contains(part));
    let written = written || dart.iter().any(|ending| name.ends_with(ending));
    (foreign || written).then_some(Kind::NotWritten)
}

/// Whether a package manager wrote the file.
pub(super) fn is_lock(path: &RepoPath) -> bool {
    let name = path.name().to_lowercase();
    let is_listed = ["go.sum", "go.work.sum", "gradle.lockfile", "bun.lockb", "npm-shrinkwrap.json"];
    name.ends_with(".lock")
        || ["-lock.json", "-lock.yaml", ".lock.json", ".lock.hcl"].iter().any(|end| name.ends_with(end))
        || is_listed.contains(&name.as_str())
}

fn not_product(name: &str) -> bool {
    const PARTS: [&str; 14] = [
        ".test.",
        ".spec.",
        ".stories.",
        ".story.",
        ".config.",
        ".setup.",
        ".bench.",
        ".mock.",
        ".fixture.",
        ".d.ts",
        ".d.mts",
        ".d.cts",
        ".e2e.",
        "-test.",
    ];
    const NAMES: [&str; 6] =
        ["conftest.py", "setup.py", "setuptests.js", "setuptests.ts", "noxfile.py", "fabfile.py"];
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    PARTS.iter().any(|part| name.contains(part))
        || NAMES.contains(&name)
        || (name.starts_with("test_") && name.ends_with(".py"))
        || stem.ends_with("_test")
        || (name.starts_with('.') && name.contains("rc."))
        || stem.ends_with("-setup")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_generated_files_are_told_from_the_product() {
        let kind = |path: &str| kind(&path.parse().unwrap());
        for path in
            ["a/test_x.py", "src/a.test.ts", "tests/util.py", "vite.config.ts", "a.d.ts", "src/A.stories.tsx"]
        {
            assert_eq!(kind(path), Some(Kind::NotProduct), "{path}");
        }
        for path in
            ["src/generated/a.ts", "app/migrations/0001.py", "proto/a_pb2.py", "lib/cart.freezed.dart"]
        {
            assert_eq!(kind(path), Some(Kind::NotWritten), "{path}");
        }
        for path in
            ["src/testimonials.ts", "src/latest.py", "src/config.ts", "src/contest.py", "scripts/build.js"]
        {
            assert_eq!(kind(path), None, "{path}");
        }
    }
}
