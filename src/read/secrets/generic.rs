//! Credentials of no vendor's form: values under a telling name, in an address, in a header.

mod assignment;
mod files;
mod form;
mod header;
mod name;
mod syntax;
mod url;
mod value;
mod words;

use std::ops::Range;

use serde::Deserialize;

use super::vocabulary::{Grade, SecretRule, Shape, Vocabulary};
use super::{Outcome, Secret, Text, Verified, is_published, is_word, pem, secret, token};
use assignment::{Form, Given};
pub(super) use files::Whole;
use name::{MAX_NAME, Meaning};
use syntax::Syntax;

/// The beginning of a line is looked for no farther back.
const MAX_INDENT: usize = 200;

/// What the names of a rule's values say of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Means {
    /// They are passwords.
    #[default]
    Password,
    /// They are keys or tokens.
    Key,
    /// They are a user and a password in base 64, whatever their name.
    Pair,
}

/// A value given to a name that says what it is: `password = "…"`, `api_key: …`, `--token …`.
pub(super) fn assignment(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    let found = || {
        let bytes = text.bytes;
        let name = name_around(bytes, &keyword)?;
        let name_start = name.start;
        let syntax = Syntax::of(text.setting.path());
        // What is given tells sooner than the name that there is nothing.
        let given = assignment::given(bytes, &name, syntax)?;
        let value = &bytes[given.range.clone()];
        let meaning = match rule.means {
            Means::Pair => return Some((given.range, header::pair(value)?)),
            Means::Password => name::meaning(&bytes[name.clone()]).filter(|m| *m == Meaning::Password)?,
            Means::Key => name::meaning(&bytes[name.clone()]).filter(|m| *m != Meaning::Password)?,
        };
        let grade = value::weigh(value, meaning, &bytes[name])?;
        let grade = in_form(&given, value, grade)?;
        Some((given.range, if is_comment(bytes, name_start, syntax) { Grade::Note } else { grade }))
    };
    outcome(words, rule, text, found())
}

/// Bare words of prose count only if a machine drew them.
fn in_form(given: &Given, value: &[u8], grade: Grade) -> Option<Grade> {
    match given.form {
        Form::Literal | Form::Bare => Some(grade),
        Form::Loose => (value::look(value)? == value::Look::Drawn).then_some(grade),
        Form::Query => (value::look(value)? == value::Look::Drawn).then_some(Grade::Note),
    }
}

/// Whether the line is a comment: what stands there is shown, and may be what a generator left as an example.
fn is_comment(bytes: &[u8], at: usize, syntax: Syntax) -> bool {
    let before = &bytes[at.saturating_sub(MAX_INDENT)..at];
    let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
    let line = line.trim_ascii_start();
    let starts = |marks: &[&str]| marks.iter().any(|mark| line.starts_with(mark.as_bytes()));
    starts(&["#", "-- ", "<!--", ";"]) || (syntax.is_code() && starts(&["//", "/*", "*"]))
}

/// The name that the keyword is a part of.
fn name_around(bytes: &[u8], keyword: &Range<usize>) -> Option<Range<usize>> {
    let word = |b: &&u8| is_word(**b);
    let inner = bytes[keyword.clone()].iter().rev().take_while(|b| !is_word(**b)).count();
    let end = keyword.end - inner;
    let end = end + bytes[end..].iter().take(MAX_NAME).take_while(word).count();
    // Most names in a text are given nothing.
    let next = *bytes.get(end)?;
    if !(next.is_ascii_whitespace()
        || matches!(
            next,
            b'"' | b'\'' | b'`' | b'\\' | b'=' | b':' | b'(' | b'>' | b'!' | b'|' | b'?' | b']'
        ))
    {
        return None;
    }
    let start = keyword.start - bytes[..keyword.start].iter().rev().take(MAX_NAME).take_while(word).count();
    let start = start + bytes[start..end].iter().take_while(|b| matches!(b, b'-' | b'_')).count();
    (start < end).then_some(start..end)
}

/// A password in an address: `scheme://user:password@host`.
pub(super) fn url(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    let found = match text.bytes.get(keyword.clone()) {
        Some(b"://") => url::password(text.bytes, &keyword),
        _ => url::login(text.bytes, &keyword),
    };
    outcome(words, rule, text, found)
}

/// A value in a header: `Authorization: Bearer …`.
pub(super) fn header(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    outcome(words, rule, text, header::credential(text.bytes, &keyword))
}

/// The values of a Kubernetes secret.
pub(super) fn kubernetes(rule: &'static SecretRule, text: &Text<'_>, keyword: Range<usize>) -> Outcome {
    let found = files::kubernetes(text.bytes, &keyword).into_iter();
    let secrets =
        found.map(|(range, grade)| secret(rule, range, text.bytes, Verified::None, grade)).collect();
    Outcome::Several(secrets)
}

/// The password of a line in a PostgreSQL password file.
pub(super) fn pgpass(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    outcome(words, rule, text, files::pgpass(text.bytes, &keyword))
}

/// A private key in PEM that is encoded in base 64 once more.
pub(super) fn encoded_key(rule: &'static SecretRule, text: &Text<'_>, keyword: Range<usize>) -> Outcome {
    const MAX: usize = 32 * 1024;
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    let rest = &text.bytes[keyword.start..text.bytes.len().min(keyword.start + MAX)];
    let length = rest.iter().take_while(|b| pem::is_base64(**b)).count();
    let found = || {
        let key = header::decoded(&rest[..length])?;
        let at = memchr::memmem::find(&key, LABEL)?;
        let mut found = pem::secret(rule, &key, at..at + LABEL.len())?;
        found.range = keyword.start..keyword.start + length;
        Some(found)
    };
    found().map_or(Outcome::Nothing, Outcome::Secret)
}

/// What the whole file is, by the rules that look at whole files.
pub(super) fn whole(words: &'static Vocabulary, text: &Text<'_>) -> Vec<Secret> {
    let rules = words.rules.iter().filter(|rule| rule.shape == Shape::File && rule.applies_in(text.setting));
    let found = rules.filter_map(|rule| {
        let range = files::whole(rule.whole, text.bytes)?;
        Some(secret(rule, range, text.bytes, Verified::None, rule.level))
    });
    found.collect()
}

fn outcome(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    found: Option<(Range<usize>, Grade)>,
) -> Outcome {
    match found {
        Some((range, _)) if !rule.is_meant(token::surroundings(text.bytes, &range)) => Outcome::Nothing,
        Some((range, grade)) if !is_published(words, &text.bytes[range.clone()]) => {
            let doubtful = rule.is_doubtful(token::surroundings(text.bytes, &range));
            let most = if doubtful { Grade::Note } else { rule.level };
            Outcome::Secret(secret(rule, range, text.bytes, Verified::None, grade.min(most)))
        }
        _ => Outcome::Nothing,
    }
}

#[cfg(test)]
mod tests;
