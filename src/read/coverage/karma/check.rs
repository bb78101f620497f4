//! The figures that the reporters ask for, over everything and of each file.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::RepoPath;
use crate::read::coverage::Gate;
use crate::read::coverage::settings::{figures, globs, texts, untold};
use crate::read::coverage::survey::relative;
use crate::read::glob::{Dialect, Glob};
use crate::read::json::{CONDITION, Object, Value};
use crate::undecided::Undecided;

pub(super) type Gates = Result<BTreeMap<String, Gate>, Undecided>;

/// Figures by their metric.
type Figures = BTreeMap<&'static str, Gate>;

const METRICS: [&str; 4] = ["branches", "functions", "lines", "statements"];

/// Thresholds that stand without `global` and `each` are those over everything.
pub(super) fn told_apart(thresholds: Value) -> Value {
    if thresholds.get("global").is_some() || thresholds.get("each").is_some() {
        return thresholds;
    }
    Value::Object([("global".to_owned(), thresholds)].into_iter().collect::<Object>())
}

/// The gates of a check. A file with figures of its own has gates apart: `each.lines of src/a.js`.
pub(super) fn gates(
    check: &Value,
    base: &str,
    files: &BTreeSet<RepoPath>,
    gate: fn(f64) -> Gate,
    found: &mut BTreeMap<String, Gate>,
) -> Result<(), Undecided> {
    if let Value::Unknown(expression) = check {
        return Err(untold("check", expression));
    }
    for kind in ["global", "each"] {
        let all = check.get(kind).unwrap_or(Value::Null);
        for (metric, figure) in metrics(&all, gate)? {
            found.insert(format!("{kind}.{metric}"), figure);
        }
    }
    let each = check.get("each").unwrap_or(Value::Null);
    let general = metrics(&each, gate)?;
    let overrides = overrides(&each, gate)?;
    let excluded = excluded(&each)?;
    for path in files {
        let seen = relative(base, path.as_str());
        let out = excluded.iter().any(|glob| glob.is_match(&seen));
        let own = overrides.iter().find(|(glob, _)| glob.is_match(&seen)).map(|(_, own)| own);
        for metric in METRICS {
            let usual = general.get(metric).copied().unwrap_or(Gate::AtLeast(0.0));
            let own = own.and_then(|own| own.get(metric)).copied().unwrap_or(usual);
            let own = if out { Gate::AtLeast(0.0) } else { own };
            if own != usual {
                found.insert(format!("each.{metric} of {path}"), own);
            }
        }
    }
    Ok(())
}

/// What the figures over everything are computed from; `None` where none is asked for.
pub(super) fn judged(
    reporter: &Value,
    base: &str,
    files: &BTreeSet<RepoPath>,
) -> Option<Result<BTreeSet<RepoPath>, Undecided>> {
    let global = reporter.at(&["check", "global"])?;
    Some(excluded(&global).map(|excluded| {
        let stays = |path: &&RepoPath| {
            let seen = relative(base, path.as_str());
            !excluded.iter().any(|glob| glob.is_match(&seen))
        };
        files.iter().filter(stays).cloned().collect()
    }))
}

fn metrics(value: &Value, gate: fn(f64) -> Gate) -> Result<Figures, Undecided> {
    let mut found = BTreeMap::new();
    for metric in METRICS {
        let Some(figure) = value.get(metric) else { continue };
        if let Some(number) = figure.as_number() {
            found.insert(metric, gate(number));
            continue;
        }
        found.extend(figures(&figure, metric)?.into_values().next().map(|gate| (metric, gate)));
    }
    Ok(found)
}

/// The patterns with figures of their own, in their order: the first that matches counts.
fn overrides(each: &Value, gate: fn(f64) -> Gate) -> Result<Vec<(Glob, Figures)>, Undecided> {
    let object = match each.get("overrides") {
        Some(Value::Object(object)) => object,
        Some(Value::Unknown(expression)) => return Err(untold("overrides", &expression)),
        Some(Value::Either(_)) => return Err(untold("overrides", CONDITION)),
        _ => return Ok(Vec::new()),
    };
    let mut found = Vec::new();
    for pattern in object.keys() {
        let own = metrics(&object.get(pattern).unwrap_or(Value::Null), gate)?;
        found.push((Glob::new(pattern, Dialect::Minimatch)?, own));
    }
    Ok(found)
}

fn excluded(part: &Value) -> Result<Vec<Glob>, Undecided> {
    globs(&texts(part, "excludes")?.unwrap_or_default(), Dialect::Minimatch)
}
