//! What each run of Vitest is set to, projects that are written in its configuration included.

use std::collections::BTreeSet;

use super::{NAMES, settings as read};
use crate::ids::RepoPath;
use crate::read::coverage::survey::Survey;
use crate::read::json::Value;
use crate::read::tests::harness::Settings;

/// Every configuration of Vitest in the tree, each once. One that can't be told is left out.
pub(in crate::read) fn settings(survey: &Survey<'_>) -> Vec<Settings> {
    let is_config = |path: &&&RepoPath| {
        let name = path.name();
        let tool = name.starts_with("vitest.") || name.starts_with("vite.") || name.contains(".vitest.");
        tool && name.contains("config") || NAMES.contains(&name)
    };
    let mut found = Vec::new();
    let files: BTreeSet<&RepoPath> = survey.files.iter().filter(is_config).copied().collect();
    for path in files {
        let Ok(all) = read(survey, path.dir(), Some(path), &Value::Null) else { continue };
        let Some(test) = all.get("test") else { continue };
        let of = |value: Value| Settings {
            runner: "vitest",
            at: path.clone(),
            root: path.dir().to_owned(),
            value,
        };
        if let Some(Value::List(projects)) = test.get("projects") {
            found.extend(projects.iter().filter_map(|project| project.get("test")).map(of));
        }
        found.push(of(test));
    }
    found
}
