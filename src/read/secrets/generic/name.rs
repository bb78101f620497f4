//! What a name says of its value: a password, a key, or neither.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::vocabularies::SECRETS;

/// No name is longer, and of a name no more words count.
pub(super) const MAX_NAME: usize = 56;

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A password: what a person may have made up.
    Password,
    /// A key or token: what a machine draws.
    Key,
    /// Something that stands beside credentials: a salt, an unspecific credential.
    Kin,
}

/// The words of names, as `rules/secrets/generic.toml` lists them.
#[derive(Deserialize)]
struct Names {
    passwords: HashSet<String>,
    password_ends: Vec<String>,
    keys: HashSet<String>,
    key_ends: Vec<String>,
    key_kinds: HashSet<String>,
    kin: HashSet<String>,
    neutral: HashSet<String>,
    others: HashSet<String>,
    public: HashSet<String>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Page {
        names: Names,
    }
    let (_, text) = SECRETS.iter().find(|(name, _)| *name == "generic").expect("the file is listed");
    let page: Page = toml::from_str(text).unwrap_or_else(|e| panic!("rules/secrets/generic.toml: {e}"));
    page.names
});

/// What the name says of its value, if anything: its last word decides, some words before it overrule.
pub(super) fn meaning(name: &[u8]) -> Option<Meaning> {
    let names = &*NAMES;
    let words = words(name)?;
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    while words.len() > 1
        && words.last().is_some_and(|w| names.neutral.contains(*w) || w.bytes().all(|b| b.is_ascii_digit()))
    {
        words.pop();
    }
    let (head, before) = words.split_last()?;
    let head = head.trim_end_matches(|c: char| c.is_ascii_digit());
    if before.iter().any(|word| names.others.contains(*word)) || names.others.contains(head) {
        return None;
    }
    let ends = |ends: &[String]| ends.iter().any(|end| head.ends_with(end.as_str()));
    let qualified = before.last().is_some_and(|word| names.key_kinds.contains(*word));
    let secret = head.contains("secret") || before.contains(&"secret");
    if !secret && before.iter().any(|word| names.public.contains(*word)) {
        return None;
    }
    if names.passwords.contains(head) || ends(&names.password_ends) {
        Some(Meaning::Password)
    } else if names.keys.contains(head) || ends(&names.key_ends) || (head == "key" && qualified) {
        Some(Meaning::Key)
    } else {
        names.kin.contains(head).then_some(Meaning::Kin)
    }
}

/// The words of a name in any style, in lower case.
fn words(name: &[u8]) -> Option<Vec<String>> {
    let name = std::str::from_utf8(name).ok().filter(|name| name.len() <= MAX_NAME)?;
    let bytes = name.as_bytes();
    let mut words = vec![String::new()];
    for (at, byte) in bytes.iter().enumerate() {
        let small =
            |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| b.is_ascii_lowercase());
        let digit = at > 0 && bytes[at - 1].is_ascii_digit();
        let starts = byte.is_ascii_uppercase()
            && (digit || small(at.checked_sub(1)) || (at > 0 && small(Some(at + 1))));
        if starts || !byte.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if byte.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    words.retain(|word| !word.is_empty());
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_passwords_and_keys_are_known_in_every_style() {
        for name in [
            "password",
            "PASSWORD",
            "dbPassword",
            "DB_PASSWORD",
            "db-password",
            "passwd",
            "userPwd",
            "PGPASSWORD",
            "mysql_root_password",
            "password_confirmation",
            "passphrase",
            "LDAP_BIND_PW",
            "password2",
            "userpassword",
        ] {
            assert_eq!(meaning(name.as_bytes()), Some(Meaning::Password), "{name}");
        }
        for name in [
            "secret",
            "clientSecret",
            "CLIENT_SECRET",
            "client-secret",
            "api_key",
            "apiKey",
            "APIKey",
            "APIKEY",
            "ApiKey",
            "X-API-Key",
            "x-auth-token",
            "authToken",
            "access_token",
            "SECRET_KEY_BASE",
            "aws_secret_access_key",
            "encryption_key",
            "signingKey",
            "private_key",
            "jwtSecretKey",
            "stripeApiKeyProd",
            "TOKEN",
        ] {
            assert_eq!(meaning(name.as_bytes()), Some(Meaning::Key), "{name}");
        }
        assert_eq!(meaning(b"credentials"), Some(Meaning::Kin));
    }

    #[test]
    fn names_that_only_mention_a_secret_say_nothing() {
        for name in [
            "password_field",
            "token_url",
            "tokenUrl",
            "max_tokens",
            "secret_name",
            "secretName",
            "password_hash",
            "passwordHash",
            "key_id",
            "publicKey",
            "public_key",
            "csrf_token",
            "csrfToken",
            "key",
            "keys",
            "tokenizer",
            "password_reset_path",
            "api_key_header",
            "apiKeyName",
            "primary_key",
            "sort_key",
            "nextPageToken",
            "eos_token",
            "compass",
            "bypass",
            "encrypted_password",
            "password_length",
            "tokens",
            "cancellationToken",
            "secretary",
            "",
            "password_label",
            "token_type",
            "hash_key",
            "cacheKey",
            "monkey",
            "passport",
            "GRAYLOG_SHA256_PASSWORD",
        ] {
            assert_eq!(meaning(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn a_name_of_any_length_is_read_in_bounded_time() {
        assert_eq!(meaning(&[b'a'; MAX_NAME + 1]), None);
        assert_eq!(meaning(&[0xff, b'_']), None);
    }
}
