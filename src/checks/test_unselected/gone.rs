//! Which tests the runs of base take and those of head do not, though they are still there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::change::{Change, Kind};
use crate::checks::product;
use crate::ids::RepoPath;
use crate::read::tests::Test;
use crate::read::tests::selection::{self, Lister, Selected};
use crate::read::workflow;
use crate::span::Side;
use crate::undecided::Undecided;

use super::MAX_FILES;

/// What takes a file, by place in the list of runs.
type Index<'a> = BTreeMap<&'a RepoPath, Vec<usize>>;

/// What became of the run that took a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// It takes less.
    Narrowed,
    /// Another run takes them, on no change: on a schedule, by hand.
    Aside,
    /// The command or configuration is gone, and others of the runner are left.
    Removed,
    /// Another runner works in its place.
    Replaced,
}

/// A file of which tests may have left.
pub(super) struct Doubt<'s> {
    pub(super) path: &'s RepoPath,
    /// The runs of head that take the file, and with it perhaps fewer tests.
    left: Vec<usize>,
}

/// The tests of one file that left.
pub(super) struct Lost<'s> {
    pub(super) path: &'s RepoPath,
    /// Those that left, as base writes them.
    pub(super) tests: Vec<Test>,
    /// Whether the file holds others that are still taken.
    pub(super) in_part: bool,
    /// The runs of base that took them.
    pub(super) runs: Vec<usize>,
    /// The runs of head by which they left.
    pub(super) now: Vec<usize>,
    pub(super) way: Way,
    /// Why it is no more than a note, where that is so.
    pub(super) doubt: Option<String>,
}

/// Both sides with what they select.
pub(super) struct Sides<'c> {
    pub(super) change: &'c Change,
    pub(super) base: Arc<Vec<Selected>>,
    pub(super) head: Arc<Vec<Selected>>,
    base_aside: BTreeSet<RepoPath>,
    head_aside: BTreeSet<RepoPath>,
}

fn index<'a>(runs: &'a [Selected], of: impl Fn(&Selected) -> bool) -> Index<'a> {
    let mut index = Index::new();
    for (at, run) in runs.iter().enumerate().filter(|(_, run)| of(run)) {
        for path in &run.files {
            index.entry(path).or_default().push(at);
        }
    }
    index
}

/// The workflows that no change starts.
fn aside(change: &Change, side: Side) -> BTreeSet<RepoPath> {
    let on_changes = |event: &str| {
        matches!(
            event,
            "pull_request"
                | "pull_request_target"
                | "push"
                | "merge_group"
                | "workflow_run"
                | "workflow_call"
        )
    };
    let all = workflow::all(change.tree(side));
    let never = |read: &workflow::Workflow| !read.triggers.iter().any(|trigger| on_changes(&trigger.event));
    let read = all.iter().filter_map(|(path, read)| Some((path, read.as_ref().ok()?)));
    read.filter(|(_, read)| never(read)).map(|(path, _)| path.clone()).collect()
}

/// What a run is, besides what it takes.
fn same(a: &Selected, b: &Selected) -> bool {
    let words = |run: &Selected| run.command.as_ref().map(|command| command.words.clone());
    a.runner == b.runner && a.dir == b.dir && words(a) == words(b)
}

/// What a run that can't be told may do.
fn maybe(run: &Selected) -> String {
    match &run.command {
        Some(command) => format!("`{}` in {} may run any test", command.words, command.at),
        None => format!("what {} runs can't be told", run.runner),
    }
}

/// Whether two runners take the same tests: nextest runs what cargo does.
pub(super) fn akin(a: &Selected, b: &Selected) -> bool {
    let name = |run: &Selected| if run.runner == "nextest" { "cargo" } else { run.runner };
    name(a) == name(b)
}

/// Where the names by which pytest knows tests changed.
struct Renamed<'c> {
    sides: Option<[Lister<'c>; 2]>,
    known: BTreeMap<String, bool>,
}

impl<'c> Renamed<'c> {
    fn of(change: &'c Change) -> Self {
        const SETTINGS: [&str; 7] = [
            "pytest.toml",
            ".pytest.toml",
            "pytest.ini",
            ".pytest.ini",
            "pyproject.toml",
            "tox.ini",
            "setup.cfg",
        ];
        let mut names =
            change.files.iter().flat_map(|file| [&file.base, &file.head]).flatten().map(|path| path.name());
        let touched = names.any(|name| SETTINGS.contains(&name));
        let sides = touched.then(|| [Lister::of(&change.base), Lister::of(&change.head)]);
        Self { sides, known: BTreeMap::new() }
    }

    fn reaches(&mut self, path: &RepoPath) -> bool {
        let Some([base, head]) = self.sides.as_mut().filter(|_| path.extension() == "py") else {
            return false;
        };
        let dir = path.dir();
        *self.known.entry(dir.to_owned()).or_insert_with(|| base.names(dir) != head.names(dir))
    }
}

