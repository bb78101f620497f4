//! What check runs, workflow jobs and their steps tell of one kind of gate.

use std::collections::BTreeSet;

use super::jobs::{self, Job, Step};
use crate::change::{Change, CheckKind, OfCommit};

/// The check runs and jobs of head.
pub(super) struct Runs<'c> {
    change: &'c Change,
    pub(super) jobs: Vec<Job<'c>>,
}

/// How something ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Passed,
    Failed,
    /// It was skipped, does more than one thing, or failed beside the matter.
    Open,
}

/// What one check run, job or step tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    /// The check run or job.
    pub(super) name: String,
    pub(super) end: End,
    /// One sentence without a full stop that names the source.
    pub(super) because: String,
    /// What names it: the check run or job and, where one tells, the step.
    pub(super) words: String,
}

impl<'c> Runs<'c> {
    pub(super) fn of(change: &'c Change) -> Self {
        Self { change, jobs: jobs::of(change) }
    }

    /// All that is told of a kind. What both failed and succeeded under one name was run again: it is open.
    pub(super) fn tell(&self, kind: CheckKind) -> Vec<Told> {
        let mut told = Vec::new();
        for job in &self.jobs {
            told.extend(self.of_job(job, kind));
        }
        let with_steps =
            |name: &str| self.jobs.iter().any(|job| job.job.name == name && !job.steps.is_empty());
        for check in self.change.evidence.checks_of(&self.change.head_sha) {
            if !with_steps(&check.name) && self.kind(&check.name) == kind {
                told.extend(whole(&check.name, check.conclusion.as_deref()));
            }
        }
        told.sort();
        told.dedup();
        let ended = |told: &Told, end: End| (told.end == end).then(|| told.name.clone());
        let failed: BTreeSet<String> = told.iter().filter_map(|t| ended(t, End::Failed)).collect();
        let passed: BTreeSet<String> = told.iter().filter_map(|t| ended(t, End::Passed)).collect();
        for again in told.iter_mut().filter(|t| failed.contains(&t.name) && passed.contains(&t.name)) {
            again.because =
                format!("the check run `{}` both failed and succeeded on this commit", again.name);
            again.end = End::Open;
        }
        told
    }

    fn kind(&self, name: &str) -> CheckKind {
        self.change.evidence.kinds.of(name)
    }

    fn of_job(&self, job: &Job<'_>, kind: CheckKind) -> Vec<Told> {
        let name = &job.job.name;
        if job.steps.is_empty() {
            return if self.kind(name) == kind { whole(name, job.job.conclusion.as_deref()) } else { None }
                .into_iter()
                .collect();
        }
        let by_name = |step: &Step<'_>| self.kind(&step.step.name);
        let ran: Vec<Told> = job
            .steps
            .iter()
            .filter(|step| step.runs(kind, by_name(step)))
            .map(|step| of_step(name, step, kind))
            .collect();
        if !ran.is_empty() || self.kind(name) != kind {
            return ran;
        }
        let blamed = job.steps.iter().find(|step| step.failed());
        let open =
            |because: String| Told { name: name.clone(), end: End::Open, because, words: name.clone() };
        let beside = |step: &Step<'_>| step.is_beside(kind, by_name(step));
        match (job.job.conclusion.as_deref(), blamed) {
            (Some("failure"), Some(step)) if beside(step) => vec![open(format!(
                "the check run `{name}` failed at its step `{}`, which is something else",
                step.step.name
            ))],
            (Some("success"), _) if !job.steps.iter().any(|step| step.succeeded() && !beside(step)) => {
                vec![open(format!("the check run `{name}` succeeded, and none of its steps did the work"))]
            }
            (conclusion, _) => whole(name, conclusion).into_iter().collect(),
        }
    }

    /// What is stale, where anything is.
    pub(super) fn stale(&self) -> Option<String> {
        let evidence = &self.change.evidence;
        let head = &self.change.head_sha;
        let any = evidence.checks.iter().any(|check| check.is_stale(head))
            || evidence.jobs.iter().any(|job| job.is_stale(head));
        if any { evidence.stale(head).into_iter().next() } else { None }
    }
}

fn whole(name: &str, conclusion: Option<&str>) -> Option<Told> {
    let (end, because) = match conclusion? {
        "success" => (End::Passed, format!("the check run `{name}` succeeded on this commit")),
        "failure" => (End::Failed, format!("the check run `{name}` failed on this commit")),
        other => (End::Open, format!("the check run `{name}` ended as {other} on this commit")),
    };
    Some(Told { name: name.to_owned(), end, because, words: name.to_owned() })
}

fn of_step(name: &str, step: &Step<'_>, kind: CheckKind) -> Told {
    let shown = format!("the step `{}` of `{name}`", step.step.name);
    let (end, because) = match step.step.conclusion.as_deref() {
        Some("success") if step.is_firm() => (End::Passed, format!("{shown} succeeded on this commit")),
        Some("success") => (End::Open, format!("{shown} throws failures away, so its success tells nothing")),
        Some("failure") if step.is_only(kind) => (End::Failed, format!("{shown} failed on this commit")),
        Some("failure") => {
            (End::Open, format!("{shown} failed on this commit, and it does more than one thing"))
        }
        Some(other) => (End::Open, format!("{shown} was {other} on this commit")),
        None => (End::Open, format!("{shown} has not ended")),
    };
    Told { name: name.to_owned(), end, because, words: format!("{name} {}", step.step.name) }
}
