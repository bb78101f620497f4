//! What can be known of a credential without asking its vendor: checksums and decodings.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::random;
use super::vocabulary::Grade;

/// How much of a credential's soundness was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    /// It has the vendor's shape and looks random; nothing more can be told.
    None,
    /// It decodes to what the vendor issues, or carries the vendor's fixed parts.
    Structure,
    /// The vendor's checksum is right: chance alone would do that once in four thousand million.
    Checksum,
}

/// The names by which the vocabulary calls the validators.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Validator {
    /// Nothing beyond the pattern and the randomness floor.
    #[default]
    None,
    /// The pattern itself holds parts that only the vendor's keys have.
    Shape,
    /// The last six characters are the CRC-32 of those before, in base 62.
    #[serde(rename = "crc32-base62")]
    Crc32Base62,
    /// Header and payload are JSON objects.
    Jwt,
    /// Base 32 of an account's number.
    AwsKeyId,
    /// Forty characters that are no hash and no path.
    AwsSecret,
}

/// What a validator knows of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Proof {
    pub(super) verified: Verified,
    /// The most that it can weigh, if its content tells.
    pub(super) at_most: Option<Grade>,
}

impl From<Verified> for Proof {
    fn from(verified: Verified) -> Self {
        Self { verified, at_most: None }
    }
}

impl Validator {
    /// What is proved of a candidate by its random part; nothing where it is no credential.
    pub(super) fn judge(self, body: &[u8]) -> Option<Proof> {
        let verified = match self {
            Self::None => Verified::None,
            Self::Shape => Verified::Structure,
            Self::Crc32Base62 => {
                let (random, sum) = body.split_at_checked(body.len().checked_sub(6)?)?;
                (checksum(random).as_bytes() == sum).then_some(Verified::Checksum)?
            }
            Self::Jwt => is_jwt(body).then_some(Verified::Structure)?,
            Self::AwsKeyId => match account(body) {
                Some(number) if number < 1_000_000_000_000 => Verified::Structure,
                _ => Verified::None,
            },
            Self::AwsSecret => random::has_all_classes(body).then_some(Verified::Structure)?,
        };
        Some(verified.into())
    }
}

/// CRC-32 (IEEE) in base 62 with the digits `0-9A-Za-z`, filled with zeros on the left to six characters.
///
/// A token's checksum is compared in this form: decoding the six characters instead rejects those that start with a
/// zero, one valid token in five.
pub(super) fn checksum(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut rest = crc32fast::hash(bytes) as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % 62];
        rest /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

fn is_jwt(token: &[u8]) -> bool {
    let object = |part: &[u8]| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).ok()
    };
    let mut parts = token.split(|b| *b == b'.');
    let header = parts.next().and_then(object);
    let payload = parts.next().and_then(object);
    header.is_some_and(|h| h.contains_key("alg")) && payload.is_some()
}

/// The account's number in a key id: bits 1 to 40 of what follows the four letters, read as base 32.
fn account(id: &[u8]) -> Option<u64> {
    let mut bits = 0u64;
    for byte in id.get(4..14)? {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    // Ten characters are 50 bits; the number stands after the first.
    Some(bits >> 9 & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_checksum_is_the_published_crc_in_base_62() {
        // The check value of CRC-32/ISO-HDLC is 0xCBF43926 = 3421780262.
        let sum = checksum(b"123456789");
        let value = sum.bytes().fold(0u64, |n, c| {
            let digit = match c {
                b'0'..=b'9' => c - b'0',
                b'A'..=b'Z' => c - b'A' + 10,
                _ => c - b'a' + 36,
            };
            n * 62 + u64::from(digit)
        });
        assert_eq!((sum.len(), value), (6, 0xCBF4_3926));
    }

    #[test]
    fn a_checksum_that_starts_with_zeros_keeps_them() {
        let padded =
            (0..20_000).map(|n| format!("{n:030}")).filter(|t| checksum(t.as_bytes()).starts_with('0'));
        let mut count = 0;
        for token in padded {
            let body = format!("{token}{}", checksum(token.as_bytes()));
            assert_eq!(Validator::Crc32Base62.judge(body.as_bytes()), Some(Verified::Checksum.into()));
            count += 1;
        }
        assert!(count > 3_000, "only {count} of 20,000 were filled up");
    }

    #[test]
    fn the_account_of_the_documentation_key_is_known() {
        assert_eq!(account(concat!("AKIA", "IOSFODNN7", "EXAMPLE").as_bytes()), Some(581_039_954_779));
    }

    proptest! {
        #[test]
        fn every_token_with_its_own_checksum_is_sound_and_with_another_is_not(body in "[0-9A-Za-z]{30}") {
            let right = format!("{body}{}", checksum(body.as_bytes()));
            prop_assert_eq!(Validator::Crc32Base62.judge(right.as_bytes()), Some(Verified::Checksum.into()));
            let wrong = format!("{body}{}", checksum(right.as_bytes()));
            prop_assert_eq!(Validator::Crc32Base62.judge(wrong.as_bytes()), None);
        }

        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            for validator in [Validator::Crc32Base62, Validator::Jwt, Validator::AwsKeyId, Validator::AwsSecret] {
                validator.judge(&bytes);
            }
        }
    }
}
