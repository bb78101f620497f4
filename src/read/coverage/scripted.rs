//! Coverage gates that stand in scripts and workflows rather than in a tool's configuration: variables such as
//! `MIN_COVERAGE`, comparisons of a figure with a number, `--fail-under` of tools without a configuration of their
//! own, and inputs of actions.
//!
//! What a variable or a comparison is for is told by its name and by the words around it: no standard names them.

mod pipeline;
mod shell;
mod source;
mod words;

use super::Gate;
use super::survey::Survey;
use crate::change::{Kind, Tree};
use crate::ids::RepoPath;
use crate::read::commands::in_script_folder;

/// The files besides those of [`super::needs`] that hold such gates.
pub(super) const NEEDS: [&str; 1] =
    ["{scripts,script,ci,.ci,hack,tools,bin,build,dev,.github}/**/*cov*.{py,js,mjs,cjs,ts}"];

/// One gate.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedGate {
    /// The file.
    pub at: RepoPath,
    /// The line, counted from 1; `None` where the format does not tell.
    pub line: Option<usize>,
    /// What it is called there: a variable, a flag with its command, an action's input.
    pub name: String,
    /// What passes; an error is the expression that only a run can tell.
    pub gate: Result<Gate, String>,
    /// Whether it only decides what becomes of a failed upload of the report.
    pub upload: bool,
}

impl ScriptedGate {
    fn new(at: &RepoPath, line: Option<usize>, name: impl Into<String>, gate: Result<Gate, String>) -> Self {
        Self { at: at.clone(), line, name: name.into(), gate, upload: false }
    }
}

/// The gates of a tree, by file and line.
pub fn scripted_gates(tree: &Tree) -> Vec<ScriptedGate> {
    let survey = Survey::of(tree);
    let mut found: Vec<ScriptedGate> = Vec::new();
    for (path, _) in tree.entries().filter(|(_, entry)| entry.kind == Kind::File) {
        let Some(reader) = reader(path) else { continue };
        if let Ok(Some(text)) = tree.text(path) {
            found.extend(reader(path, text));
        }
    }
    found.extend(survey.commands.iter().flat_map(shell::flags));
    found.sort_by(|a, b| (&a.at, a.line, &a.name).cmp(&(&b.at, b.line, &b.name)));
    found.dedup();
    found
}

type Reader = fn(&RepoPath, &str) -> Vec<ScriptedGate>;

fn reader(path: &RepoPath) -> Option<Reader> {
    let automation = || path.as_str().starts_with(".github/") || path.as_str().starts_with(".circleci/");
    match (path.name(), path.extension()) {
        ("Makefile" | "makefile" | "GNUmakefile" | "justfile" | "Justfile" | ".justfile", _) => {
            Some(shell::make)
        }
        (_, "yml" | "yaml") if automation() || path.dir().is_empty() => Some(pipeline::gates),
        (_, "sh") => Some(shell::script),
        (name, "py" | "js" | "mjs" | "cjs" | "ts") if name.contains("cov") && in_script_folder(path) => {
            Some(source::gates)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
