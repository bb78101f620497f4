//! Tokens in the form that one vendor gives them.

use std::ops::Range;

use super::vocabulary::{SecretRule, Vocabulary};
use super::{Outcome, Text, Verified, is_published, is_word, proved, random, starts_afresh};

/// No pattern matches more.
const MAX_TOKEN: usize = 3_400;
/// How far before its keyword a credential may start.
pub(super) const MAX_BEFORE: usize = 96;
/// How far around a token its rule looks for the words that tell its meaning.
const MAX_NEAR: usize = 400;

/// What stands at a keyword of the rule.
pub(super) fn read(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    let first = |starts: &mut dyn Iterator<Item = usize>| {
        let mut tried = starts.map(|at| candidate(words, rule, text, at));
        tried.find(|o| !matches!(o, Outcome::Nothing)).unwrap_or(Outcome::Nothing)
    };
    if let Some(start) = &rule.start {
        let from = keyword.start.saturating_sub(MAX_BEFORE);
        let before = &text.bytes[from..keyword.start];
        first(&mut memchr::memmem::find_iter(before, start).map(|at| from + at))
    } else if rule.leads.is_empty() {
        candidate(words, rule, text, keyword.start)
    } else {
        first(&mut rule.leads.iter().filter_map(|lead| keyword.start.checked_sub(*lead)))
    }
}

fn candidate(words: &Vocabulary, rule: &'static SecretRule, text: &Text<'_>, at: usize) -> Outcome {
    let bytes = text.bytes;
    if rule.starts_itself() && !starts_afresh(bytes, at) {
        return Outcome::Nothing;
    }
    let window = &bytes[at..bytes.len().min(at + MAX_TOKEN)];
    if !rule.may_match(window) {
        return Outcome::Nothing;
    }
    let Some(captures) = rule.pattern().captures(window) else { return Outcome::Nothing };
    let Some(body) = captures.name("body") else { return Outcome::Nothing };
    let Some(value) = captures.name("value").or(captures.get(0)) else { return Outcome::Nothing };
    let range = at + value.start()..at + value.end();
    let Some(proof) = rule.validator.judge(value.as_bytes(), body.as_bytes()) else {
        return Outcome::Dismissed(range);
    };
    // What could be more of it is not the end of it.
    let goes_on = |b: &u8| is_word(*b) || (matches!(b, b'+' | b'/') && rule.takes(*b));
    let ends = proof.verified == Verified::Checksum || !bytes.get(range.end).is_some_and(goes_on);
    let sure =
        ends && (proof.decoded || random::looks_random(body.as_bytes(), rule.min_entropy, rule.min_changes));
    if !sure
        || rule.public
        || is_published(words, value.as_bytes())
        || !rule.is_meant(surroundings(bytes, &range))
    {
        return Outcome::Dismissed(range);
    }
    Outcome::Secret(proved(rule, range, bytes, proof))
}

pub(super) fn surroundings<'t>(bytes: &'t [u8], range: &Range<usize>) -> &'t [u8] {
    &bytes[range.start.saturating_sub(MAX_NEAR)..bytes.len().min(range.end + MAX_NEAR)]
}
