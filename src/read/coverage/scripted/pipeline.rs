//! Gates in workflows and other pipelines: environment variables, inputs of actions, and shell text.

use super::super::Gate;
use super::words::{figure, promise, speaks};
use super::{ScriptedGate, shell};
use crate::ids::RepoPath;
use crate::read::commands::holds_shell;
use crate::read::yaml::{self, Node};

/// What upload actions call the switch that makes a failed upload fail the job.
const UPLOAD: [&str; 2] = ["fail_ci_if_error", "fail-on-error"];

/// The gates of a pipeline. A file that can't be read is another rule's to tell.
pub(super) fn gates(path: &RepoPath, text: &str) -> Vec<ScriptedGate> {
    let mut found = Vec::new();
    for document in yaml::parse(text).unwrap_or_default() {
        walk(path, &document, false, &mut found);
    }
    found
}

/// `around`: whether the step or the job speaks of coverage. The nesting is bounded by the reader of YAML.
fn walk(path: &RepoPath, node: &Node, around: bool, found: &mut Vec<ScriptedGate>) {
    node.items().iter().for_each(|item| walk(path, item, around, found));
    let step = ["name", "run", "script", "id", "uses"];
    let said = |key: &&str| node.get(key).is_some_and(|value| value.text().is_some_and(speaks));
    let around = around || step.iter().any(said);
    for (key, value) in node.entries() {
        match key.text() {
            Some("env" | "variables" | "environment") => {
                for (name, value) in value.entries() {
                    let (Some(name), Some(text)) = (name.text(), value.text()) else { continue };
                    found.extend(shell::variable(path, Some(value.line), name, text, around));
                }
            }
            Some("with") => {
                let action = node.get("uses").and_then(Node::text).unwrap_or_default();
                found.extend(inputs(path, action, value));
            }
            Some(name) if holds_shell(name) => {
                shells(path, key.line, value, around, found);
                walk(path, value, around, found);
            }
            Some("uses") if node.get("with").is_none() => {
                found.extend(inputs(path, value.text().unwrap_or_default(), value));
            }
            _ => walk(path, value, around && key.text() != Some("jobs"), found),
        }
    }
}

fn shells(path: &RepoPath, key: usize, value: &Node, around: bool, found: &mut Vec<ScriptedGate>) {
    for node in std::iter::once(value).chain(value.items()) {
        let Some(text) = node.text() else { continue };
        // The text of a block begins on the line behind its mark.
        let first = node.line + usize::from(node.end_line > node.line && node.line == key);
        found.extend(shell::gates(path, text, first, around || speaks(text)));
    }
}

/// Inputs of an action that speaks of coverage by its name.
fn inputs(path: &RepoPath, action: &str, with: &Node) -> Vec<ScriptedGate> {
    const TOOLS: [&str; 6] = ["cov", "jacoco", "lcov", "clover", "cobertura", "coveralls"];
    let name = action.split('@').next().unwrap_or(action);
    // These have readers of their own.
    const READ: [&str; 2] = ["vladopajic/go-test-coverage", "VeryGoodOpenSource/very_good_coverage"];
    let read = READ.iter().any(|own| name.starts_with(own));
    if read || !TOOLS.iter().any(|tool| name.to_lowercase().contains(tool)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (key, value) in with.entries() {
        let (Some(key), Some(text)) = (key.text(), value.text()) else { continue };
        let line = Some(value.line);
        let called = format!("`{key}` of {name}");
        let key = key.to_lowercase();
        if UPLOAD.contains(&key.as_str()) {
            let gate = value.bool().map_or_else(|| Err(text.to_owned()), |on| Ok(Gate::On(on)));
            found.push(ScriptedGate { upload: true, ..ScriptedGate::new(path, line, called, gate) });
        } else if key.starts_with("fail")
            && let Some(on) = value.bool()
        {
            found.push(ScriptedGate::new(path, line, called, Ok(Gate::On(on))));
        } else if let Some(promise) = promise(&key, true) {
            // Two limits in one (`60 80`): the first is the one that fails.
            let written =
                if text.contains('$') { text } else { text.split_whitespace().next().unwrap_or_default() };
            let Some(figure) = figure(written) else { continue };
            found.push(ScriptedGate::new(path, line, called, figure.map(|figure| promise.gate(figure))));
        }
    }
    // An upload that says nothing of its failure passes over it.
    let uploads = name.ends_with("codecov-action");
    if uploads && !found.iter().any(|gate| gate.upload) {
        let called = format!("`{}` of {name}", UPLOAD[0]);
        let line = Some(with.line);
        found.push(ScriptedGate {
            upload: true,
            ..ScriptedGate::new(path, line, called, Ok(Gate::On(false)))
        });
    }
    found
}
