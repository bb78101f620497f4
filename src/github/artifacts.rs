//! Reports in the artifacts of workflow runs: few, capped, and read from memory.

use super::client::Installation;
use super::error::GithubError;
use super::evidence::readable;
use super::wire;
use crate::change::{Evidence, EvidenceFile};
use crate::ids::RepoName;
use crate::policy::EvidencePolicy;
use crate::read::{archive, coverage_report, test_report};

/// The artifacts of no more workflow runs are listed.
const MAX_RUNS: usize = 2;
/// No more artifacts are downloaded.
const MAX_ARTIFACTS: usize = 2;
/// A larger artifact is not downloaded.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The words in the names of artifacts that hold reports.
const WORDS: [&str; 9] = ["test", "junit", "report", "result", "coverage", "lcov", "trx", "tap", "cov"];

impl Installation {
    /// Adds the reports that stand in the artifacts of some workflow runs.
    pub(super) async fn artifacts(
        &self,
        repo: &RepoName,
        runs: &[wire::WorkflowRun],
        policy: &EvidencePolicy,
        evidence: &mut Evidence,
    ) -> Result<(), GithubError> {
        let mut found = Vec::new();
        for run in runs.iter().take(MAX_RUNS) {
            let what = format!("the artifacts of the workflow run {} in {repo}", run.id);
            let route = format!("/repos/{repo}/actions/runs/{}/artifacts?per_page=100", run.id);
            let answer = readable(self.get::<wire::Artifacts>(&what, &route).await)?;
            found.extend(answer.map(|answer| answer.artifacts).unwrap_or_default());
        }
        let promising = |artifact: &&wire::Artifact| {
            let name = artifact.name.to_lowercase();
            policy.names_reports || WORDS.iter().any(|word| name.contains(word))
        };
        let mut promising: Vec<&wire::Artifact> =
            found.iter().filter(|artifact| !artifact.expired).filter(promising).collect();
        promising.sort_by_key(|artifact| (artifact.size_in_bytes, artifact.id));
        for artifact in promising.iter().skip(MAX_ARTIFACTS) {
            let why = "was not looked at: two artifacts are read for one verdict";
            evidence.unread.push(format!("the artifact {} {why}", artifact.name));
        }
        for artifact in promising.into_iter().take(MAX_ARTIFACTS) {
            self.take(repo, artifact, policy, evidence).await?;
        }
        Ok(())
    }

    async fn take(
        &self,
        repo: &RepoName,
        artifact: &wire::Artifact,
        policy: &EvidencePolicy,
        evidence: &mut Evidence,
    ) -> Result<(), GithubError> {
        let name = &artifact.name;
        let too_large =
            || format!("the artifact {name} is larger than {} MiB and was not read", MAX_BYTES >> 20);
        if artifact.size_in_bytes > MAX_BYTES as u64 {
            evidence.unread.push(too_large());
            return Ok(());
        }
        let what = format!("the artifact {name} in {repo}");
        let route = format!("/repos/{repo}/actions/artifacts/{}/zip", artifact.id);
        let bytes = match self.download(&what, &route, MAX_BYTES).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                evidence.unread.push(too_large());
                return Ok(());
            }
            Err(GithubError::NotFound { .. } | GithubError::Refused { .. }) => {
                evidence.unread.push(format!("the artifact {name} could not be had"));
                return Ok(());
            }
            Err(e) => return Err(e),
        };
        match archive::take(name, &bytes, |path| policy.reports.is_match(path)) {
            Ok(taken) => {
                evidence.unread.extend(taken.left);
                taken.files.into_iter().for_each(|file| sort_in(file, evidence));
            }
            Err(why) => evidence.unread.push(why),
        }
        Ok(())
    }
}

/// A report is told by its content, whatever it is called.
fn sort_in(file: EvidenceFile, evidence: &mut Evidence) {
    if test_report::read(&file).is_ok() {
        evidence.tests.push(file);
    } else if coverage_report::read(&file).is_ok() {
        evidence.coverage.push(file);
    } else {
        evidence.unread.push(format!("{} is named like a report and is none that can be read", file.name));
    }
}
