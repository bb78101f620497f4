//! What pytest is told by default: `addopts` of the file that it takes its settings from.

use super::flags::words;
use super::survey::{Survey, below, place};
use crate::ids::RepoPath;
use crate::ids::folder::ancestors;
use crate::read::ini;
use crate::read::json::Value;

/// The names in which pytest looks for settings, the deciding one first.
pub(super) const FILES: [&str; 7] =
    ["pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];

/// The default options of a run and the file that holds them: that of the folder which all of the paths on its command
/// line share, or of one above.
pub(super) fn options(survey: &Survey<'_>, dir: &str, words: &[String]) -> Option<(RepoPath, Vec<String>)> {
    let start = shared(survey, dir, words);
    ancestors(&start).find_map(|folder| own_options(survey, folder))
}

/// The options of a folder's own pytest configuration and the file that holds them.
pub(super) fn own_options(survey: &Survey<'_>, dir: &str) -> Option<(RepoPath, Vec<String>)> {
    FILES.iter().find_map(|name| {
        let path = survey.first(dir, &[name])?;
        let settings = settings(name, survey.tree.text(&path).ok()??)?;
        let options = match settings.get("addopts") {
            Some(Value::Text(line)) => line.lines().flat_map(words).collect(),
            Some(list) => list.texts().unwrap_or_default(),
            None => Vec::new(),
        };
        Some((path, options))
    })
}

/// The settings in a file. The first file that has the section decides, even where it has no `addopts`; a file of
/// pytest's own even without one.
fn settings(name: &str, text: &str) -> Option<Value> {
    let table = || Some(Value::from(toml::from_str::<toml::Table>(text).ok()?));
    match name {
        "pyproject.toml" => {
            let table = table()?;
            let native = table.at(&["tool", "pytest"])?;
            let early = native.get("ini_options");
            early.or_else(|| matches!(&native, Value::Object(o) if !o.keys().is_empty()).then_some(native))
        }
        "pytest.toml" | ".pytest.toml" => {
            Some(table().and_then(|table| table.get("pytest")).unwrap_or(Value::Null))
        }
        "pytest.ini" | ".pytest.ini" => Some(ini::parse(text).get("pytest").unwrap_or(Value::Null)),
        "setup.cfg" => {
            let ini = ini::parse(text);
            ini.get("tool:pytest").or_else(|| ini.get("pytest"))
        }
        _ => ini::parse(text).get("pytest"),
    }
}

/// The folder that the paths among the words share; that of the run where there are none.
fn shared(survey: &Survey<'_>, dir: &str, words: &[String]) -> String {
    const SWITCHES: [&str; 9] = ["-q", "-v", "-vv", "-x", "-s", "-l", "-qq", "--cov-branch", "--no-cov"];
    let free = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", String::as_str);
        !before.starts_with('-') || before.contains('=') || SWITCHES.contains(&before)
    };
    let named = words.iter().enumerate().filter(|(at, word)| !word.starts_with('-') && free(*at));
    let folders = named.filter_map(|(_, word)| {
        let at = place(dir, word.split("::").next().unwrap_or_default())?;
        if survey.under(&at).next().is_some() {
            return Some(at);
        }
        let file = at.parse::<RepoPath>().ok().filter(|path| survey.tree.contains(path))?;
        Some(file.dir().to_owned())
    });
    let common = |one: String, other: String| {
        let holds = |folder: &&str| *folder == other || below(folder, &other).is_some();
        ancestors(&one).find(holds).unwrap_or_default().to_owned()
    };
    folders.reduce(common).unwrap_or_else(|| dir.to_owned())
}
