//! Credentials of no vendor's form: values under a telling name, in an address, in a header.

use std::ops::Range;

use super::vocabulary::{SecretRule, Vocabulary};
use super::{Outcome, Text};

/// A value given to a name that says what it is: `password = "…"`, `api_key: …`, `--token …`.
pub(super) fn assignment(
    _words: &Vocabulary,
    _rule: &'static SecretRule,
    _text: &Text<'_>,
    _keyword: Range<usize>,
) -> Outcome {
    Outcome::Nothing
}

/// A password in an address: `scheme://user:password@host`.
pub(super) fn url(
    _words: &Vocabulary,
    _rule: &'static SecretRule,
    _text: &Text<'_>,
    _keyword: Range<usize>,
) -> Outcome {
    Outcome::Nothing
}

/// A value in a header: `Authorization: Bearer …`.
pub(super) fn header(
    _words: &Vocabulary,
    _rule: &'static SecretRule,
    _text: &Text<'_>,
    _keyword: Range<usize>,
) -> Outcome {
    Outcome::Nothing
}
