//! What became of the tests of the changed files: which are new, which are gone, which are no longer what they were.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::paths;
use super::tests_added::looks_like_a_test;
use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::tests::difference;
use crate::read::tests::{self, Cases, Test};
use crate::span::Side;

static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[\w$]+|[^\s\w]"#)
        .expect("literal")
});
static COMMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)/\*.*?\*/|(?m)(?:^|\s)(?://|#\s).*$").expect("literal"));

/// A test with its body's words.
pub(super) struct Known<'c> {
    pub(super) test: Test,
    /// The words of its body without comments, white space and the marks that formatters put in and out.
    pub(super) words: Vec<&'c str>,
}

/// A test of base with what it became, where that is not the same.
pub(super) struct Altered<'c> {
    pub(super) before: Known<'c>,
    pub(super) now: Known<'c>,
}

/// The tests of the changed files, base against head.
#[derive(Default)]
pub(super) struct Difference<'c> {
    /// Those of head that base has not.
    pub(super) new: Vec<Known<'c>>,
    /// Those of base that head has not, under no name and in no file of the change.
    pub(super) gone: Vec<Known<'c>>,
    /// Those that test otherwise than they did.
    pub(super) altered: Vec<Altered<'c>>,
    /// Why there may be more to it than is listed here.
    pub(super) unsure: Option<String>,
}

impl<'c> Difference<'c> {
    pub(super) fn of(change: &'c Change) -> Self {
        let shared = difference::Difference::of(change);
        let mut found = Self::default();
        let known = |side: Side, test: &Test| {
            let text = change.text(side, &test.path).ok().flatten().unwrap_or_default();
            Known { test: test.clone(), words: words(text.get(test.body.clone()).unwrap_or_default()) }
        };
        found.new = shared.born.iter().map(|place| known(Side::Head, shared.head(*place))).collect();
        found.gone = shared.gone.iter().map(|place| known(Side::Base, shared.base(*place))).collect();
        for pair in &shared.pairs {
            let (before, now) = (shared.base(pair.base), shared.head(pair.head));
            let (before, now) = (known(Side::Base, before), known(Side::Head, now));
            if differs(&before, &now) {
                found.altered.push(Altered { before, now });
            }
        }
        found.unsure = shared.undecided.first().map(|undecided| undecided.why.clone());
        if change.head.truncated.is_some() || change.base.truncated.is_some() {
            found.unsure = Some("the list of files is incomplete".to_owned());
        }
        for file in &change.files {
            for side in [Side::Base, Side::Head] {
                let unread = file.on(side).and_then(|path| unread(change, side, path));
                found.unsure = found.unsure.or(unread);
            }
        }
        found
    }
}

/// Why a changed file may hold tests that are not listed.
fn unread(change: &Change, side: Side, path: &RepoPath) -> Option<String> {
    if !tests::reads(path) {
        // A text below tests may be one of their cases.
        let is_page = matches!(path.extension(), "md" | "mdx" | "rst" | "adoc" | "snap");
        let is_word = is_page || paths::is_machinery(path);
        let may = paths::speaks_of_tests(path) && !is_word || paths::is_source(path);
        return may.then(|| format!("what {path} holds of tests is not read"));
    }
    let text = change.text(side, path).ok().flatten().unwrap_or_default();
    // Helpers of tests, or tests of a kind that is not known.
    let unlisted = looks_like_a_test(text) && tests::read(path, text).is_ok_and(|listed| listed.is_empty());
    (unlisted && paths::is_test(path)).then(|| format!("what {path} tests is not read"))
}

/// The words of a piece of code.
fn words(text: &str) -> Vec<&str> {
    let comments: Vec<(usize, usize)> =
        COMMENT.find_iter(text).map(|found| (found.start(), found.end())).collect();
    let in_comment = |at: usize| comments.iter().any(|(from, to)| (*from..*to).contains(&at));
    let marks = |word: &str| matches!(word, ";" | "," | "(" | ")");
    TOKEN
        .find_iter(text)
        .filter(|found| !marks(found.as_str()) && !in_comment(found.start()))
        .map(|found| found.as_str())
        .collect()
}

/// A string without its quotation marks.
fn bare(word: &str) -> &str {
    let quoted = word.len() > 1 && word.starts_with(['"', '\'', '`']) && word.ends_with(['"', '\'', '`']);
    if quoted { &word[1..word.len() - 1] } else { word }
}

/// Whether the bodies differ by more than layout, quotation marks and names that were renamed throughout.
fn differs(before: &Known<'_>, now: &Known<'_>) -> bool {
    if before.words.len() != now.words.len() {
        return true;
    }
    let mut renamed: BTreeMap<&str, &str> = BTreeMap::new();
    let is_name = |word: &str| word.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$');
    for (was, is) in before.words.iter().zip(&now.words) {
        let (was, is) = (bare(was), bare(is));
        if was == is {
            continue;
        }
        let names = is_name(was) && is_name(is) && !is_literal(was) && !is_literal(is);
        if !names || *renamed.entry(was).or_insert(is) != is {
            return true;
        }
    }
    false
}

fn is_literal(word: &str) -> bool {
    matches!(word, "true" | "false" | "True" | "False" | "null" | "nil" | "None" | "undefined")
}

/// How many cases a test is run for; nothing where only the run can tell.
pub(super) fn cases(test: &Test) -> Option<u64> {
    let nested = ["t.Run", "b.Run", "subTest", "self.subTest", "t.test", "subtests.test", "t.step"];
    if test.calls.iter().any(|call| nested.contains(&call.as_str())) {
        return None;
    }
    match test.cases {
        Cases::One => Some(1),
        Cases::Table(rows) => Some(rows as u64),
        Cases::Computed => None,
    }
}

/// Everything in a test that somebody may count: its cases, its assertions, and what else can fail in it.
pub(super) fn countable(test: &Test) -> Option<u64> {
    let cases = cases(test)?;
    Some(cases.max(1) * (test.assertions.len() + test.implicit).max(1) as u64)
}
