//! Every gate of a tree's workflows, with what becomes of its failure.

use std::collections::{BTreeMap, BTreeSet};

use super::hold::{self, Hold};
use crate::change::Tree;
use crate::ids::RepoPath;
use crate::read::gates::{self, Kind, Known, Way};
use crate::read::shell;
use crate::read::workflow::{self, Job, Lines, Step, Workflow};
use crate::undecided::Undecided;

/// A gate where a workflow runs it.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    pub(super) known: Known,
    /// The command as written, or the action.
    pub(super) words: String,
    pub(super) file: RepoPath,
    pub(super) job: String,
    pub(super) hold: Hold,
    /// The command's place, or the step's.
    pub(super) lines: Lines,
    /// The whole step.
    pub(super) step: Lines,
    /// The folder or package that it runs in, as far as the workflow says; empty for the root.
    pub(super) folder: String,
    /// Whether pull requests or pushes to branches run it, outside of jobs that ship something.
    pub(super) guards: bool,
}

/// The workflows of one side.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    pub(super) workflows: BTreeMap<RepoPath, Workflow>,
    pub(super) gates: Vec<Gate>,
    /// Commands and actions that may run anything: scripts, foreign workflows, unknown targets.
    pub(super) opaque: BTreeSet<String>,
    /// Workflows that can't be read.
    pub(super) broken: Vec<(RepoPath, Undecided)>,
}

pub(super) fn is_workflow(path: &RepoPath) -> bool {
    path.dir() == ".github/workflows" && is_yaml(path) && !path.name().ends_with(".lock.yml")
}

/// Whether it may be the description of an action of this repository.
pub(super) fn is_action(path: &RepoPath) -> bool {
    matches!(path.name(), "action.yml" | "action.yaml")
}

fn is_yaml(path: &RepoPath) -> bool {
    matches!(path.extension(), "yml" | "yaml")
}

/// Reads all workflows of a tree.
pub(super) fn read(tree: &Tree) -> Inventory {
    let mut inventory = Inventory::default();
    let mut sources = BTreeMap::new();
    for path in tree.under(".github/workflows").filter(|p| is_workflow(p)) {
        match load(tree, path) {
            Ok((source, workflow)) => {
                sources.insert(path.clone(), source);
                inventory.workflows.insert(path.clone(), workflow);
            }
            Err(undecided) => inventory.broken.push((path.clone(), undecided)),
        }
    }
    let guarding = guarding(&inventory.workflows);
    for (path, workflow) in &inventory.workflows {
        let mut reader = Reader {
            tree,
            path,
            source: sources[path],
            guards: guarding.contains(path),
            gates: Vec::new(),
            opaque: Vec::new(),
        };
        workflow.jobs.iter().for_each(|job| reader.job(job));
        inventory.gates.extend(reader.gates);
        inventory.opaque.extend(reader.opaque);
    }
    inventory
}

fn load<'t>(tree: &'t Tree, path: &RepoPath) -> Result<(&'t str, Workflow), Undecided> {
    let source = tree.text(path)?.unwrap_or_default();
    let workflow = workflow::parse(source).map_err(|e| Undecided::new(e.to_string()).at(path))?;
    Ok((source, workflow))
}

/// Whether the workflow itself starts on pull requests, merge queues or pushes to branches, or after one that does.
pub(super) fn starts_on_changes(workflow: &Workflow) -> bool {
    workflow.triggers.iter().any(|t| match t.event.as_str() {
        "pull_request" | "pull_request_target" | "merge_group" | "workflow_run" => true,
        "push" => t.tags.is_empty() || !t.branches.is_empty(),
        _ => false,
    })
}

