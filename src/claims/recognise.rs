//! One sentence to the claims that it makes. What is ambiguous is no claim.

mod clause;
mod coverage;
mod dependency;
mod faster;
mod fixes;
mod gates;
mod phrases;
mod replaced;
mod scope;
mod size;
mod subjects;
mod tests_added;
mod tests_pass;

use super::ClaimKind;
use super::vocabulary::WORDS;

pub(super) use coverage::output::{Total, is_output, leads_to_a_part, totals};
pub(super) use coverage::table::{Row, claims as row_claims, is_metric};
pub(super) use coverage::{Near, titles_a_part};
pub(super) use gates::output::results;
pub(super) use gates::row_claims as gate_row_claims;
pub(super) use scope::{DependencyExtent, Extent, dependencies as dependency_extent, tests as tests_extent};
pub(super) use subjects::named;

/// The claims in a sentence, at most one of a kind except for lists.
pub(super) fn kinds(sentence: &str, near: Near) -> Vec<ClaimKind> {
    let plain = sentence.trim();
    if is_question(plain) || denied_by_a_mark(plain) {
        return Vec::new();
    }
    let mut kinds = coverage::claims(plain, near);
    if near.breaking && is_none(plain) {
        kinds.push(ClaimKind::NoBreakingChange);
    }
    for kind in others(plain, near.ticked) {
        add(&mut kinds, kind);
    }
    kinds
}

/// The claims in a cell of a table, whose figures are read with its row.
pub(super) fn in_cell(text: &str) -> Vec<ClaimKind> {
    let plain = text.trim();
    if is_question(plain) || denied_by_a_mark(plain) { Vec::new() } else { others(plain, false) }
}

fn others(sentence: &str, ticked: bool) -> Vec<ClaimKind> {
    let plain = clause::without_code(sentence);
    let mut kinds = gates::claims(sentence, &plain, ticked);
    let mut more: Vec<ClaimKind> = Vec::new();
    more.extend(tests_pass::claim(sentence));
    more.extend(tests_added::claim(sentence));
    more.extend(scope::docs_only(sentence).then_some(ClaimKind::DocsOnly));
    more.extend(scope::no_new_dependencies(sentence).then_some(ClaimKind::NoNewDependencies));
    more.extend(phrases::claims(sentence, &plain, ticked));
    more.extend(size::claim(&plain));
    more.extend(fixes::claims(&plain));
    more.extend(faster::claim(&plain).then_some(ClaimKind::Faster));
    let dependencies = dependency::claims(sentence, &plain);
    if dependencies.is_empty() {
        more.extend(subjects::claims(sentence));
        more.extend(replaced::claim(sentence, &plain));
    }
    more.extend(dependencies);
    for kind in more {
        add(&mut kinds, kind);
    }
    kinds
}

/// A kind that was read twice from one sentence counts once: as that which names more.
fn add(kinds: &mut Vec<ClaimKind>, kind: ClaimKind) {
    if let ClaimKind::TestsPass { passed, command } = &kind {
        let said = kinds.iter_mut().find_map(|other| match other {
            ClaimKind::TestsPass { passed, command } => Some((passed, command)),
            _ => None,
        });
        if let Some((known, by)) = said {
            *known = known.or(*passed);
            if by.is_none() {
                by.clone_from(command);
            }
            return;
        }
    }
    let counted = matches!(kind, ClaimKind::TestsAdded { .. })
        && kinds.iter().any(|k| matches!(k, ClaimKind::TestsAdded { .. }));
    if !counted && !kinds.contains(&kind) {
        kinds.push(kind);
    }
}

fn is_question(sentence: &str) -> bool {
    sentence.ends_with(['?', '？']) || sentence.starts_with('¿')
}

/// "None.", "No", "N/A".
fn is_none(sentence: &str) -> bool {
    let plain = sentence.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    matches!(plain.as_str(), "none" | "no" | "n/a" | "none expected" | "no breaking changes")
}

/// Boxes and crosses that say "not done".
fn denied_by_a_mark(sentence: &str) -> bool {
    ["[ ]", "☐", "❌", "✗", "✘", "⏳", "🔲", "⬜", "🚧", "❓"].iter().any(|mark| sentence.starts_with(mark))
}

/// Whether the words hold nothing that hedges, plans, conditions, denies, or speaks of another time.
pub(super) fn asserts(words: &str) -> bool {
    let words = WORDS.harmless.replace_all(words, "");
    ![&WORDS.unsure, &WORDS.conditions, &WORDS.negations, &WORDS.elsewhere].iter().any(|p| p.is_match(&words))
}

/// A number with or without thousands separators.
fn number(digits: &str) -> Option<u64> {
    digits.replace([',', '_'], "").parse().ok()
}

#[cfg(test)]
mod tests;
