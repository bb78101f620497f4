//! Coverage figures: "coverage is 87.5 %", "45.0 % → 48.7 %", "100% across statements, branches, functions, lines".

use std::sync::LazyLock;

use regex::Regex;

use super::super::vocabulary::WORDS;
use super::super::{ClaimKind, Metric};
use super::asserts;

static PERCENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<sign>[~≈<>≥≤+±−-]?\s?)\b(?P<figure>\d{1,3}(?:\.\d+)?)\s?(?:%|percent\b)")
        .expect("literal")
});
static ARROW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:\*\*)?\s*(?:→|->|-->|=>|⟶|to|up to)\s*(?:\*\*)?$").expect("literal")
});
static METRIC: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(statement|branch|function|line)(?:e?s)?\b").expect("literal"));
static COVERAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:coverage|covered)\b").expect("literal"));

/// The figures that a sentence claims.
pub(super) fn claims(sentence: &str) -> Vec<ClaimKind> {
    let metrics = metrics(sentence);
    let spoken_of = COVERAGE.is_match(sentence) || metrics.len() > 1;
    if !spoken_of || !asserts(sentence) || WORDS.coverage_bounds.is_match(sentence) {
        return Vec::new();
    }
    let Some(figures) = figures(sentence) else { return Vec::new() };
    match figures.as_slice() {
        [percent] => vec![ClaimKind::Coverage { percent: *percent, metrics }],
        several if several.len() == metrics.len() => several
            .iter()
            .zip(metrics)
            .map(|(percent, metric)| ClaimKind::Coverage { percent: *percent, metrics: vec![metric] })
            .collect(),
        _ => Vec::new(),
    }
}

/// The figures with the first of each arrow left out; `None` where one is a bound or an estimate.
fn figures(sentence: &str) -> Option<Vec<f64>> {
    let mut figures: Vec<f64> = Vec::new();
    let mut last_end = None;
    for found in PERCENT.captures_iter(sentence) {
        let whole = found.get(0).expect("group 0 is the match");
        let sign = found["sign"].trim();
        if sign == "+" || sign == "±" || sign == "-" && !is_dash(sentence, whole.start()) {
            continue;
        }
        if !sign.is_empty() && sign != "-" {
            let arrow = sign == ">" && sentence[..whole.start()].ends_with(['-', '=']);
            if !arrow {
                return None;
            }
        }
        let between = last_end.map(|end| &sentence[end..found.name("figure").expect("matched").start()]);
        if between.is_some_and(|between| ARROW.is_match(between)) {
            figures.pop();
        }
        let percent: f64 = found["figure"].parse().ok()?;
        if percent > 100.0 {
            return None;
        }
        figures.push(percent);
        last_end = Some(whole.end());
    }
    Some(figures)
}

/// Whether a `-` at that byte parts words rather than makes the figure negative.
fn is_dash(sentence: &str, at: usize) -> bool {
    let before = sentence[..at].chars().next_back();
    let after = sentence[at..].chars().nth(1);
    before.is_some_and(char::is_whitespace) && after.is_some_and(char::is_whitespace)
}

fn metrics(sentence: &str) -> Vec<Metric> {
    let mut metrics = Vec::new();
    for found in METRIC.captures_iter(sentence) {
        let metric = match found[1].to_ascii_lowercase().as_str() {
            "statement" => Metric::Statements,
            "branch" => Metric::Branches,
            "function" => Metric::Functions,
            _ => Metric::Lines,
        };
        if !metrics.contains(&metric) {
            metrics.push(metric);
        }
    }
    metrics
}
