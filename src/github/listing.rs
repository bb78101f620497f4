//! What is there to be judged: the repositories that an installation sees, and their open pull requests.

use super::client::Installation;
use super::error::GithubError;
use super::wire;
use crate::ids::{PrNumber, RepoName};

type Result<T> = std::result::Result<T, GithubError>;

const PAGE: usize = 100;
/// More pages of repositories are not read: their pull requests are judged when something happens to them.
const MAX_PAGES: usize = 50;

/// A repository that an installation sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its numeric id.
    pub repo_id: u64,
    /// Its name now.
    pub repo: RepoName,
}

/// A pull request that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPull {
    /// Its number.
    pub number: PrNumber,
}

impl Installation {
    /// The repositories that the installation sees. One whose name is none is left out.
    pub async fn repositories(&self) -> Result<Vec<Seen>> {
        let mut seen = Vec::new();
        for page in 1..=MAX_PAGES {
            let route = format!("/installation/repositories?per_page={PAGE}&page={page}");
            let answer: wire::Repositories = self.get("the installation's repositories", &route).await?;
            let full = answer.repositories.len() >= PAGE;
            let known =
                |repo: wire::Repository| Some(Seen { repo_id: repo.id, repo: repo.full_name.parse().ok()? });
            seen.extend(answer.repositories.into_iter().filter_map(known));
            if !full {
                break;
            }
        }
        Ok(seen)
    }

    /// The hundred open pull requests of a repository that changed last, the newest change first.
    pub async fn open_pulls(&self, repo: &RepoName) -> Result<Vec<OpenPull>> {
        let what = format!("the open pull requests of {repo}");
        let route = format!("/repos/{repo}/pulls?state=open&sort=updated&direction=desc&per_page={PAGE}");
        let pulls: Vec<wire::Numbered> = self.get(&what, &route).await?;
        Ok(pulls.into_iter().map(|pull| OpenPull { number: PrNumber(pull.number) }).collect())
    }
}
