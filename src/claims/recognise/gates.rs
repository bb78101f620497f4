//! What is said to pass: "`npm run lint` ✅", "lint, type-check and build are green", "no clippy warnings",
//! "compiles cleanly", "Ran `make docs`".

mod command;
pub(in crate::claims) mod output;
mod words;

use std::sync::LazyLock;

use regex::Regex;

use super::super::ClaimKind;
use super::super::vocabulary::WORDS;
use super::clause;

/// A sign that stands for "passed".
static DONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\s>*•-]*(?:✅|☑\u{fe0f}?|✔\u{fe0f}?|✓|🟢|\[x\])\s*").expect("literal"));
/// A sign that stands for "failed", "skipped" or "not yet".
static UNDONE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:⚠|❌|✗|✘|⏳|🚫|⏭|⏸|🟡|🔴|⬜|☐|❓|❔|➖|🚧|\[ \])").expect("literal"));
/// What denies a failure. Taken out before the guards look.
static HARMLESS: LazyLock<Regex> = LazyLock::new(|| {
    let things = r"(?:errors?|warnings?|failures?|failed|failing|issues?|problems?|violations?|regressions?|vulnerabilities|findings|diagnostics|pending|skipped|lints)(?:\(s\))?";
    Regex::new(&format!(
        r"(?i)\b(?:0|no|zero|without(?:\s+any)?|free\s+of|not?\s+new)\s+(?:[\w-]+\s+){{0,3}}?{things}(?:\s*(?:,|/|or|and|&|\+)\s*(?:(?:0|no|zero)\s+)?(?:[\w-]+\s+)?{things})*|\bfailed:\s*0\b|\bfailures?:\s*0\b|\berrors?:\s*0\b"
    ))
    .expect("literal")
});

/// What a sentence says passes. `plain` is the sentence without its code; `ticked` whether it stands at a ticked box.
pub(super) fn claims(sentence: &str, plain: &str, ticked: bool) -> Vec<ClaimKind> {
    if UNDONE.is_match(plain) || is_ordered(plain) {
        return Vec::new();
    }
    let marked = ticked || DONE.is_match(plain);
    let start = DONE.find(plain).map_or(0, |mark| mark.end());
    let mut kinds = command::claims(sentence, plain, start, marked);
    for kind in words::claims(sentence, plain, start, marked) {
        let same = |other: &ClaimKind| {
            other == &kind
                || matches!((other, &kind), (ClaimKind::TestsPass { .. }, ClaimKind::TestsPass { .. }))
        };
        if !kinds.iter().any(same) {
            kinds.push(kind);
        }
    }
    kinds
}

/// A row of a table: what is judged in its first cell or as a command, the result in a later one.
pub(in crate::claims) fn row_claims(cells: &[String]) -> Vec<ClaimKind> {
    let Some((first, rest)) = cells.split_first().filter(|(_, rest)| !rest.is_empty() && rest.len() < 8)
    else {
        return Vec::new();
    };
    let plain: Vec<String> = rest.iter().map(|cell| clause::without_code(cell.trim())).collect();
    if plain.iter().any(|cell| UNDONE.is_match(cell) || words::is_bad(cell)) {
        return Vec::new();
    }
    let results: Vec<usize> = (0..rest.len()).filter(|i| words::is_result(&plain[*i])).collect();
    let &[result] = results.as_slice() else { return Vec::new() };
    let label = rest.iter().find(|cell| cell.trim().starts_with('`')).unwrap_or(first);
    let sentence = format!("{}: {}", label.trim(), rest[result].trim());
    let plain = clause::without_code(&sentence);
    let mut kinds = claims(&sentence, &plain, false);
    if label != first {
        let sentence = format!("{}: {}", first.trim(), rest[result].trim());
        let more = words::claims(&sentence, &clause::without_code(&sentence), 0, false);
        kinds.extend(
            more.into_iter().filter(|kind| {
                matches!(kind, ClaimKind::LintPasses | ClaimKind::TypesPass | ClaimKind::Builds)
            }),
        );
        kinds.dedup();
    }
    kinds
}

/// Whether the words tell somebody to do it.
fn is_ordered(plain: &str) -> bool {
    WORDS.instructions.is_match(plain.trim_start_matches(|c: char| !c.is_alphanumeric()))
}

/// Whether nothing in the words hedges, plans, denies or excepts.
fn asserts(plain: &str) -> bool {
    let rest = HARMLESS.replace_all(plain, "");
    super::asserts(&rest) && !WORDS.exceptions.is_match(&rest) && !words::is_bad(&rest)
}
