//! The commits of a pull request, and what each added.

use std::collections::HashMap;

use super::blobs::AtPath;
use super::client::{Installation, side_by_side};
use super::error::GithubError;
use super::patch::added_lines;
use super::wire;
use crate::change::tree::{MAX_BLOB, is_binary};
use crate::change::{AddedLines, Additions, Commit, Content, Effect, line_diff};
use crate::ids::{RepoName, RepoPath, Sha};
use crate::undecided::Undecided;

/// More commits than this are refused as a whole rather than judged in part.
const MAX_COMMITS: usize = 1_000;
/// Commits on a page of `compare`, and files on a page of a commit.
const PAGE: usize = 100;
/// GitHub lists no more files of one commit.
const MAX_FILES: usize = 3_000;

type Result<T> = std::result::Result<T, GithubError>;

impl Installation {
    /// The merge base, the commits (all pages) and the files of a range, as `compare` gives them.
    pub(super) async fn compare(&self, repo: &RepoName, base: &Sha, head: &Sha) -> Result<wire::Compare> {
        let (from, to) = (base.short(), head.short());
        let what = format!("the comparison of {from} and {to} in {repo} (they must share a commit)");
        let mut whole: Option<wire::Compare> = None;
        for page in 1..=MAX_COMMITS / PAGE {
            let route = format!("/repos/{repo}/compare/{base}...{head}?per_page={PAGE}&page={page}");
            let answer: wire::Compare = self.get(&what, &route).await?;
            if answer.total_commits > MAX_COMMITS {
                break;
            }
            let (full, total) = (answer.commits.len() >= PAGE, answer.total_commits);
            let range = match whole.as_mut() {
                None => whole.insert(answer),
                Some(range) => {
                    range.commits.extend(answer.commits);
                    range
                }
            };
            if range.commits.len() >= total {
                return Ok(whole.take().expect("it was just filled"));
            }
            if !full {
                let reason = format!("it lists {} of {total} commits", range.commits.len());
                return Err(GithubError::Unexpected { what, reason });
            }
        }
        let what =
            format!("the pull request has over {MAX_COMMITS} commits, which is more than is read; split it");
        Err(GithubError::Incomplete { what })
    }

    /// The commits with what each added, where that is wanted. `listed` are the files of the whole range: they serve
    /// for a range of one commit without another request.
    pub(super) async fn commits(
        &self,
        repo: &RepoName,
        range: &wire::Compare,
        additions: bool,
    ) -> Result<Vec<Commit>> {
        let mut commits = Vec::new();
        let trees = Trees::of(range);
        for commit in &range.commits {
            commits.push(plain(commit, trees.effect(commit))?);
        }
        if !additions {
            return Ok(commits);
        }
        if let ([only], [commit]) = (&mut commits[..], &range.commits[..])
            && only.parents == 1
            && commit.parents[0].sha == range.merge_base_commit.sha
            && range.files.len() < 300
        {
            only.additions = self.additions(repo, commit, &range.files).await?;
            return Ok(commits);
        }
        let ask = |(at, commit): (usize, wire::Commit)| {
            let (github, repo) = (self.clone(), repo.clone());
            async move { Ok((at, github.additions_of(&repo, &commit).await?)) }
        };
        for answer in side_by_side(range.commits.iter().cloned().enumerate(), ask).await {
            let (at, additions) = answer?;
            commits[at].additions = additions;
        }
        Ok(commits)
    }

    async fn additions_of(&self, repo: &RepoName, commit: &wire::Commit) -> Result<Additions> {
        let Some(files) = self.files_of(repo, &commit.sha).await? else {
            let what = format!(
                "the commit {} changes {MAX_FILES} files or more, which GitHub does not list",
                commit.sha
            );
            return Err(GithubError::Incomplete { what });
        };
        let files = self.own_files(repo, commit, files).await?;
        self.additions(repo, commit, &files).await
    }

    /// The files of a commit against its first parent; `None` where GitHub does not list them all.
    pub(super) async fn files_of(&self, repo: &RepoName, commit: &str) -> Result<Option<Vec<wire::File>>> {
        let mut files = Vec::new();
        for page in 1..=MAX_FILES / PAGE {
            let route = format!("/repos/{repo}/commits/{commit}?per_page={PAGE}&page={page}");
            let answer: wire::Commit = self.get(&format!("the commit {commit}"), &route).await?;
            let full = answer.files.len() >= PAGE;
            files.extend(answer.files);
            if !full {
                return Ok(Some(files));
            }
        }
        Ok(None)
    }

    /// Of a merge, only the files that differ from every parent: what its author typed in.
    async fn own_files(
        &self,
        repo: &RepoName,
        commit: &wire::Commit,
        mut files: Vec<wire::File>,
    ) -> Result<Vec<wire::File>> {
        for parent in commit.parents.iter().skip(1) {
            let other = self.tree(repo, &sha(&parent.sha)?).await?.tree;
            files.retain(|file| {
                let entry = file.filename.parse().ok().and_then(|path: RepoPath| other.entry(&path).cloned());
                entry.is_none_or(|entry| Some(entry.id.as_str()) != file.sha.as_deref())
            });
        }
        Ok(files)
    }

