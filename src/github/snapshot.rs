//! A pull request as GitHub has it now becomes a [`Change`].

use std::collections::BTreeMap;

use super::blobs::{AtPath, encoded};
use super::client::Installation;
use super::commits::sha;
use super::error::GithubError;
use super::trees::{Listing, differing};
use super::wire;
use crate::change::{Change, Content, Evidence, History, PullRequest};
use crate::checks::Needs;
use crate::ids::{PrNumber, RepoName, RepoPath, Sha};
use crate::policy::{self, Policy, PolicyError};
use crate::undecided::Undecided;

type Result<T> = std::result::Result<T, GithubError>;
/// A policy, or why the one that stands there can't be obeyed.
type Found = std::result::Result<Policy, PolicyError>;

/// The part of a pull request that can change under us: read before judging and again before publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Words and people.
    pub words: PullRequest,
    /// The head commit.
    pub head: Sha,
    /// The base branch's commit as the pull request has it.
    pub base: Sha,
    /// The base branch's name.
    pub base_branch: String,
    /// Whether it is closed or merged.
    pub is_closed: bool,
}

impl Installation {
    /// The pull request as it is now. Payloads of events are never believed for this.
    pub async fn pull(&self, repo: &RepoName, number: PrNumber) -> Result<Pull> {
        let what = format!("the pull request {repo}{number}");
        let pull: wire::Pull = self.get(&what, &format!("/repos/{repo}/pulls/{}", number.0)).await?;
        Ok(Pull {
            head: sha(&pull.head.sha)?,
            base: sha(&pull.base.sha)?,
            base_branch: pull.base.name,
            is_closed: pull.state.as_deref() == Some("closed"),
            words: PullRequest {
                repo: Some(repo.clone()),
                number: Some(number),
                title: pull.title,
                body: pull.body.unwrap_or_default(),
                author: wire::person(pull.user.as_ref(), None),
                branch: pull.head.name,
                labels: pull.labels.into_iter().map(|label| label.name).collect(),
            },
        })
    }

    /// The policy at the tip of the base branch; the default where it has none.
    ///
    /// The commit that GitHub calls a pull request's base may lie behind the branch, so the tip is asked for. Where it
    /// is the commit that `change` was compared with, its files are there already.
    pub async fn policy(&self, repo: &RepoName, branch: &str, change: &Change) -> Result<Found> {
        let tip = self.tip(repo, branch).await?;
        let paths = policy::PATHS.map(|path| path.parse::<RepoPath>().expect("a constant path is sound"));
        let mut listing = if tip == change.base_sha {
            Listing { tree: change.base.clone(), sizes: BTreeMap::new() }
        } else {
            self.tree(repo, &tip).await?
        };
        if listing.tree.truncated.is_some() {
            return self.policy_by_path(repo, &paths, &tip).await;
        }
        if tip != change.base_sha {
            self.fill(repo, &tip, [(&mut listing, &paths.into())]).await?;
        }
        Ok(Policy::find(|path| {
            let broken = |u: Undecided| PolicyError { file: path.to_string(), line: 1, problem: u.why };
            Ok(listing.tree.read(path).map_err(broken)?.map(<[u8]>::to_vec))
        }))
    }

    /// The commit that a branch stands at.
    pub(super) async fn tip(&self, repo: &RepoName, branch: &str) -> Result<Sha> {
        let what = format!("the branch {branch} of {repo}");
        let route = format!("/repos/{repo}/git/ref/heads/{}", encoded(branch));
        sha(&self.get::<wire::Ref>(&what, &route).await?.object.sha)
    }

    /// The policy of a commit whose tree is too large to be listed.
    async fn policy_by_path(&self, repo: &RepoName, paths: &[RepoPath], tip: &Sha) -> Result<Found> {
        for path in paths {
            let broken = |problem: String| Err(PolicyError { file: path.to_string(), line: 1, problem });
            return Ok(match self.file_at(repo, path.as_str(), tip.as_str()).await? {
                AtPath::Absent => continue,
                AtPath::File(Content::Loaded(bytes)) => Policy::decode(path, &bytes),
                AtPath::File(Content::Missing(why)) => broken(why),
                AtPath::File(_) => broken("is too large to be a policy".to_owned()),
            });
        }
        Ok(Ok(Policy::default()))
    }

    /// Everything about a pull request that the checks need but the evidence. A fork's objects are read through the base repository,
    /// which shares them.
    pub async fn change(&self, repo: &RepoName, pull: &Pull, needs: &Needs) -> Result<Change> {
        Ok(self.between(repo, (&pull.base, &pull.head), pull.words.clone(), needs).await?.0)
    }

    /// The change that leads from the last commit that two have in common to the second, with what GitHub says of the
    /// range.
    pub(super) async fn between(
        &self,
        repo: &RepoName,
        (from, to): (&Sha, &Sha),
        words: PullRequest,
        needs: &Needs,
    ) -> Result<(Change, wire::Compare)> {
        self.warm_up().await?;
        let range = self.compare(repo, from, to).await?;
        let base_sha = sha(&range.merge_base_commit.sha)?;
        let mut base = self.tree(repo, &base_sha).await?;
        let mut head = self.tree(repo, to).await?;
        let files = differing(&base.tree, &head.tree, &range.files)?;
        let wanted = needs.select(&base.tree, &head.tree, &files);
        self.fill(repo, &base_sha, [(&mut base, &wanted.base), (&mut head, &wanted.head)]).await?;
        let mut change = Change {
            pr: words,
            base_sha,
            head_sha: to.clone(),
            base: std::mem::take(&mut base.tree),
            head: std::mem::take(&mut head.tree),
            files: files.into(),
            commits: self.commits(repo, &range, needs.wants_additions()).await?,
            history: History::NotLoaded,
            evidence: Evidence::default(),
        };
        if needs.wants_history() {
            change.history = self.history(repo, &change.base_sha, &change.files).await?;
        }
        let more = needs.more(&change);
        if !more.is_empty() {
            (base.tree, head.tree) = (change.base, change.head);
            self.fill(repo, &change.base_sha, [(&mut base, &more.base), (&mut head, &more.head)]).await?;
            (change.base, change.head) = (base.tree, head.tree);
        }
        Ok((change, range))
    }
}
