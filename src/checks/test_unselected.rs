//! Tests left what the runs of the repository select.

mod emptied;
mod gone;
mod tell;

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::change::{Change, FileChange, Tree};
use crate::checks::{Check, Examination, Needs, Rule, Wanted};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::tests::selection;

use gone::Sides;

static RULE: Rule = Rule::new("test-unselected", include_str!("../../rules/test-unselected.md"));

/// Whatever decides what is selected: nothing is resolved where none of these changed.
static DECIDING: LazyLock<GlobSet> = LazyLock::new(|| {
    let mut set = GlobSetBuilder::new();
    for glob in selection::wanted() {
        let glob = GlobBuilder::new(glob).literal_separator(true).build();
        set.add(glob.expect("the files of a reader are literal globs"));
    }
    set.build().expect("the globs of all readers fit one set")
});

/// So many files are opened to see which of their tests left.
const MAX_FILES: usize = 400;

/// `test-unselected`; its page tells the rest.
pub(super) struct TestUnselected;

impl Check for TestUnselected {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        selection::wanted().for_each(|glob| needs.both(glob));
        needs.later(doubtful);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        if !is_touched(change) {
            return examination;
        }
        let sides = Sides::of(change);
        let (lost, undecided) = sides.lost();
        examination.undecided = undecided;
        let findings = tell::findings(&sides, &lost, claims);
        let emptied = emptied::findings(&sides, claims);
        // A command that runs nothing any more says it better than the files that left with it.
        let places: Vec<&RepoPath> = emptied.iter().map(|finding| &finding.primary.path).collect();
        examination
            .findings
            .extend(findings.into_iter().filter(|finding| !places.contains(&&finding.primary.path)));
        examination.findings.extend(emptied);
        examination
    }
}

/// Whether the change touches anything that decides what is selected.
fn is_touched(change: &Change) -> bool {
    let decides = |file: &FileChange| {
        [&file.base, &file.head].into_iter().flatten().any(|path| DECIDING.is_match(path.as_str()))
    };
    change.files.iter().any(decides)
}

/// The files whose tests have to be seen.
fn doubtful(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    if !is_touched(change) {
        return wanted;
    }
    let sides = Sides::of(change);
    let paths = sides.doubtful().into_iter().map(|doubt| doubt.path).chain(emptied::files(&sides));
    for path in paths.take(MAX_FILES) {
        let is_there = |tree: &Tree| tree.contains(path);
        wanted.base.extend(is_there(&change.base).then(|| path.clone()));
        wanted.head.extend(is_there(&change.head).then(|| path.clone()));
    }
    wanted
}
