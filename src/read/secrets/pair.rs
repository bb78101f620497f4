//! Credentials of two halves, of which one is recognised only beside the other.

use std::ops::Range;

use super::vocabulary::Vocabulary;
use super::{Secret, Text, is_published, is_word, proved, random};

/// The two halves of a pair stand at most so many lines and bytes apart.
const PAIR_LINES: usize = 5;
const PAIR_BYTES: usize = 1_000;

/// The other halves of a pair, near one half.
pub(super) fn partners(words: &'static Vocabulary, half: &Secret, text: &Text<'_>) -> Vec<Secret> {
    let bytes = text.bytes;
    let near = neighbourhood(bytes, &half.range);
    let mut found = Vec::new();
    for rule in words.rules.iter().filter(|rule| rule.half() == Some(&half.rule.id)) {
        for captures in rule.pattern().captures_iter(&bytes[near.clone()]) {
            let Some(body) = captures.name("body") else { continue };
            let range = near.start + body.start()..near.start + body.end();
            let part = |b: Option<&u8>| b.is_some_and(|b| is_word(*b) || matches!(b, b'/' | b'+'));
            let alone =
                !part(range.start.checked_sub(1).and_then(|at| bytes.get(at))) && !part(bytes.get(range.end));
            let sure = alone && random::looks_random(body.as_bytes(), rule.min_entropy, rule.min_changes);
            if let Some(proof) = rule.validator.judge(body.as_bytes(), body.as_bytes())
                && sure
                && !is_published(words, body.as_bytes())
            {
                found.push(proved(rule, range, bytes, proof));
            }
        }
    }
    found
}

/// A few lines around a range.
fn neighbourhood(bytes: &[u8], range: &Range<usize>) -> Range<usize> {
    let from = range.start.saturating_sub(PAIR_BYTES);
    let until = bytes.len().min(range.end + PAIR_BYTES);
    let start =
        memchr::memrchr_iter(b'\n', &bytes[from..range.start]).nth(PAIR_LINES).map_or(from, |n| from + n);
    let end = memchr::memchr_iter(b'\n', &bytes[range.end..until]).nth(PAIR_LINES);
    start..end.map_or(until, |n| range.end + n)
}
