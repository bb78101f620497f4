//! Tasks of `deno.json`.

use super::{Command, lines};
use crate::ids::RepoPath;
use crate::read::json::{self, Value};

/// The commands of all tasks; each runs in the folder of the file.
pub(super) fn tasks(path: &RepoPath, text: &str) -> Vec<Command> {
    let Ok(value) = json::parse(text) else { return Vec::new() };
    let Some(Value::Object(tasks)) = value.get("tasks") else { return Vec::new() };
    let mut found = Vec::new();
    for name in tasks.keys() {
        let line = match tasks.get(name) {
            Some(Value::Text(line)) => line,
            Some(task) => {
                task.get("command").and_then(|c| c.as_text().map(str::to_owned)).unwrap_or_default()
            }
            None => continue,
        };
        found.extend(lines(path, &line, None, path.dir()));
    }
    found
}
