//! What is a claim, and what only looks like one.

use super::{DependencyExtent, Extent, Near, dependency_extent, tests_extent};
use crate::claims::{ClaimKind, Subject};

fn kinds(sentence: &str) -> Vec<ClaimKind> {
    super::kinds(sentence, Near::default())
}

fn ids(sentence: &str) -> Vec<&'static str> {
    kinds(sentence).iter().map(ClaimKind::id).collect()
}

fn silent(sentences: &[&str]) {
    for sentence in sentences {
        assert!(kinds(sentence).is_empty(), "{sentence:?} gives {:?}", kinds(sentence));
    }
}

#[test]
fn tests_that_pass_are_claimed_with_their_count() {
    for (sentence, passed) in [
        ("All tests pass.", None),
        ("✅ All 244 tests pass", Some(244)),
        ("I ran the suite and all 1,204 unit tests are passing now.", Some(1204)),
        ("All tests passing (88/88)", Some(88)),
        ("The full test suite passes", None),
        ("241 tests passed, 0 failed", Some(241)),
        ("12 files, 57 tests, all pass", Some(57)),
        ("All existing tests still pass with no failures.", None),
        ("Tests: 30 passed", Some(30)),
    ] {
        assert_eq!(kinds(sentence), [ClaimKind::TestsPass { passed, command: None }], "{sentence}");
    }
}

#[test]
fn hopes_conditions_orders_and_honest_failures_are_no_claim_that_tests_pass() {
    silent(&[
        "All tests should pass now.",
        "If tests pass, merge it.",
        "Once all tests pass, this can go in.",
        "Make sure all tests pass before merging",
        "Ensure tests pass",
        "Run the tests to verify that all tests pass",
        "Will fix it so all tests pass",
        "Do all tests pass?",
        "Tests could not be run here; not run.",
        "Tests pass except for the two flaky ones",
        "All tests pass but one",
        "238 tests passed, 3 failed",
        "230/234 tests passing",
        "Make the tests pass again",
        "The tests pass a token to the server",
        "The test passed vacuously.",
        "Tests don't pass on Windows",
        "When tests pass, CI deploys",
        "TODO: tests pass on arm",
        "Previously all tests passed",
    ]);
}

#[test]
fn added_tests_are_claimed_with_their_count() {
    for (sentence, count) in [
        ("Add tests for the parser", None),
        ("Added 6 regression tests covering the upgrade path", Some(6)),
        ("test: add regression test for empty input (#12)", None),
        ("Fix the race, add tests", None),
        ("I have added tests that prove my fix is effective", None),
        ("Comprehensive unit tests were added for it", None),
        ("Includes regression tests:", None),
        ("Add a unit test that fails when the cache is cold", None),
    ] {
        assert_eq!(kinds(sentence), [ClaimKind::TestsAdded { count, of: None }], "{sentence}");
    }
}

#[test]
fn talk_of_tests_is_no_claim_that_some_were_added() {
    silent(&[
        "Added test IDs to the toolbar",
        "Add Node 26 to the CI test matrix",
        "Add a flag to skip tests",
        "Add missing await in tests",
        "Add test data",
        "Add test coverage reporting",
        "Add unit tests badge",
        "Add tests directory",
        "Add a timeout for slow tests",
        "Add tests later",
        "We need to add tests for this",
        "No tests were added",
        "I did not add tests",
        "Please add tests",
        "docs: add tests section",
        "ci: add integration tests job",
        "Tests were added in #12",
        "Will add tests",
        "Should we add tests?",
        "Add test-helper package",
    ]);
}

