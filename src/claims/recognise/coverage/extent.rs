//! Of which code a stretch of text speaks. Any word that is not known to name no part may name one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Covered;
use super::super::super::vocabulary::WORDS;
use super::Near;
use super::names::{self, blank};

static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    let everything = r"all\s+(?:of\s+)?(?:the\s+|our\s+)?(?:code|source|sources|files|packages|modules|lines|statements|branches|functions|production code)";
    Regex::new(&format!(
        r"(?i)\b(?:overall|totals?|globally|global|project|codebase|repository|repo|whole|entire|everything|{everything})\b"
    ))
    .expect("literal")
});
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:new|newly[\s-]added|newly[\s-]written|changed|modified|added|touched|edited|altered)(?:\s*(?:/|and|or|&)\s*(?:changed|modified|added|edited))?[\s-]+(?:production\s+)?(?:code|lines?)\b",
        r"|\b(?:patch|diff|differential)[\s-]+(?:test\s+|line\s+)?coverage\b|\bcoverage\s+(?:of|for|on)\s+(?:the\s+|this\s+)?(?:diff|patch|changeset)\b",
        r"|\b(?:of|for|on)\s+(?:the\s+|this\s+)?(?:diff|patch)\b|\bcodecov/patch\b|\bpatch\s*:"
    ))
    .expect("literal")
});
/// Plain words that name a part together.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\b(?:this|that|the|each|every|per|one|a|an)\s+(?:file|package|module|function|method|class|line)s?\b(?:\s*$|\s+[^c])",
        r"|\b(?:of|for|on|in|over)\s+(?:the\s+changes|(?:this|these|my)\s+(?:pr|pull|change|changes|commit|code|patch|branch))\b",
        r"|\b(?:this|the|my|these|our)\s+(?:pr|change|changes|patch|code|commit|fix)\s+(?:is|are|has|have)\b",
        r"|\b(?:new|changed|modified|touched|affected|added)\s+(?:files?|packages?|modules?|functions?|methods?|statements?|branches|tests?|changes?)\b\s*(?:has|have|is|are|at|with|to|:)"
    ))
    .expect("literal")
});
/// Another part of the sentence that may say of what the figure is.
static LEADS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\W*(?:in|for|on|within|across|inside|under)\b|\b(?:tests?|coverage)\s+(?:for|of|in|to)\b|\bcover(?:s|ing)?\b")
        .expect("literal")
});
static GROUP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\([^()]*\)").expect("literal"));
static TESTING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:tests?|testing|coverage|covers?|covered)\b").expect("literal"));

/// The code that `own`, a stretch of the sentence with a figure in it, speaks of.
pub(super) fn of(sentence: &str, own: &Range<usize>, near: Near) -> Covered {
    let clause = &sentence[own.clone()];
    let names = names::read(clause);
    if !names.paths.is_empty() && !names.others {
        return Covered::Named(names.paths);
    }
    if CHANGED.is_match(clause) {
        return Covered::Changed;
    }
    if names.others || PART.is_match(clause) || !is_plain_text(&names.rest, false) {
        return Covered::Part;
    }
    if WHOLE.is_match(clause) {
        return Covered::Whole;
    }
    let mut others = sentence.to_owned();
    blank(&mut others, own.clone());
    let leads = || clauses(&others).into_iter().any(|range| names_a_part(&others[range]));
    if near.part || leads() { Covered::Part } else { Covered::Unsaid }
}

/// The stretch around a figure up to the next comma, semicolon or dash: brackets belong to what they stand in only if
/// the figure is in them, and not before.
pub(super) fn around(sentence: &str, figure: &Range<usize>) -> (String, Range<usize>) {
    let mut text = sentence.to_owned();
    for group in GROUP.find_iter(sentence) {
        let attached = sentence[..group.start()].ends_with(char::is_alphanumeric);
        let inside = group.start() < figure.end && figure.start < group.end();
        if !attached && !inside && !names_a_part(group.as_str()) {
            blank(&mut text, group.range());
        }
    }
    let own =
        clauses(&text).into_iter().find(|range| range.start <= figure.start && figure.start < range.end);
    (text, own.unwrap_or(0..sentence.len()))
}

/// The parts of a sentence between commas, semicolons, dashes and bars.
pub(super) fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let (mut start, mut in_code) = (0, false);
    for (at, c) in text.char_indices() {
        in_code ^= c == '`';
        let after = &text[at + c.len_utf8()..];
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let parts = match c {
            ',' => !(digit(text[..at].chars().next_back()) && digit(after.chars().next())),
            ';' | '—' | '–' | '•' | '·' | '|' | '\n' => true,
            '-' => text[..at].ends_with(' ') && after.starts_with(' '),
            _ => false,
        };
        if parts && !in_code {
            clauses.push(start..at);
            start = at + c.len_utf8();
        }
    }
    clauses.push(start..text.len());
    clauses
}

/// Whether a neighbouring stretch may say of which part a figure speaks.
pub(super) fn names_a_part(text: &str) -> bool {
    let names = names::read(text);
    !names.paths.is_empty() || names.others || LEADS.is_match(text) && !is_plain_text(&names.rest, false)
}

/// Whether a heading, or the item that a list stands under, names anything that could be a part of the code.
pub(super) fn heads_a_part(text: &str) -> bool {
    let names = names::read(text);
    !names.paths.is_empty() || names.others || !is_plain_text(&names.rest, true)
}

/// Whether a title speaks of tests or coverage of a part.
pub(in crate::claims) fn titles_a_part(text: &str) -> bool {
    TESTING.is_match(text) && heads_a_part(text)
}

/// Whether all words are known to name no part of the code.
fn is_plain_text(text: &str, heading: bool) -> bool {
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !c.is_alphanumeric())
        .all(|word| is_plain_lower(word) || heading && WORDS.coverage_plain_headings.contains(word))
}

/// Whether a word is known to name no part of the code.
pub(super) fn is_plain(word: &str) -> bool {
    is_plain_lower(&word.to_lowercase())
}

fn is_plain_lower(word: &str) -> bool {
    word.chars().count() < 2
        || word.chars().any(|c| c.is_ascii_digit())
        || WORDS.coverage_plain.contains(word)
}
