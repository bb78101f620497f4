//! GitHub Actions workflows and composite actions: jobs, steps and what they do with failures.
//!
//! Lenient: unknown keys are left alone, and an expression (`${{ … }}`) stays an expression. Only what is no workflow
//! at all is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::yaml::{self, Node};
use crate::undecided::Undecided;

#[cfg(test)]
mod tests;

const FOLDER: &str = ".github/workflows";

/// Lines of a file, counted from 1, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lines {
    /// The first.
    pub first: usize,
    /// The last.
    pub last: usize,
}

/// A switch that may hang on an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flag {
    /// Plainly true.
    On,
    /// Plainly false, or not there.
    Off,
    /// Decided when the workflow runs: the expression.
    Expression(String),
}

/// A workflow file.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// Its `name`.
    pub name: Option<String>,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Its jobs in the order of the file.
    pub jobs: Vec<Job>,
}

/// One event under `on`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The event: `pull_request`, `push`, …
    pub event: String,
    /// `paths`, where it is given.
    pub paths: Vec<String>,
    /// `paths-ignore`, where it is given.
    pub paths_ignore: Vec<String>,
    /// `branches`, where it is given.
    pub branches: Vec<String>,
    /// `branches-ignore`, where it is given.
    pub branches_ignore: Vec<String>,
    /// `tags`, where it is given.
    pub tags: Vec<String>,
    /// Where.
    pub lines: Lines,
}

/// A job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its key under `jobs`.
    pub id: String,
    /// Its `name`.
    pub name: Option<String>,
    /// The ids of the jobs it waits for.
    pub needs: Vec<String>,
    /// Its `if`.
    pub condition: Option<Place<String>>,
    /// Its `continue-on-error`.
    pub continue_on_error: Option<Place<Flag>>,
    /// The dimensions of its matrix.
    pub matrix: Vec<Dimension>,
    /// The reusable workflow that it calls.
    pub uses: Option<String>,
    /// The folder its steps run in, where the job says so.
    pub directory: Option<String>,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Where, its key included.
    pub lines: Lines,
}

/// A dimension of a matrix with its literal values; an expression has none and counts as unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its key; `include` and `exclude` are not here.
    pub name: String,
    /// Its values as written, or `None` for an expression.
    pub values: Option<Vec<String>>,
    /// Where.
    pub lines: Lines,
}

/// A step of a job or of a composite action.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its `id`.
    pub id: Option<String>,
    /// Its `name`.
    pub name: Option<String>,
    /// The action that it uses, with its version.
    pub uses: Option<String>,
    /// The script that it runs. The lines are those of the script's text in the file.
    pub run: Option<Place<String>>,
    /// The action's inputs, as far as they are scalars.
    pub with: Vec<(String, String)>,
    /// Its `if`.
    pub condition: Option<Place<String>>,
    /// Its `continue-on-error`.
    pub continue_on_error: Option<Place<Flag>>,
    /// Its `shell`.
    pub shell: Option<String>,
    /// Its `working-directory`.
    pub directory: Option<String>,
    /// Where.
    pub lines: Lines,
}

/// A value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<T> {
    /// The value.
    pub value: T,
    /// Where; the key is on the first line.
    pub lines: Lines,
    /// The line on which the value's own text begins.
    pub text_line: usize,
}

