//! Settings read from a value: what is there, or why it can't be told.

use std::collections::BTreeMap;

use regex::Regex;

use super::Gate;
use crate::read::glob::{Dialect, Glob};
use crate::read::json::{CONDITION, Value};
use crate::undecided::Undecided;

/// A setting depends on what only a run could tell.
pub(in crate::read) fn untold(key: &str, expression: &str) -> Undecided {
    let named = if expression == CONDITION { CONDITION.to_owned() } else { format!("`{expression}`") };
    Undecided::new(format!(
        "`{key}` depends on {named}, which is not evaluated; write its value out to have it judged"
    ))
}

/// The strings of a setting; `None` where it is not set.
pub(in crate::read) fn texts(settings: &Value, key: &str) -> Result<Option<Vec<String>>, Undecided> {
    settings.get(key).map(|value| value.texts().map_err(|e| untold(key, &e))).transpose()
}

/// The string of a setting.
pub(in crate::read) fn text(settings: &Value, key: &str) -> Result<Option<String>, Undecided> {
    Ok(texts(settings, key)?.and_then(|all| all.into_iter().next()))
}

/// The truth of a setting; `None` where it is not set.
pub(in crate::read) fn truth(settings: &Value, key: &str) -> Result<Option<bool>, Undecided> {
    let value = settings.get(key);
    let value =
        value.map(|value| if value == Value::Text("false".into()) { Value::Bool(false) } else { value });
    value.map(|value| value.truth().map_err(|e| untold(key, &e))).transpose()
}

/// Patterns, all or the first that is not read.
pub(in crate::read) fn globs<'a>(
    patterns: impl IntoIterator<Item = &'a String>,
    dialect: Dialect,
) -> Result<Vec<Glob>, Undecided> {
    patterns.into_iter().map(|pattern| Glob::new(pattern, dialect)).collect()
}

/// The gates of an object and of the objects in it, with their keys joined by dots.
pub(in crate::read) fn figures(value: &Value, key: &str) -> Result<BTreeMap<String, Gate>, Undecided> {
    let mut found = BTreeMap::new();
    collect(value, key, "", 0, &mut found)?;
    Ok(found)
}

fn collect(
    value: &Value,
    key: &str,
    at: &str,
    depth: usize,
    found: &mut BTreeMap<String, Gate>,
) -> Result<(), Undecided> {
    match value {
        Value::Number(number) => drop(found.insert(at.to_owned(), Gate::of_istanbul(*number))),
        Value::Bool(truth) => drop(found.insert(at.to_owned(), Gate::On(*truth))),
        Value::Text(text) => {
            if let Ok(number) = text.trim().trim_end_matches('%').parse() {
                found.insert(at.to_owned(), Gate::of_istanbul(number));
            }
        }
        Value::Object(object) if depth < 4 => {
            if let Some(unknown) = object.unknown() {
                collect(unknown, key, at, depth, found)?;
            }
            for name in object.keys() {
                let inner = if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
                collect(&object.get(name).unwrap_or(Value::Null), key, &inner, depth + 1, found)?;
            }
        }
        Value::Unknown(expression) => return Err(untold(key, expression)),
        Value::Either(_) => return Err(untold(key, CONDITION)),
        _ => {}
    }
    Ok(())
}

/// JavaScript's regular expressions as far as they are ours too. One that only speaks of `node_modules` is left out:
/// nothing from there is looked at.
pub(in crate::read) fn regexes(patterns: &[String]) -> Result<Vec<Regex>, Undecided> {
    let mut found = Vec::new();
    for pattern in patterns {
        match Regex::new(pattern) {
            Ok(regex) => found.push(regex),
            Err(_) if pattern.contains("node_modules/") => {}
            Err(_) => {
                let shown: String = pattern.chars().take(80).collect();
                return Err(Undecided::new(format!(
                    "holds the regular expression {shown:?}, which is not read"
                )));
            }
        }
    }
    Ok(found)
}