impl<'c> Sides<'c> {
    pub(super) fn of(change: &'c Change) -> Self {
        Self {
            change,
            base: selection::commanded(&change.base),
            head: selection::commanded(&change.head),
            base_aside: aside(change, Side::Base),
            head_aside: aside(change, Side::Head),
        }
    }

    fn is_aside(&self, side: Side, run: &Selected) -> bool {
        let of = if side == Side::Base { &self.base_aside } else { &self.head_aside };
        run.command.as_ref().is_some_and(|command| of.contains(&command.at))
    }

    /// Whether what base's run takes is known to its last file.
    fn is_plain(&self, run: &Selected) -> bool {
        run.undecided.is_none() && !run.open && !self.is_aside(Side::Base, run)
    }

    /// The runs of base that take a file, by file.
    fn before(&self) -> Index<'_> {
        index(&self.base, |run| self.is_plain(run))
    }

    /// The runs of head that take a file, by file.
    fn now(&self) -> Index<'_> {
        index(&self.head, |run| !self.is_aside(Side::Head, run))
    }

    /// The files of which head's runs may take less, in the order of their paths.
    pub(super) fn doubtful(&self) -> Vec<Doubt<'_>> {
        let now = self.now();
        let mut renamed = Renamed::of(self.change);
        let mut found = Vec::new();
        let filters = |runs: &[Selected], at: &[usize]| -> BTreeSet<String> {
            at.iter().map(|at| format!("{:?}", runs[*at].filter)).collect()
        };
        for (path, before) in self.before() {
            let entry = self.change.head.entry(path);
            if entry.is_none_or(|entry| entry.kind != Kind::File) || product::is_material(path) {
                continue;
            }
            let left = now.get(path).cloned().unwrap_or_default();
            let open = left.iter().any(|at| self.head[*at].open);
            let whole = left.iter().any(|at| self.head[*at].filter.asks_nothing());
            let alike = whole || filters(&self.base, &before).is_subset(&filters(&self.head, &left));
            if left.is_empty() || !open && (!alike || renamed.reaches(path)) {
                found.push(Doubt { path, left });
            }
        }
        found
    }

    /// The tests that left, and the runs that could not be told.
    pub(super) fn lost(&self) -> (Vec<Lost<'_>>, Vec<Undecided>) {
        let before = self.before();
        let (mut found, mut undecided) = (Vec::new(), Vec::new());
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let mut listers = [Lister::of(&self.change.base), Lister::of(&self.change.head)];
        for doubt in self.doubtful().into_iter().take(MAX_FILES) {
            let runs = &before[doubt.path];
            let (tests, in_part) = match self.tests(&mut listers, &doubt, runs) {
                Ok(seen) => seen,
                Err(unread) => {
                    undecided.push(unread);
                    continue;
                }
            };
            if tests.is_empty() {
                continue;
            }
            let unsure =
                |run: &&Selected| (run.undecided.is_some() || run.open) && run.speaks_for(doubt.path);
            let before = |run: &Selected| {
                self.base
                    .iter()
                    .any(|known| same(known, run) && known.undecided.is_some() == run.undecided.is_some())
            };
            let mut unknown = self.head.iter().enumerate().filter(|(_, run)| unsure(run));
            if let Some((at, run)) = unknown.clone().find(|(_, run)| !before(run)) {
                if told.insert(at) {
                    undecided.push(self.unsure(run));
                }
                continue;
            }
            let maybe = unknown.next().map(|(_, run)| maybe(run));
            let (way, now) = self.way(doubt.path, runs, &doubt.left);
            if let Some(way) = way {
                let doubt_of = maybe.or_else(|| self.is_first(doubt.path, runs, &now, in_part));
                found.push(Lost {
                    path: doubt.path,
                    tests,
                    in_part,
                    runs: runs.clone(),
                    now,
                    way,
                    doubt: doubt_of,
                });
            }
        }
        (found, undecided)
    }

    /// A run of head that may or may not take what base's runs took.
    fn unsure(&self, run: &Selected) -> Undecided {
        match &run.undecided {
            Some(why) => {
                let touched = run.config.iter().chain(&why.path).any(|path| self.change.file(path).is_some());
                let at = why.path.clone().or_else(|| run.config.first().cloned());
                let why = at.map_or_else(|| why.clone(), |at| why.clone().at(&at));
                if touched { why.decisive() } else { why }
            }
            None => {
                let why =
                    Undecided::new(format!("{}, so that tests which base ran may have left", maybe(run)));
                match &run.command {
                    Some(command) => why.at(&command.at),
                    None => why,
                }
            }
        }
    }

    /// Whether it is the runner's first configuration that leaves a whole folder out: what was taken by default before
    /// nobody chose.
    fn is_first(&self, path: &RepoPath, runs: &[usize], now: &[usize], in_part: bool) -> Option<String> {
        let own = |run: &Selected| {
            let command = run.command.as_ref().map(|command| command.at.clone());
            run.config.iter().any(|at| Some(at) != command.as_ref())
        };
        let first = !runs.iter().any(|at| own(&self.base[*at]))
            && !now.is_empty()
            && now.iter().all(|at| own(&self.head[*at]));
        let beside =
            || now.iter().any(|at| self.head[*at].files.iter().any(|other| other.dir() == path.dir()));
        let why = "no configuration chose these files at base, and the first one looks in other folders";
        (first && !in_part && !beside()).then(|| why.to_owned())
    }

    /// The tests of a file that base's runs take and head's do not, and whether others are left.
    fn tests(
        &self,
        [at_base, at_head]: &mut [Lister<'_>; 2],
        doubt: &Doubt<'_>,
        runs: &[usize],
    ) -> Result<(Vec<Test>, bool), Undecided> {
        let change = self.change;
        let (Some(was), Some(is)) =
            (change.text(Side::Base, doubt.path)?, change.text(Side::Head, doubt.path)?)
        else {
            return Ok((Vec::new(), false));
        };
        let taken =
            |runs: &[Selected], at: &[usize], test: &Test| at.iter().any(|at| runs[*at].filter.takes(test));
        let listed = at_base.list(doubt.path, was)?;
        let there: BTreeSet<String> =
            at_base.list(doubt.path, is)?.iter().filter(|test| test.may_run()).map(Test::title).collect();
        let kept: BTreeSet<String> = match doubt.left.is_empty() {
            true => BTreeSet::new(),
            false => {
                let listed = at_head.list(doubt.path, is)?;
                listed.iter().filter(|test| taken(&self.head, &doubt.left, test)).map(Test::title).collect()
            }
        };
        let left = |test: &Test| {
            test.may_run()
                && taken(&self.base, runs, test)
                && there.contains(&test.title())
                && !kept.contains(&test.title())
        };
        Ok((listed.into_iter().filter(left).collect(), !kept.is_empty()))
    }

    /// Whether a run of head takes less in the place of a run of base: by its configuration, in its very words, or as a
    /// command that was written anew where that one stood.
    fn takes_less(&self, path: &RepoPath, run: &Selected, base: &Selected) -> bool {
        let command = run.command.as_ref().map(|command| &command.at);
        let by_config = run.config.iter().any(|at| Some(at) != command && self.change.file(at).is_some());
        let fresh = !self.base.iter().any(|known| same(known, run));
        let here = match (&run.command, &base.command) {
            (Some(now), Some(was)) => now.at == was.at,
            _ => true,
        };
        // It may stand in the place of another command, which did not take the file either.
        let of_another = self.base.iter().any(|other| {
            let beside = other.command.as_ref().map(|command| &command.at) == command;
            beside
                && akin(other, run)
                && !other.files.contains(path)
                && run.files.is_subset(&other.files)
                && !self.head.iter().any(|now| same(now, other))
        });
        by_config || same(run, base) || fresh && here && !of_another
    }

    /// By which runs of head the tests left, and how. Nothing where that is another rule's matter.
    fn way(&self, path: &RepoPath, runs: &[usize], left: &[usize]) -> (Option<Way>, Vec<usize>) {
        let aside =
            self.head.iter().position(|run| self.is_aside(Side::Head, run) && run.files.contains(path));
        if let Some(aside) = aside {
            return (Some(Way::Aside), vec![aside]);
        }
        let before = || runs.iter().map(|at| &self.base[*at]);
        let kin = || (0..self.head.len()).filter(|at| before().any(|base| akin(&self.head[*at], base)));
        let by: Vec<usize> = kin()
            .filter(|at| {
                let run = &self.head[*at];
                before().any(|base| akin(run, base) && self.takes_less(path, run, base))
            })
            .collect();
        // Where a run still takes the file, that one leaves the tests out.
        let in_file: Vec<usize> = by.iter().copied().filter(|at| left.contains(at)).collect();
        let speaking: Vec<usize> = by.into_iter().filter(|at| self.head[*at].speaks_for(path)).collect();
        if let Some(now) = [in_file, speaking].into_iter().find(|now| !now.is_empty()) {
            return (Some(Way::Narrowed), now);
        }
        let of_workflow = |run: &Selected| {
            run.command.as_ref().is_some_and(|command| command.at.as_str().starts_with(".github/"))
        };
        let guarded = kin().any(|at| of_workflow(&self.head[at]));
        // A runner that no workflow starts any more is told as a gate that is gone.
        if before().all(of_workflow) && !guarded {
            return (None, Vec::new());
        }
        if kin().any(|at| self.head[at].speaks_for(path)) {
            return (Some(Way::Removed), Vec::new());
        }
        match self.head.iter().position(|run| run.speaks_for(path)) {
            Some(other) => (Some(Way::Replaced), vec![other]),
            None => (Some(Way::Removed), Vec::new()),
        }
    }
}
