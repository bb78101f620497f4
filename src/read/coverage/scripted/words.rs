//! What names and texts say of coverage.

use super::super::Gate;

/// What a name promises of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// The figure must reach it.
    Least,
    /// The figure may fall by it.
    Drop,
}

impl Promise {
    pub(super) fn gate(self, figure: f64) -> Gate {
        match self {
            Self::Least => Gate::AtLeast(figure),
            Self::Drop => Gate::Drop(figure),
        }
    }
}

/// What a variable, an input or a constant is for by its name. `around` tells whether the words around it speak of
/// coverage already: then `THRESHOLD` alone is enough.
pub(super) fn promise(name: &str, around: bool) -> Option<Promise> {
    let parts = parts(name);
    let has = |words: &[&str]| parts.iter().any(|part| words.contains(&part.as_str()));
    let covers = around || parts.iter().any(|part| matches!(part.as_str(), "cov" | "cover" | "coverage"));
    if !covers {
        return None;
    }
    if has(&["drop", "decrease", "decline", "regression"])
        && has(&["max", "allowed", "maximum", "tolerance", "limit"])
    {
        return Some(Promise::Drop);
    }
    // A colour's limit and a retry's are none.
    if has(&[
        "color", "colour", "green", "yellow", "orange", "red", "badge", "max", "maximum", "time", "timeout",
        "retries", "seconds", "size", "count", "workers", "version", "port",
    ]) {
        return None;
    }
    let least = has(&[
        "min",
        "minimum",
        "threshold",
        "thresholds",
        "required",
        "require",
        "floor",
        "target",
        "goal",
        "gate",
        "baseline",
        "least",
    ]) || (has(&["fail"]) && has(&["under", "below"]));
    least.then_some(Promise::Least)
}

/// The words of a name: `minCoverage`, `MIN_COVERAGE` and `min-coverage` are one.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut open = false;
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        if !open || (lower && c.is_uppercase()) {
            parts.push(String::new());
            open = true;
        }
        lower = c.is_lowercase() || c.is_numeric();
        parts.last_mut().expect("a part is open").extend(c.to_lowercase());
    }
    parts
}

/// Whether a text speaks of coverage.
pub(super) fn speaks(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("coverage")
        || text.contains("--cov")
        || text.contains("covdata")
        || text.contains("coverprofile")
        || text.contains("codecov")
}

/// A percentage as it is written: `80`, `"80%"`, `${NAME:-80}`. `None` where it is no number, an error where only a run
/// can tell.
pub(super) fn figure(text: &str) -> Option<Result<f64, String>> {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    let default = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let default = default.and_then(|rest| rest.split_once(":-").or_else(|| rest.split_once(":=")));
    let written = default.map_or(text, |(_, value)| value.trim_matches(['"', '\'']));
    match written.trim_end_matches('%').parse::<f64>() {
        Ok(number) if (0.0..=100.0).contains(&number) => Some(Ok(number)),
        Ok(_) => None,
        Err(_) if text.contains('$') => Some(Err(text.to_owned())),
        Err(_) => None,
    }
}
