//! Made-up credentials from templates: the vocabulary's examples are written as shapes, so that no literal
//! credential stands in this repository.
//!
//! - `{set:length}`: random text of a set (`an`, `alpha`, `lower`, `upper`, `low` and `up` with digits, `digit`, `hex`,
//!   `HEX`, `b32`, `b64`, `b64u`)
//! - `{uuid}`: a random number in its usual form; `{key:bytes}`: random bytes in base 64
//! - `{crc}`, `{crcpart}`: the checksum of the random text before it, in base 62 and hexadecimal; `{badcrc}`: a wrong one
//! - `{crc36}`, `{crchex}`, `{crcle}`: that of everything before it up to a blank or a quote, in base 36, hexadecimal,
//!   and hexadecimal from the lowest byte
//! - `{jwt:length}`: a signed token with a signature of that length; `{supabase:role}`, `{kubernetes:account}`: theirs
//! - `{basic:length}`: a user and a random password of that length in base 64
//! - `{age}`, `{pypi}`, `{sentry}`, `{grafana}`, `{one-password}`, `{discord}`: what stands behind the vendor's prefix
//! - `{pem:LABEL:bytes}`: a key of so many bytes; `{pemline:LABEL:bytes}`: the same with `\n` escaped;
//!   `{openssh:cipher}`: an OpenSSH key; `{base64-pem:LABEL:bytes}`: the first in base 64 once more
//! - `{der-pkcs1:bytes}`, `{der-pkcs8:bytes}`: keys of so many bytes without armour; `{nkey:kind}`: a seed of NATS
//!
//! Anything else stands for itself.

mod keys;
mod tokens;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::validate::checksum;

const ALNUM: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const URL_SAFE: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

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
            let text = fill(&mut stream, &rest[1..close], &out, &last)?;
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

fn fill(stream: &mut Stream, slot: &str, before: &str, last: &str) -> Option<String> {
    let mut parts = slot.split(':');
    let name = parts.next()?;
    let argument = parts.next().unwrap_or_default();
    let length = parts.next().unwrap_or(argument).parse::<usize>();
    Some(match name {
        "crc" => checksum::base62(last.as_bytes()),
        "badcrc" => {
            let right = checksum::base62(last.as_bytes());
            let wrong = if right.ends_with('0') { '1' } else { '0' };
            format!("{}{wrong}", &right[..right.len() - 1])
        }
        "crcpart" => checksum::hex(last.as_bytes()).to_ascii_lowercase(),
        "crc36" => checksum::base36(token(before).as_bytes()),
        "crchex" => checksum::hex(token(before).as_bytes()),
        "crcle" => checksum::hex_little(token(before).trim_end_matches('_').as_bytes()),
        "age" => {
            let digits: Vec<u8> = stream.bytes(52).iter().map(|b| b & 31).collect();
            checksum::bech32("age-secret-key-", &digits).to_ascii_uppercase()
        }
        "uuid" => tokens::uuid(stream),
        "key" => STANDARD.encode(stream.bytes(length.ok()?)),
        "jwt" => tokens::jwt(stream, length.ok()?),
        "supabase" => tokens::supabase(stream, argument),
        "kubernetes" => tokens::kubernetes(stream, argument),
        "pypi" => tokens::pypi(stream),
        "sentry" => tokens::sentry(stream),
        "grafana" => tokens::grafana(stream),
        "one-password" => tokens::one_password(stream),
        "discord" => tokens::discord(stream),
        "pem" => keys::pem(argument, &keys::der(stream, length.ok()?), "\n"),
        "pemline" => keys::pem(argument, &keys::der(stream, length.ok()?), "\\n"),
        "der-pkcs1" => STANDARD.encode(keys::pkcs1(stream, length.ok()?)),
        "der-pkcs8" => STANDARD.encode(keys::pkcs8(stream, length.ok()?)),
        "base64-pem" => STANDARD.encode(keys::pem(argument, &keys::der(stream, length.ok()?), "\n")),
        "basic" => {
            let set = charset("an").expect("the set is named below");
            STANDARD.encode(format!("app:{}", stream.text(set, length.ok()?)))
        }
        "nkey" => checksum::nkey(*argument.as_bytes().first()?, &stream.bytes(32)),
        "openssh" => keys::pem("OPENSSH PRIVATE KEY", &keys::openssh(stream, argument), "\n"),
        set => stream.text(charset(set)?, length.ok()?),
    })
}

/// The token that a text ends with, as far as it is written.
fn token(before: &str) -> &str {
    before.rsplit([' ', '\n', '"', '\'']).next().unwrap_or_default()
}

fn charset(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "an" => ALNUM,
        "alpha" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "lower" => LOWER,
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "low" => b"0123456789abcdefghijklmnopqrstuvwxyz",
        "up" => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digit" => DIGITS,
        "hex" => HEX,
        "HEX" => b"0123456789ABCDEF",
        "b32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "b64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "b64u" => URL_SAFE,
        _ => return None,
    })
}
