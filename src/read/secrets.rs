//! Credentials in any bytes: found by their vendors' fixed parts, then proved or dismissed.
//!
//! One pass looks for the keywords of all rules; only where one stands is its pattern tried, from there on, over a
//! bounded stretch: the time grows with the input's length and no faster. Entropy alone finds nothing.

mod pem;
mod place;
mod random;
mod redact;
pub mod template;
mod validate;
mod vocabulary;

use std::ops::Range;

use sha2::{Digest, Sha256};

pub use place::Setting;
pub use redact::{redact, redact_marked};
pub use validate::Verified;
pub use vocabulary::{Grade, SecretRule};

use vocabulary::{Shape, Vocabulary, vocabulary};

/// No pattern matches more.
const MAX_TOKEN: usize = 2_600;
/// How far before its keyword a credential may start.
const MAX_BEFORE: usize = 96;
/// The two halves of a pair stand at most so many lines and bytes apart.
const PAIR_LINES: usize = 5;
const PAIR_BYTES: usize = 1_000;

/// A credential in a text.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Its kind.
    pub rule: &'static SecretRule,
    /// Its bytes; of a private key the whole block.
    pub range: Range<usize>,
    /// What was proved of it.
    pub verified: Verified,
    /// Its weight in an ordinary file; [`Setting`] tells it for a given one.
    pub level: Grade,
    /// SHA-256 of the value: the same for one key however it is wrapped or escaped.
    pub identity: [u8; 32],
}

/// Finds the credentials in `bytes`, in order and without overlaps. Any bytes are fine.
pub fn scan(bytes: &[u8]) -> Vec<Secret> {
    let words = vocabulary();
    let mut found = Vec::new();
    for hit in words.keywords.find_iter(bytes) {
        for rule in &words.by_keyword[hit.pattern().as_usize()] {
            let rule = &words.rules[*rule];
            match rule.shape {
                Shape::Pem => found.extend(private_key(rule, bytes, hit.range())),
                Shape::Token => found.extend(token(words, rule, bytes, hit.start())),
            }
        }
    }
    // Of two findings of one value the pair's comes first: it tells more.
    let pairs = found.iter().flat_map(|secret| partners(words, secret, bytes)).collect();
    let mut found = [pairs, found].concat();
    found.sort_by_key(|s: &Secret| (s.range.start, std::cmp::Reverse(s.range.end)));
    found.dedup_by(|next, kept| next.range.start < kept.range.end);
    found
}

fn private_key(rule: &'static SecretRule, bytes: &[u8], keyword: Range<usize>) -> Option<Secret> {
    let key = pem::read(bytes, keyword.start, keyword.end)?;
    let identity = Sha256::digest(&key.bytes).into();
    Some(Secret { rule, range: key.range, verified: key.verified, level: key.grade, identity })
}

fn token(words: &Vocabulary, rule: &'static SecretRule, bytes: &[u8], keyword: usize) -> Option<Secret> {
    let Some(start) = &rule.start else { return candidate(words, rule, bytes, keyword) };
    let from = keyword.saturating_sub(MAX_BEFORE);
    memchr::memmem::find_iter(&bytes[from..keyword], start)
        .find_map(|at| candidate(words, rule, bytes, from + at))
}

fn candidate(words: &Vocabulary, rule: &'static SecretRule, bytes: &[u8], at: usize) -> Option<Secret> {
    let window = &bytes[at..bytes.len().min(at + MAX_TOKEN)];
    let captures = rule.pattern().is_match(window).then(|| rule.pattern().captures(window)).flatten()?;
    let (named, body) = (captures.name("value"), captures.name("body")?);
    let value = named.or(captures.get(0))?;
    let verified = rule.validator.judge(body.as_bytes())?;
    let range = at + value.start()..at + value.end();
    let sure = verified == Verified::Checksum
        || ((named.is_some() || starts_afresh(bytes, at))
            && !bytes.get(range.end).is_some_and(|b| is_word(*b))
            && random::looks_random(body.as_bytes(), rule.min_entropy, rule.min_changes));
    (sure && !is_published(words, value.as_bytes())).then(|| secret(rule, range, bytes, verified))
}

fn secret(rule: &'static SecretRule, range: Range<usize>, bytes: &[u8], verified: Verified) -> Secret {
    let identity = Sha256::digest(&bytes[range.clone()]).into();
    Secret { rule, range, verified, level: rule.level, identity }
}

fn is_published(words: &Vocabulary, value: &[u8]) -> bool {
    words.published.contains(&hex::encode(Sha256::digest(value)))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether no word runs into `at`: `\n` and `%3D` before it are escapes, not words.
fn starts_afresh(bytes: &[u8], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|at| bytes.get(at)).copied();
    let escaped = before(2) == Some(b'\\') || before(3) == Some(b'%');
    !before(1).is_some_and(|b| b.is_ascii_alphanumeric()) || escaped
}

/// The other halves of a pair, near one half.
fn partners(words: &'static Vocabulary, half: &Secret, bytes: &[u8]) -> Vec<Secret> {
    let wanted = words.rules.iter().filter(|rule| rule.beside.as_ref() == Some(&half.rule.id));
    let near = neighbourhood(bytes, &half.range);
    let in_rule = |rule: &'static SecretRule| {
        let near = near.clone();
        rule.pattern().captures_iter(&bytes[near.clone()]).filter_map(move |captures| {
            let body = captures.name("body")?;
            let range = near.start + body.start()..near.start + body.end();
            let part = |b: Option<&u8>| b.is_some_and(|b| is_word(*b) || matches!(b, b'/' | b'+'));
            let alone =
                !part(range.start.checked_sub(1).and_then(|at| bytes.get(at))) && !part(bytes.get(range.end));
            let verified = rule.validator.judge(body.as_bytes())?;
            let sure = alone && random::looks_random(body.as_bytes(), rule.min_entropy, rule.min_changes);
            (sure && !is_published(words, body.as_bytes())).then(|| secret(rule, range, bytes, verified))
        })
    };
    wanted.flat_map(in_rule).collect()
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

#[cfg(test)]
mod tests;
