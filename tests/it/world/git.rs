//! Git objects of the world: whole trees by commit, ids made from contents.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use gainsay::change::line_diff;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Paths with their contents.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

#[derive(Clone)]
pub(super) struct Commit {
    pub(super) sha: String,
    parents: Vec<String>,
    message: String,
    files: Files,
    /// When it was committed, as GitHub writes it.
    date: String,
}

/// The objects of a repository and of its forks: GitHub keeps them together.
#[derive(Default)]
pub(super) struct Objects {
    commits: BTreeMap<String, Commit>,
}

/// Of a blob git's own id, which is a part of what some fingerprints hold; of others any that is their own.
fn id(kind: &str, bytes: &[u8]) -> String {
    if kind == "blob" {
        let id = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, bytes);
        return id.expect("no test makes two blobs of one hash").to_string();
    }
    hex::encode(Sha256::new().chain_update(kind).chain_update(bytes).finalize())[..40].to_owned()
}

impl Objects {
    pub(super) fn add(&mut self, parents: &[&str], message: &str, files: Files) -> String {
        let sha = id("commit", format!("{parents:?}{message}{files:?}").as_bytes());
        let parents = parents.iter().map(|p| (*p).to_owned()).collect();
        let (message, date) = (message.to_owned(), "2024-01-01T00:00:00Z".to_owned());
        self.commits.insert(sha.clone(), Commit { sha: sha.clone(), parents, message, files, date });
        sha
    }

    /// Says when a commit was made.
    pub(super) fn set_date(&mut self, sha: &str, date: &str) {
        self.commits.get_mut(sha).unwrap().date = date.to_owned();
    }

    /// A page of the commits that lead to one, the newest first.
    pub(super) fn log(&self, sha: &str, page: usize, per_page: usize) -> Value {
        let commits = self.range("", sha).into_iter().rev().skip((page - 1) * per_page).take(per_page);
        commits.map(Commit::json).collect()
    }

    /// What a commit becomes with what another changed since a third: whole files, as if nothing overlapped.
    pub(super) fn merged(&self, onto: &str, from: &str, to: &str) -> Files {
        let (from, to) = (&self.commits[from].files, &self.commits[to].files);
        let mut files = self.commits[onto].files.clone();
        files.retain(|path, _| to.contains_key(path) || !from.contains_key(path));
        let changed = to.iter().filter(|(path, bytes)| from.get(*path) != Some(*bytes));
        files.extend(changed.map(|(path, bytes)| (path.clone(), bytes.clone())));
        files
    }

    pub(super) fn get(&self, sha: &str) -> Option<&Commit> {
        self.commits.get(sha)
    }

    pub(super) fn blob(&self, sha: &str) -> Option<Value> {
        let mut all = self.commits.values().flat_map(|commit| commit.files.values());
        let bytes = all.find(|bytes| id("blob", bytes) == sha)?;
        // GitHub breaks the lines.
        let lines: Vec<String> = BASE64_STANDARD
            .encode(bytes)
            .as_bytes()
            .chunks(60)
            .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
            .collect();
        Some(json!({"sha": sha, "size": bytes.len(), "content": lines.concat(), "encoding": "base64"}))
    }

    fn ancestors(&self, sha: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut next = vec![sha.to_owned()];
        while let Some(sha) = next.pop() {
            if let Some(commit) = self.get(&sha)
                && found.insert(sha)
            {
                next.extend(commit.parents.clone());
            }
        }
        found
    }

    /// The common ancestor that no other common ancestor descends from.
    fn merge_base(&self, base: &str, head: &str) -> Option<String> {
        let ours = self.ancestors(base);
        let common: Vec<String> = self.ancestors(head).into_iter().filter(|sha| ours.contains(sha)).collect();
        let best =
            |sha: &&String| common.iter().all(|other| other == *sha || !self.ancestors(other).contains(*sha));
        common.iter().find(best).cloned()
    }

    /// Oldest first.
    fn range(&self, base: &str, head: &str) -> Vec<&Commit> {
        let hidden = self.ancestors(base);
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        self.visit(head, &hidden, &mut seen, &mut order);
        order
    }

