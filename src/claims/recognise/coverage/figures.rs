//! The percentages of a sentence: which are levels, and which are differences, bounds or of something else.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::super::super::Percent;
use super::super::super::vocabulary::WORDS;

/// What a percentage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// How much is covered.
    Level,
    /// By how much it differs from another.
    Difference,
    /// A bar, an estimate or one end of a range.
    Bound,
    /// How much was covered before.
    History,
    /// Not of coverage.
    Other,
}

/// A percentage and where it stands, an arrow with both of its ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) range: Range<usize>,
    pub(super) now: Percent,
    pub(super) before: Option<Percent>,
    pub(super) sort: Sort,
}

const NUMBER: &str = r"\d{1,3}(?:[.,]\d{1,6})?";
const UNIT: &str = r"(?:\s?%|[\s-](?:percent|per\s?cent|pct)\b)";
const TO: &str = r"(?:→|⟶|➜|➔|⇒|-{1,2}>|=>)";

static PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    let bare_from =
        format!(r"(?:\bfrom\s+(?P<spoken>{NUMBER})\s+(?:up\s+)?to\s+|(?P<bare>{NUMBER})\s*{TO}\s*)");
    Regex::new(&format!(r"(?i){bare_from}?(?P<sign>[~≈<>≥≤+±−–-]?=?\s?)\b(?P<figure>{NUMBER})(?P<plus>\+)?{UNIT}(?P<after>\+)?"))
        .expect("literal")
});
/// What stands between the two ends of an arrow.
static ARROW: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)^[*_\s]*(?:{TO}|(?:up )?to)[*_\s~≈]*$")).expect("literal"));
/// What stands between a figure and the one that it replaced.
static INSTEAD_OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s,(]*(?:was|were|(?:up )?from|vs\.?|versus|previously|before:?|prev\.?:?|compared (?:to|with)|base:?)\s*$")
        .expect("literal")
});
static PREVIOUS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:(?:on|in|at) (?:main|master|base|develop|trunk)\b|before\b|previously\b)")
        .expect("literal")
});
static DIFFERENCE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    let moves = r"(?:increas|improv|rais|boost|bump|grow|grew|lift|ris|rose|reduc|decreas|drop|lower)\w*";
    Regex::new(&format!(
        r"(?i)(?:\b(?:by|another|an? additional|additional|extra|up|down|gain(?:s|ed)?(?: of)?|delta:?|change:?|(?:increase|improvement|drop|decrease) of)|\b{moves}|\b{moves}\s+(?:[\w/`.-]+\s+){{0,4}}coverage)\s+$"
    ))
    .expect("literal")
});
static DIFFERENCE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[\s-]*(?:pp\b|points?\b|percentage points?\b|increase\b|improvement\b|higher\b|lower\b|more\b|less\b|gain\b|boost\b|jump\b|drop\b|decrease\b|(?:up|down)\s*(?:$|[.,;)]))")
        .expect("literal")
});
/// "Went up to" tells where it is, "up to" alone what it is at most.
static MOVES_UP_TO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:went|goes|go|gone|moves?d?|climb\w*|ris\w*|rose|bring\w*|brought|bump\w*|push\w*|increas\w*|improv\w*|rais\w*)\s+up\s+to\s+$")
        .expect("literal")
});
static RANGE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d\s?%?\s?[-–—]\s?$|\bbetween\s+(?:\d\S*\s+and\s+)?$|[<>≥≤~]\s*$").expect("literal")
});
static RANGE_AFTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s?[-–—]\s?\d").expect("literal"));
static COVERAGE_FOLLOWS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^\W*(?:[\w/-]+\s+){0,3}?(?:coverage|covered|cov)\b").expect("literal"));

/// The percentages of a sentence in their order.
pub(super) fn read(sentence: &str) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    for found in PERCENT.captures_iter(sentence) {
        let Some(figure) = figure(sentence, &found) else { continue };
        let Some(last) = figures.last_mut() else {
            figures.push(figure);
            continue;
        };
        let between = &sentence[last.range.end..figure.range.start];
        if ARROW.is_match(between) && last.sort != Sort::Difference && figure.before.is_none() {
            let known = last.sort != Sort::Bound && last.sort != Sort::Other;
            last.before = last.before.or(known.then_some(last.now));
            (last.now, last.sort, last.range.end) = (figure.now, figure.sort, figure.range.end);
        } else if last.sort == Sort::Level && last.before.is_none() && INSTEAD_OF.is_match(between) {
            last.before = matches!(figure.sort, Sort::Level | Sort::History).then_some(figure.now);
            last.range.end = figure.range.end;
        } else {
            figures.push(figure);
        }
    }
    figures
}

fn figure(sentence: &str, found: &Captures<'_>) -> Option<Figure> {
    let whole = found.get(0).expect("group 0 is the match");
    let digits = found.name("figure").expect("matched");
    let now = percent(digits.as_str())?;
    let before = found.name("spoken").or_else(|| found.name("bare")).and_then(|m| percent(m.as_str()));
    let start = if before.is_some() { whole.start() } else { digits.start() };
    let sort = sort(sentence, found, digits.start(), whole.end());
    // What says that it is history guards nothing else.
    let told = if sort == Sort::History {
        PREVIOUS.find(&sentence[whole.end()..]).map_or(0, |m| m.end())
    } else {
        0
    };
    Some(Figure { range: start..whole.end() + told, now, before, sort })
}

/// A number of at most 100, its point a point or a comma.
pub(super) fn percent(digits: &str) -> Option<Percent> {
    let digits = digits.replace(',', ".");
    let value: f64 = digits.parse().ok()?;
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    (value <= 100.0).then_some(Percent { value, decimals: u8::try_from(decimals).unwrap_or(6) })
}

fn sort(sentence: &str, found: &Captures<'_>, start: usize, end: usize) -> Sort {
    let (before, after) = (&sentence[..start], &sentence[end..]);
    let sign_at = found.name("sign").map_or(start, |sign| sign.start());
    let sign = found["sign"].trim();
    let ahead = &sentence[..sign_at];
    let arrow = sign == ">" && ahead.ends_with(['-', '=']);
    let range = ahead.trim_end().ends_with(|c: char| c.is_ascii_digit() || c == '%');
    let dash = matches!(sign, "-" | "–")
        && !range
        && (ahead.is_empty() || ahead.ends_with(char::is_whitespace))
        && found["sign"].ends_with(char::is_whitespace);
    if !sign.is_empty() && !arrow && !dash && sign != "=" {
        let negative = matches!(sign, "+" | "±" | "−" | "-" | "–") && !range;
        return if negative { Sort::Difference } else { Sort::Bound };
    }
    let extended = found.name("plus").is_some() || found.name("after").is_some();
    let option = before.ends_with(|c: char| c == '=') && before.contains('`');
    if extended || option || RANGE_AFTER.is_match(after) || !arrow && !dash && RANGE_BEFORE.is_match(before) {
        return Sort::Bound;
    }
    if WORDS.coverage_figure_bounds.is_match(before) && !MOVES_UP_TO.is_match(before) {
        return Sort::Bound;
    }
    if PREVIOUS.is_match(after) {
        return Sort::History;
    }
    if DIFFERENCE_BEFORE.is_match(before) || DIFFERENCE_AFTER.is_match(after) {
        return Sort::Difference;
    }
    if WORDS.coverage_figures_of_others.is_match(after) && !COVERAGE_FOLLOWS.is_match(after) {
        return Sort::Other;
    }
    Sort::Level
}
