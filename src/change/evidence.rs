//! What others measured on the judged commit: reports and check results, as raw as they came.

mod kinds;

use jiff::civil::Date;

use super::history::Recent;
use super::{Approval, Outlook, Waiver};
use crate::ids::Sha;

pub use kinds::{CheckKind, CheckKinds};

/// A report file as handed in: its name for people, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// Where it came from: a file name.
    pub name: String,
    /// Its bytes, in whatever format it has.
    pub bytes: Vec<u8>,
}

/// The result of a check run or commit status.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// Its name, such as `test (ubuntu)`.
    pub name: String,
    /// `success`, `failure`, … as GitHub words it; `None` while it runs.
    pub conclusion: Option<String>,
    /// The commit that it speaks of.
    pub head_sha: Option<Sha>,
    /// Where a person reads about it.
    pub url: Option<String>,
    /// When it began, as GitHub writes it (RFC 3339, UTC).
    pub started: Option<String>,
    /// When it ended, likewise.
    pub completed: Option<String>,
}

/// A job of a workflow run, with what its steps came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkflowJob {
    /// Its name as GitHub shows it, such as `test (ubuntu)` or `ci / test`: a check run has the same.
    pub name: String,
    /// The name of its workflow, where the answer has it.
    pub workflow: Option<String>,
    /// `success`, `failure`, … as GitHub words it; `None` while it runs.
    pub conclusion: Option<String>,
    /// The commit that it ran on.
    pub head_sha: Option<Sha>,
    /// Where a person reads about it.
    pub url: Option<String>,
    /// Its steps, in their order.
    pub steps: Vec<JobStep>,
}

/// A step of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobStep {
    /// Its name as GitHub shows it: `Run ` and the first line of its script where the workflow gives none.
    pub name: String,
    /// `success`, `failure`, `skipped`, …; `None` while it runs.
    pub conclusion: Option<String>,
}

/// A deployment, a preview included, in its newest state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The environment, such as `preview` or `production`.
    pub environment: String,
    /// `success`, `failure`, `in_progress`, … as GitHub words it; `None` where it has no state yet.
    pub state: Option<String>,
    /// The commit that was deployed.
    pub sha: Option<Sha>,
    /// Where it can be looked at.
    pub url: Option<String>,
}

/// Everything that was measured about head. Empty lists mean that nothing was handed in, not that nothing exists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Coverage reports of head.
    pub coverage: Vec<EvidenceFile>,
    /// Coverage reports of base.
    pub base_coverage: Vec<EvidenceFile>,
    /// Test reports of head, in whichever format.
    pub tests: Vec<EvidenceFile>,
    /// Check runs and statuses.
    pub checks: Vec<CheckResult>,
    /// Jobs of workflow runs.
    pub jobs: Vec<WorkflowJob>,
    /// Deployments.
    pub deployments: Vec<Deployment>,
    /// What each check run measures, by its name.
    pub kinds: CheckKinds,
    /// How long before the base work counts as recent.
    pub recent: Recent,
    /// Reviews with an opinion, in their order of time; empty where no policy asks for them.
    pub approvals: Vec<Approval>,
    /// Whether more may come.
    pub outlook: Outlook,
    /// What people accepted on the pull request, in the order in which they did.
    pub waivers: Vec<Waiver>,
    /// The day in UTC, where the door says: a waiver with a last day holds only where it is known.
    pub today: Option<Date>,
    /// What was there and could not be had or read: each a sentence without a full stop.
    pub unread: Vec<String>,
}

/// Something that speaks of one commit.
pub trait OfCommit {
    /// The commit; `None` where who handed it in did not say, and vouches for it.
    fn commit(&self) -> Option<&Sha>;

    /// Whether it speaks of another commit than this one. Such evidence is stale and never counts.
    fn is_stale(&self, head: &Sha) -> bool {
        self.commit().is_some_and(|sha| sha != head)
    }
}

impl OfCommit for CheckResult {
    fn commit(&self) -> Option<&Sha> {
        self.head_sha.as_ref()
    }
}

impl OfCommit for WorkflowJob {
    fn commit(&self) -> Option<&Sha> {
        self.head_sha.as_ref()
    }
}

impl OfCommit for Deployment {
    fn commit(&self) -> Option<&Sha> {
        self.sha.as_ref()
    }
}

impl Evidence {
    /// The check results of that commit.
    pub fn checks_of<'e>(&'e self, head: &'e Sha) -> impl Iterator<Item = &'e CheckResult> + Clone {
        self.checks.iter().filter(move |check| !check.is_stale(head))
    }

    /// The workflow jobs of that commit.
    pub fn jobs_of<'e>(&'e self, head: &'e Sha) -> impl Iterator<Item = &'e WorkflowJob> + Clone {
        self.jobs.iter().filter(move |job| !job.is_stale(head))
    }

    /// The deployments of that commit.
    pub fn deployments_of<'e>(&'e self, head: &'e Sha) -> impl Iterator<Item = &'e Deployment> + Clone {
        self.deployments.iter().filter(move |deployment| !deployment.is_stale(head))
    }

    /// What is stale: a sentence for each, without a full stop.
    pub fn stale(&self, head: &Sha) -> Vec<String> {
        let said = |what: &str, name: &str, sha: Option<&Sha>| {
            sha.filter(|sha| *sha != head).map(|sha| {
                format!(
                    "the {what} `{name}` is of commit {} and not of this one, so it does not count",
                    sha.short()
                )
            })
        };
        let checks = self.checks.iter().filter_map(|c| said("check run", &c.name, c.commit()));
        let jobs = self.jobs.iter().filter_map(|j| said("workflow job", &j.name, j.commit()));
        let to = |d: &Deployment| said("deployment to", &d.environment, d.commit());
        let mut all: Vec<String> = checks.chain(jobs).chain(self.deployments.iter().filter_map(to)).collect();
        all.sort();
        all.dedup();
        all
    }
}
