//! One sentence to the claims that it makes. What is ambiguous is no claim.

mod coverage;
mod scope;
mod subjects;
mod tests_added;
mod tests_pass;

use super::ClaimKind;
use super::vocabulary::WORDS;

pub(super) use scope::{DependencyExtent, Extent};
pub(super) use scope::{
    coverage as coverage_extent, dependencies as dependency_extent, tests as tests_extent,
};

/// The claims in a sentence, at most one of a kind except for lists.
pub(super) fn kinds(sentence: &str) -> Vec<ClaimKind> {
    let plain = sentence.trim();
    if plain.ends_with('?') || denied_by_a_mark(plain) {
        return Vec::new();
    }
    let mut kinds = Vec::new();
    kinds.extend(coverage::claims(plain));
    kinds.extend(tests_pass::claim(plain));
    kinds.extend(tests_added::claim(plain));
    kinds.extend(scope::docs_only(plain).then_some(ClaimKind::DocsOnly));
    kinds.extend(scope::no_new_dependencies(plain).then_some(ClaimKind::NoNewDependencies));
    kinds.extend(subjects::claims(plain));
    kinds
}

/// Boxes and crosses that say "not done".
fn denied_by_a_mark(sentence: &str) -> bool {
    ["[ ]", "☐", "❌", "✗", "✘", "⏳", "🔲", "⬜", "🚧", "❓"].iter().any(|mark| sentence.starts_with(mark))
}

/// Whether the words hold nothing that hedges, plans, conditions, denies, or speaks of another time.
fn asserts(words: &str) -> bool {
    let words = WORDS.harmless.replace_all(words, "");
    ![&WORDS.unsure, &WORDS.conditions, &WORDS.negations, &WORDS.elsewhere].iter().any(|p| p.is_match(&words))
}

/// A number with or without thousands separators.
fn number(digits: &str) -> Option<u64> {
    digits.replace([',', '_'], "").parse().ok()
}

#[cfg(test)]
mod tests;
