//! "Only tests changed" against the changed files.

use std::sync::LazyLock;

use regex::Regex;

use super::super::{Claim, Weighed};
use super::docs_only::{code_differs, place, speaks_of_all};
use super::tests_added::looks_like_a_test;
use super::{contradicted, paths, supported, unproven};
use crate::change::{Change, FileChange};
use crate::span::Side;

/// The words speak of the whole change and not of one item in a list.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^only (?:the )?tests?(?: files?| code)? (?:(?:were|was|are|is|have been) )?(?:changed|touched|modified|affected)\b")
        .expect("literal")
});

/// Contradicted by a source file whose code changed, and which holds no test.
pub(super) fn weigh(change: &Change, claim: &Claim) -> Weighed {
    let mut beside = change.files.iter().filter(|file| !paths::speaks_of_tests(file.path())).peekable();
    let Some(first) = beside.peek().map(|file| file.path()) else {
        if change.files.is_empty() {
            return unproven("nothing changed");
        }
        return supported("every changed file is a test or stands among tests");
    };
    let because = format!("{first} changed too");
    match beside.find(|file| is_code(change, file)) {
        Some(file) if speaks_of_all(claim) || WHOLE.is_match(&claim.quote) => {
            contradicted(format!("{} changed, which is no test", file.path())).at(place(change, file))
        }
        _ => unproven(because),
    }
}

fn is_code(change: &Change, file: &FileChange) -> bool {
    let tests = [Side::Base, Side::Head].into_iter().any(|side| {
        let text = file.on(side).map(|path| change.text(side, path));
        text.is_some_and(|text| text.ok().flatten().is_none_or(looks_like_a_test))
    });
    paths::is_source(file.path()) && !tests && code_differs(change, file) == Some(true)
}
