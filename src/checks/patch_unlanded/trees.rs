//! Where a name that a text writes stands in the trees.

use crate::change::{Change, Tree};
use crate::ids::RepoPath;
use crate::span::Side;

/// The one path whose last parts are `name`; nothing where there are several.
pub(super) fn unique<'t>(tree: &'t Tree, name: &str) -> Option<&'t RepoPath> {
    let ends = |path: &&RepoPath| {
        path.as_str().strip_suffix(name).is_some_and(|front| front.is_empty() || front.ends_with('/'))
    };
    let mut found = tree.paths().filter(ends);
    let first = found.next()?;
    (first.as_str() == name || found.next().is_none()).then_some(first)
}

/// Whether a name stands in a changed file of either side, or in its path; `None` where one can't be read.
pub(super) fn holds(change: &Change, name: &str) -> Option<bool> {
    let finder = memchr::memmem::Finder::new(name);
    let mut unread = false;
    for file in &change.files {
        for side in [Side::Base, Side::Head] {
            let Some(path) = file.on(side) else { continue };
            if path.as_str().contains(name) {
                return Some(true);
            }
            match change.tree(side).read(path) {
                Ok(bytes) if finder.find(bytes.unwrap_or_default()).is_some() => return Some(true),
                Ok(_) => {}
                Err(_) => unread = true,
            }
        }
    }
    (!unread).then_some(false)
}
