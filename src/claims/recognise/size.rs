//! The size of a change: "12 files changed, 340 insertions(+), 27 deletions(-)", "+120/-40 lines", "touches 7 files".

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::ENGLISH;
use super::super::{ClaimKind, Size};
use super::{clause, number};

const N: &str = r"\d[\d,]*";

static STAT: LazyLock<Regex> = LazyLock::new(|| {
    let lines = format!(
        r"(?:\s*[,:(]\s*(?:with\s+)?(?:\+?(?P<added>{N})\s+(?:insertions?(?:\(\+\))?|additions?|lines?\s+added|added)|[-−]?(?P<removed>{N})\s+(?:deletions?(?:\(-\))?|removals?|lines?\s+removed|removed|deleted)|[-−](?P<lines>{N})\s+lines?|(?P<first>[+\-−]{N})\s*(?:/|,|\s)\s*(?P<second>[+\-−]{N})(?:\s+lines?)?))"
    );
    let again = lines.replace("?P<", "?P<also_");
    Regex::new(&format!(
        r"(?i)^(?:only\s+|(?:stats?|diff|total|size|scope):\s*)?(?:(?P<files>{N})\s+files?\s+(?:changed|modified|touched|edited)|files?\s+(?:changed|modified|touched):\s*(?P<count>{N})){lines}?{again}?\s*\)?(?:\s+(?:in|across|total)\b.*)?$"
    ))
    .expect("literal")
});
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(?:(?:stats?|diff|total|size):\s*)?\(?(?P<first>[+\-−]{N})\s*(?:/|,|\s)\s*(?P<second>[+\-−]{N})(?:\s+(?:lines?|loc))?(?:\s+(?:across|in|over)\s+(?P<files>{N})\s+files?)?\)?$")).expect("literal")
});
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?:(?:this\s+(?:pr|change|commit|pull request)|it|the\s+(?:diff|change|pr))\s+)?(?:only\s+)?(?:(?:chang|touch|modif|affect|edit|updat)(?:es|ed|s|ies|ied)\s+(?:only\s+|a total of\s+)?(?P<files>{N})\s+files?|add(?:s|ed)\s+(?P<added>{N})\s+lines?(?:\s+and\s+(?:remove[sd]?|delete[sd]?)\s+(?P<removed>{N})(?:\s+lines?)?)?|(?:remove[sd]|delete[sd])\s+(?P<gone>{N})\s+lines?)(?:\s+(?:across|in|over)\s+(?P<across>{N})\s+files?)?$"
    ))
    .expect("literal")
});

/// The size that a sentence counts.
pub(super) fn claim(plain: &str) -> Option<ClaimKind> {
    let text = plain
        .trim()
        .trim_matches(|c: char| matches!(c, '*' | '.' | '`' | '!' | '✅' | '📊') || c.is_whitespace());
    let text = text.replace("**", "");
    if ENGLISH.before.is_match(&text) {
        return None;
    }
    let whole = of(&text);
    let parts = || clause::clauses(&text).into_iter().find_map(|range| of(&text[range]));
    whole.or_else(|| if text.len() < 120 { parts() } else { None }).map(ClaimKind::Size)
}

fn of(text: &str) -> Option<Size> {
    let found = [&*STAT, &*SIGNED, &*VERB].into_iter().find_map(|pattern| pattern.captures(text))?;
    let named =
        |names: &[&str]| names.iter().find_map(|name| found.name(name)).and_then(|m| number(m.as_str()));
    let mut size = Size {
        files: named(&["files", "count", "across"]),
        added: named(&["added", "also_added"]),
        removed: named(&["removed", "also_removed", "gone", "lines", "also_lines"]),
    };
    for name in ["first", "second", "also_first", "also_second"] {
        let Some(signed) = found.name(name) else { continue };
        let mut chars = signed.as_str().chars();
        let sign = chars.next();
        let lines = number(chars.as_str());
        if sign == Some('+') { size.added = lines } else { size.removed = lines }
    }
    let signs = found.name("first").zip(found.name("second"));
    let apart = signs.is_none_or(|(a, b)| a.as_str().starts_with('+') != b.as_str().starts_with('+'));
    (apart && size != Size::default()).then_some(size)
}
