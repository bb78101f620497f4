//! The evidence that only a policy asks for: nobody else pays for these requests.

use serde::Deserialize;

use super::client::Installation;
use super::error::GithubError;
use crate::change::{Change, Deployment};
use crate::claims;
use crate::ids::{PrNumber, RepoName, Sha};
use crate::policy::Demands;

/// Of more deployments of one commit only the newest are read.
const MAX_DEPLOYMENTS: usize = 20;

type Result<T> = std::result::Result<T, GithubError>;

#[derive(Debug, Deserialize)]
struct Deployed {
    id: u64,
    sha: String,
    environment: String,
}

#[derive(Debug, Deserialize)]
struct Status {
    state: String,
    #[serde(default)]
    environment_url: Option<String>,
}

impl Installation {
    /// Fetches what a policy requires and the change does not hold yet.
    pub async fn demanded(
        &self,
        repo: &RepoName,
        number: PrNumber,
        demands: &Demands,
        change: &mut Change,
    ) -> Result<()> {
        let head = change.head_sha.clone();
        if demands.of_checks() && !claims::read(change).ask_for_check_results() {
            change.evidence.checks = self.results(repo, &head).await?;
        }
        if demands.of_deployments() {
            change.evidence.deployments = self.deployments(repo, &head).await?;
        }
        if demands.of_approvals() {
            self.approvals(repo, number, change).await?;
        }
        Ok(())
    }

    /// The deployments of a commit, each in its newest state.
    async fn deployments(&self, repo: &RepoName, head: &Sha) -> Result<Vec<Deployment>> {
        let what = format!("the deployments of {} in {repo}", head.short());
        let route = format!("/repos/{repo}/deployments?sha={head}&per_page={MAX_DEPLOYMENTS}");
        let deployed: Vec<Deployed> = match self.get(&what, &route).await {
            // An App without the permission to read deployments has none to show.
            Err(GithubError::NotFound { .. } | GithubError::Refused { .. }) => return Ok(Vec::new()),
            answer => answer?,
        };
        let mut deployments = Vec::new();
        for one in deployed {
            let what = format!("the state of the deployment {} in {repo}", one.id);
            let route = format!("/repos/{repo}/deployments/{}/statuses?per_page=1", one.id);
            let newest = self.get::<Vec<Status>>(&what, &route).await?.into_iter().next();
            let (state, url) = newest.map(|status| (status.state, status.environment_url)).unzip();
            deployments.push(Deployment {
                environment: one.environment,
                state,
                sha: one.sha.parse().ok(),
                url: url.flatten(),
            });
        }
        Ok(deployments)
    }
}
