//! Files that are made to hold credentials: keystores, key files, Kubernetes secrets, password files, and private keys
//! that are encoded once more.

use std::ops::Range;

use serde::Deserialize;

use super::super::encoding::from_base64;
use super::super::{Grade, der};
use super::name;
use super::name::Meaning;
use super::value::{self, Look};

/// A Kubernetes document is looked through so far from its kind, and holds no more values that are told.
const MAX_BEFORE: usize = 8 * 1024;
const MAX_BEHIND: usize = 64 * 1024;
const MAX_VALUES: usize = 200;
/// A key file holds one line.
const MAX_KEY_FILE: usize = 200;

/// The names by which the vocabulary calls what a whole file can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::read::secrets) enum Whole {
    /// A key in hexadecimal or base 64, and nothing else.
    #[default]
    Key,
    /// A Java, PKCS #12 or KeePass store, which a password guards.
    Keystore,
    /// An unencrypted private key in PKCS #8 or PKCS #1, in DER.
    Der,
}

/// The credential that the whole file is.
pub(super) fn whole(kind: Whole, bytes: &[u8]) -> Option<Range<usize>> {
    match kind {
        Whole::Key => {
            let key = bytes.get(..bytes.len().min(MAX_KEY_FILE + 1)).filter(|b| b.len() <= MAX_KEY_FILE)?;
            let start = key.len() - key.trim_ascii_start().len();
            let text = key.trim_ascii();
            (text.len() >= 24 && value::look(text)? == Look::Drawn).then(|| start..start + text.len())
        }
        Whole::Keystore => is_keystore(bytes).then_some(0..bytes.len()),
        Whole::Der => is_private_der(bytes).then_some(0..bytes.len()),
    }
}

fn is_keystore(bytes: &[u8]) -> bool {
    const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
    const JCEKS: [u8; 4] = [0xce, 0xce, 0xce, 0xce];
    const KEEPASS: [u8; 4] = [0x03, 0xd9, 0xa2, 0x9a];
    // PKCS #12: a SEQUENCE that starts with the version 3.
    let content = der::content(bytes);
    bytes.len() >= 64
        && ([JKS, JCEKS, KEEPASS].iter().any(|magic| bytes.starts_with(magic))
            || content.is_some_and(|content| content.starts_with(&[0x02, 0x01, 0x03, 0x30])))
}

fn is_private_der(bytes: &[u8]) -> bool {
    // The version 0, then of PKCS #8 the algorithm's object id, of PKCS #1 the modulus.
    der::content(bytes).is_some_and(|content| {
        let rest = content.strip_prefix(&[0x02, 0x01, 0x00]).unwrap_or_default();
        let algorithm = rest.first() == Some(&0x30) && rest.get(2) == Some(&0x06);
        let modulus = rest.starts_with(&[0x02, 0x82]) || rest.starts_with(&[0x02, 0x81]);
        bytes.len() >= 40 && (algorithm || modulus)
    })
}

/// The values of the Kubernetes secret whose kind is named at a range, each with its weight.
pub(super) fn kubernetes(bytes: &[u8], kind: &Range<usize>) -> Vec<(Range<usize>, Grade)> {
    let ends = bytes.get(kind.end).is_none_or(u8::is_ascii_whitespace);
    let starts = kind.start == 0 || matches!(bytes[kind.start - 1], b'\n' | b' ' | b'\t');
    if !ends || !starts {
        return Vec::new();
    }
    let from = kind.start.saturating_sub(MAX_BEFORE);
    let from = memchr::memmem::rfind(&bytes[from..kind.start], b"\n---").map_or(from, |at| from + at + 4);
    let until = bytes.len().min(kind.end + MAX_BEHIND);
    let until = memchr::memmem::find(&bytes[kind.end..until], b"\n---").map_or(until, |at| kind.end + at);
    let mut found = Vec::new();
    // The indentation of the mapping that the lines belong to, and whether its values are encoded.
    let mut within: Option<(usize, bool)> = None;
    let mut at = from;
    for line in bytes[from..until].split_inclusive(|b| *b == b'\n') {
        let start = at;
        at += line.len();
        let indent = line.iter().take_while(|b| **b == b' ').count();
        let text = line[indent..].trim_ascii_end();
        if text.is_empty() || text[0] == b'#' {
            continue;
        }
        match within {
            _ if text == b"data:" => within = Some((indent, true)),
            _ if text == b"stringData:" => within = Some((indent, false)),
            Some((outer, encoded)) if indent > outer && found.len() < MAX_VALUES => {
                found.extend(field(text, encoded).map(|(range, grade)| {
                    let base = start + indent;
                    (base + range.start..base + range.end, grade)
                }));
            }
            _ => within = None,
        }
    }
    found
}

