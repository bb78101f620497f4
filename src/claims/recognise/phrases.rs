//! Phrases that are claims in so many words, in every language of `rules/claims/`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::vocabulary::{ENGLISH, LANGUAGES, Language, WORDS};
use super::super::{ClaimKind, CoverageClaim, Covered};
use super::{clause, coverage, number, subjects};

/// "0 failed" in any language.
static NONE_OF_THEM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b0\s*\S+").expect("literal"));

/// The claims that phrases of a sentence make. `plain` is the sentence without its code.
pub(super) fn claims(sentence: &str, plain: &str, ticked: bool) -> Vec<ClaimKind> {
    let clauses = clause::clauses(plain);
    let mut kinds = Vec::new();
    let ordered = WORDS.instructions.is_match(plain);
    for phrases in ENGLISH.says.iter().chain(ENGLISH.ticked.iter().filter(|_| ticked)) {
        // In a list "markdown-only changes" is one of several things.
        let lone = phrases.kind.ends_with("-only");
        let listed = |range: &Range<usize>| plain[..range.start].trim_end().ends_with([',', '，', '、']);
        let said = |range: &Range<usize>| {
            !(lone && listed(range))
                && phrases.said_by(&plain[range.clone()], &ENGLISH.denials).is_some()
                && clause::stands(plain, range)
                && !(ordered && range.start > 0 && plain[..range.start].trim().len() > 2)
        };
        if clauses.iter().any(said) {
            kinds.extend(plain_kind(&phrases.kind));
        }
    }
    for language in LANGUAGES.iter() {
        if language.spoken(plain) {
            kinds.extend(foreign(language, sentence, plain, &clauses));
        }
    }
    kinds
}

fn foreign(language: &Language, sentence: &str, plain: &str, clauses: &[Range<usize>]) -> Vec<ClaimKind> {
    let mut kinds = Vec::new();
    for phrases in &language.says {
        let found = clauses.iter().find_map(|range| {
            let found = phrases.said_by(&plain[range.clone()], &language.denies)?;
            let around = format!("{} | {}", &plain[..range.start], &plain[range.end..]);
            let around = NONE_OF_THEM.replace_all(&around, "");
            let stands = !language.denies.is_match(&around) && !clause::is_quoted(plain, range);
            stands.then_some((range.start, found))
        });
        if let Some((start, found)) = found {
            kinds.extend(kind(&phrases.kind, sentence, start, &found));
        }
    }
    kinds
}

/// The kinds that need nothing but their name.
fn plain_kind(id: &str) -> Option<ClaimKind> {
    Some(match id {
        "lint-passes" => ClaimKind::LintPasses,
        "types-pass" => ClaimKind::TypesPass,
        "builds" => ClaimKind::Builds,
        "verified-by-hand" => ClaimKind::VerifiedByHand,
        "no-breaking-change" => ClaimKind::NoBreakingChange,
        "backward-compatible" => ClaimKind::BackwardCompatible,
        "behaviour-unchanged" => ClaimKind::BehaviourUnchanged,
        "docs-only" => ClaimKind::DocsOnly,
        "tests-only" => ClaimKind::TestsOnly,
        "tests-unchanged" => ClaimKind::TestsUnchanged,
        "tests-kept" => ClaimKind::TestsKept,
        "no-new-dependencies" => ClaimKind::NoNewDependencies,
        "migration-included" => ClaimKind::MigrationIncluded,
        "tests-added" => ClaimKind::TestsAdded { count: None, of: None },
        "tests-pass" => ClaimKind::TestsPass { passed: None, command: None },
        _ => return None,
    })
}

/// The kinds whose phrase names a count, a figure or a path: `n`, `failed`, `percent`, `name`.
fn kind(id: &str, sentence: &str, start: usize, found: &Captures<'_>) -> Option<ClaimKind> {
    let count = found.name("n").and_then(|n| number(n.as_str()));
    let named = || {
        let name = found.name("name")?;
        subjects::named(&sentence[start + name.start()..start + name.end()])
    };
    match id {
        "tests-pass" => {
            let failed = found.name("failed").and_then(|n| number(n.as_str())).unwrap_or(0);
            (failed == 0).then_some(ClaimKind::TestsPass { passed: count, command: None })
        }
        "tests-added" => Some(ClaimKind::TestsAdded { count, of: None }),
        // Of which code such a figure speaks is not read in other languages.
        "coverage" => {
            let now = coverage::percent(&found["percent"].replace(',', "."))?;
            let of = Covered::Part;
            Some(ClaimKind::Coverage(CoverageClaim {
                now,
                before: None,
                metrics: Vec::new(),
                of,
                in_words: false,
            }))
        }
        "added" => named().map(ClaimKind::Added),
        "changed" => named().map(ClaimKind::Changed),
        "removed" => named().map(ClaimKind::Removed),
        other => plain_kind(other),
    }
}
