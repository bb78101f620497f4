//! What landed on the base branch lately and changed files of the pull request: first parents, newest first.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::client::{Installation, side_by_side};
use super::commits::sha;
use super::error::GithubError;
use super::patch::edits;
use super::wire;
use crate::change::{FileChange, History, Landed, LandedFile};
use crate::ids::{RepoName, RepoPath, Sha};

type Result<T> = std::result::Result<T, GithubError>;

/// Commits on a page.
const PAGE: usize = 100;
/// More pages are not read: what merges brought stands on them too, so that first parents may lie far apart.
const MAX_PAGES: usize = 3;

impl Installation {
    /// The latest commits that lead to `base` and changed a file that `files` change or delete. A commit never changes,
    /// so most answers come from the cache of pages.
    pub(super) async fn history(&self, repo: &RepoName, base: &Sha, files: &[FileChange]) -> Result<History> {
        let watched: BTreeSet<&RepoPath> = files.iter().filter_map(|file| file.base.as_ref()).collect();
        if watched.is_empty() {
            return Ok(History::Loaded(Vec::new()));
        }
        let commits = self.first_parents(repo, base).await?;
        let ask = |(commit, before_base): (wire::Commit, u64)| {
            let (github, repo) = (self.clone(), repo.clone());
            async move {
                let files = github.files_of(&repo, &commit.sha).await?;
                Ok::<_, GithubError>((commit, before_base, files.unwrap_or_default()))
            }
        };
        let mut landed = Vec::new();
        for answer in side_by_side(commits, ask).await {
            let (commit, before_base, files) = answer?;
            let mut files: Vec<LandedFile> =
                files.iter().filter_map(|file| of_file(file, &watched)).collect();
            files.sort_by(|a, b| a.path.cmp(&b.path));
            if !files.is_empty() {
                landed.push(Landed {
                    sha: sha(&commit.sha)?,
                    author: wire::person(commit.author.as_ref(), commit.commit.author.as_ref()),
                    message: commit.commit.message,
                    before_base,
                    files,
                });
            }
        }
        Ok(History::Loaded(landed))
    }

    /// The commits from `base` backwards along first parents, each with the seconds before `base`, as far as
    /// [`History`] reaches and GitHub lists them. The first commit of all brought everything and is none of them.
    async fn first_parents(&self, repo: &RepoName, base: &Sha) -> Result<Vec<(wire::Commit, u64)>> {
        let oldest = u64::from(History::MAX_DAYS) * 86_400;
        let mut known: HashMap<String, wire::Commit> = HashMap::new();
        let mut found: Vec<(wire::Commit, u64)> = Vec::new();
        let (mut next, mut newest) = (base.to_string(), None);
        for page in 1..=MAX_PAGES {
            let what = format!("the commits before {} in {repo}", base.short());
            let route = format!("/repos/{repo}/commits?sha={base}&per_page={PAGE}&page={page}");
            let listed: Vec<wire::Commit> = self.get(&what, &route).await?;
            let is_last = listed.len() < PAGE;
            known.extend(listed.into_iter().map(|commit| (commit.sha.clone(), commit)));
            while let Some(commit) = known.remove(&next) {
                let at = committed(&commit);
                let newest = *newest.get_or_insert(at);
                let age = newest.zip(at).map_or(0, |(newest, at)| newest.saturating_sub(at));
                let age = u64::try_from(age).unwrap_or_default();
                let Some(parent) = commit.parents.first().filter(|_| age <= oldest) else { return Ok(found) };
                next = parent.sha.clone();
                found.push((commit, age));
                if found.len() == History::MAX_COMMITS {
                    return Ok(found);
                }
            }
            if is_last {
                break;
            }
        }
        Ok(found)
    }
}

/// When, in seconds since 1970.
fn committed(commit: &wire::Commit) -> Option<i64> {
    let date = commit.commit.committer.as_ref()?.date.as_deref()?;
    date.parse().ok().map(Timestamp::as_second)
}

/// What a commit did to a watched file, where GitHub gives the patch.
fn of_file(file: &wire::File, watched: &BTreeSet<&RepoPath>) -> Option<LandedFile> {
    let path: RepoPath = file.filename.parse().ok()?;
    let hunks = edits(file.patch.as_deref().filter(|_| watched.contains(&path))?)?;
    Some(LandedFile { path, hunks })
}
