//! The metrics that a stretch of text names.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::super::Metric;

const NAMES: &str = "statement|stmt|branch|condition|function|func|method|line|region|instruction";

static NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(&format!(r"(?i)\b(?P<name>{NAMES})(?P<plural>e?s)?\b")).expect("literal"));
/// More metrics, and then the word.
static BEFORE_COVERAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^(?:(?:\s*[,/&+]\s*|\s+)(?:(?:and|or)\s+)?(?:\d[\d.,]*\s?%\s+)?(?:{NAMES})(?:e?s)?)*[\s-]+(?:code |test )?(?:coverage|cov)\b"))
        .expect("literal")
});
/// A branch of a repository, a line of a file.
static NO_METRIC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:this|that|my|our|your|main|master|base|head|feature|current|same|new|release|command|on|in|per|each)\s+$")
        .expect("literal")
});
static LABELS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(?:%|[:=)]|[:=]?\s*\d{1,3}(?:[.,]\d+)?\s?%)").expect("literal"));
static COUNTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|[^/%\d.,])\b\d+\s+$").expect("literal"));

/// Each metric that is named, with its place.
pub(super) fn places(text: &str) -> Vec<(Range<usize>, Metric)> {
    let mut places = Vec::new();
    for found in NAME.captures_iter(text) {
        let whole = found.get(0).expect("group 0 is the match");
        let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
        let of_a_repository = NO_METRIC.is_match(before);
        let named = if found.name("plural").is_some() {
            !COUNTED.is_match(before)
        } else {
            !of_a_repository && (BEFORE_COVERAGE.is_match(after) || LABELS.is_match(after))
        };
        if named {
            places.push((whole.range(), metric(&found["name"])));
        }
    }
    places
}

/// The metrics that a text names, each once.
pub(super) fn named(text: &str) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for (_, metric) in places(text) {
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    metrics
}

/// The metric that a label of a table is, such as `% Stmts`, `Lines` or `Branch coverage (%)`.
pub(super) fn label(text: &str) -> Option<Metric> {
    let mut found = NAME.captures_iter(text);
    let only = found.next()?;
    let rest = NAME.replace(text, "").to_lowercase();
    let plain = rest
        .split(|c: char| !c.is_alphanumeric())
        .all(|word| matches!(word, "" | "coverage" | "cover" | "cov" | "covered" | "rate"));
    (plain && found.next().is_none()).then(|| metric(&only["name"]))
}

fn metric(name: &str) -> Metric {
    match name.to_ascii_lowercase().as_str() {
        "statement" | "stmt" => Metric::Statements,
        "branch" | "condition" => Metric::Branches,
        "function" | "func" | "method" => Metric::Functions,
        "region" | "instruction" => Metric::Regions,
        _ => Metric::Lines,
    }
}
