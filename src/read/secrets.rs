//! Credentials in any bytes: found by their vendors' fixed parts or by what they are called, then proved or dismissed.
//!
//! One pass looks for the keywords of all rules; only where one stands is its rule tried, over a bounded stretch: the
//! time grows with the input's length and no faster. Entropy alone finds nothing.

mod der;
mod encoding;
mod form;
mod found;
mod generic;
mod identity;
mod keywords;
mod pair;
mod pem;
mod random;
mod redact;
mod selfcheck;
mod setting;
mod stream;
pub mod template;
mod token;
mod validate;
mod vocabulary;

use std::ops::Range;

use sha2::{Digest, Sha256};

pub use encoding::from_utf16;
pub use identity::Identity;
pub use redact::{Known, redact, redact_known, redact_marked};
pub use selfcheck::{SelfCheck, self_check};
pub use setting::{Kind, Setting};
pub use stream::{Hit, scan_stream};
pub use validate::Verified;
pub use vocabulary::{Grade, SecretRule};

use found::Found;
use generic::Syntax;
use validate::Proof;
use vocabulary::{Shape, Vocabulary, vocabulary};

/// A credential in a text.
#[derive(Debug, Clone)]
pub struct Secret {
    /// Its kind.
    pub rule: &'static SecretRule,
    /// Its bytes; of a private key the whole block.
    pub range: Range<usize>,
    /// What was proved of it.
    pub verified: Verified,
    /// Its weight where it stands.
    pub level: Grade,
    /// Its weight in an ordinary file.
    pub ordinary: Grade,
    /// That of its value: the same for one key however it is wrapped or escaped.
    pub identity: Identity,
}

/// Finds the credentials in `bytes` as if they stood in an ordinary file; see [`scan_in`].
pub fn scan(bytes: &[u8]) -> Vec<Secret> {
    scan_in(&Setting::default(), bytes)
}

/// Finds the credentials in `bytes`, in order and without overlaps. Any bytes are fine.
pub fn scan_in(setting: &Setting, bytes: &[u8]) -> Vec<Secret> {
    let words = vocabulary();
    let text = Text { bytes, setting, syntax: Syntax::of(setting.path()) };
    let mut found = Found::default();
    generic::whole(words, &text).into_iter().for_each(|secret| found.add(Outcome::Secret(secret)));
    for hit in words.keywords.find(bytes) {
        for rule in &words.by_keyword[hit.pattern().as_usize()] {
            let rule = &words.rules[*rule];
            if !found.covers(hit.range()) || rule.shape != Shape::Token {
                found.add(examine(words, rule, &text, hit.range()));
            }
        }
    }
    let mut secrets = found.settle(|secret| pair::partners(words, secret, &text));
    setting.weigh(bytes, &mut secrets);
    secrets
}

/// What is searched.
pub(super) struct Text<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) setting: &'t Setting,
    syntax: Syntax,
}

/// What stands at a keyword.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A credential.
    Secret(Secret),
    /// Several credentials of one place.
    Several(Vec<Secret>),
    /// What has a vendor's form and is none: public by design, published as an example, or never issued. No rule of
    /// a weaker form may take it for one.
    Dismissed(Range<usize>),
    /// Something else.
    Nothing,
}

fn examine(words: &Vocabulary, rule: &'static SecretRule, text: &Text<'_>, keyword: Range<usize>) -> Outcome {
    if rule.is_generic() && matches!(text.setting.kind(), Kind::Lock | Kind::Bundle) {
        return Outcome::Nothing;
    }
    let outcome = match rule.shape {
        Shape::Token => token::read(words, rule, text, keyword),
        Shape::Pem => pem::secret(rule, text.bytes, keyword)
            .filter(|key| rule.is_meant(token::surroundings(text.bytes, &key.range)))
            .map_or(Outcome::Nothing, Outcome::Secret),
        _ => generic::read(words, rule, text, keyword),
    };
    // Few keywords begin a credential, so that the path is looked at last.
    if matches!(outcome, Outcome::Nothing) || rule.applies_in(text.setting) {
        outcome
    } else {
        Outcome::Nothing
    }
}

/// The credential of a rule at a range.
fn secret(
    rule: &'static SecretRule,
    range: Range<usize>,
    bytes: &[u8],
    verified: Verified,
    level: Grade,
) -> Secret {
    let identity = Identity::of(&bytes[range.clone()]);
    Secret { rule, range, verified, level, ordinary: level, identity }
}

/// The same of which something is proved; its content may lower its weight.
fn proved(rule: &'static SecretRule, range: Range<usize>, bytes: &[u8], proof: Proof) -> Secret {
    let level = proof.at_most.map_or(rule.level, |most| rule.level.min(most));
    secret(rule, range, bytes, proof.verified, level)
}

/// Whether a vendor prints this very value in its documentation.
fn is_published(words: &Vocabulary, value: &[u8]) -> bool {
    words.published.contains(&hex::encode(Sha256::digest(value)))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether no word runs into `at`: `\n`, `\x3d`, `\u003d`, `%3D` and `=3D` before it are escapes, not words.
fn starts_afresh(bytes: &[u8], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|at| bytes.get(at)).copied();
    let coded = |n: usize, letter: u8| before(n) == Some(b'\\') && before(n - 1) == Some(letter);
    let escaped = before(2) == Some(b'\\')
        || before(3) == Some(b'%')
        || bytes[..at].ends_with(b"=3D")
        || coded(4, b'x')
        || coded(6, b'u');
    !before(1).is_some_and(|b| b.is_ascii_alphanumeric()) || escaped
}

#[cfg(test)]
mod tests;
