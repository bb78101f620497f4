//! Credentials in the value of an `Authorization` header: `Bearer …`, `Basic …`.

use std::ops::Range;

use super::super::Grade;
use super::super::encoding::from_base64;
use super::form;
use super::value::{self, Look};

const MAX: usize = 2_048;

/// The credential behind a scheme's name, with its weight.
pub(super) fn credential(bytes: &[u8], scheme: &Range<usize>) -> Option<(Range<usize>, Grade)> {
    let basic = bytes[scheme.clone()].trim_ascii().to_ascii_lowercase().ends_with(b"basic");
    let rest = &bytes[scheme.end..bytes.len().min(scheme.end + MAX)];
    let part =
        |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'+' | b'/' | b'=');
    let length = rest.iter().take_while(|b| part(b)).count();
    let floor = if basic { 8 } else { 16 };
    // Nearly every other use of these words goes on with a word.
    if length < floor
        || rest.get(length).is_some_and(|b| matches!(b, b'{' | b'$' | b'<' | b'%' | b'(' | b'*'))
    {
        return None;
    }
    let value = rest[..length].strip_suffix(b".").unwrap_or(&rest[..length]);
    let range = scheme.end..scheme.end + value.len();
    if basic { pair(value) } else { token(value) }.map(|grade| (range, grade))
}

fn token(value: &[u8]) -> Option<Grade> {
    let written = value::text_in_base64(value);
    let value = written.as_deref().unwrap_or(value);
    // Signed tokens have rules of their own.
    if form::is_other(value) || (value.starts_with(b"eyJ") && value.contains(&b'.')) {
        return None;
    }
    if form::is_uuid(value) {
        return Some(Grade::Note);
    }
    match value::look(value)? {
        Look::Drawn => Some(Grade::Block),
        Look::Strong | Look::Odd => (value.len() >= 20).then_some(Grade::Note),
    }
}

/// The weight of `user:password` in base 64, by the password.
pub(super) fn pair(value: &[u8]) -> Option<Grade> {
    let decoded = from_base64(value)?;
    let colon = decoded.iter().position(|b| *b == b':')?;
    let (user, password) = (&decoded[..colon], &decoded[colon + 1..]);
    decoded.iter().all(|b| b.is_ascii_graphic()).then(|| value::of_login(user, password)).flatten()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::super::super::template::make;
    use super::*;

    fn grade(text: &str) -> Option<Grade> {
        let end = text.find(' ').unwrap() + 1;
        credential(text.as_bytes(), &(0..end)).map(|(_, grade)| grade)
    }

    #[test]
    fn drawn_tokens_block_and_words_are_silent() {
        assert_eq!(grade(&make("Bearer {an:40}", "a")), Some(Grade::Block));
        assert_eq!(grade(&make("Bearer {hex:40}'", "a")), Some(Grade::Block));
        for text in [
            "Bearer authentication",
            "Bearer your-access-token-here",
            "Bearer ${token}",
            "bearer of bad news",
            "Bearer xxxxxxxxxxxxxxxxxxxxxx",
            "Basic authentication is",
            "Bearer am9objpwYXNzd29yZA==",
            "basic configuration",
            "Bearer ACCESS_TOKEN_GOES_HERE",
            "Basic dXNlcjpwYXNzd29yZA==",
        ] {
            assert_eq!(grade(text), None, "{text}");
        }
    }

    #[test]
    fn what_basic_holds_is_decoded_and_judged_by_its_password() {
        let basic = |pair: &str| grade(&format!("Basic {}", STANDARD.encode(pair)));
        assert_eq!(basic("app:q7Lw2Xk9Zp4RtB3m"), Some(Grade::Block));
        assert_eq!(basic("app:vkddvqfe"), Some(Grade::Note));
        for pair in ["admin:admin", "user:pass", "user:password123", "no colon at all", ":vkddvqfe", "app:"] {
            assert_eq!(basic(pair), None, "{pair}");
        }
    }
}
