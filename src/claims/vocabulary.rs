//! `rules/claims.toml`, read once and compiled to linear-time patterns.

mod phrases;

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

use crate::vocabularies;

pub(super) use phrases::{COMMANDS, ENGLISH, LANGUAGES, Language};

/// The vocabulary in force.
pub(super) static WORDS: LazyLock<Vocabulary> = LazyLock::new(|| {
    let raw: Raw = toml::from_str(vocabularies::CLAIMS).expect("a test reads rules/claims.toml");
    Vocabulary::compile(&raw)
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    guards: Guards,
    sections: Sections,
    texts: Texts,
    coverage: Coverage,
    tests: Tests,
    subjects: Subjects,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guards {
    hedges: Vec<String>,
    plans: Vec<String>,
    conditions: Vec<String>,
    negations: Vec<String>,
    exceptions: Vec<String>,
    elsewhere: Vec<String>,
    instructions: Vec<String>,
    harmless: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    foreign: Vec<String>,
    unclaimed: Vec<String>,
    markers: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    quoting: Vec<String>,
    bots: Vec<String>,
    branches: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    bounds: Vec<String>,
    figure_bounds: Vec<String>,
    figures_of_others: Vec<String>,
    others: Vec<String>,
    plain: Vec<String>,
    plain_headings: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tests {
    breaks: Vec<String>,
    things: Vec<String>,
    workflows: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subjects {
    symbols: Vec<String>,
    files: Vec<String>,
    not_files: Vec<String>,
    extensions: Vec<String>,
}

/// Compiled: lists of words are patterns that match one of them whole.
pub(super) struct Vocabulary {
    /// Hedges and plans.
    pub(super) unsure: Regex,
    pub(super) conditions: Regex,
    pub(super) negations: Regex,
    pub(super) exceptions: Regex,
    pub(super) elsewhere: Regex,
    /// At the start of a sentence.
    pub(super) instructions: Regex,
    pub(super) harmless: Regex,
    pub(super) foreign_sections: Vec<String>,
    pub(super) unclaimed_sections: Vec<String>,
    pub(super) markers: Vec<(String, String)>,
    pub(super) quoting: Vec<Regex>,
    pub(super) bots: Vec<String>,
    pub(super) branches: Vec<String>,
    pub(super) coverage_bounds: Regex,
    /// At the end of what stands before a figure.
    pub(super) coverage_figure_bounds: Regex,
    /// At the start of what follows a figure.
    pub(super) coverage_figures_of_others: Regex,
    /// A word before "coverage", with it.
    pub(super) coverage_of_others: Regex,
    pub(super) coverage_plain: HashSet<String>,
    pub(super) coverage_plain_headings: HashSet<String>,
    pub(super) test_breaks: Regex,
    /// At the start of what follows "test".
    pub(super) test_things: Regex,
    pub(super) test_workflows: Regex,
    /// At the start of what follows a name.
    pub(super) symbol_nouns: Regex,
    /// At the start of what follows a name.
    pub(super) file_nouns: Regex,
    pub(super) not_files: Vec<String>,
    pub(super) extensions: Vec<String>,
}

impl Vocabulary {
    fn compile(raw: &Raw) -> Self {
        let unsure: Vec<String> = raw.guards.hedges.iter().chain(&raw.guards.plans).cloned().collect();
        Self {
            unsure: anywhere(&unsure),
            conditions: anywhere(&raw.guards.conditions),
            negations: anywhere(&raw.guards.negations),
            exceptions: anywhere(&raw.guards.exceptions),
            elsewhere: anywhere(&raw.guards.elsewhere),
            instructions: at_start(&raw.guards.instructions),
            harmless: anywhere(&raw.guards.harmless),
            foreign_sections: raw.sections.foreign.clone(),
            unclaimed_sections: raw.sections.unclaimed.clone(),
            markers: raw.sections.markers.clone(),
            quoting: raw.texts.quoting.iter().map(|p| pattern(p)).collect(),
            bots: raw.texts.bots.clone(),
            branches: raw.texts.branches.clone(),
            coverage_bounds: anywhere(&raw.coverage.bounds),
            coverage_figure_bounds: at_end(&raw.coverage.figure_bounds),
            coverage_figures_of_others: at_start(&raw.coverage.figures_of_others),
            coverage_of_others: pattern(&format!(
                r"(?i)\b(?:{})[\s-]+(?:test[\s-]+)?coverage\b",
                alternatives(&raw.coverage.others)
            )),
            coverage_plain: raw.coverage.plain.iter().cloned().collect(),
            coverage_plain_headings: raw.coverage.plain_headings.iter().cloned().collect(),
            test_breaks: anywhere(&raw.tests.breaks),
            test_things: at_start(&raw.tests.things),
            test_workflows: anywhere(&raw.tests.workflows),
            symbol_nouns: at_start(&raw.subjects.symbols),
            file_nouns: at_start(&raw.subjects.files),
            not_files: raw.subjects.not_files.clone(),
            extensions: raw.subjects.extensions.clone(),
        }
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a test compiles every pattern of rules/claims.toml")
}

fn alternatives(words: &[String]) -> String {
    words.iter().map(|w| regex::escape(w).replace('\'', "['\u{2019}]")).collect::<Vec<_>>().join("|")
}

/// `n't` and `n/a` begin or end inside what `\b` calls a word or between words; the edges are spelled out for them.
pub(super) fn anywhere(words: &[String]) -> Regex {
    let (suffixes, whole): (Vec<String>, Vec<String>) =
        words.iter().cloned().partition(|word| word.starts_with("n'"));
    let suffixes =
        if suffixes.is_empty() { String::new() } else { format!(r"|\w(?:{})\b", alternatives(&suffixes)) };
    pattern(&format!(r"(?i)\b(?:{})\b{suffixes}", alternatives(&whole)))
}

fn at_end(words: &[String]) -> Regex {
    pattern(&format!(r"(?i)(?:^|[^\w-])(?:{})(?:\s+the)?[\s:=]*$", alternatives(words)))
}

fn at_start(words: &[String]) -> Regex {
    pattern(&format!(r"(?i)^\s*(?:{})\b", alternatives(words)))
}
