//! Checksums that vendors put into their tokens. Each is written anew from the rest of the token and compared:
//! decoding the characters instead rejects sums that start with a zero, one valid token in five.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// CRC-32 (IEEE) in base 62 with the digits `0-9A-Za-z`, filled with zeros on the left to six characters.
pub(in crate::read::secrets) fn base62(bytes: &[u8]) -> String {
    digits(crc32fast::hash(bytes), BASE62, 6)
}

/// CRC-32 (IEEE) in base 36 with the digits `0-9a-z`, filled with zeros on the left to seven characters.
pub(in crate::read::secrets) fn base36(bytes: &[u8]) -> String {
    digits(crc32fast::hash(bytes), BASE36, 7)
}

/// CRC-32 (IEEE) in eight capital hexadecimal digits.
pub(in crate::read::secrets) fn hex(bytes: &[u8]) -> String {
    format!("{:08X}", crc32fast::hash(bytes))
}

/// The same in small digits, the lowest byte first.
pub(in crate::read::secrets) fn hex_little(bytes: &[u8]) -> String {
    ::hex::encode(crc32fast::hash(bytes).to_le_bytes())
}

fn digits(number: u32, set: &[u8], length: usize) -> String {
    let mut rest = number as usize;
    let mut digits = vec!['0'; length];
    for digit in digits.iter_mut().rev() {
        *digit = char::from(set[rest % set.len()]);
        rest /= set.len();
    }
    digits.into_iter().collect()
}

/// All but the last characters, and those.
fn split(text: &[u8], length: usize) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(text.len().checked_sub(length)?)
}

/// GitHub's and npm's: of the random part alone.
pub(super) fn is_base62(body: &[u8]) -> bool {
    split(body, 6).is_some_and(|(rest, last)| base62(rest).as_bytes() == last)
}

/// GitLab's: of the whole token, prefix and length included.
pub(super) fn is_base36(value: &[u8]) -> bool {
    split(value, 7).is_some_and(|(rest, last)| base36(rest).as_bytes() == last)
}

/// Atlassian's: of the whole token.
pub(super) fn is_hex(value: &[u8]) -> bool {
    split(value, 8).is_some_and(|(rest, last)| hex(rest).as_bytes().eq_ignore_ascii_case(last))
}

/// Grafana's: of prefix and random part, behind a `_`.
pub(super) fn is_hex_little(value: &[u8]) -> bool {
    behind_underscore(value)
        .is_some_and(|(rest, last)| hex_little(rest).as_bytes().eq_ignore_ascii_case(last))
}

/// Zuplo's: of the random part alone, behind a `_`.
pub(super) fn is_hex_part(body: &[u8]) -> bool {
    behind_underscore(body).is_some_and(|(rest, last)| hex(rest).as_bytes().eq_ignore_ascii_case(last))
}

fn behind_underscore(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().rposition(|b| *b == b'_')?;
    Some((&text[..at], &text[at + 1..]))
}

const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const BECH32_SUM: usize = 6;

/// Whether the characters behind the last `1` end with the sum that belongs to them and to the prefix (BIP 173).
pub(super) fn is_bech32(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    let Some(one) = lower.iter().rposition(|b| *b == b'1') else { return false };
    let (prefix, data) = (&lower[..one], &lower[one + 1..]);
    let digits: Option<Vec<u8>> =
        data.iter().map(|b| BECH32.iter().position(|d| d == b).map(|at| at as u8)).collect();
    digits.is_some_and(|digits| digits.len() >= BECH32_SUM && polymod(prefix, &digits) == 1)
}

fn polymod(prefix: &[u8], digits: &[u8]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let spread = prefix.iter().map(|b| b >> 5).chain([0]).chain(prefix.iter().map(|b| b & 31));
    spread.chain(digits.iter().copied()).fold(1u32, |sum, digit| {
        let top = sum >> 25;
        let next = (sum & 0x01ff_ffff) << 5 ^ u32::from(digit);
        (0..5).filter(|bit| top >> bit & 1 == 1).fold(next, |sum, bit| sum ^ GENERATOR[bit])
    })
}

