//! What was measured about a head on GitHub: check runs, statuses, jobs of workflow runs, reports in artifacts,
//! deployments. Only what a claim asks for is fetched, and only a few requests are spent on it.

use super::client::Installation;
use super::error::GithubError;
use super::runs::MAX_PAGES;
use super::wire;
use crate::change::{Change, CheckResult, Deployment, Evidence, WorkflowJob};
use crate::checks::Needs;
use crate::claims::{self, ClaimKind};
use crate::ids::{Malformed, RepoName, Sha};
use crate::policy::{Demands, EvidencePolicy};
use crate::read::check_results::Job;

/// The jobs of no more workflow runs are read.
const MAX_RUNS: usize = 2;
/// The states of no more deployments are read.
const MAX_DEPLOYMENTS: usize = 2;

type Result<T> = std::result::Result<T, GithubError>;

/// What is fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Check runs, statuses, and the jobs of workflow runs.
    pub results: bool,
    /// The reports in the artifacts of workflow runs.
    pub reports: bool,
    /// Deployments.
    pub deployments: bool,
}

impl Asked {
    /// What the claims of a change ask for: most texts ask for nothing.
    pub fn by_claims(change: &Change, needs: &Needs) -> Self {
        if !needs.wants_check_results() {
            return Self::default();
        }
        let claims = claims::read(change);
        let counted = |kind: &ClaimKind| matches!(kind, ClaimKind::TestsPass { .. } | ClaimKind::Coverage(_));
        let reports = claims.of(counted).next().is_some();
        Self { results: claims.ask_for_check_results(), reports, deployments: false }
    }

    /// What a policy requires comes on top.
    pub fn and(self, demands: &Demands) -> Self {
        Self {
            results: self.results || demands.of_checks(),
            reports: self.reports || demands.of_test_reports(),
            deployments: self.deployments || demands.of_deployments(),
        }
    }
}

impl Installation {
    /// The evidence about a change's head. What may not be read for lack of a permission is told in it.
    pub async fn evidence(
        &self,
        repo: &RepoName,
        change: &Change,
        asked: Asked,
        policy: &EvidencePolicy,
    ) -> Result<Evidence> {
        let head = &change.head_sha;
        let mut evidence = Evidence { kinds: policy.checks.clone(), ..Evidence::default() };
        if asked.results {
            evidence.checks = self.results(repo, head).await?;
        }
        // Where no check run is of a workflow, there is no workflow run to ask for.
        let by_workflow =
            |check: &CheckResult| check.url.as_ref().is_some_and(|url| url.contains("/actions/runs/"));
        if asked.reports && !asked.results || evidence.checks.iter().any(by_workflow) {
            let runs = self.workflow_runs(repo, head, &mut evidence).await?;
            if asked.results {
                for run in runs.iter().take(MAX_RUNS) {
                    evidence.jobs.extend(self.jobs(repo, head, run).await?);
                }
            }
            if asked.reports {
                self.artifacts(repo, &runs, policy, &mut evidence).await?;
            }
        }
        if asked.deployments {
            evidence.deployments = self.deployments(repo, head).await?;
        }
        Ok(evidence)
    }

    /// Check runs and statuses of a commit, but not our own.
    async fn results(&self, repo: &RepoName, head: &Sha) -> Result<Vec<CheckResult>> {
        let runs = self.check_runs(repo, head, "").await?.into_iter().filter(|run| !self.is_ours(run));
        let mut results: Vec<CheckResult> = runs
            .map(|run| CheckResult {
                name: run.name,
                conclusion: run.conclusion,
                head_sha: Some(head.clone()),
                url: run.html_url,
                started: run.started_at,
                completed: run.completed_at,
            })
            .collect();
        results.extend(self.statuses(repo, head).await?);
        results.sort_by(|a, b| (&a.name, &a.conclusion).cmp(&(&b.name, &b.conclusion)));
        Ok(results)
    }

    async fn statuses(&self, repo: &RepoName, head: &Sha) -> Result<Vec<CheckResult>> {
        let what = format!("the statuses of {} in {repo}", head.short());
        let mut statuses = Vec::new();
        for page in 1..=MAX_PAGES {
            let route = format!("/repos/{repo}/commits/{head}/status?per_page=100&page={page}");
            // An App without the permission to read statuses has none to show.
            let Some(answer) = readable(self.get::<wire::CombinedStatus>(&what, &route).await)? else {
                break;
            };
            let last =
                answer.statuses.is_empty() || statuses.len() + answer.statuses.len() >= answer.total_count;
            statuses.extend(answer.statuses.into_iter().map(|status| status.result(Some(head.clone()))));
            if last {
                break;
            }
        }
        Ok(statuses)
    }