/// The workflows that guard changes: by their own triggers, or called by one that does. One that can be called and
/// that nobody here calls serves another repository and counts.
fn guarding(workflows: &BTreeMap<RepoPath, Workflow>) -> BTreeSet<RepoPath> {
    let mut found: BTreeSet<RepoPath> =
        workflows.iter().filter(|(_, w)| starts_on_changes(w)).map(|(p, _)| p.clone()).collect();
    let calls = |w: &Workflow| -> Vec<RepoPath> {
        let live = w.jobs.iter().filter(|job| !matches!(hold::of_step(job, None, ""), Hold::Lax(_)));
        live.filter_map(|j| j.uses.as_deref()?.strip_prefix("./")?.parse().ok()).collect()
    };
    let called: BTreeSet<RepoPath> = workflows.values().flat_map(calls).collect();
    let callable = |w: &Workflow| w.triggers.iter().any(|t| t.event == "workflow_call");
    found.extend(
        workflows.iter().filter(|(p, w)| callable(w) && !called.contains(*p)).map(|(p, _)| p.clone()),
    );
    loop {
        let more: Vec<RepoPath> = workflows
            .iter()
            .filter(|(p, _)| found.contains(*p))
            .flat_map(|(_, w)| calls(w))
            .filter(|p| workflows.contains_key(p) && !found.contains(p))
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

struct Reader<'r> {
    tree: &'r Tree,
    path: &'r RepoPath,
    source: &'r str,
    guards: bool,
    gates: Vec<Gate>,
    opaque: Vec<String>,
}

impl Reader<'_> {
    fn job(&mut self, job: &Job) {
        self.opaque.extend(job.uses.clone());
        for step in &job.steps {
            let outer = hold::of_step(job, Some(step), self.source);
            let before = self.gates.len();
            self.step(job, step, &outer, 0);
            // A step of a composite action has its place in another file: here it stands where it is used.
            for gate in &mut self.gates[before..] {
                gate.step = step.lines;
            }
        }
    }

    fn step(&mut self, job: &Job, step: &Step, outer: &Hold, depth: usize) {
        if let Some(uses) = &step.uses {
            self.uses(job, step, uses, outer, depth);
        }
        let Some(run) = &step.run else { return };
        let commands = shell::commands(&run.value);
        for (at, command) in commands.iter().enumerate() {
            let inner = hold::of_command(&commands, at, run.text_line);
            let line = if depth == 0 { run.text_line + command.line - 1 } else { step.lines.first };
            let nested = nested(&command.words);
            let folder = folder(job, step, &commands[..at], &command.words);
            let all = nested.iter().map(Vec::as_slice).chain([command.words.as_slice()]);
            for words in all {
                let hold = hold::worse(inner.clone(), outer.clone());
                self.command(job, &folder, words, hold, Lines { first: line, last: line });
            }
        }
    }

    fn command(&mut self, job: &Job, folder: &str, words: &[String], hold: Hold, lines: Lines) {
        let known = gates::gates(words);
        if known.is_empty() && may_run_anything(words) {
            self.opaque.push(words.join(" "));
        }
        for known in known {
            let gate = self.gate(job, known, words.join(" "), hold.clone(), lines, folder.to_owned());
            self.gates.push(gate);
        }
    }

    fn uses(&mut self, job: &Job, step: &Step, uses: &str, outer: &Hold, depth: usize) {
        if let Some(dir) = uses.strip_prefix("./") {
            let before = self.gates.len();
            let steps = self.composite(dir.trim_end_matches('/'));
            for inner in steps.iter().flatten().filter(|_| depth < 4) {
                let hold = hold::worse(outer.clone(), hold::of_step(job, Some(inner), self.source));
                self.step(job, inner, &hold, depth + 1);
            }
            if steps.is_none() {
                self.opaque.push(uses.to_owned());
            }
            // What is loosened inside of the action has its lines in another file: it is shown where it is used.
            for gate in &mut self.gates[before..] {
                match &mut gate.hold {
                    Hold::Lax(lax) if !matches!(outer, Hold::Lax(_)) => lax.lines = step.lines,
                    _ => {}
                }
            }
        } else if let Some(known) = gates::action(uses) {
            let gate = self.gate(job, known, uses.to_owned(), outer.clone(), step.lines, String::new());
            self.gates.push(gate);
        } else if !uses.starts_with("actions/") && !uses.starts_with("github/") {
            self.opaque.push(uses.split('@').next().unwrap_or(uses).to_owned());
        }
    }

    fn composite(&self, dir: &str) -> Option<Vec<Step>> {
        let file = |name| RepoPath::join(dir, name).ok().filter(|p| self.tree.contains(p));
        let path = file("action.yml").or_else(|| file("action.yaml"))?;
        workflow::parse_action(self.tree.text(&path).ok()??).ok()
    }

    fn gate(&self, job: &Job, known: Known, words: String, hold: Hold, lines: Lines, folder: String) -> Gate {
        Gate {
            known,
            words,
            file: self.path.clone(),
            job: job.id.clone(),
            hold,
            lines,
            step: lines,
            folder,
            guards: self.guards && !ships(job),
        }
    }
}

