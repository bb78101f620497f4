//! Codecov's statuses as gates.
//!
//! A status without paths and flags judges the whole report, whatever its name: all of them together are one set of
//! gates, the strictest of each. A status that judges a part keeps its name.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::read::coverage::Gate;
use crate::read::coverage::settings::{texts, truth, untold};
use crate::read::json::Value;
use crate::undecided::Undecided;

type Gates = BTreeMap<String, Gate>;

/// The gates of a configuration. Neither comments nor rounding, colours or notifications are gates: the service
/// compares the figures as they are.
pub(super) fn gates(settings: &Value) -> Result<Gates, Undecided> {
    let mut found = Gates::new();
    let waits = settings.at(&["codecov", "require_ci_to_pass"]);
    let waits = waits.or_else(|| settings.at(&["codecov", "notify", "require_ci_to_pass"]));
    let waits =
        waits.map_or(Ok(true), |value| value.truth()).map_err(|e| untold("require_ci_to_pass", &e))?;
    found.insert("require_ci_to_pass".to_owned(), Gate::On(waits));
    let all = settings.at(&["coverage", "status"]).unwrap_or(Value::Null);
    for kind in ["project", "patch", "changes"] {
        let status = if all == Value::Bool(false) { Some(Value::Bool(false)) } else { all.get(kind) };
        match status {
            // Every account has a status of this kind by default.
            None if kind == "patch" && all.at(&["patch"]).is_none() => {
                insert(&mut found, kind, &Value::Bool(true))?;
            }
            None => {}
            Some(Value::Bool(true)) => insert(&mut found, kind, &Value::Bool(true))?,
            Some(status) => named(&mut found, kind, &status)?,
        }
    }
    parts(&mut found, settings)?;
    Ok(found)
}

/// The statuses of one kind, by their names.
fn named(found: &mut Gates, kind: &str, status: &Value) -> Result<(), Undecided> {
    if let Value::Unknown(expression) = status {
        return Err(untold(kind, expression));
    }
    let statuses = match status {
        Value::Object(statuses) => statuses
            .keys()
            .into_iter()
            .map(|name| (name, statuses.get(name).unwrap_or(Value::Null)))
            .collect(),
        _ => Vec::new(),
    };
    let mut whole = false;
    for (name, status) in statuses {
        let part = ["paths", "flags"]
            .iter()
            .any(|key| texts(&status, key).ok().flatten().is_some_and(|l| !l.is_empty()));
        if enabled(&status)? {
            let key = if part { format!("{kind}.{name}") } else { kind.to_owned() };
            whole |= !part;
            insert(found, &key, &status)?;
        } else if part {
            found.insert(format!("{kind}.{name}"), Gate::On(false));
        }
    }
    if !whole {
        found.entry(kind.to_owned()).or_insert(Gate::On(false));
    }
    Ok(())
}

/// Statuses that components and managed flags bring along.
fn parts(found: &mut Gates, settings: &Value) -> Result<(), Undecided> {
    const KINDS: [(&str, &str, &str, &str); 2] = [
        ("component_management", "individual_components", "component_id", "component"),
        ("flag_management", "individual_flags", "name", "flag"),
    ];
    for (section, list, id, word) in KINDS {
        let Some(section) = settings.get(section) else { continue };
        let default = section.at(&["default_rules", "statuses"]);
        if let (Some(statuses), "flag") = (&default, word) {
            of_part(found, "flags", statuses)?;
        }
        for item in items(section.get(list)) {
            let Some(name) = item.get(id).and_then(|name| name.as_text().map(str::to_owned)) else {
                continue;
            };
            let own = item.get("statuses");
            if let Some(statuses) = own.or_else(|| default.clone().filter(|_| word == "component")) {
                of_part(found, &format!("{word}.{name}"), &statuses)?;
            }
        }
    }
    Ok(())
}

fn of_part(found: &mut Gates, part: &str, statuses: &Value) -> Result<(), Undecided> {
    for status in items(Some(statuses.clone())) {
        let Some(Value::Text(kind)) = status.get("type") else { continue };
        let key = format!("{part}.{kind}");
        if enabled(&status)? {
            insert(found, &key, &status)?;
        } else {
            found.insert(key, Gate::On(false));
        }
    }
    Ok(())
}

fn items(value: Option<Value>) -> Vec<Value> {
    if let Some(Value::List(items)) = value { items } else { Vec::new() }
}

/// The settings of a flag: its own under `flags`, else those of the managed flags with the rules for all below them.
pub(super) fn flag(settings: &Value, name: &str) -> Value {
    if let Some(own) = settings.at(&["flags", name]) {
        return own;
    }
    let managed = settings.get("flag_management").unwrap_or(Value::Null);
    let named = |item: &Value| item.get("name") == Some(Value::Text(name.to_owned()));
    let own = items(managed.get("individual_flags")).into_iter().find(named);
    let mut all = crate::read::json::Object::default();
    all.spread(managed.get("default_rules").unwrap_or(Value::Null));
    all.spread(own.unwrap_or(Value::Null));
    Value::Object(all)
}

/// Whether a status is set at all: an empty one is not, `true` is, and a mapping is unless it says otherwise.
fn enabled(status: &Value) -> Result<bool, Undecided> {
    match status {
        Value::Bool(on) => Ok(*on),
        Value::Object(_) => Ok(truth(status, "enabled")?.unwrap_or(true)),
        _ => Ok(false),
    }
}

/// Puts in the gates of one status, each where it is stricter than what is there.
fn insert(found: &mut Gates, key: &str, status: &Value) -> Result<(), Undecided> {
    let informs = truth(status, "informational")?.unwrap_or(false);
    // The service matches them with the branch of the pull request, not with the one it goes into.
    let branches = texts(status, "branches")?.unwrap_or_default();
    let some =
        !branches.is_empty() && !branches.iter().any(|branch| matches!(branch.as_str(), "*" | ".*" | ""));
    strictest(found, key.to_owned(), Gate::On(!informs && !some));
    let threshold = percent(status, "threshold")?.unwrap_or(0.0);
    // A target is judged less the threshold, which is then no drop that a report may take on top of it.
    let drop = match percent(status, "target")? {
        Some(target) => {
            strictest(found, format!("{key}.target"), Gate::AtLeast(target - threshold));
            0.0
        }
        None => threshold,
    };
    if !key.ends_with("changes") {
        strictest(found, format!("{key}.threshold"), Gate::Drop(drop));
    }
    for name in ["if_ci_failed", "if_not_found"] {
        if let Some(outcome) = texts(status, name)?.and_then(|all| all.into_iter().next()) {
            let fails = !matches!(outcome.as_str(), "success" | "ignore");
            strictest(found, format!("{key}.{name}"), Gate::On(fails));
        }
    }
    Ok(())
}

fn strictest(found: &mut Gates, key: String, gate: Gate) {
    let there = found.entry(key).or_insert(gate);
    if gate.strictness(*there) == Some(Ordering::Greater) {
        *there = gate;
    }
}

/// A percentage, with or without its sign; `auto` is none.
fn percent(status: &Value, key: &str) -> Result<Option<f64>, Undecided> {
    match status.get(key) {
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(Value::Text(text)) => Ok(text.trim().trim_end_matches('%').trim_end().parse().ok()),
        Some(Value::Unknown(expression)) => Err(untold(key, &expression)),
        _ => Ok(None),
    }
}
