//! Comments on a pull request: found by our mark, posted once, updated in place, and answered with a reaction.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Doubt;
use super::client::Installation;
use super::error::GithubError;
use super::runs::MAX_PAGES;
use super::wire::AppId;
use crate::ids::{PrNumber, RepoName};

/// GitHub takes no longer comment. It counts characters; bytes are never fewer.
pub const LONGEST: usize = 65_536;

type Result<T> = std::result::Result<T, GithubError>;

/// A reaction of ours to a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// Done.
    Yes,
    /// Refused.
    No,
}

#[derive(Debug, Deserialize)]
struct Comment {
    id: u64,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    user: Option<Account>,
    #[serde(default)]
    performed_via_github_app: Option<AppId>,
}

#[derive(Debug, Deserialize)]
struct Account {
    #[serde(rename = "type", default)]
    kind: Option<String>,
}

impl Installation {
    /// Posts a comment that holds `mark`; returns its number. In doubt it is looked for first, because a POST that
    /// failed may have had its effect.
    pub async fn say(
        &self,
        repo: &RepoName,
        number: PrNumber,
        (mark, body): (&str, &str),
        doubt: Doubt,
    ) -> Result<u64> {
        if doubt == Doubt::Some
            && let Some(id) = self.said(repo, number, mark).await?
        {
            return Ok(id);
        }
        let what = format!("a comment on {repo}{number}");
        let (route, body) = (format!("/repos/{repo}/issues/{}/comments", number.0), json!({ "body": body }));
        let post = || async {
            match self.post::<Comment>(&what, &route, &body).await {
                Err(e @ GithubError::Unavailable { .. }) => self.said(repo, number, mark).await?.ok_or(e),
                answer => Ok(answer?.id),
            }
        };
        self.patiently(post).await
    }

    /// Our comment on a pull request that holds a mark; the first where there are several.
    pub async fn said(&self, repo: &RepoName, number: PrNumber, mark: &str) -> Result<Option<u64>> {
        let what = format!("the comments of {repo}{number}");
        for page in 1..=MAX_PAGES {
            let route = format!("/repos/{repo}/issues/{}/comments?per_page=100&page={page}", number.0);
            let comments: Vec<Comment> = self.get(&what, &route).await?;
            let ours = |comment: &&Comment| self.wrote(comment);
            let marked = |comment: &&Comment| comment.body.as_deref().is_some_and(|body| body.contains(mark));
            if let Some(found) = comments.iter().filter(ours).find(marked) {
                return Ok(Some(found.id));
            }
            if comments.len() < 100 {
                return Ok(None);
            }
        }
        let reason = format!("over {} comments, of which the newest are not read", MAX_PAGES * 100);
        Err(GithubError::Unexpected { what, reason })
    }

    /// Whether this App wrote it: a person can copy any mark. Where a server leaves the App out, a bot's must do.
    fn wrote(&self, comment: &Comment) -> bool {
        match comment.performed_via_github_app.as_ref().and_then(|app| app.id) {
            Some(id) => id == self.app_id,
            None => comment.user.as_ref().and_then(|user| user.kind.as_deref()) == Some("Bot"),
        }
    }

    /// Puts another text into a comment of ours. The same text twice is the same comment, so a try that failed is
    /// repeated.
    pub async fn rephrase(&self, repo: &RepoName, comment: u64, body: &str) -> Result<()> {
        let what = format!("the comment {comment} in {repo}");
        let (route, body) = (format!("/repos/{repo}/issues/comments/{comment}"), json!({ "body": body }));
        self.patiently(|| self.patch::<Value>(&what, &route, &body)).await?;
        Ok(())
    }

    /// Reacts to a comment. GitHub keeps one reaction of a kind from each account, so a try that failed is repeated.
    pub async fn react(&self, repo: &RepoName, comment: u64, reaction: Reaction) -> Result<()> {
        let what = format!("a reaction to the comment {comment} in {repo}");
        let route = format!("/repos/{repo}/issues/comments/{comment}/reactions");
        let content = match reaction {
            Reaction::Yes => "+1",
            Reaction::No => "-1",
        };
        let body = json!({ "content": content });
        self.patiently(|| self.post::<Value>(&what, &route, &body)).await?;
        Ok(())
    }
}