    async fn additions(
        &self,
        repo: &RepoName,
        commit: &wire::Commit,
        files: &[wire::File],
    ) -> Result<Additions> {
        let mut added = Vec::new();
        for file in files.iter().filter(|file| file.status != "removed" && file.additions != Some(0)) {
            let Ok(path) = file.filename.parse::<RepoPath>() else { continue };
            let lines = match file.patch.as_deref().map(added_lines) {
                Some(Some(lines)) => Ok(lines),
                _ => match self.added_by_blobs(repo, commit, file, &path).await? {
                    Ok(None) => continue,
                    Ok(Some(lines)) => Ok(lines),
                    Err(why) => Err(Undecided::new(why).at(&path)),
                },
            };
            added.push(AddedLines { path, lines });
        }
        added.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Additions::Loaded(added))
    }

    /// Where GitHub gives no patch: the two files are compared here. They are asked for by path, because that answer
    /// tells the size before the bytes come. `None` for a binary file.
    async fn added_by_blobs(
        &self,
        repo: &RepoName,
        commit: &wire::Commit,
        file: &wire::File,
        path: &RepoPath,
    ) -> Result<std::result::Result<Option<Vec<(usize, String)>>, String>> {
        let new = match self.file_at(repo, path.as_str(), &commit.sha).await? {
            AtPath::File(content) => content,
            // A submodule, or a link into nowhere.
            AtPath::Absent => return Ok(Ok(None)),
        };
        let old_path = file.previous_filename.as_deref().unwrap_or(path.as_str());
        let old = match commit.parents.first() {
            Some(parent) if file.status != "added" => self.file_at(repo, old_path, &parent.sha).await?,
            _ => AtPath::Absent,
        };
        let old = match old {
            AtPath::Absent => Content::Loaded([].into()),
            AtPath::File(content) => content,
        };
        Ok(text_of(new).and_then(|new| Ok(new.zip(text_of(old)?).map(|(new, old)| compared(&old, &new)))))
    }
}

/// The trees of a range's commits and of the one it begins at.
struct Trees<'r>(HashMap<&'r str, &'r str>);

impl<'r> Trees<'r> {
    fn of(range: &'r wire::Compare) -> Self {
        let commits = range.commits.iter().filter_map(|c| Some((&*c.sha, &*c.commit.tree.as_ref()?.sha)));
        let base = &range.merge_base_commit;
        let root = base.commit.iter().map(|root| (&*base.sha, &*root.tree.sha));
        Self(commits.chain(root).collect())
    }

    /// A parent that is neither in the range nor its begin came in by a merge; its tree is not told.
    fn effect(&self, commit: &wire::Commit) -> Effect {
        let [parent] = &commit.parents[..] else { return Effect::NotKnown };
        match (self.0.get(&*commit.sha), self.0.get(&*parent.sha)) {
            (Some(tree), Some(parent)) => Effect::of(tree, parent),
            _ => Effect::NotKnown,
        }
    }
}

/// `None` for a binary file, an error where it can't be had.
fn text_of(content: Content) -> std::result::Result<Option<String>, String> {
    match content {
        Content::Loaded(bytes) if bytes.len() as u64 > MAX_BLOB => {
            Err(format!("has {} bytes in a commit; files over {MAX_BLOB} bytes are not read", bytes.len()))
        }
        Content::Loaded(bytes) if is_binary(&bytes) => Ok(None),
        Content::Loaded(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Content::TooLarge(size) => {
            Err(format!("has {size} bytes in a commit; files over {MAX_BLOB} are not read"))
        }
        Content::LargeBinary(_) => Ok(None),
        Content::Missing(why) => Err(why),
        Content::NotLoaded => Err("was not loaded".to_owned()),
    }
}

fn compared(old: &str, new: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = new.lines().collect();
    let numbered = |n: usize| lines.get(n - 1).map(|line| (n, (*line).to_owned()));
    line_diff(old, new).added().filter_map(numbered).collect()
}

fn plain(commit: &wire::Commit, effect: Effect) -> Result<Commit> {
    let words = &commit.commit;
    Ok(Commit {
        sha: sha(&commit.sha)?,
        parents: commit.parents.len(),
        author: wire::person(commit.author.as_ref(), words.author.as_ref()),
        committer: wire::person(commit.committer.as_ref(), words.committer.as_ref()),
        message: words.message.clone(),
        effect,
        additions: Additions::NotLoaded,
    })
}

/// An id from an answer.
pub(super) fn sha(text: &str) -> Result<Sha> {
    text.parse().map_err(|e: crate::ids::Malformed| GithubError::Unexpected {
        what: "an object id".to_owned(),
        reason: e.to_string(),
    })
}