#[test]
fn files_and_symbols_are_claimed_where_they_are_unmistakable() {
    let file = |name: &str| Subject::File(name.into());
    let symbol = |name: &str| Subject::Symbol(name.into());
    for (sentence, kind) in [
        ("Added `parseDate()` to utils", ClaimKind::Added(symbol("parseDate"))),
        ("Add src/new.ts with the parser", ClaimKind::Added(file("src/new.ts"))),
        ("feat: add cookFlags struct for safety", ClaimKind::Added(symbol("cookFlags"))),
        ("Removed `src/old.js`.", ClaimKind::Removed(file("src/old.js"))),
        ("Delete the obsolete legacy.py (unused)", ClaimKind::Removed(file("legacy.py"))),
        ("Remove dead `hook_end` constant", ClaimKind::Removed(symbol("hook_end"))),
        (
            "Rename importIssues -> upsertIssues for clarity",
            ClaimKind::Renamed { from: symbol("importIssues"), to: symbol("upsertIssues") },
        ),
        (
            "Renamed `a/old.yml` to `a/new.yml`",
            ClaimKind::Renamed { from: file("a/old.yml"), to: file("a/new.yml") },
        ),
    ] {
        assert_eq!(kinds(sentence), [kind], "{sentence}");
    }
    let both = [ClaimKind::Removed(file("a.js")), ClaimKind::Removed(file("b.js"))];
    assert_eq!(kinds("Remove `a.js` and `b.js`"), both);
}

#[test]
fn parts_of_files_and_plain_words_are_no_claim_of_a_file_or_symbol() {
    silent(&[
        "Removed the unused import from utils.ts",
        "Remove `foo` from exports",
        "Remove `src/a.js` from the bundle",
        "Remove `utils.ts` dead code",
        "Removed `retryCount` parameter",
        "Add Node.js support",
        "Add `package.json` script",
        "Add `x.ts` to the allow list",
        "Add `verbose` flag",
        "Add TypeScript support",
        "Remove `a.js` and its usages in b",
        "Rename the workflow from a to b",
        "Rename Build namespace to Rebuild",
        "Remove `old.rs` later",
        "Remove `*.js` files",
        "Add `~/.config/x.toml`",
    ]);
}

#[test]
fn a_change_of_documents_alone_is_claimed_in_so_many_words() {
    for sentence in [
        "Docs only.",
        "Documentation-only change",
        "N/A - Docs only change",
        "Not run (documentation changes only)",
        "This PR only updates documentation.",
    ] {
        assert_eq!(ids(sentence), ["docs-only"], "{sentence}");
    }
    silent(&[
        "Skip CI for docs-only changes",
        "docs: explain the flag",
        "This is not docs only",
        "If docs only, skip tests",
        "Only docs mention this",
    ]);
}

#[test]
fn no_new_dependencies_is_claimed_and_exceptions_are_not() {
    for sentence in [
        "No new dependencies.",
        "20 checks, no new dependencies (stdlib only)",
        "Works without adding any new dependencies",
        "Doesn't add any new dependencies.",
        "This does not introduce new dependencies.",
        "It adds no dependencies",
    ] {
        assert_eq!(ids(sentence), ["no-new-dependencies"], "{sentence}");
    }
    silent(&[
        "No new dependencies except serde",
        "There must be no new dependencies",
        "Dependencies are not new",
    ]);
}

#[test]
fn the_extent_of_a_claim_is_read_from_its_words() {
    for (sentence, extent) in [
        ("All tests pass.", Extent::All),
        ("Verified that all 12 tests pass", Extent::All),
        ("All unit tests pass", Extent::Unit),
        ("244 tests passed", Extent::Counted),
        ("tests-pass = 214", Extent::All),
        ("tests-pass = \"pytest\"", Extent::Part),
        ("All CLI tests pass", Extent::Part),
        ("All new tests pass", Extent::Part),
        ("All tests pass locally", Extent::Part),
        ("All tests in api pass", Extent::Part),
    ] {
        assert_eq!(tests_extent(sentence), extent, "{sentence}");
    }
    assert_eq!(dependency_extent("No new runtime dependencies"), DependencyExtent::Runtime);
    assert_eq!(dependency_extent("No new npm dependencies"), DependencyExtent::Part);
}
