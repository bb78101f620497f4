//! The rules of credentials as data: `rules/secrets/*.toml`, compiled in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};

use super::generic::{Means, Whole};
use super::setting::Setting;
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
    /// As the value that a name is given, where the keyword is a part of the name.
    Assignment,
    /// As the password of an address, where the keyword is its `://`.
    Url,
    /// As the value of a header, where the keyword is a part of the header's name or scheme.
    Header,
    /// As a value of the Kubernetes secret whose kind the keyword names.
    Kubernetes,
    /// As the password of a line that starts with a host and the keyword, its port.
    Pgpass,
    /// As a PEM block in base 64, of which the keyword is the start.
    Encoded,
    /// As the whole file, by its path and its bytes: such a rule has no keywords.
    File,
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
    /// The keywords stand for their spellings in lower case, in capitals and with one capital, too.
    #[serde(default)]
    any_case: bool,
    /// Made to be public: what has this form is silent, and no weaker rule takes it for a credential.
    #[serde(default)]
    pub(super) public: bool,
    /// Words of which one must stand near a credential, in any case.
    #[serde(default)]
    near: Vec<String>,
    /// Words of which none may stand near a credential, in any case.
    #[serde(default)]
    not_near: Vec<String>,
    /// Globs of the only files in which the rule looks, under any folder.
    #[serde(default)]
    paths: Vec<String>,
    /// Globs of files in which the rule does not look, under any folder.
    #[serde(default)]
    not_paths: Vec<String>,
    /// Where the pattern starts, if not at the keyword: the keyword then stands inside.
    pub(super) start: Option<String>,
    /// Looked for around a credential of that rule, not around a keyword.
    pub(super) beside: Option<String>,
    #[serde(default)]
    pub(super) shape: Shape,
    /// What the names of an assignment's values must say.
    #[serde(default)]
    pub(super) means: Means,
    /// What a whole file must be.
    #[serde(default)]
    pub(super) whole: Whole,
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
    alphabet: OnceLock<Box<[bool; 256]>>,
    #[serde(skip)]
    compiled: OnceLock<Regex>,
    #[serde(skip)]
    files: OnceLock<(GlobSet, GlobSet)>,
}

fn usual_changes() -> f64 {
    0.2
}

/// The globs as one set; a pattern without a slash is a file's name.
fn globs(patterns: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob =
            GlobBuilder::new(&format!("**/{pattern}")).literal_separator(true).case_insensitive(true).build();
        set.add(glob.expect("a test reads every glob of the vocabulary"));
    }
    set.build().expect("a test reads every glob of the vocabulary")
}

