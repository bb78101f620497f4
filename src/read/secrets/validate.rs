//! What can be known of a credential without asking its vendor: checksums and decodings.

pub(super) mod checksum;
mod cloud;
mod decoded;
pub(super) mod jwt;

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
    /// It is no number in hexadecimal, as hashes are.
    NotHex,
    /// The last six characters are the CRC-32 of the random part before, in base 62.
    #[serde(rename = "crc32-base62")]
    Crc32Base62,
    /// The last seven characters are the CRC-32 of the whole token before, in base 36.
    #[serde(rename = "crc32-base36")]
    Crc32Base36,
    /// The last eight characters are the CRC-32 of the whole token before, in hexadecimal.
    #[serde(rename = "crc32-hex")]
    Crc32Hex,
    /// Behind the last `_` stands the CRC-32 of the whole token before, in hexadecimal, the lowest byte first.
    #[serde(rename = "crc32-hex-little")]
    Crc32HexLittle,
    /// Behind the last `_` stands the CRC-32 of the random part before, in hexadecimal.
    #[serde(rename = "crc32-hex-part")]
    Crc32HexPart,
    /// Bech32, with the checksum that belongs to its prefix.
    Bech32,
    /// Header and payload are JSON objects, and no sample's.
    Jwt,
    /// The same, issued by Supabase for the role that no row's policy binds.
    SupabaseServiceRole,
    /// The same, issued by Supabase for the role of whoever visits.
    SupabaseAnon,
    /// The same, issued by Kubernetes for a service account without an end.
    KubernetesAccount,
    /// A macaroon of the Python Package Index.
    PypiMacaroon,
    /// Base 64 of a JSON object with a vendor's keys.
    Json,
    /// The first part is base 64 of an account's number.
    DiscordBot,
    /// Base 64 of 64 bytes that are no text.
    #[serde(rename = "key-64-bytes")]
    Key64Bytes,
    /// Base 64 of a private key in DER, of which nothing is missing.
    PrivateKey,
    /// Base 32 that ends with a CRC-16, as NATS writes its seeds.
    Nkey,
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
    /// It was decoded, so that its characters need not look random.
    pub(super) decoded: bool,
}

impl From<Verified> for Proof {
    fn from(verified: Verified) -> Self {
        Self { verified, at_most: None, decoded: verified == Verified::Checksum }
    }
}

impl Proof {
    /// It decodes to what the vendor issues.
    const DECODED: Self = Self { verified: Verified::Structure, at_most: None, decoded: true };
    /// It has the vendor's form and decodes to nothing: cut short, changed by hand, or made up.
    const DOUBTFUL: Self = Self { verified: Verified::None, at_most: Some(Grade::Note), decoded: false };
}

impl Validator {
    /// What is proved of a candidate by the whole of it and its random part; nothing where it is no credential.
    pub(super) fn judge(self, value: &[u8], body: &[u8]) -> Option<Proof> {
        let summed = |right: bool| right.then_some(Proof::from(Verified::Checksum));
        match self {
            Self::None => Some(Verified::None.into()),
            Self::Shape => Some(Verified::Structure.into()),
            Self::NotHex => {
                (!body.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')).then_some(Verified::None.into())
            }
            Self::Crc32Base62 => summed(checksum::is_base62(body)),
            Self::Crc32Base36 => summed(checksum::is_base36(value)),
            Self::Crc32Hex => summed(checksum::is_hex(value)),
            Self::Crc32HexLittle => summed(checksum::is_hex_little(value)),
            Self::Crc32HexPart => summed(checksum::is_hex_part(body)),
            Self::Bech32 => summed(checksum::is_bech32(value)),
            Self::Jwt => {
                let of_its_own = |token: &jwt::Token| token.is_sample() || token.is_supabase_anon();
                jwt::read(body).filter(|token| !of_its_own(token)).map(|_| Proof::DECODED)
            }
            Self::SupabaseAnon => {
                jwt::read(body).filter(jwt::Token::is_supabase_anon).map(|_| Proof::DECODED)
            }
            Self::SupabaseServiceRole => {
                jwt::read(body).filter(jwt::Token::is_supabase_service_role).map(|_| Proof::DECODED)
            }
            Self::KubernetesAccount => {
                jwt::read(body).filter(jwt::Token::is_endless_kubernetes_account).map(|_| Proof::DECODED)
            }
            Self::PypiMacaroon => {
                Some(if decoded::is_macaroon(body) { Proof::DECODED } else { Proof::DOUBTFUL })
            }
            Self::Json => Some(if decoded::is_json(body) { Proof::DECODED } else { Proof::DOUBTFUL }),
            Self::DiscordBot => decoded::is_discord_bot(value).then_some(Verified::Structure.into()),
            Self::Key64Bytes => decoded::is_key(body, 64).then_some(Verified::Structure.into()),
            Self::PrivateKey => decoded::is_private_key(body).then_some(Proof::DECODED),
            Self::Nkey => checksum::is_nkey(body).then_some(Proof::DECODED),
            Self::AwsKeyId => Some(match cloud::account(body) {
                Some(number) if number < 1_000_000_000_000 => Verified::Structure.into(),
                _ => Verified::None.into(),
            }),
            Self::AwsSecret => random::has_both_cases(body).then_some(Verified::Structure.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Validator; 21] = [
        Validator::None,
        Validator::Shape,
        Validator::NotHex,
        Validator::Crc32Base62,
        Validator::Crc32Base36,
        Validator::Crc32Hex,
        Validator::Crc32HexLittle,
        Validator::Crc32HexPart,
        Validator::Bech32,
        Validator::Jwt,
        Validator::SupabaseServiceRole,
        Validator::SupabaseAnon,
        Validator::KubernetesAccount,
        Validator::PypiMacaroon,
        Validator::Json,
        Validator::DiscordBot,
        Validator::Key64Bytes,
        Validator::PrivateKey,
        Validator::Nkey,
        Validator::AwsKeyId,
        Validator::AwsSecret,
    ];

    proptest! {
        #[test]
        fn any_bytes_are_judged(
            value in proptest::collection::vec(any::<u8>(), 0..80),
            body in proptest::collection::vec(any::<u8>(), 0..80),
        ) {
            for validator in ALL {
                validator.judge(&value, &body);
                validator.judge(&body, &body);
            }
        }
    }
}