/// Why a file is no workflow that can be read: one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no YAML, or YAML beyond what is followed.
    #[error("can't be read as YAML ({0})")]
    Yaml(#[from] yaml::YamlError),
    /// It is YAML of another shape.
    #[error("is no workflow: it has no mapping of {0}")]
    Shape(&'static str),
}

/// The workflows of a tree by path; an error for one that can't be read.
pub type Workflows = BTreeMap<RepoPath, Result<Workflow, Undecided>>;

/// Whether GitHub takes a file for a workflow, by its place and name.
pub fn is_workflow(path: &RepoPath) -> bool {
    path.dir() == FOLDER && matches!(path.extension(), "yml" | "yaml")
}

/// All workflows of a tree, read once.
pub fn all(tree: &Tree) -> Arc<Workflows> {
    tree.derived(|tree| {
        let read = |path: &RepoPath| {
            let workflow = parse(tree.text(path)?.unwrap_or_default());
            workflow.map_err(|why| Undecided::new(why.to_string()).at(path))
        };
        let paths = tree.under(FOLDER).filter(|path| is_workflow(path));
        paths.map(|path| (path.clone(), read(path))).collect::<Workflows>()
    })
}

/// Reads a workflow.
pub fn parse(text: &str) -> Result<Workflow, Unreadable> {
    let documents = yaml::parse(text)?;
    let root = documents.first().ok_or(Unreadable::Shape("`jobs`"))?;
    let jobs = root.get("jobs").filter(|jobs| !jobs.entries().is_empty());
    let jobs = jobs.ok_or(Unreadable::Shape("`jobs`"))?;
    let directory = default_directory(root);
    Ok(Workflow {
        name: owned(root, "name"),
        triggers: root.entry("on").map(|(key, on)| triggers(key, on)).unwrap_or_default(),
        jobs: jobs.entries().iter().filter_map(|(key, job)| read_job(key, job, &directory)).collect(),
    })
}

/// Reads the steps of a composite action (`action.yml`); other actions have none.
pub fn parse_action(text: &str) -> Result<Vec<Step>, Unreadable> {
    let documents = yaml::parse(text)?;
    let runs = documents.first().and_then(|root| root.get("runs")).ok_or(Unreadable::Shape("`runs`"))?;
    Ok(runs.get("steps").map(|steps| steps.items().iter().map(step).collect()).unwrap_or_default())
}

fn triggers(key: &Node, on: &Node) -> Vec<Trigger> {
    let bare = |event: &str, lines| Trigger {
        event: event.to_owned(),
        paths: Vec::new(),
        paths_ignore: Vec::new(),
        branches: Vec::new(),
        branches_ignore: Vec::new(),
        tags: Vec::new(),
        lines,
    };
    if on.entries().is_empty() {
        let lines = Lines { first: key.line, last: on.end_line.max(key.line) };
        return on.texts().into_iter().map(|event| bare(event, lines)).collect();
    }
    let one = |(event, settings): &(Node, Node)| {
        let list = |name: &str| -> Vec<String> {
            settings.get(name).map(|n| n.texts().into_iter().map(str::to_owned).collect()).unwrap_or_default()
        };
        let trigger = Trigger {
            paths: list("paths"),
            paths_ignore: list("paths-ignore"),
            branches: list("branches"),
            branches_ignore: list("branches-ignore"),
            tags: list("tags"),
            ..bare(event.text()?, span(event, settings))
        };
        Some(trigger)
    };
    on.entries().iter().filter_map(one).collect()
}

fn read_job(key: &Node, job: &Node, directory: &Option<String>) -> Option<Job> {
    let matrix = job.get("strategy").and_then(|s| s.get("matrix"));
    Some(Job {
        id: key.text()?.to_owned(),
        name: owned(job, "name"),
        needs: job.get("needs").map(Node::texts).unwrap_or_default().into_iter().map(str::to_owned).collect(),
        condition: place(job, "if", |n| n.text().map(str::to_owned)),
        continue_on_error: place(job, "continue-on-error", flag),
        matrix: matrix.map(dimensions).unwrap_or_default(),
        uses: owned(job, "uses"),
        directory: default_directory(job).or_else(|| directory.clone()),
        steps: job.get("steps").map(|s| s.items().iter().map(step).collect()).unwrap_or_default(),
        lines: span(key, job),
    })
}

fn default_directory(node: &Node) -> Option<String> {
    owned(node.get("defaults")?.get("run")?, "working-directory")
}

fn dimensions(matrix: &Node) -> Vec<Dimension> {
    let one = |(key, values): &(Node, Node)| {
        let name = key.text().filter(|name| !matches!(*name, "include" | "exclude"))?;
        let written = |n: &Node| n.text().map_or_else(|| format!("{:?}", n.value), str::to_owned);
        let literal = values.text().is_none();
        let list = || values.items().iter().map(written).collect();
        Some(Dimension { name: name.to_owned(), values: literal.then(list), lines: span(key, values) })
    };
    matrix.entries().iter().filter_map(one).collect()
}

fn step(node: &Node) -> Step {
    let with = node.get("with").map(Node::entries).unwrap_or_default();
    let input = |(k, v): &(Node, Node)| Some((k.text()?.to_owned(), v.text()?.to_owned()));
    Step {
        id: owned(node, "id"),
        name: owned(node, "name"),
        uses: owned(node, "uses"),
        run: place(node, "run", |n| n.text().map(str::to_owned)),
        with: with.iter().filter_map(input).collect(),
        condition: place(node, "if", |n| n.text().map(str::to_owned)),
        continue_on_error: place(node, "continue-on-error", flag),
        shell: owned(node, "shell"),
        directory: owned(node, "working-directory"),
        lines: Lines { first: node.line, last: node.end_line },
    }
}

fn flag(node: &Node) -> Option<Flag> {
    match (node.bool(), node.text()?) {
        (Some(true), _) => Some(Flag::On),
        (Some(false), _) => Some(Flag::Off),
        (None, "") => Some(Flag::Off),
        (None, text) => match expression(text) {
            "true" => Some(Flag::On),
            "false" => Some(Flag::Off),
            _ => Some(Flag::Expression(text.to_owned())),
        },
    }
}

/// The inside of `${{ … }}` where that is the whole text, else the text itself; trimmed.
pub fn expression(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("${{").and_then(|t| t.strip_suffix("}}"));
    inner.filter(|inner| !inner.contains("${{")).unwrap_or(text).trim()
}

fn place<T>(node: &Node, key: &str, read: impl Fn(&Node) -> Option<T>) -> Option<Place<T>> {
    let (key, value) = node.entry(key)?;
    // The text of a block scalar (`|`, `>`) begins on the line behind its mark; only a block has that shape.
    let block =
        matches!(value.value, yaml::Value::Scalar { plain: false, .. }) && value.end_line > value.line;
    let text_line = if block && value.line == key.line { value.line + 1 } else { value.line };
    Some(Place { value: read(value)?, lines: span(key, value), text_line })
}

fn span(key: &Node, value: &Node) -> Lines {
    Lines { first: key.line, last: value.end_line.max(key.end_line) }
}

fn owned(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::text).map(str::to_owned)
}
