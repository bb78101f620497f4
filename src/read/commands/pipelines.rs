//! Commands of pipelines: GitHub's workflows and composite actions, and the YAML of other services.

use super::{Command, going_on, inside, lines};
use crate::ids::RepoPath;
use crate::read::workflow::{self, Step, Workflow};
use crate::read::yaml::{self, Node};

/// Whether a key of a pipeline, of whatever service, holds shell text.
pub fn holds_shell(key: &str) -> bool {
    matches!(
        key,
        "script"
            | "scripts"
            | "before_script"
            | "after_script"
            | "test_script"
            | "build_script"
            | "run"
            | "command"
            | "commands"
            | "cmd"
            | "cmds"
            | "bash"
    )
}

/// The steps of all jobs.
pub(super) fn workflow(path: &RepoPath, workflow: &Workflow) -> Vec<Command> {
    let jobs = workflow.jobs.iter();
    jobs.flat_map(|job| job.steps.iter().flat_map(|step| of_step(path, step, job.directory.as_deref())))
        .collect()
}

/// The steps of a composite action.
pub(super) fn action(path: &RepoPath, text: &str) -> Vec<Command> {
    let steps = workflow::parse_action(text).unwrap_or_default();
    steps.iter().flat_map(|step| of_step(path, step, None)).collect()
}

fn of_step(path: &RepoPath, step: &Step, directory: Option<&str>) -> Vec<Command> {
    let Some(run) = &step.run else { return Vec::new() };
    let dir = step.directory.as_deref().or(directory);
    let dir = dir.and_then(|dir| inside("", dir)).unwrap_or_default();
    lines(path, &run.value, Some(run.text_line), &dir)
}

/// Whether the file is another service's pipeline, or a task file.
pub(super) fn known(path: &RepoPath) -> bool {
    const ROOT: [&str; 9] = [
        ".gitlab-ci",
        ".travis",
        "azure-pipelines",
        "bitbucket-pipelines",
        ".drone",
        "appveyor",
        ".appveyor",
        ".circleci/config",
        ".buildkite/pipeline",
    ];
    let stem = |path: &str| path.rsplit_once('.').map_or_else(String::new, |(stem, _)| stem.to_owned());
    ROOT.contains(&stem(path.as_str()).as_str())
        || matches!(stem(path.name()).as_str(), "Taskfile" | "taskfile")
}

/// Whatever stands under a key that holds shell text.
pub(super) fn other(path: &RepoPath, text: &str) -> Vec<Command> {
    let Ok(documents) = yaml::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    documents.iter().for_each(|node| walk(path, node, false, &mut found));
    found
}

/// The nesting is bounded by the reader of YAML. The entries of a list are one shell, but for those of a task file.
fn walk(path: &RepoPath, node: &Node, shell: bool, found: &mut Vec<Command>) {
    let tasks = path.name().to_lowercase().starts_with("taskfile");
    let start = if tasks { path.dir() } else { "" };
    let mut dir = start.to_owned();
    for item in std::iter::once(node).chain(node.items()) {
        if shell && let Some(text) = item.text() {
            found.extend(going_on(path, text, Some(item.line), &mut dir));
        }
        if tasks {
            start.clone_into(&mut dir);
        }
    }
    node.items().iter().filter(|item| item.text().is_none()).for_each(|item| walk(path, item, shell, found));
    for (key, value) in node.entries() {
        let shell = key.text().is_some_and(holds_shell);
        walk(path, value, shell, found);
    }
}
