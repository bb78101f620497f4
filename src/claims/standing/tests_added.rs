//! "Added tests" against the files and lines of the change.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Weighed;
use super::{contradicted, paths, supported, unproven};
use crate::change::{Change, FileChange, Status};
use crate::span::Side;

/// Lines that look like a test in some language. Broad: it can only ever acquit.
static LOOKS_LIKE_A_TEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)#\[(?:\w+::)*test|cfg\(test\)|\b(?:it|describe|spec|scenario|context|should)(?:\.\w+)*\s*[({]|\btest\w*\s*[(!{.]",
        r"|\bdef test|\bfunc test|@test|\[(?:fact|theory|test|testmethod)|>>> |\btest\s+[\x22'`]|\bassert|\bexpect\s*\(",
        r"|unittest|pytest|t\.run\(|\btest_|_test\b|\btests\b",
    ))
    .expect("literal")
});
/// Files of words and data, in which such a line is talk of tests.
const TALK: [&str; 16] = [
    "md", "mdx", "rst", "adoc", "txt", "json", "jsonl", "lock", "csv", "tsv", "svg", "png", "jpg", "gif",
    "sum", "ndjson",
];

/// Contradicted only if no changed file is a test or holds a line that looks like one.
pub(super) fn weigh(change: &Change) -> Weighed {
    let there = || change.files.iter().filter(|file| file.status != Status::Deleted);
    if let Some(file) = there().find(|file| paths::speaks_of_tests(file.path())) {
        return supported(format!("{} changed", file.path()));
    }
    let mut last = None;
    for file in there() {
        match holds_a_test(change, file) {
            None => return unproven(format!("{} could not be read", file.path())),
            Some(true) => return supported(format!("{} has lines that test", file.path())),
            Some(false) => last = last.or(Some(file)),
        }
    }
    let Some(file) = last else { return unproven("nothing was added or changed") };
    if change.head.truncated.is_some() || change.base.truncated.is_some() {
        return unproven("the list of files is incomplete");
    }
    // Prompts, skills and guides are made of words about tests.
    if there().all(|file| paths::is_documentation(file.path())) {
        return unproven("only documents changed, and tests may be described in them");
    }
    let count = change.files.len();
    let files = if count == 1 {
        "the only changed file".into()
    } else {
        format!("none of the {count} changed files")
    };
    let because = if count == 1 {
        format!("{files} is {}, which holds no test", file.path())
    } else {
        format!("{files} is a test or holds one")
    };
    contradicted(because).at_file(Side::Head, file.path())
}

/// Whether any line of a text looks like a test in some language.
pub(super) fn looks_like_a_test(text: &str) -> bool {
    LOOKS_LIKE_A_TEST.is_match(text)
}

/// `None` where it can't be told.
fn holds_a_test(change: &Change, file: &FileChange) -> Option<bool> {
    let path = file.head.as_ref()?;
    if TALK.contains(&path.extension().to_ascii_lowercase().as_str()) {
        return Some(false);
    }
    let diff = change.diff(file).ok()?;
    let text = change.text(Side::Head, path).ok()??;
    let lines: Vec<&str> = text.lines().collect();
    let mut added = diff.added().filter_map(|n| lines.get(n - 1));
    Some(added.any(|line| LOOKS_LIKE_A_TEST.is_match(line)))
}
