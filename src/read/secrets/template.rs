//! Made-up credentials from templates: the vocabulary's examples are written as shapes, so that no literal
//! credential stands in this repository.
//!
//! `{set:length}` is random text of a set (`an`, `alpha`, `digit`, `hex`, `b32`, `b64`, `b64u`), `{crc}` the checksum
//! of the random text before it, `{badcrc}` a wrong one, `{jwt:length}` a signed token with a signature of that
//! length, `{pem:LABEL:bytes}` a key of so many bytes, `{pemline:LABEL:bytes}` the same with `\n` escaped,
//! `{pem64:LABEL:bytes}` the same in base 64, `{openssh:cipher}` an OpenSSH key, `{basic:length}` a user and a random
//! password of that length in base 64. Anything else stands for itself.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::validate::checksum;

/// Bytes that follow from a seed alone: SHA-256 in counter mode.
struct Stream {
    seed: String,
    counter: u64,
    block: Vec<u8>,
}

impl Stream {
    fn byte(&mut self) -> u8 {
        if self.block.is_empty() {
            self.block = Sha256::digest(format!("{}/{}", self.seed, self.counter)).to_vec();
            self.counter += 1;
        }
        self.block.pop().expect("the block was just filled")
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.byte()).collect()
    }

    fn text(&mut self, set: &[u8], length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            // Bytes past the last whole multiple would favour the set's first characters.
            let byte = usize::from(self.byte());
            if byte < 256 / set.len() * set.len() {
                text.push(char::from(set[byte % set.len()]));
            }
        }
        text
    }
}

/// Fills a template. The same template and seed give the same text.
pub fn make(template: &str, seed: &str) -> String {
    let mut stream = Stream { seed: format!("{seed}/{template}"), counter: 0, block: Vec::new() };
    let (mut out, mut last) = (String::new(), String::new());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let filled = rest.find('}').and_then(|close| {
            let text = fill(&mut stream, &rest[1..close], &last)?;
            Some((close, text))
        });
        let Some((close, text)) = filled else {
            out.push('{');
            rest = &rest[1..];
            continue;
        };
        out.push_str(&text);
        last = text;
        rest = &rest[close + 1..];
    }
    out + rest
}

fn fill(stream: &mut Stream, slot: &str, last: &str) -> Option<String> {
    let mut parts = slot.split(':');
    let name = parts.next()?;
    let argument = parts.next().unwrap_or_default();
    let length = parts.next().unwrap_or(argument).parse::<usize>();
    Some(match name {
        "crc" => checksum(last.as_bytes()),
        "badcrc" => {
            let right = checksum(last.as_bytes());
            let wrong = if right.ends_with('0') { '1' } else { '0' };
            format!("{}{wrong}", &right[..right.len() - 1])
        }
        "jwt" => jwt(stream, length.ok()?),
        "pem" => pem(argument, &der(stream, length.ok()?), "\n"),
        "pem64" => STANDARD.encode(pem(argument, &der(stream, length.ok()?), "\n")),
        "pemline" => pem(argument, &der(stream, length.ok()?), "\\n"),
        "basic" => {
            let set = charset("an").expect("the set is named below");
            STANDARD.encode(format!("app:{}", stream.text(set, length.ok()?)))
        }
        "openssh" => pem("OPENSSH PRIVATE KEY", &openssh(stream, argument), "\n"),
        set => stream.text(charset(set)?, length.ok()?),
    })
}

fn charset(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "an" => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "alpha" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "digit" => b"0123456789",
        "hex" => b"0123456789abcdef",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "b64u" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        _ => return None,
    })
}

fn jwt(stream: &mut Stream, signature: usize) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let id = stream.text(b"0123456789", 8);
    let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"iss":"made-up","sub":"{id}"}}"#));
    format!("{header}.{payload}.{}", stream.text(charset("b64u").expect("the set is named above"), signature))
}

fn pem(label: &str, key: &[u8], newline: &str) -> String {
    let body = STANDARD.encode(key);
    let mut out = format!("-----BEGIN {label}-----{newline}");
    for line in body.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push_str(newline);
    }
    out + &format!("-----END {label}-----{newline}")
}

/// A SEQUENCE of `length` bytes in all that starts with a version number and goes on at random.
fn der(stream: &mut Stream, length: usize) -> Vec<u8> {
    let content = |header: usize| length.saturating_sub(header);
    let mut out = match length {
        0..130 => vec![0x30, content(2) as u8],
        130..259 => vec![0x30, 0x81, content(3) as u8],
        _ => [&[0x30, 0x82][..], &(content(4) as u16).to_be_bytes()].concat(),
    };
    out.extend([0x02, 0x01, 0x00]);
    let missing = length.saturating_sub(out.len());
    out.extend(stream.bytes(missing));
    out
}

fn openssh(stream: &mut Stream, cipher: &str) -> Vec<u8> {
    let kdf = if cipher == "none" { "none" } else { "bcrypt" };
    let mut out = b"openssh-key-v1\0".to_vec();
    let mut string = |bytes: &[u8]| {
        out.extend((bytes.len() as u32).to_be_bytes());
        out.extend(bytes);
    };
    string(cipher.as_bytes());
    string(kdf.as_bytes());
    string(b"");
    out.extend(1u32.to_be_bytes());
    for length in [51, 136] {
        out.extend((length as u32).to_be_bytes());
        out.extend(stream.bytes(length));
    }
    out
}
