//! A merge group as GitHub has it now: what several pull requests come to together, before they reach the base branch.

use std::collections::HashMap;

use super::client::Installation;
use super::error::GithubError;
use super::wire;
use crate::change::{Change, PullRequest};
use crate::checks::Needs;
use crate::ids::{PrNumber, RepoName, Sha};

type Result<T> = std::result::Result<T, GithubError>;

/// Where the merge queue keeps its branches: `<base branch>/pr-<number>-<base commit>`.
const QUEUE: &str = "heads/gh-readonly-queue/";
/// Of more pull requests in one group the words are not read.
const MAX_MEMBERS: usize = 50;

/// A merge group that waits in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The branch that it is to go into.
    pub branch: String,
    /// Its head.
    pub head: Sha,
    /// The commit that it was built on, as its branch's name tells.
    base: Option<Sha>,
    /// The pull request that was added last.
    last: PrNumber,
}

/// A merge group, ready to be judged.
#[derive(Debug, Clone)]
pub struct Group {
    /// From the commit that the group was built on to its head. Its title is empty; its body is what the members say
    /// about themselves, for what they admit: their claims were judged with each of them.
    pub change: Change,
    /// The pull requests in it, the oldest first.
    pub members: Vec<PrNumber>,
}

impl Installation {
    /// The merge group of a head; nothing where it waits no longer, and needs no verdict.
    pub async fn queued(&self, repo: &RepoName, head: &Sha) -> Result<Option<Queued>> {
        let what = format!("the merge queue of {repo}");
        let route = format!("/repos/{repo}/git/matching-refs/{QUEUE}");
        let refs: Vec<wire::NamedRef> = self.get(&what, &route).await?;
        let here = refs.iter().filter(|branch| branch.object.sha == head.as_str());
        Ok(here.filter_map(|branch| queued(&branch.name, head)).next())
    }

    /// Everything about a merge group that the checks need but the evidence.
    pub async fn group(&self, repo: &RepoName, queued: &Queued, needs: &Needs) -> Result<Group> {
        let base = match &queued.base {
            Some(base) => base.clone(),
            None => self.tip(repo, &queued.branch).await?,
        };
        let words = PullRequest { repo: Some(repo.clone()), ..PullRequest::default() };
        let (mut change, range) = self.between(repo, (&base, &queued.head), words, needs).await?;
        let mut members = Vec::new();
        for number in numbers(&range, queued).into_iter().rev().take(MAX_MEMBERS) {
            // A number in a subject may be an issue's.
            let member = match self.pull(repo, number).await {
                Ok(member) => member,
                Err(GithubError::NotFound { .. }) => continue,
                Err(e) => return Err(e),
            };
            members.push(number);
            change.pr.body += &format!("{}\n\n{}\n\n", member.words.title, member.words.body);
        }
        members.reverse();
        Ok(Group { change, members })
    }
}

fn queued(name: &str, head: &Sha) -> Option<Queued> {
    let path = name.strip_prefix("refs/")?.strip_prefix(QUEUE)?;
    let (branch, last) = path.rsplit_once("/pr-")?;
    let (number, base) = last.split_once('-').unwrap_or((last, ""));
    let last = PrNumber(number.parse().ok()?);
    Some(Queued { branch: branch.to_owned(), head: head.clone(), base: base.parse().ok(), last })
}

/// The pull requests of a group, the oldest first: by the subjects of the commits that the queue itself made, which are
/// those on the line of first parents, and by its branch's name.
fn numbers(range: &wire::Compare, queued: &Queued) -> Vec<PrNumber> {
    let by_sha: HashMap<&str, &wire::Commit> =
        range.commits.iter().map(|commit| (commit.sha.as_str(), commit)).collect();
    let mut found = vec![queued.last];
    let mut at = queued.head.as_str();
    for _ in 0..range.commits.len() {
        let Some(commit) = by_sha.get(at) else { break };
        found.extend(number(commit.commit.message.lines().next().unwrap_or_default()));
        let Some(parent) = commit.parents.first() else { break };
        at = &parent.sha;
    }
    let mut distinct = Vec::new();
    for number in found {
        if !distinct.contains(&number) {
            distinct.push(number);
        }
    }
    distinct.reverse();
    distinct
}

/// `Merge pull request #7 from …`, or `A subject (#7)`.
fn number(subject: &str) -> Option<PrNumber> {
    let merged = || subject.strip_prefix("Merge pull request #")?.split(' ').next();
    let squashed = || Some(subject.trim_end().strip_suffix(')')?.rsplit_once("(#")?.1);
    merged().or_else(squashed)?.parse().ok().map(PrNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(digit: char) -> Sha {
        digit.to_string().repeat(40).parse().unwrap()
    }

    #[test]
    fn a_queues_branch_tells_the_base_branch_the_base_and_the_last_member() {
        let base = "b".repeat(40);
        let name = format!("refs/heads/gh-readonly-queue/release/2.x/pr-104-{base}");
        let queued = queued(&name, &sha('a')).unwrap();
        assert_eq!(
            (queued.branch.as_str(), queued.last, queued.base),
            ("release/2.x", PrNumber(104), Some(sha('b')))
        );
        let without = super::queued("refs/heads/gh-readonly-queue/main/pr-7-929f", &sha('a')).unwrap();
        assert_eq!((without.base, without.last), (None, PrNumber(7)));
        for other in
            ["refs/heads/main", "refs/heads/gh-readonly-queue/main/pr-x-1", "refs/heads/gh-readonly-queue/pr"]
        {
            assert_eq!(super::queued(other, &sha('a')), None, "{other}");
        }
    }

    #[test]
    fn members_are_told_by_the_queues_own_commits_and_not_by_those_of_a_member() {
        let commit = |id: char, parents: &[char], subject: &str| {
            let parents: Vec<_> = parents.iter().map(|p| serde_json::json!({"sha": sha(*p)})).collect();
            serde_json::json!({"sha": sha(id), "parents": parents, "commit": {"message": format!("{subject}\n\nMore (#99)")}})
        };
        let range = serde_json::json!({"merge_base_commit": {"sha": sha('0')}, "total_commits": 4, "commits": [
            commit('1', &['0'], "Squashed (#3)"),
            commit('2', &['0'], "Backport of an old one (#1)"),
            commit('3', &['1', '2'], "Merge pull request #4 from octo/topic"),
            commit('4', &['3'], "Of a rebase"),
        ]});
        let range: wire::Compare = serde_json::from_value(range).unwrap();
        let queued =
            Queued { branch: "main".into(), head: sha('4'), base: Some(sha('0')), last: PrNumber(5) };
        assert_eq!(numbers(&range, &queued), [PrNumber(3), PrNumber(4), PrNumber(5)]);
    }

    #[test]
    fn a_number_is_read_at_its_place_only() {
        assert_eq!(number("Merge pull request #12 from octo/a"), Some(PrNumber(12)));
        assert_eq!(number("Fix the parser (#12)"), Some(PrNumber(12)));
        for none in ["Fix #12", "Fix (#12) again", "Merge pull request #x from a", "(#)", ""] {
            assert_eq!(number(none), None, "{none}");
        }
    }
}
