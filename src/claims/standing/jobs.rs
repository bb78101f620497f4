//! The jobs of workflow runs, with the commands that their steps ran as far as names and workflow files tell.

use std::collections::BTreeSet;

use crate::change::{Change, CheckKind, JobStep, WorkflowJob};
use crate::read::gates::{self, Kind};
use crate::read::shell;
use crate::read::workflow::{self, Flag, Workflow};
use crate::span::Side;

/// Commands that fail for no reason of their own worth telling.
const PLAIN: [&str; 16] = [
    "cd", "echo", "export", "set", "mkdir", "printf", "true", ":", "source", ".", "cat", "ls", "pwd", "date",
    "unset", "touch",
];
/// What GitHub itself adds to a job.
const OWN: [&str; 6] =
    ["Set up job", "Complete job", "Initialize containers", "Stop containers", "Post ", "Pre "];
/// Actions that only prepare or carry away, by the beginnings of their names.
const CARRIERS: [&str; 12] = [
    "actions/checkout",
    "actions/setup-",
    "actions/cache",
    "actions/upload-",
    "actions/download-",
    "actions/github-script",
    "pnpm/action-setup",
    "astral-sh/setup-uv",
    "dtolnay/rust-toolchain",
    "Swatinem/rust-cache",
    "codecov/",
    "docker/",
];

/// A job of this commit.
pub(super) struct Job<'c> {
    pub(super) job: &'c WorkflowJob,
    pub(super) steps: Vec<Step<'c>>,
}

/// A step with what it does.
pub(super) struct Step<'c> {
    pub(super) step: &'c JobStep,
    pub(super) does: Does,
}

/// What a step does.
pub(super) enum Does {
    /// It runs these commands.
    Run {
        commands: Vec<shell::Command>,
        /// Whether these are all of them.
        whole: bool,
        /// Whether a failure is thrown away, so that success proves nothing.
        soft: bool,
        /// Whether it runs in a folder of its own.
        apart: bool,
    },
    /// It prepares or carries away.
    Carry,
    /// An action of that kind.
    Action(Option<Kind>),
    /// Nothing tells.
    Unknown,
}

/// The jobs of head.
pub(super) fn of(change: &Change) -> Vec<Job<'_>> {
    let workflows = workflows(change);
    let read = |job| Job { job, steps: steps(job, &workflows) };
    change.evidence.jobs_of(&change.head_sha).map(read).collect()
}

fn workflows(change: &Change) -> Vec<Workflow> {
    if change.evidence.jobs.is_empty() {
        return Vec::new();
    }
    let is_workflow = |path: &&crate::ids::RepoPath| {
        path.dir() == ".github/workflows" && matches!(path.extension(), "yml" | "yaml")
    };
    let texts =
        change.head.paths().filter(is_workflow).filter_map(|path| change.text(Side::Head, path).ok()?);
    texts.filter_map(|text| workflow::parse(text).ok()).collect()
}

fn steps<'c>(job: &'c WorkflowJob, workflows: &[Workflow]) -> Vec<Step<'c>> {
    let named = |workflow: &&Workflow| match (&job.workflow, &workflow.name) {
        (Some(ran), Some(name)) => ran == name,
        _ => true,
    };
    let of: Vec<&workflow::Job> =
        workflows.iter().filter(named).flat_map(|w| &w.jobs).filter(|j| is_job(j, &job.name)).collect();
    // Two workflows may have a job of one name: then only the names of the steps tell.
    let source = match of[..] {
        [only] => Some(only),
        _ => None,
    };
    job.steps.iter().map(|step| Step { step, does: does(&step.name, source) }).collect()
}