    /// The workflow runs of a commit, each workflow's newest only, those of pull requests and pushes first.
    async fn workflow_runs(
        &self,
        repo: &RepoName,
        head: &Sha,
        evidence: &mut Evidence,
    ) -> Result<Vec<wire::WorkflowRun>> {
        let what = format!("the workflow runs of {} in {repo}", head.short());
        let route = format!("/repos/{repo}/actions/runs?head_sha={head}&per_page=100");
        let mut runs = match self.get::<wire::WorkflowRuns>(&what, &route).await {
            Ok(answer) => answer.workflow_runs,
            Err(GithubError::NotFound { .. }) => Vec::new(),
            Err(GithubError::Refused { status: 403, .. }) => {
                let why =
                    "the App may not read workflow runs, so their jobs and artifacts were not looked at";
                evidence.unread.push(why.to_owned());
                Vec::new()
            }
            Err(e) => return Err(e),
        };
        // Never believe a filter: evidence of another commit is none.
        runs.retain(|run| run.head_sha == head.as_str());
        let other = |run: &wire::WorkflowRun| !matches!(&*run.event, "pull_request" | "push" | "merge_group");
        let tests = |run: &wire::WorkflowRun| {
            let words = format!("{} {}", run.name.as_deref().unwrap_or_default(), run.path).to_lowercase();
            ["test", "ci", "check", "build"].iter().any(|word| words.contains(word))
        };
        runs.sort_by_key(|run| (other(run), !tests(run), std::cmp::Reverse(run.id)));
        let mut known = std::collections::BTreeSet::new();
        runs.retain(|run| known.insert((run.path.clone(), run.event.clone())));
        Ok(runs)
    }

    async fn jobs(&self, repo: &RepoName, head: &Sha, run: &wire::WorkflowRun) -> Result<Vec<WorkflowJob>> {
        let what = format!("the jobs of the workflow run {} in {repo}", run.id);
        let route = format!("/repos/{repo}/actions/runs/{}/jobs?per_page=100", run.id);
        let answer = readable(self.get::<wire::Jobs>(&what, &route).await)?;
        let jobs = answer.map(|answer| answer.jobs).unwrap_or_default().into_iter().map(Job::job);
        let mut jobs: Vec<WorkflowJob> = jobs
            .collect::<std::result::Result<_, Malformed>>()
            .map_err(|e| GithubError::Unexpected { what: what.clone(), reason: e.to_string() })?;
        for job in &mut jobs {
            job.head_sha.get_or_insert_with(|| head.clone());
            job.workflow = job.workflow.take().or_else(|| run.name.clone());
        }
        Ok(jobs)
    }

    /// The deployments of a commit, each environment's newest only, with their newest states.
    pub async fn deployments(&self, repo: &RepoName, head: &Sha) -> Result<Vec<Deployment>> {
        let what = format!("the deployments of {} in {repo}", head.short());
        let route = format!("/repos/{repo}/deployments?sha={head}&per_page=100");
        let answer = readable(self.get::<Vec<wire::Deployed>>(&what, &route).await)?.unwrap_or_default();
        let mut environments = std::collections::BTreeSet::new();
        let newest = answer.into_iter().filter(|found| environments.insert(found.environment.clone()));
        let mut deployments = Vec::new();
        for found in newest.take(MAX_DEPLOYMENTS) {
            let route = format!("/repos/{repo}/deployments/{}/statuses?per_page=1", found.id);
            let states = readable(self.get::<Vec<wire::DeploymentStatus>>(&what, &route).await)?;
            let newest = states.into_iter().flatten().next();
            deployments.push(Deployment {
                environment: found.environment,
                state: newest.as_ref().map(|status| status.state.clone()),
                sha: found.sha.parse().ok(),
                url: newest.and_then(|status| status.environment_url),
            });
        }
        deployments.retain(|deployment| deployment.sha.as_ref() == Some(head));
        Ok(deployments)
    }
}

/// What the App has no permission for, or what a server does not have, is nothing.
pub(super) fn readable<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(GithubError::NotFound { .. } | GithubError::Refused { .. }) => Ok(None),
        Err(e) => Err(e),
    }
}