    fn visit<'a>(
        &'a self,
        sha: &str,
        hidden: &BTreeSet<String>,
        seen: &mut BTreeSet<String>,
        order: &mut Vec<&'a Commit>,
    ) {
        if hidden.contains(sha) || !seen.insert(sha.to_owned()) {
            return;
        }
        let commit = &self.commits[sha];
        for parent in &commit.parents {
            self.visit(parent, hidden, seen, order);
        }
        order.push(commit);
    }

    /// What `compare` answers: a page of commits, and up to 300 files on the first.
    pub(super) fn compare(&self, basehead: &str, page: usize, per_page: usize) -> Option<Value> {
        let (base, head) = basehead.split_once("...")?;
        let merge_base = self.merge_base(base, head)?;
        let range = self.range(base, head);
        let commits: Vec<Value> =
            range.iter().skip((page - 1) * per_page).take(per_page).map(|commit| commit.json()).collect();
        let mut files = self.files_between(&self.commits[&merge_base].files, &self.get(head)?.files);
        files.truncate(if page == 1 { 300 } else { 0 });
        Some(json!({
            "merge_base_commit": self.commits[&merge_base].json(), "total_commits": range.len(),
            "commits": commits, "files": files,
        }))
    }

    /// What a single commit's route answers, with the files against its first parent.
    pub(super) fn commit_json(&self, sha: &str, page: usize, per_page: usize) -> Option<Value> {
        let commit = self.get(sha)?;
        let empty = Files::new();
        let parent = commit.parents.first().map_or(&empty, |parent| &self.commits[parent].files);
        let files = self.files_between(parent, &commit.files);
        let mut json = commit.json();
        json["files"] = files.into_iter().skip((page - 1) * per_page).take(per_page).collect();
        Some(json)
    }

    fn files_between(&self, old: &Files, new: &Files) -> Vec<Value> {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let file = |name: &&String| match (old.get(*name), new.get(*name)) {
            (Some(a), Some(b)) if a == b => None,
            (a, b) => {
                let status = if a.is_none() {
                    "added"
                } else if b.is_none() {
                    "removed"
                } else {
                    "modified"
                };
                let (a, b) = (a.map_or(&b""[..], |a| a), b.map_or(&b""[..], |b| b));
                let mut json = json!({"filename": name, "status": status, "sha": id("blob", b)});
                if let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b)) {
                    let (patch, added) = patch(a, b);
                    json["additions"] = added.into();
                    // GitHub leaves long patches out.
                    if patch.len() < 20_000 {
                        json["patch"] = patch.into();
                    }
                } else {
                    json["additions"] = 0.into();
                }
                Some(json)
            }
        };
        names.iter().filter_map(file).collect()
    }
}

impl Commit {
    fn json(&self) -> Value {
        let who = json!({"name": "Robin Example", "email": "robin@example.com", "date": self.date});
        let parents: Vec<Value> = self.parents.iter().map(|sha| json!({"sha": sha})).collect();
        json!({
            "sha": self.sha, "parents": parents, "author": {"login": "robin", "id": 77}, "committer": null,
            "commit": {"message": self.message, "author": who, "committer": who, "tree": {"sha": self.tree_id()}},
        })
    }

    /// The same for the same files.
    fn tree_id(&self) -> String {
        id("tree", format!("{:?}", self.files).as_bytes())
    }

    pub(super) fn tree(&self) -> Value {
        let blob = |(path, bytes): (&String, &Vec<u8>)| json!({"path": path, "mode": "100644", "type": "blob", "sha": id("blob", bytes), "size": bytes.len()});
        let folders: BTreeSet<&str> = self.files.keys().filter_map(|p| Some(p.rsplit_once('/')?.0)).collect();
        let folder = |path: &&str| json!({"path": path, "mode": "040000", "type": "tree", "sha": id("tree", path.as_bytes())});
        let entries: Vec<Value> = folders.iter().map(folder).chain(self.files.iter().map(blob)).collect();
        json!({"sha": self.tree_id(), "tree": entries, "truncated": false})
    }

    pub(super) fn contents(&self, path: &str) -> Option<Value> {
        if self.files.keys().any(|name| name.starts_with(&format!("{path}/"))) {
            return Some(json!([{"type": "file"}]));
        }
        let bytes = self.files.get(path)?;
        // Over a megabyte GitHub leaves the content out.
        let (encoding, content) = match bytes.len() {
            0..=1_048_576 => ("base64", BASE64_STANDARD.encode(bytes) + "\n"),
            _ => ("none", String::new()),
        };
        Some(
            json!({"type": "file", "path": path, "sha": id("blob", bytes), "size": bytes.len(), "encoding": encoding, "content": content}),
        )
    }
}

/// A unified diff without context, and how many lines it adds.
fn patch(old: &str, new: &str) -> (String, usize) {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let (mut text, mut added) = (String::new(), 0);
    for hunk in line_diff(old, new).hunks {
        text += &format!(
            "@@ -{},{} +{},{} @@\n",
            hunk.base.start,
            hunk.base.len(),
            hunk.head.start,
            hunk.head.len()
        );
        hunk.base.for_each(|n| text += &format!("-{}\n", before[n - 1]));
        added += hunk.head.len();
        hunk.head.for_each(|n| text += &format!("+{}\n", after[n - 1]));
    }
    (text, added)
}
