//! Tokens that hold something readable: a macaroon, a JSON object, an account's number.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::super::der;

/// What stands between `pypi-AgEIcHlwaS5vcmc` and the end: the rest of a macaroon of `pypi.org` in its second form, an
/// identifier, caveats and a signature of 32 bytes.
pub(super) fn is_macaroon(body: &[u8]) -> bool {
    let whole = [b"AgEIcHlwaS5vcmc", body].concat();
    // Vendors cut the padding; a body of one character too many decodes to nothing.
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(&whole) else { return false };
    let signed = bytes.len().checked_sub(34).and_then(|at| bytes.get(at..at + 2));
    bytes.starts_with(b"\x02\x01\x08pypi.org\x02") && signed == Some(&[6, 32])
}

/// Whether it is base 64 of a JSON object that holds a text of some length.
pub(super) fn is_json(body: &[u8]) -> bool {
    object(body).is_some_and(|object| object.values().any(|value| tells(value, 0)))
}

fn tells(value: &Value, depth: usize) -> bool {
    match value {
        Value::String(text) => text.len() >= 8,
        Value::Object(inner) if depth < 4 => inner.values().any(|value| tells(value, depth + 1)),
        _ => false,
    }
}

/// The object that base 64 of either alphabet holds, with or without padding.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    let bare = text.strip_suffix(b"==").or(text.strip_suffix(b"=")).unwrap_or(text);
    let bytes = URL_SAFE_NO_PAD.decode(bare).or_else(|_| STANDARD_NO_PAD.decode(bare)).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Discord numbers accounts by the time they were made: 17 to 19 digits, in base 64 the token's first part.
pub(super) fn is_discord_bot(value: &[u8]) -> bool {
    let first = value.split(|b| *b == b'.').next().unwrap_or_default();
    let id = URL_SAFE_NO_PAD.decode(first);
    id.is_ok_and(|id| (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit))
}

/// Whether it is base 64 of so many bytes, not all of them printable: a key, no text.
pub(super) fn is_key(body: &[u8], length: usize) -> bool {
    let bytes = STANDARD.decode(body);
    bytes.is_ok_and(|b| b.len() == length && !b.iter().all(|b| b.is_ascii_graphic() || *b == b' '))
}

/// Whether it is base 64 of a private key in DER: a sequence of that very length that starts with a version.
pub(super) fn is_private_key(body: &[u8]) -> bool {
    let Ok(bytes) = STANDARD.decode(body).or_else(|_| STANDARD_NO_PAD.decode(body)) else { return false };
    der::content(&bytes).is_some_and(|content| content.starts_with(&[2, 1, 0])) && der::is_varied(&bytes)
}

#[cfg(test)]
mod tests {
    use super::super::super::template::make;
    use super::*;

    #[test]
    fn a_macaroon_is_known_by_its_place_and_its_signature() {
        let token = make("{pypi}", "a");
        let body = token.strip_prefix("AgEIcHlwaS5vcmc").unwrap();
        assert!(is_macaroon(body.as_bytes()));
        assert!(!is_macaroon(&body.as_bytes()[..body.len() - 8]));
        assert!(!is_macaroon(make("{b64u:140}", "a").as_bytes()) && !is_macaroon(b""));
    }

    #[test]
    fn an_object_must_hold_more_than_marks() {
        let of = |json: &str| is_json(URL_SAFE_NO_PAD.encode(json).as_bytes());
        assert!(of(r#"{"url":"https://sentry.io"}"#) && of(r#"{"k":{"key":"qwertzuiop"}}"#));
        assert!(!of(r#"{"a":1}"#) && !of(r#"["https://sentry.io"]"#) && !is_json(b"abc"));
    }

    #[test]
    fn a_bots_number_is_read_and_a_word_is_not() {
        let token = |id: &str| format!("{}.Gabcde.rest", URL_SAFE_NO_PAD.encode(id));
        assert!(is_discord_bot(token("123456789012345678").as_bytes()));
        assert!(!is_discord_bot(token("notanumberatallnope").as_bytes()) && !is_discord_bot(b"a.b.c"));
    }
}
