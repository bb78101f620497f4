//! The clauses of a sentence, and what around one takes it back.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::ENGLISH;

/// Nothing behind these hangs on what stands before.
static STRONG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[,;()|•—–\n，、；。（）！]|\s-\s|\.\s|:\s+[-*]\s").expect("literal"));
static COLON: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[:：]\s*").expect("literal"));
static WEAK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s(?:and|while|with|but|so|which|thus|&|y|e|et|und|mit)\s").expect("literal")
});

/// A sentence whose code is blanked: between backticks stand as many bytes as before.
pub(super) fn without_code(sentence: &str) -> String {
    let mut plain = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(open) = rest.find('`') {
        let Some(close) = rest[open + 1..].find('`').map(|at| open + 1 + at) else { break };
        plain.push_str(&rest[..=open]);
        plain.extend(std::iter::repeat_n('x', close - open - 1));
        plain.push('`');
        rest = &rest[close + 1..];
    }
    plain.push_str(rest);
    plain
}

/// The clauses, coarse ones first, each without the marks around it. None twice.
pub(super) fn clauses(plain: &str) -> Vec<Range<usize>> {
    let strong = cuts(plain, &[&STRONG]);
    let colons = cuts(plain, &[&STRONG, &COLON]);
    let weak = cuts(plain, &[&STRONG, &COLON, &WEAK]);
    let mut clauses = vec![trimmed(plain, 0..plain.len())];
    for cuts in [strong, colons, weak] {
        for range in cuts {
            let range = trimmed(plain, range);
            if !range.is_empty() && !clauses.contains(&range) {
                clauses.push(range);
            }
        }
    }
    clauses
}

fn cuts(plain: &str, seams: &[&LazyLock<Regex>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> =
        seams.iter().flat_map(|seam| seam.find_iter(plain).map(|m| m.range())).collect();
    found.sort_by_key(|range| range.start);
    let mut start = 0;
    let mut parts = Vec::new();
    for seam in found.into_iter().take(64) {
        if seam.start >= start {
            parts.push(start..seam.start);
            start = seam.end;
        }
    }
    parts.push(start..plain.len());
    parts
}

fn trimmed(plain: &str, range: Range<usize>) -> Range<usize> {
    let text = &plain[range.clone()];
    let front =
        text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '`' | '+' | '"' | '“'));
    let start = range.end - front.len();
    let back = front.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | '!' | '*' | '。' | '！' | '✅' | '✓' | '✔' | '🎉' | '\u{fe0f}')
    });
    start..start + back.len()
}

/// Whether nothing around a clause makes it a wish, a plan, a condition or a denial.
pub(super) fn stands(plain: &str, clause: &Range<usize>) -> bool {
    let (before, after) = (&plain[..clause.start], &plain[clause.end..]);
    let near = STRONG.find_iter(before).last().map_or(before, |seam| &before[seam.end()..]);
    let opened = near.trim().is_empty() || !ENGLISH.denials.is_match(near);
    let ordered = !before.trim().is_empty() && super::WORDS.instructions.is_match(near);
    !ENGLISH.before.is_match(before)
        && opened
        && !ordered
        && !ENGLISH.after.is_match(after)
        && !ENGLISH.before.is_match(&plain[clause.clone()])
        && !is_quoted(plain, clause)
}

/// Words between quotation marks are somebody else's.
pub(super) fn is_quoted(plain: &str, clause: &Range<usize>) -> bool {
    let (before, after) = (&plain[..clause.start], &plain[clause.end..]);
    before.matches('"').count() % 2 == 1 && after.contains('"')
        || before.rfind('“') > before.rfind('”') && after.contains('”')
        || before.rfind('「') > before.rfind('」') && after.contains('」')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_blanked_byte_by_byte() {
        assert_eq!(without_code("a `bé` c `d"), "a `xxx` c `d");
    }

    #[test]
    fn clauses_are_cut_at_marks_and_small_words() {
        let text = "refactor: split it, with no changes.";
        let found: Vec<&str> = clauses(text).into_iter().map(|r| &text[r]).collect();
        let wanted = [
            "refactor: split it, with no changes",
            "refactor: split it",
            "with no changes",
            "refactor",
            "split it",
        ];
        assert_eq!(found[..5], wanted);
    }
}
