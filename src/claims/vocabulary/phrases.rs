//! `rules/claims/`: the phrases of each language and the commands, compiled once to linear-time patterns.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Deserialize;

use super::pattern;
use crate::vocabularies;

/// English, whose sentences are taken apart further than others.
pub(in crate::claims) static ENGLISH: LazyLock<English> = LazyLock::new(|| {
    let raw: RawEnglish =
        toml::from_str(vocabularies::CLAIMS_ENGLISH).expect("a test reads rules/claims/en.toml");
    English::compile(&raw)
});
/// The other languages.
pub(in crate::claims) static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let read = |(_, text): &(&str, &str)| toml::from_str(text).expect("a test reads rules/claims/");
    vocabularies::CLAIMS_BY_LANGUAGE.iter().map(|file| Language::compile(&read(file))).collect()
});
/// What is known as a command.
pub(in crate::claims) static COMMANDS: LazyLock<Commands> = LazyLock::new(|| {
    toml::from_str(vocabularies::CLAIMS_COMMANDS).expect("a test reads rules/claims/commands.toml")
});

/// Commands beyond those that are gates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::claims) struct Commands {
    pub(in crate::claims) builds: Vec<String>,
    pub(in crate::claims) programs: Vec<String>,
    pub(in crate::claims) plain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEnglish {
    guards: RawGuards,
    words: BTreeMap<String, String>,
    says: BTreeMap<String, Vec<String>>,
    ticked: BTreeMap<String, Vec<String>>,
    gates: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGuards {
    before: Vec<String>,
    denials: Vec<String>,
    after: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLanguage {
    /// What a sentence of that language holds, as a regular expression; empty where the phrases tell enough.
    #[serde(default)]
    spoken: String,
    denies: Vec<String>,
    #[serde(default)]
    words: BTreeMap<String, String>,
    #[serde(default)]
    results: Vec<String>,
    says: BTreeMap<String, Vec<String>>,
}

/// A pattern that is compiled when a text is first held against it: most texts are of one language and tick no box.
type Late = LazyLock<Regex, Box<dyn FnOnce() -> Regex + Send>>;

fn late(text: String) -> Late {
    LazyLock::new(Box::new(move || pattern(&text)))
}

/// The phrases of one kind, each over a whole clause.
pub(in crate::claims) struct Phrases {
    pub(in crate::claims) kind: String,
    pub(in crate::claims) patterns: Vec<Late>,
}

impl Phrases {
    /// Where a clause is one of them: what the phrase names. The words that the phrase leaves open hold none of `denied`.
    pub(in crate::claims) fn said_by<'t>(&self, clause: &'t str, denied: &Regex) -> Option<Captures<'t>> {
        let open = |found: &Captures<'_>, pattern: &Regex| {
            let names = pattern.capture_names().flatten().filter(|name| name.starts_with("open"));
            names.filter_map(|name| found.name(name)).any(|words| denied.is_match(words.as_str()))
        };
        // Most clauses are none: whether one matches is found out much faster than what it names.
        let likely = self.patterns.iter().filter(|pattern| pattern.is_match(clause));
        let mut found = likely.filter_map(|pattern| Some((pattern.captures(clause)?, pattern)));
        found.find(|(found, pattern)| !open(found, pattern)).map(|(found, _)| found)
    }
}

/// English, compiled.
pub(in crate::claims) struct English {
    pub(in crate::claims) before: Regex,
    pub(in crate::claims) denials: Regex,
    pub(in crate::claims) after: Regex,
    pub(in crate::claims) says: Vec<Phrases>,
    pub(in crate::claims) ticked: Vec<Phrases>,
    /// What passes, by kind, each as alternatives.
    pub(in crate::claims) gates: Vec<(String, String)>,
    pub(in crate::claims) modifiers: String,
}

/// Another language, compiled.
pub(in crate::claims) struct Language {
    spoken: Option<Regex>,
    pub(in crate::claims) denies: Late,
    /// The results of a command, as alternatives; empty where none are known.
    pub(in crate::claims) results: String,
    pub(in crate::claims) says: Vec<Phrases>,
}

impl English {
    fn compile(raw: &RawEnglish) -> Self {
        let mut gates = raw.gates.clone();
        let modifiers = gates.remove("modifiers").unwrap_or_default().join("|");
        Self {
            before: words(&raw.guards.before),
            denials: words(&raw.guards.denials),
            after: words(&raw.guards.after),
            says: phrases(&raw.says, &raw.words),
            ticked: phrases(&raw.ticked, &raw.words),
            gates: gates.into_iter().map(|(kind, words)| (kind, words.join("|"))).collect(),
            modifiers,
        }
    }
}

impl Language {
    fn compile(raw: &RawLanguage) -> Self {
        Self {
            spoken: (!raw.spoken.is_empty()).then(|| pattern(&raw.spoken)),
            denies: late(format!("(?i){}", raw.denies.join("|"))),
            results: raw.results.join("|"),
            says: phrases(&raw.says, &raw.words),
        }
    }

    /// Whether a sentence may be of this language.
    pub(in crate::claims) fn spoken(&self, sentence: &str) -> bool {
        self.spoken.as_ref().is_none_or(|spoken| spoken.is_match(sentence))
    }
}

/// Any of the words, whole; `n't` ends one.
fn words(words: &[String]) -> Regex {
    let (suffixes, whole): (Vec<&String>, Vec<&String>) =
        words.iter().partition(|word| word.starts_with("n'"));
    let mut text = whole.into_iter().map(String::as_str).collect::<Vec<_>>().join("|");
    text = format!(r"(?i)\b(?:{text})\b");
    for suffix in suffixes {
        text.push_str(&format!(r"|\w{suffix}\b"));
    }
    pattern(&text.replace('\'', "['\u{2019}]"))
}

fn phrases(says: &BTreeMap<String, Vec<String>>, words: &BTreeMap<String, String>) -> Vec<Phrases> {
    let compile = |phrase: &String| {
        let text = open(&filled(phrase, words).replace('\'', "['\u{2019}]"));
        late(format!("(?i)^(?:{text})$"))
    };
    let of_kind = |(kind, phrases): (&String, &Vec<String>)| Phrases {
        kind: kind.clone(),
        patterns: phrases.iter().map(compile).collect(),
    };
    says.iter().map(of_kind).collect()
}

/// Gives every `.*` a name, so that what it takes in can be looked at.
fn open(text: &str) -> String {
    let mut parts = text.split(".*");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |text, (at, part)| format!("{text}(?P<open{at}>.*){part}"))
}

/// Names in braces replaced by their alternatives, which may name others.
fn filled(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for _ in 0..3 {
        for (name, alternatives) in words {
            text = text.replace(&format!("{{{name}}}"), &format!("(?:{alternatives})"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_phrases_compiles_and_names_known_kinds() {
        assert!(!ENGLISH.says.is_empty() && !COMMANDS.builds.is_empty());
        LANGUAGES.iter().for_each(|language| assert!(!language.denies.as_str().is_empty()));
        let known = crate::claims::block_keys();
        let name = Regex::new(r"[^pP]\{[a-z]").unwrap();
        let kinds =
            LANGUAGES.iter().flat_map(|language| &language.says).chain(&ENGLISH.says).chain(&ENGLISH.ticked);
        for phrases in kinds {
            assert!(known.contains(&phrases.kind.as_str()), "{} is no kind", phrases.kind);
            let unfilled = |pattern: &Late| name.is_match(pattern.as_str());
            assert!(!phrases.patterns.iter().any(unfilled), "{} holds an unfilled name", phrases.kind);
        }
    }
}
