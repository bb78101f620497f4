//! Folders that keep pieces of scripts: excerpts that a page shows, parts that a build joins.

use crate::change::{Change, Status};
use crate::checks::Wanted;
use crate::checks::sources;
use crate::ids::RepoPath;
use crate::span::Side;

use super::source;

/// Files beside a new one that are looked at.
const MAX_BESIDE: usize = 12;
/// New files of one folder that break together and so are no slip.
const TOGETHER: usize = 3;

/// The files of base beside a new script that does not parse.
pub(super) fn wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    let new = change.files.iter().filter(|file| file.status == Status::Added);
    for path in new.filter_map(|file| file.head.as_ref()).filter(|path| breaks(change, Side::Head, path)) {
        wanted.base.extend(beside(change, Side::Base, path).take(MAX_BESIDE).cloned());
    }
    wanted
}

/// Whether the folder of a new file holds others that parse no better: at base, or several that came with it.
pub(super) fn are_kept_beside(change: &Change, path: &RepoPath) -> bool {
    if !source::is_script(path) {
        return false;
    }
    let was =
        beside(change, Side::Base, path).take(MAX_BESIDE).any(|beside| breaks(change, Side::Base, beside));
    let came =
        || beside(change, Side::Head, path).filter(|beside| !change.base.contains(beside)).take(MAX_BESIDE);
    was || came().filter(|beside| breaks(change, Side::Head, beside)).take(TOGETHER).count() >= TOGETHER
}

fn beside<'c>(change: &'c Change, side: Side, path: &RepoPath) -> impl Iterator<Item = &'c RepoPath> {
    let (dir, extension) = (path.dir().to_owned(), path.extension().to_owned());
    let tree = change.tree(side);
    tree.under(&dir).filter(move |beside| beside.dir() == dir && beside.extension() == extension)
}

fn breaks(change: &Change, side: Side, path: &RepoPath) -> bool {
    let text = || sources::text(change, side, path).ok().flatten();
    source::is_script(path) && text().is_some_and(|text| source::is_cut(path, text))
}
