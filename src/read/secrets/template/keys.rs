//! Made-up private keys, in the wrappings that programs write.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Stream;

pub(super) fn pem(label: &str, key: &[u8], newline: &str) -> String {
    let body = STANDARD.encode(key);
    let mut out = format!("-----BEGIN {label}-----{newline}");
    for line in body.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push_str(newline);
    }
    out + &format!("-----END {label}-----{newline}")
}

/// A SEQUENCE of `length` bytes in all that starts with a version number and goes on at random.
pub(super) fn der(stream: &mut Stream, length: usize) -> Vec<u8> {
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

/// An RSA key of 2,048 bits in PKCS #1 as far as its frame goes: a version, and a modulus of 257 bytes.
pub(super) fn pkcs1(stream: &mut Stream, length: usize) -> Vec<u8> {
    let mut out = vec![0x30, 0x82];
    out.extend((length.saturating_sub(4) as u16).to_be_bytes());
    out.extend([0x02, 0x01, 0x00, 0x02, 0x82, 0x01, 0x01, 0x00]);
    let missing = length.saturating_sub(out.len());
    out.extend(stream.bytes(missing));
    out
}

/// An RSA key in PKCS #8 as far as its frame goes.
pub(super) fn pkcs8(stream: &mut Stream, length: usize) -> Vec<u8> {
    let mut out = vec![0x30, 0x82];
    out.extend((length.saturating_sub(4) as u16).to_be_bytes());
    out.extend([
        0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05,
        0x00,
    ]);
    let missing = length.saturating_sub(out.len());
    out.extend(stream.bytes(missing));
    out
}

pub(super) fn openssh(stream: &mut Stream, cipher: &str) -> Vec<u8> {
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
