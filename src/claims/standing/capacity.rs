//! "244 tests pass" against all that the tree can hold.

use super::super::Weighed;
use super::test_difference::countable;
use super::tests_added::looks_like_a_test;
use super::{contradicted, paths};
use crate::change::{Change, Kind};
use crate::ids::RepoPath;
use crate::read::tests;
use crate::span::Side;

/// A tree with more files of tests is not counted.
const MAX_FILES: usize = 300;
/// One test may be run for several platforms, projects or back ends: a number is refuted only if it is as many times
/// larger than everything that can be counted.
const RUNS: u64 = 4;
/// What makes a test run for more than the text of it tells.
const MULTIPLIES: [&str; 7] = [
    "params=",
    "pytest_generate_tests",
    "macro_rules!",
    "TestFactory",
    "shared_examples",
    "load_tests",
    "@given",
];

/// The files of head that hold its tests; nothing where there are too many, or some whose tests are not read.
pub(in crate::claims) fn inventoried(change: &Change) -> Option<Vec<&RepoPath>> {
    let mut found = Vec::new();
    let files = change.head.entries().filter(|(_, entry)| entry.kind == Kind::File);
    for (path, _) in files {
        let foreign = path.as_str().split('/').any(|part| matches!(part, "node_modules" | "vendor"));
        if foreign || paths::is_documentation(path) && path.extension() != "txt" {
            continue;
        }
        if tests::reads(path) {
            if tests::is_test_file(path) || paths::speaks_of_tests(path) {
                found.push(path);
            }
        } else if paths::is_source(path) || paths::speaks_of_tests(path) && path.extension() != "snap" {
            return None;
        }
    }
    (found.len() <= MAX_FILES && change.head.truncated.is_none()).then_some(found)
}

/// Contradicted only if the number is several times what every way of counting comes to.
pub(super) fn weigh(change: &Change, passed: u64) -> Option<Weighed> {
    let files = inventoried(change)?;
    let (mut most, mut tests) = (0, 0);
    for path in &files {
        let text = change.text(Side::Head, path).ok()??;
        if !looks_like_a_test(text) {
            continue;
        }
        if MULTIPLIES.iter().any(|word| text.contains(word)) || text.contains("///") && text.contains("```") {
            return None;
        }
        let listed = tests::read(path, text).ok()?;
        if listed.is_empty() && paths::is_test(path) {
            return None;
        }
        for test in &listed {
            most += countable(test)?;
        }
        tests += listed.len();
    }
    if tests == 0 || passed <= most.saturating_mul(RUNS) {
        return None;
    }
    let because = format!("the tree holds {tests} tests, with {most} cases and assertions in all");
    Some(contradicted(because).at_file(Side::Head, files[0]))
}