/// The digits of a bech32 text: what random five-bit numbers look like, with the sum that belongs to them.
pub(in crate::read::secrets) fn bech32(prefix: &str, digits: &[u8]) -> String {
    let mut all = digits.to_vec();
    all.extend([0; BECH32_SUM]);
    let sum = polymod(prefix.to_ascii_lowercase().as_bytes(), &all) ^ 1;
    let sum = (0..BECH32_SUM).map(|n| (sum >> (5 * (5 - n)) & 31) as u8);
    digits.iter().copied().chain(sum).map(|d| char::from(BECH32[usize::from(d & 31)])).collect()
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// NATS's: base 32 of two bytes of kind, 32 of key, and CRC-16 (XMODEM) over them, the lower byte first.
pub(super) fn is_nkey(body: &[u8]) -> bool {
    let (mut bits, mut held, mut bytes) = (0u32, 0, Vec::new());
    for byte in body {
        let Some(digit) = BASE32.iter().position(|d| d == byte) else { return false };
        bits = bits << 5 | digit as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    split(&bytes, 2).is_some_and(|(rest, last)| rest.len() == 34 && crc16(rest).to_le_bytes() == last)
}

/// A seed of that kind out of 32 bytes.
pub(in crate::read::secrets) fn nkey(kind: u8, key: &[u8]) -> String {
    let kind = kind.saturating_sub(b'A') << 3;
    let mut bytes = vec![18 << 3 | kind >> 5, (kind & 31) << 3];
    bytes.extend(key);
    bytes.extend(crc16(&bytes).to_le_bytes());
    let digit = |n: usize| {
        let pair = u16::from(bytes[n * 5 / 8]) << 8 | bytes.get(n * 5 / 8 + 1).copied().map_or(0, u16::from);
        char::from(BASE32[usize::from(pair >> (11 - n * 5 % 8) & 31)])
    };
    (0..(bytes.len() * 8).div_ceil(5)).map(digit).collect()
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |sum, byte| {
        (0..8).fold(
            sum ^ u16::from(*byte) << 8,
            |sum, _| {
                if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::template::make;
    use super::super::{Validator, Verified};
    use super::*;

    #[test]
    fn the_sum_is_the_published_crc() {
        // The check value of CRC-32/ISO-HDLC is 0xCBF43926 = 3421780262.
        assert_eq!(hex(b"123456789"), "CBF43926");
        assert_eq!(hex_little(b"123456789"), "2639f4cb");
        let value = |text: &str, set: &[u8]| {
            text.bytes()
                .fold(0u64, |n, c| n * set.len() as u64 + set.iter().position(|d| *d == c).unwrap() as u64)
        };
        assert_eq!(value(&base62(b"123456789"), BASE62), 0xCBF4_3926);
        assert_eq!(value(&base36(b"123456789"), BASE36), 0xCBF4_3926);
    }

    #[test]
    fn of_a_million_tokens_none_with_its_own_sum_is_rejected_and_none_with_another_passes() {
        let mut filled = 0;
        for n in 0..1_000_000u32 {
            // A multiplicative step walks through all numbers, so the bodies differ everywhere.
            let mut body = *b"kQ0000000000000000000000000000";
            let mut rest = u64::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for place in &mut body[2..24] {
                *place = BASE62[(rest % 62) as usize];
                rest = rest.rotate_left(11).wrapping_mul(0xd134_2543_de82_ef95);
            }
            let sum = base62(&body);
            filled += usize::from(sum.starts_with('0'));
            let mut token = [0u8; 36];
            token[..30].copy_from_slice(&body);
            token[30..].copy_from_slice(sum.as_bytes());
            assert!(is_base62(&token), "{}", String::from_utf8_lossy(&token));
            token[35] = if token[35] == b'a' { b'b' } else { b'a' };
            assert!(!is_base62(&token));
        }
        assert!(filled > 150_000, "only {filled} of a million start with a zero");
    }

    #[test]
    fn each_form_is_sound_with_its_sum_and_not_with_one_character_changed() {
        for (validator, template) in [
            (Validator::Crc32Base62, "{an:30}{crc}"),
            (Validator::Crc32Base36, "glpat-{b64u:27}.01.0r{crc36}"),
            (Validator::Crc32Hex, "ATATT3{b64u:177}={crchex}"),
            (Validator::Crc32HexLittle, "glsa_{an:32}_{crcle}"),
            (Validator::Crc32HexPart, "{low:32}_{crcpart}"),
            (Validator::Bech32, "AGE-SECRET-KEY-1{age}"),
        ] {
            for n in 0..300 {
                let token = make(template, &n.to_string());
                let bytes = token.as_bytes();
                assert_eq!(validator.judge(bytes, bytes), Some(Verified::Checksum.into()), "{token}");
                for at in [bytes.len() - 1, bytes.len() - 12] {
                    let mut wrong = bytes.to_vec();
                    wrong[at] = if wrong[at] == b'Q' { b'P' } else { b'Q' };
                    assert_eq!(validator.judge(&wrong, &wrong), None, "{token}");
                }
            }
        }
    }

    #[test]
    fn a_seed_is_sound_with_its_sum_and_not_with_one_character_changed() {
        // The check value of CRC-16/XMODEM.
        assert_eq!(crc16(b"123456789"), 0x31c3);
        for n in 0..300 {
            let seed = make("{nkey:U}", &n.to_string());
            assert!(seed.starts_with("SU") && seed.len() == 58 && is_nkey(seed.as_bytes()), "{seed}");
            let mut wrong = seed.into_bytes();
            wrong[20] = if wrong[20] == b'Q' { b'P' } else { b'Q' };
            assert!(!is_nkey(&wrong));
        }
    }

    #[test]
    fn bech32_is_that_of_the_standard() {
        // Valid and invalid strings out of BIP 173.
        for valid in ["a12uel5l", "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w"] {
            assert!(is_bech32(valid.as_bytes()), "{valid}");
        }
        for invalid in ["a12uel5m", "x1b4n0q5v", "li1dgmt3", ""] {
            assert!(!is_bech32(invalid.as_bytes()), "{invalid}");
        }
    }
}