/// The value in `name: value`.
fn field(text: &[u8], encoded: bool) -> Option<(Range<usize>, Grade)> {
    let colon = text.iter().position(|b| *b == b':')?;
    let name = &text[..colon];
    let quote = |b: &u8| matches!(b, b' ' | b'"' | b'\'');
    let start = colon + 1 + text[colon + 1..].iter().take_while(|b| quote(b)).count();
    let end = text.len() - text[start..].iter().rev().take_while(|b| quote(b)).count();
    let value = &text[start..end];
    let plain = if encoded { from_base64(value)? } else { value.to_vec() };
    let plain = plain.trim_ascii();
    // The kind says that every value is a secret; what its name tells may say otherwise.
    let meaning = name::meaning(name).unwrap_or(Meaning::Key);
    let grade = if memchr::memmem::find(plain, b"PRIVATE KEY-----").is_some() {
        encoded.then_some(Grade::Block)?
    } else {
        value::weigh(plain, meaning, name)?
    };
    Some((start..end, grade))
}

/// The password in a line of a PostgreSQL password file: the fifth field.
pub(super) fn pgpass(bytes: &[u8], port: &Range<usize>) -> Option<(Range<usize>, Grade)> {
    let behind = &bytes[port.end..bytes.len().min(port.end + 400)];
    let line = &behind[..behind.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(behind.len())];
    let mut colons =
        line.iter().enumerate().filter(|(at, b)| **b == b':' && (*at == 0 || line[at - 1] != b'\\'));
    let start = colons.nth(1)?.0 + 1;
    let grade = value::weigh(&line[start..], Meaning::Password, b"")?;
    Some((port.end + start..port.end + line.len(), grade))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::super::super::template::make;
    use super::*;

    fn der(content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x30, 0x82, (content.len() >> 8) as u8, content.len() as u8];
        bytes.extend(content);
        bytes
    }

    #[test]
    fn a_file_that_is_a_key_or_a_store_is_known_by_its_bytes() {
        assert_eq!(whole(Whole::Key, make("{hex:32}\n", "a").as_bytes()), Some(0..32));
        assert_eq!(whole(Whole::Key, b"see the wiki for how to make this key\n"), None);
        assert_eq!(whole(Whole::Key, &[b'a'; 5_000]), None);
        let mut store = vec![0xfe, 0xed, 0xfe, 0xed];
        store.extend([7; 100]);
        assert_eq!(whole(Whole::Keystore, &store), Some(0..104));
        assert_eq!(
            whole(Whole::Keystore, b"this is no keystore, though it has the name of one, and goes on and on"),
            None
        );
        let mut key = vec![0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09];
        key.extend([9; 300]);
        assert!(whole(Whole::Der, &der(&key)).is_some());
        let mut certificate = vec![0x30, 0x82, 0x01, 0x00];
        certificate.extend([9; 300]);
        assert_eq!(whole(Whole::Der, &der(&certificate)), None);
        let mut store = vec![0x02, 0x01, 0x03, 0x30];
        store.extend([9; 300]);
        assert!(whole(Whole::Keystore, &der(&store)).is_some() && whole(Whole::Der, &der(&store)).is_none());
    }

    fn secret(fields: &str, kind: &str) -> Vec<Grade> {
        let text = format!(
            "apiVersion: v1\nmetadata:\n  name: a\nkind: {kind}\ntype: Opaque\n{fields}\n---\nkind: Service\n"
        );
        let at = text.find("kind: Secret").unwrap_or(0);
        kubernetes(text.as_bytes(), &(at..at + 12)).into_iter().map(|(_, grade)| grade).collect()
    }

    #[test]
    fn the_values_of_a_kubernetes_secret_are_decoded_and_judged() {
        let encoded = STANDARD.encode(make("{an:24}", "a"));
        assert_eq!(
            secret(&format!("data:\n  anything: {encoded}\n  user: YWRtaW4=\n"), "Secret"),
            [Grade::Block]
        );
        let plain = make("{an:24}", "a");
        assert_eq!(secret(&format!("stringData:\n  \"key\": \"{plain}\"\n"), "Secret"), [Grade::Block]);
        for (fields, kind) in [
            (format!("data:\n  a: {encoded}"), "SecretStore"),
            ("data:\n  password: cGFzc3dvcmQ=".to_owned(), "Secret"),
            (format!("spec:\n  a: {encoded}"), "Secret"),
            ("stringData:\n  key: ${KEY}".to_owned(), "Secret"),
        ] {
            assert!(secret(&fields, kind).is_empty(), "{fields}");
        }
    }

    #[test]
    fn the_fifth_field_of_a_password_file_is_the_password() {
        let line = make("db.acme.io:5432:app:bob:{an:20}\n", "a");
        let at = line.find(":5432:").unwrap();
        let (range, grade) = pgpass(line.as_bytes(), &(at..at + 6)).unwrap();
        assert_eq!((range.len(), grade), (20, Grade::Block));
        assert_eq!(pgpass(b"localhost:5432:*:*:postgres", &(9..15)), None);
        assert_eq!(pgpass(b"localhost:5432:app", &(9..15)), None);
    }
}
