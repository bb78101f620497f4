//! Secrets at rest: sealed with a key from the environment and bound to their App. `chacha20poly1305` is localised here.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::server::settings::{SettingError, wrong};

/// The nonce's length; it is long enough to be drawn at random each time.
const NONCE: usize = 24;

/// `GAINSAY_ENCRYPTION_KEY`: 32 bytes in Base64.
#[derive(Debug, Clone)]
pub struct SealingKey(Arc<SecretBox<[u8; 32]>>);

impl SealingKey {
    pub(in crate::server) fn read(text: &SecretString) -> Result<Self, SettingError> {
        let bytes = BASE64_STANDARD.decode(text.expose_secret().trim()).map(Zeroizing::new);
        match bytes.ok().and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok()) {
            Some(key) => Ok(Self(Arc::new(SecretBox::new(Box::new(key))))),
            None => wrong(
                "GAINSAY_ENCRYPTION_KEY is not 32 bytes in Base64; `openssl rand -base64 32` makes such a key",
            ),
        }
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0.expose_secret()))
    }

    /// Nonce and ciphertext in Base64. Only the same key opens it, and only for the same App.
    pub(super) fn seal(&self, app_id: u64, secret: &[u8]) -> Result<String, SettingError> {
        let mut nonce = [0; NONCE];
        if getrandom::fill(&mut nonce).is_err() {
            return wrong("the system gives no random numbers, so nothing can be encrypted");
        }
        let bound = bound(app_id);
        let sealed =
            self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: bound.as_bytes() });
        match sealed {
            Ok(sealed) => Ok(BASE64_STANDARD.encode([&nonce[..], &sealed].concat())),
            Err(_) => wrong("the credentials are too large to be encrypted"),
        }
    }

    /// What was sealed; nothing where key, App or text are not the same.
    pub(super) fn open(&self, app_id: u64, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = BASE64_STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let nonce = XNonce::from(<[u8; NONCE]>::try_from(nonce).ok()?);
        let bound = bound(app_id);
        let opened = self.cipher().decrypt(&nonce, Payload { msg: sealed, aad: bound.as_bytes() });
        opened.ok().map(Zeroizing::new)
    }
}

fn bound(app_id: u64) -> String {
    format!("gainsay credentials 1, App {app_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealingKey {
        SealingKey::read(&BASE64_STANDARD.encode([byte; 32]).into()).unwrap()
    }

    #[test]
    fn what_was_sealed_is_opened_by_the_same_key_for_the_same_app_only() {
        let sealed = key(1).seal(7, b"hush").unwrap();
        assert_eq!(key(1).open(7, &sealed).unwrap().as_slice(), b"hush");
        assert!(key(2).open(7, &sealed).is_none());
        assert!(key(1).open(8, &sealed).is_none());
        assert_ne!(key(1).seal(7, b"hush").unwrap(), sealed, "the nonce is new each time");
    }

    #[test]
    fn a_changed_or_cut_text_is_not_opened() {
        let sealed = key(1).seal(7, b"hush").unwrap();
        let bytes = BASE64_STANDARD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(key(1).open(7, &BASE64_STANDARD.encode(changed)).is_none(), "{at}");
            assert!(key(1).open(7, &BASE64_STANDARD.encode(&bytes[..at])).is_none(), "{at}");
        }
        assert!(key(1).open(7, "no base64").is_none());
    }

    #[test]
    fn a_key_that_is_none_is_named_and_not_repeated() {
        for text in ["", "hunter2", "aHVudGVyMg=="] {
            let error = SealingKey::read(&text.into()).unwrap_err().to_string();
            assert!(error.starts_with("GAINSAY_ENCRYPTION_KEY") && !error.contains("hunter2"), "{error}");
        }
        assert!(!format!("{:?}", key(104)).contains("104"));
    }
}
