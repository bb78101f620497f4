//! What pytest is told by default: `addopts` of the file that it takes its settings from.

use super::flags::words;
use super::survey::Survey;
use crate::ids::RepoPath;
use crate::read::ini;
use crate::read::json::Value;

/// The options of a folder's pytest configuration and the file that holds them.
pub(super) fn options(survey: &Survey<'_>, dir: &str) -> Option<(RepoPath, Vec<String>)> {
    const PLACES: [(&str, &str); 6] = [
        ("pytest.ini", "pytest"),
        (".pytest.ini", "pytest"),
        ("pyproject.toml", ""),
        ("tox.ini", "pytest"),
        ("setup.cfg", "tool:pytest"),
        ("setup.cfg", "pytest"),
    ];
    for (name, section) in PLACES {
        let Some(path) = survey.first(dir, &[name]) else { continue };
        let Ok(Some(text)) = survey.tree.text(&path) else { continue };
        let settings = if section.is_empty() {
            let table: Option<toml::Table> = toml::from_str(text).ok();
            table.and_then(|table| Value::from(table).at(&["tool", "pytest", "ini_options"]))
        } else {
            ini::parse(text).get(section)
        };
        // The first file that has the section decides, even where it has no `addopts`; `pytest.ini` even without one.
        let Some(settings) = settings.or_else(|| name.ends_with("pytest.ini").then_some(Value::Null)) else {
            continue;
        };
        let options = match settings.get("addopts") {
            Some(Value::Text(line)) => line.lines().flat_map(words).collect(),
            Some(list) => list.texts().unwrap_or_default(),
            None => Vec::new(),
        };
        return Some((path, options));
    }
    None
}
