//! One sentence to the claims that it makes. What is ambiguous is no claim.

mod coverage;
mod scope;
mod subjects;
mod tests_added;
mod tests_pass;

use super::ClaimKind;
use super::vocabulary::WORDS;

pub(super) use coverage::output::{Total, is_output, leads_to_a_part, totals};
pub(super) use coverage::table::{Row, claims as row_claims, is_metric};
pub(super) use coverage::{Near, titles_a_part};
pub(super) use scope::{DependencyExtent, Extent, dependencies as dependency_extent, tests as tests_extent};

/// The claims in a sentence, at most one of a kind except for lists.
pub(super) fn kinds(sentence: &str, near: Near) -> Vec<ClaimKind> {
    let plain = sentence.trim();
    if plain.ends_with('?') || denied_by_a_mark(plain) {
        return Vec::new();
    }
    let mut kinds = coverage::claims(plain, near);
    kinds.extend(others(plain));
    kinds
}

/// The claims in a cell of a table, whose figures are read with its row.
pub(super) fn in_cell(text: &str) -> Vec<ClaimKind> {
    let plain = text.trim();
    if plain.ends_with('?') || denied_by_a_mark(plain) { Vec::new() } else { others(plain) }
}

fn others(plain: &str) -> Vec<ClaimKind> {
    let mut kinds = Vec::new();
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
