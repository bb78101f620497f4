//! Writing a repository: for the demo, which needs one and must not depend on a `git` command.

use std::collections::BTreeMap;
use std::path::Path;

use gix::objs::tree::{Entry, EntryKind};

use crate::git::{Result, oid, sha, unreadable};
use crate::ids::Sha;

/// A new bare repository.
pub struct Scratch {
    git: gix::Repository,
}

impl Scratch {
    /// Creates it in an empty folder.
    pub fn create(dir: &Path) -> Result<Self> {
        let git =
            gix::init_bare(dir).map_err(unreadable(format!("a new repository in {}", dir.display())))?;
        Ok(Self { git })
    }

    /// Commits these files as a whole tree. The same files, message and parent give the same id on every machine.
    pub fn commit(
        &self,
        parent: Option<&Sha>,
        files: &BTreeMap<&str, &str>,
        author: (&str, &str),
        message: &str,
    ) -> Result<Sha> {
        let tree = self.tree(files.iter().map(|(path, text)| (*path, *text)).collect())?;
        let (name, email) = author;
        let who =
            gix::actor::SignatureRef { name: name.into(), email: email.into(), time: "1700000000 +0000" };
        let commit = self.git.new_commit_as(who, who, message, tree, parent.map(oid));
        Ok(sha(commit.map_err(unreadable("a new commit"))?.id))
    }

    fn tree(&self, files: Vec<(&str, &str)>) -> Result<gix::ObjectId> {
        let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        let mut entries = Vec::new();
        for (path, text) in files {
            match path.split_once('/') {
                Some((folder, rest)) => folders.entry(folder).or_default().push((rest, text)),
                None => {
                    let blob = self.git.write_blob(text).map_err(unreadable("a new file"))?;
                    entries.push(entry(EntryKind::Blob, path, blob.detach()));
                }
            }
        }
        for (folder, files) in folders {
            entries.push(entry(EntryKind::Tree, folder, self.tree(files)?));
        }
        entries.sort();
        let tree = self.git.write_object(&gix::objs::Tree { entries });
        Ok(tree.map_err(unreadable("a new tree"))?.detach())
    }
}

fn entry(kind: EntryKind, name: &str, id: gix::ObjectId) -> Entry {
    Entry { mode: kind.into(), filename: name.into(), oid: id }
}
