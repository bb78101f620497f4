//! Private keys in PEM: a block counts only if its body decodes to a key.

use std::ops::Range;

use super::der::{self, Sequence};
use super::encoding::from_base64;
use super::validate::Verified;
use super::vocabulary::{Grade, SecretRule};
use super::{Identity, Secret};

const DASHES: &[u8] = b"-----";
const BEGIN: &[u8] = b"-----BEGIN ";
const MAX_LABEL: usize = 40;
const MAX_BODY: usize = 64 * 1024;

/// A private key.
struct Key {
    /// The whole block, from the dashes of its first line to those of its last.
    range: Range<usize>,
    /// What its body decodes to.
    bytes: Vec<u8>,
    verified: Verified,
    grade: Grade,
}

/// The credential of a PEM rule whose keyword stands there.
pub(super) fn secret(rule: &'static SecretRule, bytes: &[u8], keyword: Range<usize>) -> Option<Secret> {
    let key = read(bytes, keyword.start, keyword.end)?;
    let identity = Identity::of(&key.bytes);
    let (range, verified, level) = (key.range, key.verified, key.grade);
    Some(Secret { rule, range, verified, level, ordinary: level, identity })
}

/// The place of a block's armour: where its first line starts, where that ends, and where the body ends.
pub(super) struct Armour {
    pub(super) start: usize,
    pub(super) body: Range<usize>,
    label: Range<usize>,
}

/// The block whose first line ends with the keyword at `at..end`, or none where that line is a last line.
pub(super) fn armour(bytes: &[u8], at: usize, end: usize) -> Option<Armour> {
    let from = at.saturating_sub(BEGIN.len() + MAX_LABEL);
    let start = from + memchr::memmem::rfind(&bytes[from..at], BEGIN)?;
    let label = start + BEGIN.len()..end - DASHES.len();
    let plain =
        bytes[label.clone()].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b' ');
    let limit = bytes.len().min(end + MAX_BODY);
    let body = end..memchr::memmem::find(&bytes[end..limit], DASHES).map_or(limit, |n| end + n);
    plain.then_some(Armour { start, body, label })
}

/// The key whose first line ends with the keyword at `at..end`. A block without its last line is none: nothing
/// tells how it goes on.
fn read(bytes: &[u8], at: usize, end: usize) -> Option<Key> {
    let armour = armour(bytes, at, end)?;
    let tail = &bytes[armour.body.end..];
    let label = &bytes[armour.label.clone()];
    let last = [b"-----END ".as_slice(), label, DASHES].concat();
    if !tail.starts_with(&last) {
        return None;
    }
    let body = Body::read(&bytes[armour.body.clone()])?;
    let whole = body.text.len() - usize::from(body.text.len() % 4 == 1);
    let key = from_base64(&body.text[..whole])?;
    let (verified, grade) = judge(label, &key)?;
    let grade = if body.encrypted { Grade::Note } else { grade };
    Some(Key { range: armour.start..armour.body.end + last.len(), bytes: key, verified, grade })
}

/// The base64 of a block, without line breaks and what stands around them.
struct Body {
    text: Vec<u8>,
    encrypted: bool,
}

impl Body {
    /// Nothing where a line is neither base64 nor a header: an elision, a template, prose.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut body = Self { text: Vec::new(), encrypted: false };
        for line in unescape(bytes).split(|b| *b == b'\n') {
            let line = undecorate(line);
            if line.contains(&b':') {
                body.encrypted |= memchr::memmem::find(line, b"ENCRYPTED").is_some();
                continue;
            }
            // One sign joins string literals; more than one (`...`, `***`) leaves something out.
            let joins =
                |word: &[u8]| word.is_empty() || (word.len() == 1 && !word[0].is_ascii_alphanumeric());
            for word in line.split(|b| b.is_ascii_whitespace()).filter(|word| !joins(word)) {
                if !word.iter().all(|b| is_base64(*b)) {
                    return None;
                }
                // The checksum line of OpenPGP.
                if !(word.len() == 5 && word[0] == b'=') {
                    body.text.extend(word);
                }
            }
        }
        Some(body)
    }
}

pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Line breaks as strings in JSON, YAML and source code write them; `\/` as PHP's JSON does.
fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        let slashes = rest.iter().take_while(|b| **b == b'\\').count();
        rest = match rest.get(slashes) {
            _ if slashes == 0 => {
                out.push(*first);
                more
            }
            Some(b'n' | b'r') => {
                out.push(b'\n');
                &rest[slashes + 1..]
            }
            _ => &rest[slashes..],
        };
    }
    out
}

/// A line without quotes, concatenation and comment marks around it.
fn undecorate(line: &[u8]) -> &[u8] {
    let bare = |part: &[u8]| !part.iter().any(u8::is_ascii_alphanumeric);
    let quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
    let mut line = line.trim_ascii();
    if let Some(first) = line.iter().position(quote)
        && bare(&line[..first])
    {
        line = &line[first + 1..];
    }
    if let Some(last) = line.iter().rposition(quote)
        && bare(&line[last..])
    {
        line = &line[..last];
    }
    while let Some(space) = line.iter().position(u8::is_ascii_whitespace)
        && bare(&line[..space])
    {
        line = line[space..].trim_ascii_start();
    }
    line.trim_ascii()
}

fn judge(label: &[u8], key: &[u8]) -> Option<(Verified, Grade)> {
    if label.ends_with(b"BLOCK") {
        // A secret-key packet; whether a passphrase guards it is not read.
        let packet = matches!(key.first(), Some(0x94..=0x97 | 0xc5)) && key.len() >= 64;
        return packet.then_some((Verified::None, Grade::Note));
    }
    if key.starts_with(b"openssh-key-v1\0") {
        return openssh(key);
    }
    let (verified, grade) = der(key)?;
    // RSA keys of 512 bits are made for demonstrations: anyone can break them within hours.
    let toy = label.starts_with(b"RSA") && key.len() < 400;
    Some((verified, if toy || label.starts_with(b"ENCRYPTED") { Grade::Note } else { grade }))
}

/// A SEQUENCE. Where its length is that of the body, nothing is missing and even the shortest keys count; a body of
/// which a good part is missing opens nothing.
fn der(key: &[u8]) -> Option<(Verified, Grade)> {
    let Sequence { declared, .. } = Sequence::begun(key)?;
    match der::is_varied(key) {
        true if declared == key.len() && key.len() >= 40 => Some((Verified::Structure, Grade::Block)),
        true if key.len() < 64 => None,
        true if key.len() < declared / 4 * 3 => Some((Verified::None, Grade::Note)),
        true => Some((Verified::None, Grade::Block)),
        false => None,
    }
}

fn openssh(key: &[u8]) -> Option<(Verified, Grade)> {
    let rest = &key[b"openssh-key-v1\0".len()..];
    let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let cipher = rest.get(4..4usize.checked_add(length)?)?;
    let grade = if cipher == b"none" { Grade::Block } else { Grade::Note };
    (key.len() >= 64).then_some((Verified::Structure, grade))
}
