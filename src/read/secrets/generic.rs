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

use super::encoding::from_base64;
use super::vocabulary::{Grade, SecretRule, Shape, Vocabulary};
use super::{Outcome, Secret, Text, Verified, is_published, is_word, pem, secret, token};
use assignment::{Form, Given};
pub(super) use files::Whole;
use name::{MAX_NAME, Meaning};
pub(super) use syntax::Syntax;

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

/// What stands at a keyword of a rule that goes by names and places.
pub(super) fn read(
    words: &Vocabulary,
    rule: &'static SecretRule,
    text: &Text<'_>,
    keyword: Range<usize>,
) -> Outcome {
    let bytes = text.bytes;
    let found = match rule.shape {
        Shape::Assignment => assigned(rule, text, &keyword),
        Shape::Url if bytes.get(keyword.clone()) == Some(b"://") => url::password(bytes, &keyword),
        Shape::Url => url::login(bytes, &keyword),
        Shape::Header => header::credential(bytes, &keyword),
        Shape::Pgpass => files::pgpass(bytes, &keyword),
        Shape::Kubernetes => return Outcome::Several(kubernetes(rule, bytes, &keyword)),
        Shape::Encoded => {
            return encoded_key(rule, bytes, &keyword).map_or(Outcome::Nothing, Outcome::Secret);
        }
        Shape::Token | Shape::Pem | Shape::File => None,
    };
    outcome(words, rule, text, found)
}

/// The value given to a name that says what it is: `password = "…"`, `api_key: …`, `--token …`.
fn assigned(rule: &SecretRule, text: &Text<'_>, keyword: &Range<usize>) -> Option<(Range<usize>, Grade)> {
    let bytes = text.bytes;
    let name = name_around(bytes, keyword)?;
    let name_start = name.start;
    // What is given tells sooner than the name that there is nothing.
    let given = assignment::given(bytes, &name, text.syntax)?;
    let value = &bytes[given.range.clone()];
    let meaning = match rule.means {
        Means::Pair => return Some((given.range, header::pair(value)?)),
        Means::Password => name::meaning(&bytes[name.clone()]).filter(|m| *m == Meaning::Password)?,
        Means::Key => name::meaning(&bytes[name.clone()]).filter(|m| *m != Meaning::Password)?,
    };
    let grade = value::weigh(value, meaning, &bytes[name])?;
    let grade = in_form(&given, value, grade)?;
    Some((given.range, if is_comment(bytes, name_start, text.syntax) { Grade::Note } else { grade }))
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

/// The values of a Kubernetes secret.
fn kubernetes(rule: &'static SecretRule, bytes: &[u8], keyword: &Range<usize>) -> Vec<Secret> {
    let found = files::kubernetes(bytes, keyword).into_iter();
    found.map(|(range, grade)| secret(rule, range, bytes, Verified::None, grade)).collect()
}

/// A private key in PEM that is encoded in base 64 once more.
fn encoded_key(rule: &'static SecretRule, bytes: &[u8], keyword: &Range<usize>) -> Option<Secret> {
    const MAX: usize = 32 * 1024;
    const LABEL: &[u8] = b"PRIVATE KEY-----";
    let rest = &bytes[keyword.start..bytes.len().min(keyword.start + MAX)];
    let length = rest.iter().take_while(|b| pem::is_base64(**b)).count();
    let key = from_base64(&rest[..length])?;
    let at = memchr::memmem::find(&key, LABEL)?;
    let range = keyword.start..keyword.start + length;
    Some(Secret { range, ..pem::secret(rule, &key, at..at + LABEL.len())? })
}

/// What the whole file is, by the rules that look at whole files.
pub(super) fn whole(words: &'static Vocabulary, text: &Text<'_>) -> Vec<Secret> {
    let rules = words.of_files.iter().map(|number| &words.rules[*number]);
    let found = rules.filter(|rule| rule.applies_in(text.setting)).filter_map(|rule| {
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
    let Some((range, grade)) = found else { return Outcome::Nothing };
    let around = token::surroundings(text.bytes, &range);
    if !rule.is_meant(around) || is_published(words, &text.bytes[range.clone()]) {
        return Outcome::Nothing;
    }
    let most = if rule.is_doubtful(around) { Grade::Note } else { rule.level };
    Outcome::Secret(secret(rule, range, text.bytes, Verified::None, grade.min(most)))
}

#[cfg(test)]
mod tests;
