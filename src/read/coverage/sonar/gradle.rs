//! Properties that a Gradle script sets by `property("name", value)`, in Groovy or Kotlin.

use super::Properties;
use crate::ids::RepoPath;
use crate::read::gradle::{self, Action, Names};
use crate::read::json::Value;
use crate::undecided::Undecided;

/// The properties of these names. What is not written out stands as an expression, with a `$`.
pub(super) fn properties(path: &RepoPath, text: &str, names: &[&str]) -> Result<Properties, Undecided> {
    let mut found = Properties::new();
    if !names.iter().any(|name| text.contains(name)) {
        return Ok(found);
    }
    for item in gradle::parse(path, text)?.items(&mut Names::default()) {
        match &item.action {
            Action::Call(name, values, _)
                if matches!(name.rsplit('.').next(), Some("property" | "set" | "put")) =>
            {
                if let [Value::Text(key), value] = values.as_slice()
                    && names.contains(&key.as_str())
                {
                    found.insert(key.clone(), written(value));
                }
            }
            Action::Unread(statement) => {
                let set = names.iter().filter(|name| {
                    ['"', '\''].iter().any(|quote| statement.contains(&format!("{quote}{name}{quote}")))
                });
                found.extend(set.map(|name| ((*name).to_owned(), format!("${statement}"))));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// A value as the scanner takes it: a list by its commas.
fn written(value: &Value) -> String {
    match value {
        Value::Bool(truth) => truth.to_string(),
        value => value.texts().map_or_else(|unknown| format!("${unknown}"), |texts| texts.join(",")),
    }
}
