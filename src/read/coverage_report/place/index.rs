//! The files of a tree, found by their end.

use crate::change::{Kind, Tree};
use crate::ids::RepoPath;

use super::spelling::Spelling;

/// Every file with its path read backwards, in order.
pub(super) struct Index<'t> {
    files: Vec<(String, &'t RepoPath)>,
}

impl<'t> Index<'t> {
    pub(super) fn of(tree: &'t Tree) -> Self {
        let files = tree.entries().filter(|(_, entry)| entry.kind == Kind::File);
        let mut files: Vec<_> = files.map(|(path, _)| (backwards(path.as_str().rsplit('/')), path)).collect();
        files.sort();
        Self { files }
    }

    /// The file of that very path.
    pub(super) fn find(&self, path: &str) -> Option<&'t RepoPath> {
        let key = backwards(path.rsplit('/'));
        let at = self.files.binary_search_by(|(k, _)| k.as_str().cmp(&key)).ok()?;
        Some(self.files[at].1)
    }

    /// The files that the spelling may mean, each with how many parts of the path it shares: all that end as it
    /// does, none where those are more than `limit`.
    pub(super) fn candidates(&self, spelling: &Spelling, limit: usize) -> Vec<(&'t RepoPath, usize)> {
        let parts = &spelling.parts;
        if spelling.exact {
            return self.find(&parts.join("/")).map(|path| (path, parts.len())).into_iter().collect();
        }
        let found = if spelling.rooted {
            let mut range = &self.files[..];
            for shared in 1..=parts.len() {
                range = self.ending(&parts[parts.len() - shared..]);
                if range.len() <= limit {
                    break;
                }
            }
            range
        } else {
            self.ending(parts)
        };
        if found.is_empty() && spelling.omits_package() {
            let found = (1..parts.len()).map(|n| self.ending(&parts[n..])).find(|r| !r.is_empty());
            let source = |(_, path): &&(String, &'t RepoPath)| {
                let shared = shared(parts, path);
                let mut front = path.as_str().rsplit('/').skip(shared);
                matches!(front.next(), Some("kotlin" | "java" | "scala" | "groovy"))
            };
            let found: Vec<_> = found.unwrap_or_default().iter().take(limit + 1).filter(source).collect();
            return found.into_iter().map(|(_, path)| (*path, shared(parts, path))).collect();
        }
        if found.len() > limit {
            return Vec::new();
        }
        found.iter().map(|(_, path)| (*path, shared(parts, path))).collect()
    }

    fn ending(&self, parts: &[String]) -> &[(String, &'t RepoPath)] {
        let key = backwards(parts.iter().rev().map(String::as_str));
        let from = self.files.partition_point(|(k, _)| k.as_str() < key.as_str());
        let count = self.files[from..].partition_point(|(k, _)| k.starts_with(&key));
        &self.files[from..from + count]
    }
}

fn backwards<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut key = String::new();
    for part in parts {
        key.push_str(part);
        key.push('/');
    }
    key
}

fn shared(parts: &[String], path: &RepoPath) -> usize {
    parts.iter().rev().zip(path.as_str().rsplit('/')).take_while(|(a, b)| a.as_str() == *b).count()
}
