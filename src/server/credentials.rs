//! The App's credentials: those that the environment gives, completed by those that were kept at the setup.

mod kept;
mod sealed;

pub use kept::Keeper;
pub use sealed::SealingKey;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};

use super::settings::{Raw, SettingError, wrong};

/// What the App shows who it is with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The App's id.
    pub app_id: u64,
    /// Its name in addresses.
    pub slug: Option<String>,
    /// The id of its OAuth side.
    pub client_id: Option<String>,
    /// Its private key, in PEM form.
    pub private_key: SecretString,
    /// What GitHub signs deliveries with.
    pub webhook_secret: SecretString,
}

/// The credentials that the environment gives, sound as far as they go.
#[derive(Debug, Clone, Default)]
pub struct Given {
    app_id: Option<u64>,
    private_key: Option<SecretString>,
    webhook_secret: Option<SecretString>,
}

impl Given {
    pub(super) fn read(raw: &Raw) -> Result<Self, SettingError> {
        let secret = raw.webhook_secret.clone();
        Ok(Self {
            app_id: raw.app_id.as_deref().map(app_id).transpose()?,
            private_key: raw.private_key.as_ref().map(private_key).transpose()?.flatten(),
            webhook_secret: secret.filter(|secret| !secret.expose_secret().is_empty()),
        })
    }

    /// Whether nothing has to be looked up.
    pub fn is_whole(&self) -> bool {
        self.app_id.is_some() && self.private_key.is_some() && self.webhook_secret.is_some()
    }

    /// What is given wins over what was kept, if that is of the same App. Nothing where there is neither.
    pub fn complete(self, kept: Option<Credentials>) -> Result<Option<Credentials>, SettingError> {
        if self.app_id.is_none() && self.private_key.is_none() && self.webhook_secret.is_none() {
            return Ok(kept);
        }
        let kept = kept.filter(|kept| self.app_id.is_none_or(|id| id == kept.app_id));
        let Some(app_id) = self.app_id.or(kept.as_ref().map(|kept| kept.app_id)) else {
            return wrong("GAINSAY_APP_ID is not set; the App's settings page shows it as \"App ID\"");
        };
        let Some(private_key) = self.private_key.or(kept.as_ref().map(|kept| kept.private_key.clone()))
        else {
            return wrong(
                "GAINSAY_PRIVATE_KEY is not set; it takes the App's private key as PEM text or the path of its file",
            );
        };
        let secret = self.webhook_secret.or(kept.as_ref().map(|kept| kept.webhook_secret.clone()));
        let Some(webhook_secret) = secret else {
            return wrong(
                "GAINSAY_WEBHOOK_SECRET is not set; it takes the secret from the App's webhook settings",
            );
        };
        let (slug, client_id) = kept.map(|kept| (kept.slug, kept.client_id)).unwrap_or_default();
        Ok(Some(Credentials { app_id, slug, client_id, private_key, webhook_secret }))
    }
}

fn app_id(text: &str) -> Result<u64, SettingError> {
    match text.trim().parse() {
        Ok(id) if id > 0 => Ok(id),
        _ => wrong("GAINSAY_APP_ID is not a number; the App's settings page shows it as \"App ID\""),
    }
}

/// PEM text, with real line breaks or with `\n` as environment files write them, or the path of a file that holds it.
fn private_key(value: &SecretString) -> Result<Option<SecretString>, SettingError> {
    let value = value.expose_secret().trim();
    if value.is_empty() {
        return Ok(None);
    }
    let text = if value.contains("-----BEGIN") {
        value.replace("\\n", "\n")
    } else {
        match std::fs::read_to_string(value) {
            Ok(text) => text,
            Err(e) => {
                return wrong(format!(
                    "GAINSAY_PRIVATE_KEY is neither PEM text nor a readable file: {}",
                    e.kind()
                ));
            }
        }
    };
    if !signs(&text) {
        return wrong(
            "GAINSAY_PRIVATE_KEY holds no RSA private key in PEM form; the App's settings page makes one",
        );
    }
    Ok(Some(text.into()))
}

/// Whether a token of the App can be signed with it. A damaged key is told only by its use.
fn signs(pem: &str) -> bool {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes());
    key.is_ok_and(|key| jsonwebtoken::encode(&Header::new(Algorithm::RS256), &(), &key).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Credentials {
        Credentials {
            app_id: 7,
            slug: Some("gainsay-octo".into()),
            client_id: None,
            private_key: "kept key".into(),
            webhook_secret: "kept secret".into(),
        }
    }

    #[test]
    fn what_is_given_wins_over_what_was_kept_and_another_apps_are_not_mixed_in() {
        assert!(Given::default().complete(None).unwrap().is_none());
        assert_eq!(Given::default().complete(Some(kept())).unwrap().unwrap().app_id, 7);
        let rotated = Given { webhook_secret: Some("new".into()), ..Given::default() };
        let whole = rotated.complete(Some(kept())).unwrap().unwrap();
        assert_eq!(
            (whole.webhook_secret.expose_secret(), whole.private_key.expose_secret()),
            ("new", "kept key")
        );
        let other = Given { app_id: Some(8), ..Given::default() };
        let error = other.complete(Some(kept())).unwrap_err().to_string();
        assert!(error.starts_with("GAINSAY_PRIVATE_KEY is not set"), "{error}");
    }

    #[test]
    fn each_credential_that_is_missing_is_named() {
        let given = |app_id: Option<u64>, key: Option<&str>, secret: Option<&str>| Given {
            app_id,
            private_key: key.map(Into::into),
            webhook_secret: secret.map(Into::into),
        };
        for (given, name) in [
            (given(None, Some("k"), Some("s")), "GAINSAY_APP_ID is not set"),
            (given(Some(1), None, Some("s")), "GAINSAY_PRIVATE_KEY is not set"),
            (given(Some(1), Some("k"), None), "GAINSAY_WEBHOOK_SECRET is not set"),
        ] {
            let error = given.complete(None).unwrap_err().to_string();
            assert!(error.starts_with(name), "{error}");
        }
    }
}