/// Whether a job's name says that it ships something instead of guarding.
fn ships(job: &Job) -> bool {
    let words = format!("{} {}", job.id, job.name.as_deref().unwrap_or("")).to_lowercase();
    words.split(|c: char| !c.is_alphanumeric()).any(|w| {
        matches!(
            w,
            "deploy" | "deployment" | "release" | "publish" | "upload" | "notify" | "comment" | "pages"
        )
    })
}

/// Where a command runs: the step's folder, a `cd` before it, the package that it names.
fn folder(job: &Job, step: &Step, before: &[shell::Command], words: &[String]) -> String {
    let set = step.directory.as_ref().or(job.directory.as_ref()).cloned().unwrap_or_default();
    let entered = before.iter().filter(|c| c.words.first().is_some_and(|w| w == "cd"));
    let entered = entered.filter_map(|c| c.words.get(1)).cloned();
    let option = |w: &String| {
        matches!(w.as_str(), "-C" | "--prefix" | "--cwd" | "--dir" | "--filter" | "-F" | "-w" | "--workspace")
    };
    let named = words.windows(2).filter(|pair| option(&pair[0])).map(|pair| pair[1].clone());
    let parts = std::iter::once(set).chain(entered).chain(named);
    let parts = parts.map(|p| p.trim_start_matches("./").trim_end_matches('/').to_owned());
    parts.filter(|p| !p.is_empty() && p != ".").collect::<Vec<_>>().join("/")
}

/// The commands inside `bash -c '…'`.
fn nested(words: &[String]) -> Vec<Vec<String>> {
    let shell = words.first().is_some_and(|w| matches!(w.as_str(), "bash" | "sh" | "zsh"));
    let flag = words.iter().position(|w| w.starts_with('-') && !w.starts_with("--") && w.ends_with('c'));
    let script = flag.filter(|_| shell).and_then(|at| words.get(at + 1));
    script.map(|s| shell::commands(s).into_iter().map(|c| c.words).collect()).unwrap_or_default()
}

/// Whether a command that is no known gate may hold gates inside: a script, a task, a container.
fn may_run_anything(words: &[String]) -> bool {
    let words = gates::unwrapped(words);
    let Some(first) = words.first().map(String::as_str) else { return false };
    let script = |w: &str| {
        [".sh", ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".ps1", ".bash", ".pl"]
            .iter()
            .any(|e| w.ends_with(e))
    };
    let runner =
        matches!(first, "make" | "just" | "task" | "nix" | "bazel" | "earthly" | "docker" | "dagger" | "act");
    let run = words.get(1).is_some_and(|w| w == "run") && !matches!(first, "gh" | "git");
    first.starts_with("./")
        || first.starts_with("scripts/")
        || script(first)
        || runner
        || run
        || words[1..].iter().take(2).any(|w| script(w))
            && matches!(
                first,
                "bash"
                    | "sh"
                    | "python"
                    | "node"
                    | "bun"
                    | "deno"
                    | "tsx"
                    | "ruby"
                    | "pwsh"
                    | "perl"
                    | "zsh"
                    | "go"
            )
}

/// Whether `found` of the kind `kind` can stand in for a gate that is gone.
pub(super) fn same_purpose(kind: Kind, found: Kind) -> bool {
    // Coverage is measured by running the tests.
    let measures = kind == Kind::Tests && found == Kind::Coverage;
    kind == found || kind == Kind::All || found == Kind::All || measures
}

/// How a gate is called in a sentence.
pub(super) fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::Tests => "tests",
        Kind::Lint => "lint",
        Kind::Types => "type checks",
        Kind::Coverage => "coverage",
        Kind::Security => "security checks",
        Kind::Build => "the build",
        Kind::All | Kind::None => "checks",
    }
}

impl Inventory {
    /// The guarding gates that are run this way.
    pub(super) fn guarding<'i>(&'i self, way: &'i Way) -> impl Iterator<Item = &'i Gate> {
        self.gates.iter().filter(move |g| g.guards && g.known.way == *way)
    }
}
