//! "Lint passes", "types check", "it builds" against the check runs and job steps of this commit.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Weighed;
use super::runs::{End, Runs, Told};
use super::{contradicted, supported, unproven};
use crate::change::CheckKind;
use crate::read::gates::{self, Way};

/// Words by which a linter only looks at the format.
const FORMAT: [&str; 10] =
    ["fmt", "format", "formatting", "formatter", "prettier", "rustfmt", "gofmt", "gofumpt", "black", "isort"];
/// Words by which a sentence speaks of a part, or of another place than this commit's runs.
static PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:locally|new|touched|changed|modified|affected|added|these|this file|my|own|most|some|related)\b|`[^`]*[/*][^`]*`")
        .expect("literal")
});
static OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:for|in|on|of|under|within|against)\s+(?P<what>[\w./@`-]+(?:\s+[\w./-]+)?)")
        .expect("literal")
});
static OF_ALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:all|every|ci\b|total|the (?:whole|entire|full|project|repo|repository|codebase|workspace)\b|(?:project|repo|codebase|workspace)\b)").expect("literal")
});

/// `passes` is said of a kind of gate in the sentence `quote`.
pub(super) fn weigh(runs: &Runs<'_>, kind: CheckKind, quote: &str) -> Weighed {
    let told = runs.tell(kind);
    let about: Vec<&Told> = told.iter().filter(|told| is_meant(told, quote)).collect();
    let of = |end: End| about.iter().find(|told| told.end == end);
    match (of(End::Passed), of(End::Failed), of(End::Open)) {
        (None, Some(failed), _) | (Some(_), Some(failed), _) if speaks_of_all(quote) => {
            contradicted(failed.because.clone())
        }
        (_, Some(failed), _) => unproven(format!("{}, and the text may speak of a part", failed.because)),
        (Some(passed), None, _) => supported(passed.because.clone()),
        (None, None, Some(open)) => unproven(open.because.clone()),
        (None, None, None) => {
            let others =
                told.first().map(|told| format!("{}, and the text names another tool", told.because));
            let nothing = || format!("no check run and no job of this commit is known to {}", verb(kind));
            unproven(others.or_else(|| runs.stale()).unwrap_or_else(nothing))
        }
    }
}

/// Whether a run is of the tool that the sentence names; where it names none, every run of the kind is meant, but a
/// formatter only where the sentence speaks of the format.
fn is_meant(told: &Told, quote: &str) -> bool {
    let tools = tools(quote);
    let words: Vec<String> = words(&told.words);
    if !tools.is_empty() {
        return tools.iter().any(|tool| words.contains(tool));
    }
    let format = |words: &[String]| words.iter().any(|word| FORMAT.contains(&word.as_str()));
    !format(&words) || format(&self::words(quote)) || words.iter().any(|word| word.contains("lint"))
}

/// The tools that a sentence names, by the last word of each name: `clippy`, `eslint`.
fn tools(quote: &str) -> Vec<String> {
    let words = words(quote);
    let mut tools = Vec::new();
    for at in 0..words.len() {
        for known in gates::gates(&words[at..words.len().min(at + 3)]) {
            if let Way::Tool(tool) = known.way {
                tools.extend(tool.split(' ').next_back().map(str::to_owned).filter(|word| word != "check"));
            }
        }
    }
    tools
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn speaks_of_all(quote: &str) -> bool {
    !PART.is_match(quote) && OF.captures_iter(quote).all(|found| OF_ALL.is_match(&found["what"]))
}

fn verb(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Lint => "lint it",
        CheckKind::Types => "check its types",
        CheckKind::Build => "build it",
        _ => "judge that",
    }
}
