//! The issues that a text closes, by GitHub's closing keywords.

use std::sync::LazyLock;

use regex::Regex;

use super::super::ClaimKind;
use super::super::vocabulary::ENGLISH;
use super::{clause, number};

static CLOSES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:gh-|#)(?P<first>\d{1,9})\b(?P<more>(?:\s*(?:,\s*and|,|and|&)\s*#\d{1,9}\b)*)").expect("literal")
});
static MORE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"#(\d{1,9})").expect("literal"));
static PARTLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:partially|partly|half|sort of|kind of|does not|did not|not|never|n['’]t|to|can|that|which|who|revert\w*|broke|closes? nothing|incorrectly|example|e\.g\.?)\s+(?:\w+\s+)?$").expect("literal")
});

/// The issues that a sentence without its code closes.
pub(super) fn claims(plain: &str) -> Vec<ClaimKind> {
    let mut kinds: Vec<ClaimKind> = Vec::new();
    for found in CLOSES.captures_iter(plain) {
        let range = found.get(0).expect("group 0 is the match").range();
        let before = &plain[..range.start];
        if PARTLY.is_match(before) || ENGLISH.before.is_match(before) || clause::is_quoted(plain, &range) {
            continue;
        }
        let first = number(&found["first"]);
        let more =
            MORE.captures_iter(found.name("more").map_or("", |m| m.as_str())).filter_map(|c| number(&c[1]));
        for issue in first.into_iter().chain(more).map(ClaimKind::Fixes) {
            if !kinds.contains(&issue) {
                kinds.push(issue);
            }
        }
    }
    kinds
}
