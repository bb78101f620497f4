//! Constants of scripts that judge coverage, in Python and JavaScript.

use super::ScriptedGate;
use super::words::{figure, promise};
use crate::ids::RepoPath;
use crate::read::syntax::{self, Language};

/// The top-level constants whose names promise a gate. The file's name says that it is about coverage.
pub(super) fn gates(path: &RepoPath, text: &str) -> Vec<ScriptedGate> {
    let Some(language) = Language::of(path) else { return Vec::new() };
    let Ok(tree) = syntax::parse(language, text) else { return Vec::new() };
    let mut found = Vec::new();
    for statement in syntax::children(tree.root()) {
        for node in syntax::below(statement) {
            let (name, value) = match node.kind() {
                "assignment" if depth(node) <= 2 => ("left", "right"),
                "variable_declarator" if depth(node) <= 3 => ("name", "value"),
                _ => continue,
            };
            let (Some(name), Some(value)) = (node.child_by_field_name(name), node.child_by_field_name(value))
            else {
                continue;
            };
            if name.kind() != "identifier"
                || !matches!(value.kind(), "integer" | "float" | "number" | "string")
            {
                continue;
            }
            let called = syntax::text(name, text);
            let Some(promise) = promise(called, true) else { continue };
            let Some(Ok(figure)) = figure(syntax::text(value, text)) else { continue };
            let line = Some(node.start_position().row + 1);
            found.push(ScriptedGate::new(path, line, called, Ok(promise.gate(figure))));
        }
    }
    found
}

/// How many nodes stand above it, the root left out.
fn depth(node: syntax::Node<'_>) -> usize {
    std::iter::successors(node.parent(), |above| above.parent()).take(5).count()
}