/// Whether GitHub shows a job of the file under that name: a matrix adds its values, an expression may be anything.
fn is_job(job: &workflow::Job, shown: &str) -> bool {
    let written = job.name.as_deref().unwrap_or(&job.id);
    let shown = shown.rsplit(" / ").next().unwrap_or(shown);
    let fixed = written.split("${{").next().unwrap_or(written);
    if fixed.len() < written.len() {
        return !fixed.trim().is_empty() && shown.starts_with(fixed);
    }
    shown.strip_prefix(written).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

fn does(name: &str, source: Option<&workflow::Job>) -> Does {
    if OWN.iter().any(|own| name.starts_with(own)) {
        return Does::Carry;
    }
    let first = |script: &str| script.trim_start().lines().next().unwrap_or_default().trim_end().to_owned();
    let is = |step: &&workflow::Step| match (&step.name, &step.run, &step.uses) {
        (Some(own), ..) => own == name,
        (None, Some(run), _) => name.strip_prefix("Run ") == Some(&first(&run.value)),
        (None, None, Some(uses)) => name.strip_prefix("Run ") == Some(uses),
        _ => false,
    };
    let mut found = source.into_iter().flat_map(|job| &job.steps).filter(is);
    match (found.next(), found.next()) {
        (Some(step), None) => of_step(step, source.and_then(|job| job.directory.as_ref()).is_some()),
        _ => match name.strip_prefix("Run ") {
            Some(uses) if is_action(uses) => of_action(uses),
            Some(line) => {
                Does::Run { commands: shell::commands(line), whole: false, soft: false, apart: false }
            }
            None => Does::Unknown,
        },
    }
}

fn of_step(step: &workflow::Step, apart: bool) -> Does {
    if let Some(uses) = &step.uses {
        return of_action(uses);
    }
    let Some(run) = &step.run else { return Does::Unknown };
    let commands = shell::commands(&run.value);
    let swallowed = |command: &shell::Command| !command.fallback.is_empty() || command.condition;
    let soft = step.continue_on_error.as_ref().is_some_and(|flag| flag.value != Flag::Off)
        || commands.iter().any(swallowed)
        || commands.iter().any(|command| command.piped);
    Does::Run { commands, whole: true, soft, apart: apart || step.directory.is_some() }
}

fn is_action(text: &str) -> bool {
    !text.contains(char::is_whitespace) && (text.contains('@') || text.starts_with("./"))
}

fn of_action(uses: &str) -> Does {
    if CARRIERS.iter().any(|carrier| uses.starts_with(carrier)) {
        return Does::Carry;
    }
    Does::Action(gates::action(uses).map(|known| known.kind))
}

impl Step<'_> {
    pub(super) fn failed(&self) -> bool {
        self.step.conclusion.as_deref() == Some("failure")
    }

    pub(super) fn succeeded(&self) -> bool {
        self.step.conclusion.as_deref() == Some("success")
    }

    /// Whether it ran a gate of that kind.
    pub(super) fn runs(&self, kind: CheckKind, by_name: CheckKind) -> bool {
        match &self.does {
            Does::Run { .. } => {
                let kinds = self.kinds();
                kinds.contains(&kind) || kinds.is_empty() && by_name == kind
            }
            Does::Action(found) => found.and_then(of_gate) == Some(kind),
            Does::Unknown => by_name == kind,
            Does::Carry => false,
        }
    }

    /// Whether nothing but gates of that kind can have failed in it.
    pub(super) fn is_only(&self, kind: CheckKind) -> bool {
        match &self.does {
            Does::Run { commands, whole, .. } => {
                let of_kind = |command: &shell::Command| {
                    let found = gates::gates(&command.words);
                    !found.is_empty() && found.iter().all(|known| of_gate(known.kind) == Some(kind))
                };
                let plain = |command: &shell::Command| {
                    command.words.first().is_some_and(|word| PLAIN.contains(&word.as_str()))
                };
                *whole && commands.iter().all(|command| plain(command) || of_kind(command))
            }
            Does::Action(found) => found.and_then(of_gate) == Some(kind),
            Does::Unknown => true,
            Does::Carry => false,
        }
    }

    /// Whether it surely has nothing to do with gates of that kind.
    pub(super) fn is_beside(&self, kind: CheckKind, by_name: CheckKind) -> bool {
        match &self.does {
            Does::Carry => true,
            Does::Run { .. } => !self.kinds().is_empty() && !self.runs(kind, by_name),
            Does::Action(found) => found.is_some() && !self.runs(kind, by_name),
            Does::Unknown => by_name != kind && by_name != CheckKind::Other,
        }
    }

    /// Whether its success tells that what it ran succeeded.
    pub(super) fn is_firm(&self) -> bool {
        !matches!(self.does, Does::Run { soft: true, .. })
    }

    fn kinds(&self) -> BTreeSet<CheckKind> {
        let Does::Run { commands, .. } = &self.does else { return BTreeSet::new() };
        let found = commands.iter().flat_map(|command| gates::gates(&command.words));
        found.map(|known| of_gate(known.kind).unwrap_or(CheckKind::Other)).collect()
    }
}

/// What a gate of the vocabulary measures; one that is several at once tells nothing of each.
fn of_gate(kind: Kind) -> Option<CheckKind> {
    match kind {
        Kind::Tests => Some(CheckKind::Tests),
        Kind::Lint => Some(CheckKind::Lint),
        Kind::Types => Some(CheckKind::Types),
        Kind::Build => Some(CheckKind::Build),
        Kind::Coverage | Kind::Security => Some(CheckKind::Other),
        Kind::All | Kind::None => None,
    }
}