/// The bytes of the classes in a pattern: what a random part is made of.
fn alphabet(pattern: &str) -> [bool; 256] {
    fn collect(hir: &Hir, into: &mut [bool; 256]) {
        match hir.kind() {
            HirKind::Class(Class::Bytes(class)) => {
                class
                    .ranges()
                    .iter()
                    .for_each(|r| into[usize::from(r.start())..=usize::from(r.end())].fill(true));
            }
            HirKind::Class(Class::Unicode(class)) => {
                for range in class.ranges() {
                    let (start, end) = (u32::from(range.start()).min(127), u32::from(range.end()).min(127));
                    into[start as usize..=end as usize].fill(true);
                }
            }
            HirKind::Literal(literal) => literal.0.iter().for_each(|b| into[usize::from(*b)] = true),
            HirKind::Capture(group) => collect(&group.sub, into),
            HirKind::Repetition(repetition) => collect(&repetition.sub, into),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => {
                parts.iter().for_each(|p| collect(p, into))
            }
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }
    fn body(hir: &Hir) -> Option<&Hir> {
        match hir.kind() {
            HirKind::Capture(group) if group.name.as_deref() == Some("body") => Some(&group.sub),
            HirKind::Capture(group) => body(&group.sub),
            HirKind::Repetition(repetition) => body(&repetition.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(body),
            _ => None,
        }
    }
    let parser = regex_syntax::ParserBuilder::new()
        .ignore_whitespace(true)
        .unicode(false)
        .utf8(false)
        .build()
        .parse(pattern);
    let mut bytes = [false; 256];
    if let Some(hir) = parser.as_ref().ok().and_then(body) {
        collect(hir, &mut bytes);
    }
    bytes
}

impl SecretRule {
    /// The rule of a pair's public half, where this is the secret half: beside this one it adds nothing.
    pub fn half(&self) -> Option<&str> {
        self.beside.as_deref()
    }

    /// Whether it goes by names and places, not by a vendor's form.
    pub fn is_generic(&self) -> bool {
        matches!(
            self.shape,
            Shape::Assignment | Shape::Url | Shape::Header | Shape::Kubernetes | Shape::Pgpass
        )
    }

    /// The path of a file in which it looks: of its examples.
    pub fn home(&self) -> String {
        self.paths.first().map(|glob| glob.replace('*', "a")).unwrap_or_default()
    }

    /// Whether the rule looks in such a file.
    pub(super) fn applies_in(&self, setting: &Setting) -> bool {
        if self.paths.is_empty() && self.not_paths.is_empty() {
            return true;
        }
        let (only, never) = self.files.get_or_init(|| (globs(&self.paths), globs(&self.not_paths)));
        (only.is_empty() || only.is_match(setting.path())) && !never.is_match(setting.path())
    }

    /// Whether the words around a credential say nothing else of it.
    pub(super) fn is_meant(&self, surroundings: &[u8]) -> bool {
        if self.near.is_empty() && self.not_near.is_empty() {
            return true;
        }
        let lower = surroundings.to_ascii_lowercase();
        let stands = |word: &String| memchr::memmem::find(&lower, word.as_bytes()).is_some();
        (self.near.is_empty() || self.near.iter().any(stands)) && !self.not_near.iter().any(stands)
    }

    /// Whether the byte may stand in the random part.
    pub(super) fn takes(&self, byte: u8) -> bool {
        self.alphabet.get_or_init(|| Box::new(alphabet(&self.pattern)))[usize::from(byte)]
    }

    /// Its keywords in every spelling that is looked for.
    fn spellings(&self) -> impl Iterator<Item = String> + '_ {
        let cased = |word: &String| {
            let mut capital = word.to_ascii_lowercase();
            capital[..1].make_ascii_uppercase();
            [word.to_ascii_lowercase(), word.to_ascii_uppercase(), capital]
        };
        let others = self.keywords.iter().filter(|_| self.any_case).flat_map(cased);
        self.keywords.iter().cloned().chain(others)
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
        let rules: Vec<SecretRule> = SECRETS.iter().flat_map(page).collect();
        let mut words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (number, rule) in rules.iter().enumerate() {
            for word in rule.spellings() {
                let of = words.entry(word).or_default();
                if of.last() != Some(&number) {
                    of.push(number);
                }
            }
        }
        let keywords = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.keys());
        let by_keyword = words.into_values().collect();
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
    use super::*;

    #[test]
    fn every_file_of_the_vocabulary_is_compiled_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/secrets");
        let mut files: Vec<String> = std::fs::read_dir(root)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap().replace(".toml", ""))
            .collect();
        files.sort();
        let mut known: Vec<&str> =
            SECRETS.iter().map(|(name, _)| *name).chain(["allow-comments", "known-examples"]).collect();
        known.sort_unstable();
        assert_eq!(files, known);
        assert!(!vocabulary().published.is_empty());
    }

    #[test]
    fn ids_are_unique() {
        let rules = &vocabulary().rules;
        let ids: BTreeSet<&str> = rules.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids.len(), rules.len());
    }

    #[test]
    fn every_pattern_compiles_and_names_its_random_part() {
        for rule in vocabulary().rules.iter().filter(|r| r.shape == Shape::Token) {
            assert!(rule.pattern().capture_names().flatten().any(|n| n == "body"), "{}", rule.id);
            assert!(rule.keywords.is_empty() == rule.beside.is_some(), "{}", rule.id);
        }
    }
}
