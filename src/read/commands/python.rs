//! Commands of Python projects: tox, nox, and the tasks of `pyproject.toml`.

use super::{Command, lines};
use crate::ids::RepoPath;
use crate::read::ini;
use crate::read::json::Value;
use crate::read::syntax::{self, Language};

/// `commands` of all sections of a `tox.ini`. What tox puts in for `{…}` is a run's.
pub(super) fn tox(path: &RepoPath, text: &str) -> Vec<Command> {
    const KEYS: [&str; 3] = ["commands", "commands_pre", "commands_post"];
    let Value::Object(sections) = ini::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    for name in sections.keys() {
        for key in KEYS {
            let Some(Value::Text(value)) = sections.get(name).and_then(|section| section.get(key)) else {
                continue;
            };
            let value = value.replace("\\\n", " ");
            for line in value.lines().map(|line| line.trim_start_matches(['-', '!', ' '])) {
                // A factor (`py311: pytest`) says when.
                let line = line.split_once(": ").map_or(line, |(_, command)| command);
                found.extend(lines(path, &line.replace("{posargs}", ""), None, path.dir()));
            }
        }
    }
    found
}

/// Calls of `session.run`. An argument that is no string keeps its expression as `${…}`.
pub(super) fn nox(path: &RepoPath, text: &str) -> Vec<Command> {
    let Ok(tree) = syntax::parse(Language::Python, text) else { return Vec::new() };
    let mut found = Vec::new();
    for node in tree.nodes().filter(|node| node.kind() == "call") {
        let Some(function) = node.child_by_field_name("function") else { continue };
        let function_text = syntax::text(function, text);
        if !matches!(function_text.rsplit('.').next(), Some("run" | "run_always")) {
            continue;
        }
        let Some(arguments) = node.child_by_field_name("arguments") else { continue };
        let words: Vec<String> = syntax::parts(arguments)
            .filter(|argument| argument.kind() != "keyword_argument")
            .map(|argument| word(argument, text))
            .collect();
        let line = Some(node.start_position().row + 1);
        let (piped, reads, writes) = (false, None, None);
        found.push(Command {
            at: path.clone(),
            line,
            dir: path.dir().to_owned(),
            words,
            piped,
            reads,
            writes,
        });
    }
    found
}

fn word(argument: syntax::Node<'_>, text: &str) -> String {
    let pieces: Vec<_> = syntax::parts(argument).collect();
    let plain = argument.kind() == "string" && pieces.iter().all(|piece| piece.kind() != "interpolation");
    if plain {
        let content = pieces.iter().filter(|piece| piece.kind() == "string_content");
        return content.map(|piece| syntax::text(*piece, text)).collect();
    }
    format!("${{{}}}", syntax::text(argument, text))
}

/// Scripts and tasks of hatch, pdm, poe, taskipy, rye and pixi in a `pyproject.toml`.
pub(super) fn tasks(path: &RepoPath, text: &str) -> Vec<Command> {
    let Ok(table) = toml::from_str::<toml::Table>(text) else { return Vec::new() };
    let value = Value::from(table);
    let Some(tools) = value.get("tool") else { return Vec::new() };
    let mut found = Vec::new();
    for tool in ["hatch", "pdm", "poe", "taskipy", "rye", "pixi"] {
        if let Some(settings) = tools.get(tool) {
            walk(path, &settings, false, 0, &mut found);
        }
    }
    found
}

fn walk(path: &RepoPath, value: &Value, task: bool, depth: usize, found: &mut Vec<Command>) {
    match value {
        Value::Text(text) if task => found.extend(lines(path, text, None, path.dir())),
        Value::List(items) if task => items.iter().for_each(|item| walk(path, item, true, depth + 1, found)),
        Value::Object(object) if depth < 8 => {
            for key in object.keys() {
                let task = task || matches!(key, "scripts" | "tasks");
                walk(path, &object.get(key).unwrap_or(Value::Null), task, depth + 1, found);
            }
        }
        _ => {}
    }
}
