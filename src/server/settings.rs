//! The server's settings: read once, told apart by name when wrong, never printed. `jsonwebtoken` tries the key here.

use std::net::SocketAddr;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};

/// The settings as they came from flags or the environment.
#[derive(Debug, Default)]
pub struct Raw {
    /// `GAINSAY_APP_ID`.
    pub app_id: Option<String>,
    /// `GAINSAY_PRIVATE_KEY`.
    pub private_key: Option<SecretString>,
    /// `GAINSAY_WEBHOOK_SECRET`.
    pub webhook_secret: Option<SecretString>,
    /// `GAINSAY_DATABASE_URL`.
    pub database_url: String,
    /// `GAINSAY_LISTEN`.
    pub listen: String,
    /// `GAINSAY_GITHUB_API_URL`.
    pub api_url: String,
}

/// The settings, sound.
#[derive(Debug)]
pub struct Settings {
    /// The App's id.
    pub app_id: u64,
    /// Its private key, in PEM form.
    pub private_key: SecretString,
    /// What GitHub signs deliveries with.
    pub webhook_secret: SecretString,
    /// A `sqlite:` or `postgres:` URL; it may hold a password.
    pub database_url: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The API's address, without a slash at its end.
    pub api_url: String,
}

/// A setting that can't be used: one sentence that names it, and never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(String);

fn wrong<T>(text: impl Into<String>) -> Result<T, SettingError> {
    Err(SettingError(text.into()))
}

impl Settings {
    /// Reads the settings; the first that is missing or malformed is the error.
    pub fn read(raw: Raw) -> Result<Self, SettingError> {
        Ok(Self {
            app_id: app_id(raw.app_id.as_deref())?,
            private_key: private_key(raw.private_key.as_ref())?,
            webhook_secret: webhook_secret(raw.webhook_secret)?,
            database_url: database_url(raw.database_url)?,
            listen: listen(&raw.listen)?,
            api_url: api_url(&raw.api_url)?,
        })
    }
}

fn app_id(text: Option<&str>) -> Result<u64, SettingError> {
    match text.map(|text| text.trim().parse()) {
        Some(Ok(id)) if id > 0 => Ok(id),
        Some(_) => wrong("GAINSAY_APP_ID is not a number; the App's settings page shows it as \"App ID\""),
        None => wrong("GAINSAY_APP_ID is not set; the App's settings page shows it as \"App ID\""),
    }
}

/// PEM text, with real line breaks or with `\n` as environment files write them, or the path of a file that holds it.
fn private_key(value: Option<&SecretString>) -> Result<SecretString, SettingError> {
    let value = value.map(|value| value.expose_secret().trim()).filter(|value| !value.is_empty());
    let Some(value) = value else {
        return wrong(
            "GAINSAY_PRIVATE_KEY is not set; it takes the App's private key as PEM text or the path of its file",
        );
    };
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
    Ok(text.into())
}

/// Whether a token of the App can be signed with it. A damaged key is told only by its use.
fn signs(pem: &str) -> bool {
    let key = EncodingKey::from_rsa_pem(pem.as_bytes());
    key.is_ok_and(|key| jsonwebtoken::encode(&Header::new(Algorithm::RS256), &(), &key).is_ok())
}

fn webhook_secret(value: Option<SecretString>) -> Result<SecretString, SettingError> {
    match value.filter(|value| !value.expose_secret().is_empty()) {
        Some(value) => Ok(value),
        None => {
            wrong("GAINSAY_WEBHOOK_SECRET is not set; it takes the secret from the App's webhook settings")
        }
    }
}

fn database_url(text: String) -> Result<String, SettingError> {
    if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(text);
    }
    wrong(
        "GAINSAY_DATABASE_URL is not a database that can be used; write it as sqlite://gainsay.db or \
         postgres://USER:PASSWORD@HOST/DATABASE",
    )
}

fn listen(text: &str) -> Result<SocketAddr, SettingError> {
    let text = text.trim();
    match text.parse() {
        Ok(address) => Ok(address),
        Err(_) => wrong("GAINSAY_LISTEN is not an address with a port; write it as 127.0.0.1:3000"),
    }
}

fn api_url(text: &str) -> Result<String, SettingError> {
    let text = text.trim().trim_end_matches('/');
    let scheme = text.starts_with("https://") || text.starts_with("http://");
    match text.parse::<axum::http::Uri>() {
        Ok(uri) if scheme && uri.authority().is_some() && uri.query().is_none() => Ok(text.to_owned()),
        _ => wrong(
            "GAINSAY_GITHUB_API_URL is not an http or https address; write it as https://api.github.com",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tests' own key, kept without its frame.
    const DIGITS: &str = include_str!("../../tests/data/app-key.base64");

    fn key(digits: &str) -> String {
        let kind = "RSA PRIVATE KEY";
        format!("-----BEGIN {kind}-----\n{digits}-----END {kind}-----\n")
    }

    fn raw() -> Raw {
        Raw {
            app_id: Some("12".into()),
            private_key: Some(key(DIGITS).replace('\n', "\\n").into()),
            webhook_secret: Some("hush".into()),
            database_url: "sqlite://gainsay.db".into(),
            listen: "127.0.0.1:3000".into(),
            api_url: "https://ghe.example.com/api/v3/".into(),
        }
    }

    #[test]
    fn sound_settings_are_read_and_secrets_stay_out_of_debug() {
        let settings = Settings::read(raw()).unwrap();
        assert_eq!(settings.api_url, "https://ghe.example.com/api/v3");
        assert!(settings.private_key.expose_secret() == key(DIGITS), "the line breaks are real ones");
        let debug = format!("{settings:?} {:?}", raw());
        assert!(!debug.contains(&DIGITS[..20]) && !debug.contains("hush"), "{debug}");
    }

    #[test]
    fn each_wrong_setting_is_named_and_its_value_is_not_repeated() {
        type Spoil = fn(&mut Raw);
        let cases: [(&str, Spoil); 11] = [
            ("GAINSAY_APP_ID", |raw| raw.app_id = None),
            ("GAINSAY_APP_ID", |raw| raw.app_id = Some("hunter2".into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = None),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some("/hunter2".into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some(key("hunter2\n").into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some(key(&DIGITS[..800]).into())),
            ("GAINSAY_WEBHOOK_SECRET", |raw| raw.webhook_secret = Some("".into())),
            ("GAINSAY_DATABASE_URL", |raw| raw.database_url = "mysql://u:hunter2@h/d".into()),
            ("GAINSAY_LISTEN", |raw| raw.listen = "hunter2".into()),
            ("GAINSAY_GITHUB_API_URL", |raw| raw.api_url = "ftp://hunter2".into()),
            ("GAINSAY_GITHUB_API_URL", |raw| raw.api_url = "hunter2".into()),
        ];
        for (name, spoil) in cases {
            let mut raw = raw();
            spoil(&mut raw);
            let error = Settings::read(raw).unwrap_err().to_string();
            assert!(error.starts_with(name) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn either_database_can_be_named() {
        for url in ["sqlite://gainsay.db", "postgres://db/gainsay", "postgresql://db/gainsay"] {
            let settings = Settings::read(Raw { database_url: url.into(), ..raw() }).unwrap();
            assert_eq!(settings.database_url, url);
        }
    }

    #[test]
    fn a_key_in_a_file_is_read_from_there() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), key(DIGITS)).unwrap();
        let path = SecretString::from(file.path().to_str().unwrap());
        assert!(private_key(Some(&path)).unwrap().expose_secret().contains(DIGITS));
    }
}
