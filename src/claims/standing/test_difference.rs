//! What became of the tests of the changed files: which are new, which are gone, which are no longer what they were.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::paths;
use super::tests_added::looks_like_a_test;
use crate::change::Change;
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
        let mut found = Self::default();
        let (mut before, mut now) = (Vec::new(), Vec::new());
        for file in &change.files {
            found.list(change, Side::Base, file.base.as_ref(), &mut before);
            found.list(change, Side::Head, file.head.as_ref(), &mut now);
        }
        if change.head.truncated.is_some() || change.base.truncated.is_some() {
            found.unsure = Some("the list of files is incomplete".to_owned());
        }
        let moved = |base: &Known<'_>, head: &Known<'_>| {
            let at_head = change.at_head(&base.test.path);
            at_head.as_ref() == Some(&head.test.path)
        };
        let title = |known: &Known<'_>| known.test.title();
        let last = |known: &Known<'_>| known.test.name.last().cloned().unwrap_or_default();
        let alike = |a: &Known<'_>, b: &Known<'_>| a.words.len() > 4 && a.words == b.words;
        for same in [
            &|a: &Known<'_>, b: &Known<'_>| moved(a, b) && title(a) == title(b) && a.words == b.words,
            &|a: &Known<'_>, b: &Known<'_>| moved(a, b) && title(a) == title(b),
            &alike as &dyn Fn(&Known<'_>, &Known<'_>) -> bool,
            &|a: &Known<'_>, b: &Known<'_>| title(a) == title(b),
            &|a: &Known<'_>, b: &Known<'_>| last(a) == last(b) && resembles(a, b),
            &|a: &Known<'_>, b: &Known<'_>| moved(a, b) && resembles(a, b),
        ] as [&dyn Fn(&Known<'_>, &Known<'_>) -> bool; 6]
        {
            found.pair(&mut before, &mut now, same);
        }
        (found.gone, found.new) = (before, now);
        found
    }

    /// Takes out the pairs of which `same` holds, and keeps those that differ.
    fn pair(
        &mut self,
        before: &mut Vec<Known<'c>>,
        now: &mut Vec<Known<'c>>,
        same: &dyn Fn(&Known<'_>, &Known<'_>) -> bool,
    ) {
        let mut left = Vec::new();
        for known in std::mem::take(before) {
            match now.iter().position(|head| same(&known, head)) {
                Some(at) => {
                    let head = now.remove(at);
                    if differs(&known, &head) {
                        self.altered.push(Altered { before: known, now: head });
                    }
                }
                None => left.push(known),
            }
        }
        *before = left;
    }

    fn list(
        &mut self,
        change: &'c Change,
        side: Side,
        path: Option<&crate::ids::RepoPath>,
        into: &mut Vec<Known<'c>>,
    ) {
        const MAX_TESTS: usize = 3_000;
        let Some(path) = path else { return };
        if !tests::reads(path) {
            let said = format!("what {path} holds of tests is not read");
            let is_word =
                paths::is_documentation(path) || paths::is_machinery(path) || path.extension() == "snap";
            if paths::speaks_of_tests(path) && !is_word || paths::is_source(path) {
                self.unsure.get_or_insert(said);
            }
            return;
        }
        let text = match change.text(side, path) {
            Ok(text) => text.unwrap_or_default(),
            Err(undecided) => {
                self.unsure.get_or_insert(undecided.why);
                return;
            }
        };
        if !looks_like_a_test(text) {
            return;
        }
        match tests::read(path, text) {
            Ok(listed) => {
                if listed.is_empty() && paths::is_test(path) {
                    // Helpers of tests, or tests of a kind that is not known.
                    self.unsure.get_or_insert_with(|| format!("what {path} tests is not read"));
                }
                into.extend(listed.into_iter().map(|test| {
                    let words = words(text.get(test.body.clone()).unwrap_or_default());
                    Known { test, words }
                }));
            }
            Err(undecided) => drop(self.unsure.get_or_insert(undecided.why)),
        }
        if into.len() > MAX_TESTS {
            into.truncate(MAX_TESTS);
            self.unsure
                .get_or_insert_with(|| "there are too many tests to be set against each other".to_owned());
        }
    }
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

/// Whether at least half of the words of the smaller body stand in the other one.
fn resembles(a: &Known<'_>, b: &Known<'_>) -> bool {
    let (small, large) = if a.words.len() < b.words.len() { (a, b) } else { (b, a) };
    let common = small.words.iter().filter(|word| large.words.contains(word)).count();
    small.words.len() > 4 && common * 2 >= large.words.len()
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
