//! The rules of credentials as data: `rules/secrets/*.toml`, compiled in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

use super::form::Form;
use super::generic::{Means, Whole};
use super::keywords::Keywords;
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
    /// Words near which a credential is a note at most: the text explains itself with examples there.
    #[serde(default)]
    doubtful_near: Vec<String>,
    /// Globs of the only files in which the rule looks, under any folder.
    #[serde(default)]
    paths: Vec<String>,
    /// Globs of files in which the rule does not look, under any folder.
    #[serde(default)]
    not_paths: Vec<String>,
    /// Where the pattern starts, if not at the keyword: the keyword then stands inside.
    pub(super) start: Option<String>,
    /// How many bytes before the keyword the pattern starts: the first place that matches counts.
    #[serde(default)]
    pub(super) leads: Vec<usize>,
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
    /// The pattern is that of the value which a name is given, where the name holds the keyword and says that it is
    /// a secret's; else it stands at the keyword.
    #[serde(default)]
    pub(super) named: bool,
    #[serde(default)]
    pub(super) min_entropy: f64,
    #[serde(default)]
    pub(super) min_changes: f64,
    #[serde(default)]
    pub(super) validator: Validator,
    /// Templates that must be found.
    pub examples: Vec<String>,
    /// Templates in which this rule must find nothing.
    pub counterexamples: Vec<String>,
    #[serde(skip)]
    form: OnceLock<Form>,
    #[serde(skip)]
    compiled: OnceLock<Regex>,
    #[serde(skip)]
    files: OnceLock<(GlobSet, GlobSet)>,
}

/// What leads from a keyword to the value of the name in which it stands: `cohere` to that of `COHERE_API_KEY = "…"`.
const NAMED: &str = r#"
  (?i: [a-z0-9_.\x20-]{0,40}? (?: key | token | secret | pass | auth | pat | sid | login | webhook )
       [a-z0-9_.-]{0,24} )
  (?: \\? ["'`] )? [\])]? [\x20\t]* (?: [:?]{0,3} = | => | -> | [:,] ) [\x20\t]* (?: \\? ["'`] )?
  (?: (?: Bearer | Token | token ) \x20 )?
"#;

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

/// Whether one of the words stands in the text.
fn holds_one(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
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

    /// Whether the keyword is a part of the credential itself.
    pub(super) fn has_prefix(&self) -> bool {
        self.shape == Shape::Token && !self.named
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
        (self.near.is_empty() || holds_one(&lower, &self.near)) && !holds_one(&lower, &self.not_near)
    }

    /// Whether the words around a credential make an example of it.
    pub(super) fn is_doubtful(&self, surroundings: &[u8]) -> bool {
        !self.doubtful_near.is_empty() && holds_one(&surroundings.to_ascii_lowercase(), &self.doubtful_near)
    }

    /// Whether the byte may stand in the random part.
    pub(super) fn takes(&self, byte: u8) -> bool {
        self.form().random[usize::from(byte)]
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

    /// Whether its match is the credential, from the first byte on.
    pub(super) fn starts_itself(&self) -> bool {
        self.form().starts_itself
    }

    /// Whether the first bytes may be those of a match: cheap, and never false where the pattern matches.
    pub(super) fn may_match(&self, window: &[u8]) -> bool {
        let form = self.form();
        window.get(..form.shortest).is_some_and(|head| head.iter().all(|b| form.bytes[usize::from(*b)]))
    }

    fn form(&self) -> &Form {
        self.form.get_or_init(|| Form::of(&self.whole_pattern()))
    }

    fn whole_pattern(&self) -> Cow<'_, str> {
        if self.named {
            Cow::Owned(format!("{NAMED} (?P<value> (?P<body> {} ) )", self.pattern))
        } else {
            Cow::Borrowed(&self.pattern)
        }
    }

    /// The pattern; anchored at its start for what is found by keyword. Compiled when first needed.
    pub(super) fn pattern(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let anchor = if self.beside.is_some() { "" } else { "^" };
            RegexBuilder::new(&format!("{anchor}(?:{})", self.whole_pattern()))
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
    pub(super) keywords: Keywords,
    /// The rules of each keyword, by the automaton's number of it.
    pub(super) by_keyword: Vec<Vec<usize>>,
    /// The rules that look at whole files.
    pub(super) of_files: Vec<usize>,
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
        let (words, by_keyword) = words.into_iter().unzip();
        let known: Known = toml::from_str(PUBLISHED_SECRETS).expect("a test reads the known examples");
        let of_files = (0..rules.len()).filter(|number| rules[*number].shape == Shape::File).collect();
        Self { keywords: Keywords::new(words), by_keyword, of_files, published: known.published, rules }
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

    #[test]
    fn of_what_is_public_by_design_no_rule_says_anything() {
        for rule in vocabulary().rules.iter().filter(|rule| rule.public) {
            for (template, seed) in rule.examples.iter().flat_map(|t| (0..20).map(move |n| (t, n))) {
                let text = template::make(template, &seed.to_string());
                assert!(scan(text.as_bytes()).is_empty(), "{}: {template} ({seed})", rule.id);
            }
        }
    }
}
