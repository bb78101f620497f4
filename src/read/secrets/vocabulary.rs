//! The rules of credentials as data: `rules/secrets/*.toml`, compiled in.

use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::validate::Validator;
use crate::vocabularies::{PUBLISHED_SECRETS, SECRETS};

/// What a credential does to a merge, before a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// Shown: it opens nothing alone, is public by design, or may be made up.
    Note,
    /// It opens something.
    Block,
}

/// How a rule's credential is found once a keyword is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shape {
    /// By its pattern.
    #[default]
    Token,
    /// As a PEM block.
    Pem,
}

/// One kind of credential.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRule {
    /// Stable: fingerprints and JSON hold it.
    pub id: String,
    /// With its article, for a sentence: "a Stripe live secret key".
    pub name: String,
    /// What whoever finds it can do, as the rest of a sentence: "whoever reads it …".
    pub attacker: String,
    /// How its owner makes it useless, as an instruction.
    pub revoke: String,
    /// Its heaviest grade.
    pub level: Grade,
    /// Fixed parts, one of which stands in every such credential.
    #[serde(default)]
    pub(super) keywords: Vec<String>,
    /// Where the pattern starts, if not at the keyword: the keyword then stands inside.
    pub(super) start: Option<String>,
    /// Looked for around a credential of that rule, not around a keyword.
    pub(super) beside: Option<String>,
    #[serde(default)]
    pub(super) shape: Shape,
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    pub(super) min_entropy: f64,
    #[serde(default = "usual_changes")]
    pub(super) min_changes: f64,
    #[serde(default)]
    pub(super) validator: Validator,
    /// Templates that must be found.
    pub examples: Vec<String>,
    /// Templates in which this rule must find nothing.
    pub counterexamples: Vec<String>,
    #[serde(skip)]
    signs: Vec<u8>,
    #[serde(skip)]
    compiled: OnceLock<Regex>,
}

fn usual_changes() -> f64 {
    0.2
}

impl SecretRule {
    /// The rule of a pair's public half, where this is the secret half: beside this one it adds nothing.
    pub fn half(&self) -> Option<&str> {
        self.beside.as_deref()
    }

    /// Whether the byte may stand in the random part.
    pub(super) fn takes(&self, byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || self.signs.contains(&byte)
    }

    /// The signs of the random part, read off its pattern.
    fn signs_of(pattern: &str) -> Vec<u8> {
        let body = pattern.split_once("(?P<body>").map_or(pattern, |(_, body)| body);
        let spellings =
            [("_-]", "_-"), (" _ ", "_"), (" - ", "-"), ("+/", "+/="), (" / ", "/"), (r"\.", ".")];
        spellings
            .iter()
            .filter(|(spelt, _)| body.contains(spelt))
            .flat_map(|(_, signs)| signs.bytes())
            .collect()
    }

    /// The pattern; anchored at its start for what is found by keyword. Compiled when first needed.
    pub(super) fn pattern(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let anchor = if self.beside.is_some() { "" } else { "^" };
            RegexBuilder::new(&format!("{anchor}(?:{})", self.pattern))
                .ignore_whitespace(true)
                .unicode(false)
                .build()
                .expect("a test compiles every pattern of the vocabulary")
        })
    }
}

/// All rules, with the automaton over their keywords.
pub(super) struct Vocabulary {
    pub(super) rules: Vec<SecretRule>,
    /// Finds every keyword in one pass.
    pub(super) keywords: AhoCorasick,
    /// The rules of each keyword, by the automaton's number of it.
    pub(super) by_keyword: Vec<Vec<usize>>,
    /// Digests of values that vendors publish as examples.
    pub(super) published: BTreeSet<String>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(Vocabulary::load);

/// The vocabulary, read on first use.
pub(super) fn vocabulary() -> &'static Vocabulary {
    &VOCABULARY
}

impl Vocabulary {
    fn load() -> Self {
        #[derive(Deserialize)]
        struct Page {
            rule: Vec<SecretRule>,
        }
        #[derive(Deserialize)]
        struct Known {
            published: BTreeSet<String>,
        }
        let page = |(name, text): &(&str, &str)| {
            let page: Page =
                toml::from_str(text).unwrap_or_else(|e| panic!("rules/secrets/{name}.toml: {e}"));
            page.rule
        };
        let mut rules: Vec<SecretRule> = SECRETS.iter().flat_map(page).collect();
        for rule in &mut rules {
            rule.signs = SecretRule::signs_of(&rule.pattern);
        }
        let words: BTreeSet<&str> = rules.iter().flat_map(|r| &r.keywords).map(String::as_str).collect();
        let of = |word: &&str| {
            rules
                .iter()
                .enumerate()
                .filter(|(_, r)| r.keywords.iter().any(|k| k == word))
                .map(|(i, _)| i)
                .collect()
        };
        let by_keyword = words.iter().map(of).collect();
        let keywords = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&words);
        let known: Known = toml::from_str(PUBLISHED_SECRETS).expect("a test reads the known examples");
        Self {
            keywords: keywords.expect("a few short keywords make a small automaton"),
            by_keyword,
            published: known.published,
            rules,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{scan, template};
    use super::*;

    #[test]
    fn every_file_of_the_vocabulary_is_compiled_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/secrets");
        let mut files: Vec<String> = std::fs::read_dir(root)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap().replace(".toml", ""))
            .collect();
        files.sort();
        let mut known: Vec<&str> = SECRETS.iter().map(|(name, _)| *name).chain(["known-examples"]).collect();
        known.sort_unstable();
        assert_eq!(files, known);
        assert!(!vocabulary().published.is_empty());
    }

    #[test]
    fn ids_are_unique_and_no_keyword_starts_another() {
        let rules = &vocabulary().rules;
        let ids: BTreeSet<&str> = rules.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids.len(), rules.len());
        let words: BTreeSet<&str> = rules.iter().flat_map(|r| &r.keywords).map(String::as_str).collect();
        for (a, b) in words.iter().flat_map(|a| words.iter().map(move |b| (a, b))) {
            assert!(a == b || !b.starts_with(a), "{a} would hide {b}");
        }
    }

    #[test]
    fn every_pattern_compiles_and_names_its_random_part() {
        for rule in vocabulary().rules.iter().filter(|r| r.shape == Shape::Token) {
            assert!(rule.pattern().capture_names().flatten().any(|n| n == "body"), "{}", rule.id);
            assert!(rule.keywords.is_empty() == rule.beside.is_some(), "{}", rule.id);
        }
    }

    #[test]
    fn every_example_is_found_and_no_counterexample() {
        for rule in &vocabulary().rules {
            assert!(!rule.examples.is_empty() && !rule.counterexamples.is_empty(), "{}", rule.id);
            for (template, seed) in rule.examples.iter().flat_map(|t| (0..20).map(move |n| (t, n))) {
                let text = template::make(template, &seed.to_string());
                let found = scan(text.as_bytes());
                assert!(found.iter().any(|s| s.rule.id == rule.id), "{}: {template} ({seed})", rule.id);
            }
            for (template, seed) in rule.counterexamples.iter().flat_map(|t| (0..20).map(move |n| (t, n))) {
                let text = template::make(template, &seed.to_string());
                let found = scan(text.as_bytes());
                assert!(found.iter().all(|s| s.rule.id != rule.id), "{}: {template} ({seed})", rule.id);
            }
        }
    }
}
