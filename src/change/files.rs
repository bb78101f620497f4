//! The files that differ between base and head, found by either of their names.

use std::collections::HashMap;
use std::ops::Deref;

use crate::ids::RepoPath;
use crate::span::Side;

/// What happened to a file between base and head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Only at head.
    Added,
    /// Only at base.
    Deleted,
    /// At both under one name.
    Modified,
    /// At both under two names, with the same or similar content.
    Renamed,
}

/// A file that differs between base and head.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileChange {
    /// What happened.
    pub status: Status,
    /// Its name at base, unless added.
    pub base: Option<RepoPath>,
    /// Its name at head, unless deleted.
    pub head: Option<RepoPath>,
}

impl FileChange {
    /// The name to show: head's, or base's where it was deleted.
    pub fn path(&self) -> &RepoPath {
        self.head.as_ref().or(self.base.as_ref()).expect("a changed file has a name on one side")
    }

    /// Its name on a side, where it is there.
    pub fn on(&self, side: Side) -> Option<&RepoPath> {
        match side {
            Side::Base => self.base.as_ref(),
            Side::Head => self.head.as_ref(),
        }
    }
}

/// The files that differ, in the order in which the door lists them: by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    list: Vec<FileChange>,
    by_base: HashMap<RepoPath, usize>,
    by_head: HashMap<RepoPath, usize>,
}

impl Files {
    /// The file of that name on a side.
    pub fn on(&self, side: Side, path: &RepoPath) -> Option<&FileChange> {
        let names = match side {
            Side::Base => &self.by_base,
            Side::Head => &self.by_head,
        };
        names.get(path).map(|at| &self.list[*at])
    }
}

impl From<Vec<FileChange>> for Files {
    fn from(list: Vec<FileChange>) -> Self {
        let names = |side: Side| {
            let named = list.iter().enumerate();
            named.filter_map(|(at, file)| Some((file.on(side)?.clone(), at))).collect()
        };
        Self { by_base: names(Side::Base), by_head: names(Side::Head), list }
    }
}

impl Deref for Files {
    type Target = [FileChange];

    fn deref(&self) -> &[FileChange] {
        &self.list
    }
}

impl<'f> IntoIterator for &'f Files {
    type Item = &'f FileChange;
    type IntoIter = std::slice::Iter<'f, FileChange>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_the_name_it_has_on_that_side() {
        let path = |p: &str| p.parse::<RepoPath>().unwrap();
        let renamed = FileChange { status: Status::Renamed, base: Some(path("b")), head: Some(path("a")) };
        let added = FileChange { status: Status::Added, base: None, head: Some(path("b")) };
        let files = Files::from(vec![renamed.clone(), added.clone()]);
        assert_eq!(files.on(Side::Base, &path("b")), Some(&renamed));
        assert_eq!(files.on(Side::Head, &path("b")), Some(&added));
        assert_eq!(files.on(Side::Base, &path("a")), None);
    }
}
