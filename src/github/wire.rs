//! The parts of GitHub's answers that are read. Lenient on purpose: unknown fields are ignored, and what any server
//! leaves out is optional.

use serde::Deserialize;

use crate::change::Person;
use crate::read::check_results::{Job, Status};

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Pull {
    pub(super) title: String,
    #[serde(default)]
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) user: Option<User>,
    pub(super) head: Tip,
    pub(super) base: Tip,
    #[serde(default)]
    pub(super) labels: Vec<Label>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Tip {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) sha: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) login: String,
    #[serde(default)]
    pub(super) id: Option<u64>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Label {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Compare {
    pub(super) merge_base_commit: Base,
    #[serde(default)]
    pub(super) total_commits: usize,
    #[serde(default)]
    pub(super) commits: Vec<Commit>,
    #[serde(default)]
    pub(super) files: Vec<File>,
}

/// The commit that a range begins at.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Base {
    pub(super) sha: String,
    #[serde(default)]
    pub(super) commit: Option<Root>,
}

/// What a commit points at.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Root {
    pub(super) tree: Named,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ref {
    pub(super) object: Named,
}

/// A reference with its name.
#[derive(Debug, Deserialize)]
pub(super) struct NamedRef {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) object: Named,
}

#[derive(Debug, Deserialize)]
pub(super) struct Numbered {
    pub(super) number: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repositories {
    #[serde(default)]
    pub(super) repositories: Vec<Repository>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Repository {
    pub(super) id: u64,
    pub(super) full_name: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) sha: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Commit {
    pub(super) sha: String,
    pub(super) commit: CommitWords,
    /// The account, where GitHub knows one for the email address.
    #[serde(default, deserialize_with = "account")]
    pub(super) author: Option<User>,
    #[serde(default, deserialize_with = "account")]
    pub(super) committer: Option<User>,
    #[serde(default)]
    pub(super) parents: Vec<Named>,
    /// Only in the answer about a single commit.
    #[serde(default)]
    pub(super) files: Vec<File>,
}

/// GitHub writes `{}` for an account that is gone.
fn account<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<User>, D::Error> {
    #[derive(Deserialize)]
    struct Maybe {
        login: Option<String>,
        id: Option<u64>,
    }
    let maybe = Option::<Maybe>::deserialize(deserializer)?;
    Ok(maybe.and_then(|Maybe { login, id }| Some(User { login: login?, id })))
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommitWords {
    pub(super) message: String,
    #[serde(default)]
    pub(super) tree: Option<Named>,
    #[serde(default)]
    pub(super) author: Option<Signature>,
    #[serde(default)]
    pub(super) committer: Option<Signature>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Signature {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) date: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct File {
    pub(super) filename: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) previous_filename: Option<String>,
    /// The blob at head; GitHub leaves it out for some submodules.
    #[serde(default)]
    pub(super) sha: Option<String>,
    #[serde(default)]
    pub(super) additions: Option<u64>,
    /// Missing for binary files and for long differences.
    #[serde(default)]
    pub(super) patch: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tree {
    #[serde(default)]
    pub(super) tree: Vec<TreeEntry>,
    #[serde(default)]
    pub(super) truncated: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct TreeEntry {
    pub(super) path: String,
    pub(super) mode: String,
    pub(super) sha: String,
    #[serde(default)]
    pub(super) size: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Blob {
    pub(super) content: String,
    #[serde(default)]
    pub(super) encoding: String,
}

/// What the contents route gives for a file; for a folder it is a list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Contents {
    File(ContentsFile),
    Folder(#[expect(dead_code, reason = "only its shape matters")] Vec<serde::de::IgnoredAny>),
}

#[derive(Debug, Deserialize)]
pub(super) struct ContentsFile {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) sha: Option<String>,
    #[serde(default)]
    pub(super) size: Option<u64>,
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    pub(super) encoding: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CheckRuns {
    #[serde(default)]
    pub(super) total_count: usize,
    #[serde(default)]
    pub(super) check_runs: Vec<CheckRun>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct CheckRun {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) head_sha: Option<String>,
    #[serde(default)]
    pub(super) status: String,
    #[serde(default)]
    pub(super) conclusion: Option<String>,
    #[serde(default)]
    pub(super) html_url: Option<String>,
    #[serde(default)]
    pub(super) started_at: Option<String>,
    #[serde(default)]
    pub(super) completed_at: Option<String>,
    #[serde(default)]
    pub(super) external_id: Option<String>,
    #[serde(default)]
    pub(super) app: Option<AppId>,
    #[serde(default)]
    pub(super) output: Option<Output>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct AppId {
    #[serde(default)]
    pub(super) id: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Output {
    #[serde(default)]
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) annotations_count: usize,
}

#[derive(Debug, Deserialize)]
pub(super) struct CombinedStatus {
    #[serde(default)]
    pub(super) total_count: usize,
    #[serde(default)]
    pub(super) statuses: Vec<Status>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WorkflowRuns {
    #[serde(default)]
    pub(super) workflow_runs: Vec<WorkflowRun>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct WorkflowRun {
    pub(super) id: u64,
    pub(super) head_sha: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) event: String,
    /// The workflow's file.
    #[serde(default)]
    pub(super) path: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Jobs {
    #[serde(default)]
    pub(super) jobs: Vec<Job>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Artifacts {
    #[serde(default)]
    pub(super) artifacts: Vec<Artifact>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Artifact {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default)]
    pub(super) size_in_bytes: u64,
    #[serde(default)]
    pub(super) expired: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Deployed {
    pub(super) id: u64,
    pub(super) sha: String,
    pub(super) environment: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct DeploymentStatus {
    pub(super) state: String,
    #[serde(default)]
    pub(super) environment_url: Option<String>,
}

/// Who a commit names, with the account that GitHub knows for it.
pub(super) fn person(account: Option<&User>, signature: Option<&Signature>) -> Person {
    let signature = signature.cloned().unwrap_or_default();
    Person {
        login: account.map(|user| user.login.clone()).unwrap_or_default(),
        id: account.and_then(|user| user.id),
        name: signature.name.unwrap_or_default(),
        email: signature.email.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_of_a_vanished_account_is_read() {
        let json =
            r#"{"sha":"a","author":{},"committer":null,"parents":[],"commit":{"message":"m","author":null}}"#;
        let commit: Commit = serde_json::from_str(json).unwrap();
        assert!(commit.author.is_none() && commit.committer.is_none());
        assert_eq!(person(None, commit.commit.author.as_ref()), Person::default());
    }
}
