//! What the checks want loaded: globs a side, the changed files, the commits. One loader fetches the union.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::change::{Change, Content, FileChange, Tree};
use crate::ids::RepoPath;
use crate::span::Side;

/// The union of what checks declared. Globs match whole paths; `*` stops at `/`, `**` does not.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    base: BTreeSet<&'static str>,
    head: BTreeSet<&'static str>,
    changed: BTreeSet<&'static str>,
    additions: bool,
    check_results: bool,
    history: bool,
    later: Vec<fn(&Change) -> Wanted>,
}

/// The paths to load on each side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// At base.
    pub base: BTreeSet<RepoPath>,
    /// At head.
    pub head: BTreeSet<RepoPath>,
}

impl Wanted {
    /// Whether nothing is to be loaded.
    pub fn is_empty(&self) -> bool {
        self.base.is_empty() && self.head.is_empty()
    }
}

impl Needs {
    /// Every file of that glob in both trees, changed or not.
    pub fn both(&mut self, glob: &'static str) {
        self.base.insert(glob);
        self.head.insert(glob);
    }

    /// Every file of that glob in one tree, changed or not.
    pub fn side(&mut self, side: Side, glob: &'static str) {
        match side {
            Side::Base => self.base.insert(glob),
            Side::Head => self.head.insert(glob),
        };
    }

    /// Both sides of every changed file of which one name matches.
    pub fn changed(&mut self, glob: &'static str) {
        self.changed.insert(glob);
    }

    /// The lines that each commit added.
    pub fn additions(&mut self) {
        self.additions = true;
    }

    /// Check runs and commit statuses of head.
    pub fn check_results(&mut self) {
        self.check_results = true;
    }

    /// The commits of the base branch that changed the same files lately.
    pub fn history(&mut self) {
        self.history = true;
    }

    /// Files of which only what is loaded tells that they are wanted: asked for once, after the rest.
    pub fn later(&mut self, pick: fn(&Change) -> Wanted) {
        self.later.push(pick);
    }

    /// The files to load after all others, as far as they aren't there yet.
    pub fn more(&self, change: &Change) -> Wanted {
        let mut wanted = Wanted::default();
        for pick in &self.later {
            let more = pick(change);
            wanted.base.extend(more.base);
            wanted.head.extend(more.head);
        }
        let missing = |tree: &Tree, path: &RepoPath| {
            tree.entry(path).is_some_and(|entry| entry.content == Content::NotLoaded)
        };
        wanted.base.retain(|path| missing(&change.base, path));
        wanted.head.retain(|path| missing(&change.head, path));
        wanted
    }

    /// Whether any check wants each commit's added lines.
    pub fn wants_additions(&self) -> bool {
        self.additions
    }

    /// Whether any check wants check runs and statuses.
    pub fn wants_check_results(&self) -> bool {
        self.check_results
    }

    /// Whether any check wants the base branch's latest commits.
    pub fn wants_history(&self) -> bool {
        self.history
    }

    /// The files to load, given the two lists of paths and what differs.
    pub fn select(&self, base: &Tree, head: &Tree, files: &[FileChange]) -> Wanted {
        let pick = |globs: &BTreeSet<&'static str>, tree: &Tree| {
            let set = glob_set(globs);
            let mut paths = BTreeSet::new();
            if !set.is_empty() {
                paths.extend(tree.paths().filter(|p| set.is_match(p.as_str())).cloned());
            }
            paths
        };
        let mut wanted = Wanted { base: pick(&self.base, base), head: pick(&self.head, head) };
        let changed = glob_set(&self.changed);
        for file in files {
            let names = [file.base.as_ref(), file.head.as_ref()];
            if names.iter().flatten().any(|p| changed.is_match(p.as_str())) {
                wanted.base.extend(file.base.clone());
                wanted.head.extend(file.head.clone());
            }
        }
        wanted
    }
}

fn glob_set(globs: &BTreeSet<&'static str>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = GlobBuilder::new(glob).literal_separator(true).build();
        set.add(glob.expect("a check's needs are literal globs"));
    }
    set.build().expect("the globs of all checks fit one set")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Status;

    #[test]
    fn a_renamed_file_is_wanted_on_both_sides_under_both_names() {
        let base = Tree::of_files([("a.test.js", &b"x"[..]), ("src/a.js", b"")]);
        let head = Tree::of_files([("a.bak", &b"x"[..]), ("src/a.js", b"")]);
        let path = |p: &str| p.parse::<RepoPath>().unwrap();
        let files = [FileChange {
            status: Status::Renamed,
            base: Some(path("a.test.js")),
            head: Some(path("a.bak")),
        }];
        let mut needs = Needs::default();
        needs.changed("**/*.test.js");
        needs.side(Side::Head, "src/*.js");
        let wanted = needs.select(&base, &head, &files);
        assert_eq!(wanted.base, [path("a.test.js")].into());
        assert_eq!(wanted.head, [path("a.bak"), path("src/a.js")].into());
    }
}
