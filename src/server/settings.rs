//! The server's settings: read once, told apart by name when wrong, never printed.

use std::net::SocketAddr;

use jiff::SignedDuration;
use secrecy::{ExposeSecret, SecretString};

use super::credentials::{Given, SealingKey};

/// The settings as they came from flags or the environment.
#[derive(Debug, Default)]
pub struct Raw {
    /// `GAINSAY_APP_ID`.
    pub app_id: Option<String>,
    /// `GAINSAY_PRIVATE_KEY`.
    pub private_key: Option<SecretString>,
    /// `GAINSAY_WEBHOOK_SECRET`.
    pub webhook_secret: Option<SecretString>,
    /// `GAINSAY_WEBHOOK_SECRET_OLD`.
    pub webhook_secret_old: Option<SecretString>,
    /// `GAINSAY_ENCRYPTION_KEY`.
    pub encryption_key: Option<SecretString>,
    /// `GAINSAY_DATABASE_URL`.
    pub database_url: SecretString,
    /// `GAINSAY_LISTEN`.
    pub listen: String,
    /// `GAINSAY_METRICS_LISTEN`.
    pub metrics_listen: String,
    /// `GAINSAY_GITHUB_API_URL`.
    pub api_url: String,
    /// `GAINSAY_RETENTION`.
    pub retention: String,
}

/// The settings, sound.
#[derive(Debug)]
pub struct Settings {
    /// The credentials that are given; others may be kept since the setup.
    pub given: Given,
    /// What GitHub may sign with besides, while the secret is being changed.
    pub webhook_secret_old: Option<SecretString>,
    /// What kept credentials are sealed with.
    pub encryption_key: Option<SealingKey>,
    /// A `sqlite:` or `postgres:` URL; it may hold a password.
    pub database_url: SecretString,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to show metrics and readiness, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The API's address, without a slash at its end.
    pub api_url: String,
    /// How long verdicts are kept.
    pub retention: SignedDuration,
}

/// A setting that can't be used: one sentence that names it, and never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingError(String);

pub(super) fn wrong<T>(text: impl Into<String>) -> Result<T, SettingError> {
    Err(SettingError(text.into()))
}

impl Settings {
    /// Reads the settings; the first that is malformed is the error.
    pub fn read(raw: Raw) -> Result<Self, SettingError> {
        let given = Given::read(&raw)?;
        let filled = |secret: Option<SecretString>| secret.filter(|s| !s.expose_secret().trim().is_empty());
        Ok(Self {
            given,
            webhook_secret_old: filled(raw.webhook_secret_old),
            encryption_key: filled(raw.encryption_key).as_ref().map(SealingKey::read).transpose()?,
            database_url: database_url(raw.database_url)?,
            listen: listen("GAINSAY_LISTEN", &raw.listen)?,
            metrics_listen: match raw.metrics_listen.trim() {
                "off" => None,
                text => Some(listen("GAINSAY_METRICS_LISTEN", text)?),
            },
            api_url: api_url(&raw.api_url)?,
            retention: days("GAINSAY_RETENTION", &raw.retention)?,
        })
    }
}

/// A time of whole days, weeks or hours: `90d`, `12w`, `36h`. At least an hour: nothing is kept for no time at all.
pub fn days(name: &str, text: &str) -> Result<SignedDuration, SettingError> {
    let text = text.trim();
    let number = text.get(..text.len().saturating_sub(1)).and_then(|digits| digits.parse::<u32>().ok());
    let hours = match text.as_bytes().last() {
        Some(b'h') => 1,
        Some(b'd') => 24,
        Some(b'w') => 7 * 24,
        _ => 0,
    };
    match number {
        // A hundred years are longer than anything is kept.
        Some(count) if hours > 0 && (1..=876_000).contains(&(u64::from(count) * hours)) => {
            Ok(SignedDuration::from_hours(i64::from(count) * i64::try_from(hours).unwrap_or(24)))
        }
        _ => wrong(format!("{name} is not a length of time; write it as 90d, 12w or 36h")),
    }
}

fn database_url(url: SecretString) -> Result<SecretString, SettingError> {
    let text = url.expose_secret();
    if ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(url);
    }
    wrong(
        "GAINSAY_DATABASE_URL is not a database that can be used; write it as sqlite://gainsay.db or \
         postgres://USER:PASSWORD@HOST/DATABASE",
    )
}

fn listen(name: &str, text: &str) -> Result<SocketAddr, SettingError> {
    let text = text.trim();
    match text.parse() {
        Ok(address) => Ok(address),
        Err(_) => wrong(format!("{name} is not an address with a port; write it as 127.0.0.1:3000")),
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
            webhook_secret_old: Some("shush".into()),
            encryption_key: Some("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".into()),
            database_url: "postgres://gainsay:swordfish@db/gainsay".into(),
            listen: "127.0.0.1:3000".into(),
            metrics_listen: "127.0.0.1:9464".into(),
            api_url: "https://ghe.example.com/api/v3/".into(),
            retention: "90d".into(),
        }
    }

    #[test]
    fn sound_settings_are_read_and_secrets_stay_out_of_debug() {
        let settings = Settings::read(raw()).unwrap();
        assert_eq!(settings.api_url, "https://ghe.example.com/api/v3");
        assert_eq!(settings.retention, SignedDuration::from_hours(90 * 24));
        let debug = format!("{settings:?} {:?}", raw());
        for secret in [&DIGITS[..20], "hush", "AQEB", "swordfish", "1, 1, 1"] {
            assert!(!debug.contains(secret), "{debug}");
        }
        let whole = settings.given.complete(None).unwrap().unwrap();
        assert!(whole.private_key.expose_secret() == key(DIGITS), "the line breaks are real ones");
    }

    #[test]
    fn each_wrong_setting_is_named_and_its_value_is_not_repeated() {
        type Spoil = fn(&mut Raw);
        let cases: [(&str, Spoil); 12] = [
            ("GAINSAY_APP_ID", |raw| raw.app_id = Some("hunter2".into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some("/hunter2".into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some(key("hunter2\n").into())),
            ("GAINSAY_PRIVATE_KEY", |raw| raw.private_key = Some(key(&DIGITS[..800]).into())),
            ("GAINSAY_ENCRYPTION_KEY", |raw| raw.encryption_key = Some("hunter2".into())),
            ("GAINSAY_RETENTION", |raw| raw.retention = "hunter2".into()),
            ("GAINSAY_RETENTION", |raw| raw.retention = "0d".into()),
            ("GAINSAY_METRICS_LISTEN", |raw| raw.metrics_listen = "hunter2".into()),
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
    fn a_key_in_a_file_is_read_from_there_and_empty_values_are_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), key(DIGITS)).unwrap();
        let path = SecretString::from(file.path().to_str().unwrap());
        let settings = Settings::read(Raw { private_key: Some(path), ..raw() }).unwrap();
        let whole = settings.given.complete(None).unwrap().unwrap();
        assert!(whole.private_key.expose_secret().contains(DIGITS));
        let empty = Raw { private_key: Some(" ".into()), webhook_secret: Some("".into()), ..raw() };
        let error = Settings::read(empty).unwrap().given.complete(None).unwrap_err().to_string();
        assert!(error.starts_with("GAINSAY_PRIVATE_KEY is not set"), "{error}");
        let off = Settings::read(Raw { metrics_listen: "off".into(), ..raw() }).unwrap();
        assert_eq!(off.metrics_listen, None);
    }
}
