//! Whether words say that something was done to the tree: first lines of commits, words before a block of code, items
//! with a ticked box.

use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use super::Source;
use super::Subject;
use super::recognise;
use super::vocabulary::{WORDS, anywhere};
use crate::vocabularies;

/// A block of code in the author's own words, outside plans, quotations and folded prompts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The mark of its fence as written: `diff`, `ts title="a.ts"`. Never empty, nor that of a tool's output.
    pub mark: String,
    /// The paragraph, item or heading directly before it; empty where there is none.
    pub lead: String,
    /// The heading above; empty where there is none.
    pub heading: String,
    /// Its lines.
    pub text: String,
    /// Where its first line stands.
    pub at: Source,
}

/// An item whose box is ticked and that names, as code, what it was to do something to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// Its words.
    pub quote: String,
    /// The files and symbols.
    pub subjects: Vec<Subject>,
    /// Where it stands.
    pub at: Source,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    subjects: Subjects,
    blocks: Blocks,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subjects {
    types: Vec<String>,
    verbs: Vec<String>,
    idle: Vec<String>,
    open: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blocks {
    presents: Vec<String>,
    others: Vec<String>,
}

struct Deeds {
    types: Vec<String>,
    verbs: Vec<String>,
    idle: Regex,
    open: Regex,
    presents: Regex,
    others: Regex,
}

static DEEDS: LazyLock<Deeds> = LazyLock::new(|| {
    let raw: Raw = toml::from_str(vocabularies::DEEDS).expect("a test reads rules/deeds.toml");
    Deeds {
        types: raw.subjects.types,
        verbs: raw.subjects.verbs,
        idle: anywhere(&raw.subjects.idle),
        open: anywhere(&raw.subjects.open),
        presents: anywhere(&raw.blocks.presents),
        others: anywhere(&raw.blocks.others),
    }
});

static TYPED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?P<type>[A-Za-z]+)(?:\([^()]*\))?!?:\s+").expect("literal"));
static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"`[^`]+`").expect("literal"));

/// Whether a commit's message says in its first line that the tree changed, and nothing in it says otherwise.
pub fn says_a_change(message: &str) -> bool {
    let subject = message.lines().next().unwrap_or_default().trim();
    let quotes = WORDS.quoting.iter().any(|p| p.is_match(subject));
    if quotes || DEEDS.idle.is_match(subject) || DEEDS.open.is_match(message) {
        return false;
    }
    let listed = |list: &[String], word: &str| list.iter().any(|w| w.eq_ignore_ascii_case(word));
    if let Some(found) = TYPED.captures(subject) {
        return listed(&DEEDS.types, &found["type"]);
    }
    let plain = subject.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = plain.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    // One word tells of no change that a reader could look for.
    plain.split_whitespace().count() > 1 && listed(&DEEDS.verbs, word)
}

impl Shown {
    /// Whether the words around it present it as what the change did. Names in code are no words.
    pub fn is_presented(&self) -> bool {
        let lead = CODE.replace_all(last_sentence(&self.lead), "");
        DEEDS.presents.is_match(&lead) && !self.is_something_else()
    }

    /// Whether the words around it say that it is an example, an advice, an output, a state that was.
    fn is_something_else(&self) -> bool {
        let lead = CODE.replace_all(&self.lead, "");
        let heading = CODE.replace_all(&self.heading, "");
        DEEDS.others.is_match(&lead) || DEEDS.others.is_match(&heading)
    }
}

fn last_sentence(text: &str) -> &str {
    super::sentence::split(text).pop().map_or("", |range| &text[range])
}

/// What an item with a ticked box was to do something to; nothing where it is no plain order of that.
pub(super) fn ticked(text: &str) -> Vec<Subject> {
    let plain = CODE.replace_all(text, "`");
    let word = plain.split(|c: char| !c.is_alphanumeric()).find(|w| !w.is_empty()).unwrap_or_default();
    let verb = DEEDS.verbs.iter().any(|v| v.eq_ignore_ascii_case(word));
    if !verb || !recognise::asserts(&plain) {
        return Vec::new();
    }
    let named: Vec<Option<Subject>> = CODE.find_iter(text).map(|m| recognise::named(m.as_str())).collect();
    named.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_that_say_a_change_are_told_from_those_that_want_a_run() {
        for message in [
            "fix: guard the empty basket".to_owned(),
            "Add `parse()` to the reader".into(),
            "feat(api)!: answer in JSON".into(),
            "🐛 Fixed a race in the pool\n\nIt took two locks.".into(),
        ] {
            assert!(says_a_change(&message), "{message}");
        }
        for message in [
            "chore: trigger CI",
            "Initial plan",
            "Empty commit to run the tests",
            "fix: run again\n\n[skip ci]",
            "Revert \"Add a cache\"",
            "Merge branch 'main'",
            "ci: fix the workflow",
            "Update",
            "Address what Robin said",
            "Fix nothing, just rebase",
        ] {
            assert!(!says_a_change(message), "{message}");
        }
    }

    #[test]
    fn a_block_is_the_change_only_where_the_words_before_it_say_so() {
        let shown = |heading: &str, lead: &str| Shown {
            mark: "diff".into(),
            lead: lead.into(),
            heading: heading.into(),
            text: String::new(),
            at: Source { part: super::super::Part::Body, line: 1 },
        };
        for (heading, lead) in [
            ("Summary", "Here is the change:"),
            ("", "The fix in `src/a.ts`:"),
            ("Details", "`total()` now reads:"),
        ] {
            assert!(shown(heading, lead).is_presented(), "{lead}");
        }
        for (heading, lead) in [
            ("Migration", "Here is the change:"),
            ("", "Before:"),
            ("", "The change that you need to make:"),
            ("", "For example:"),
            ("", "I considered this fix instead:"),
            ("", "`the fix`"),
            ("", ""),
        ] {
            assert!(!shown(heading, lead).is_presented(), "{lead}");
        }
    }

    #[test]
    fn a_ticked_item_is_read_where_it_orders_something_of_names_in_code() {
        assert_eq!(
            ticked("Add tests for `parse()` and `src/a.py`"),
            [Subject::Symbol("parse".into()), Subject::File("src/a.py".into())]
        );
        for text in
            ["Add tests", "Tests for `parse()` pass", "Update `the docs`", "Check `a.py`", "Run `x.sh`"]
        {
            assert_eq!(ticked(text), [], "{text}");
        }
    }
}
