//! The vocabulary of `rules/exposures.toml`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::vocabularies;

/// What becomes of a value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Target {
    Model,
    Log,
    Output,
    Exception,
    Analytics,
    #[serde(skip)]
    Query,
    #[serde(skip)]
    Bundle,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    pub(super) names: Names,
    pub(super) bundle: Bundle,
    pub(super) config: Vec<Config>,
    pub(super) sinks: Vec<Sink>,
    pub(super) http: Http,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) secret: Vec<String>,
    pub(super) likely: Vec<String>,
    pub(super) variable: Vec<String>,
    pub(super) likely_variable: Vec<String>,
    pub(super) spoiled: Vec<String>,
    pub(super) spoiled_owners: Vec<String>,
    pub(super) cleaned: Vec<String>,
    pub(super) fresh: Vec<String>,
    pub(super) files: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bundle {
    pub(super) prefixes: Vec<String>,
    pub(super) always: Vec<String>,
    pub(super) about: Vec<String>,
    pub(super) secret: Vec<String>,
    pub(super) likely: Vec<String>,
    pub(super) public: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    pub(super) stem: String,
    pub(super) fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sink {
    pub(super) kind: Target,
    pub(super) receivers: Vec<String>,
    pub(super) methods: Vec<String>,
    #[serde(default)]
    pub(super) takes: Vec<String>,
    #[serde(default)]
    pub(super) places: Vec<usize>,
    #[serde(default)]
    pub(super) languages: Vec<String>,
    #[serde(default)]
    pub(super) certain: bool,
    #[serde(default)]
    pub(super) stdout: bool,
    #[serde(default)]
    pub(super) console: bool,
    /// An argument of that name takes the output elsewhere.
    pub(super) unless: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    pub(super) receivers: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) bodies: Vec<String>,
    pub(super) content: Vec<String>,
    pub(super) models: Vec<String>,
    pub(super) by_query: Vec<String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    toml::from_str(vocabularies::EXPOSURES).expect("a test reads the vocabulary of exposures")
});

pub(super) fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

/// Without one of these words in it, a text holds no secret that this check knows.
const SOURCES: [&str; 25] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "api_key",
    "apikey",
    "api-key",
    "token",
    "private_key",
    "privatekey",
    "credential",
    "_key",
    "environ",
    "process.env",
    ".env",
    "id_rsa",
    "getenv",
    "mnemonic",
    "netrc",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "servicekey",
    "npmrc",
    "kubeconfig",
];

static SOURCE_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).build(SOURCES).expect("the words are few and short")
});

/// Whether it is worth while to parse a text.
pub(super) fn may_hold_source(text: &str) -> bool {
    SOURCE_WORDS.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_read_whole() {
        assert!(vocabulary().sinks.len() > 10 && !vocabulary().names.secret.is_empty());
    }
}
