//! What the rules about tests share: what they need, how they name tests, and what a text admits of them.

mod commented;
mod trimmed;

use std::collections::HashSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::change::Change;
use crate::checks::{Needs, Wanted};
use crate::claims::{Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::identifiers;
use crate::read::tests::difference::{Difference, Place, holds_tests};
use crate::read::tests::{self, State, Test, selection};
use crate::span::{Location, Side};

pub(super) use commented::{Commented, commented_out};
pub(super) use trimmed::{Trimmed, names};

const NAMES_SHOWN: usize = 4;

/// What a [`Difference`] reads.
pub(super) fn needs(needs: &mut Needs) {
    needs.changed(tests::FILES);
    needs.later(configurations);
}

/// What decides which files are tests, wanted only where a file of tests has a new name or a test a focus.
fn configurations(change: &Change) -> Wanted {
    let renamed = change.files.iter().any(|file| match (&file.base, &file.head) {
        (Some(base), Some(head)) => base != head && tests::is_test_file(base) && !holds_tests(head),
        _ => false,
    });
    let focused = || {
        Difference::of(change)
            .files
            .iter()
            .any(|file| file.head.iter().any(|test| test.state == State::Focused))
    };
    if !renamed && !focused() {
        return Wanted::default();
    }
    let globs = configured();
    Wanted {
        head: change.head.paths().filter(|path| globs.is_match(path.as_str())).cloned().collect(),
        ..Wanted::default()
    }
}

fn configured() -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in selection::needs() {
        set.add(Glob::new(glob).expect("what a selection needs are literal globs"));
    }
    set.build().expect("the globs fit one set")
}

/// Whether a test of base ran there, somewhere at least.
pub(super) fn ran(test: &Test) -> bool {
    matches!(
        test.state,
        State::Runs | State::Focused | State::Inverted | State::Conditional | State::Elsewhere
    )
}

/// Names one after the other, each in code marks, the rest counted.
pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(NAMES_SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The tests that are no subtests of others among them.
pub(super) fn outermost(places: &[Place], test: impl Fn(Place) -> Test) -> Vec<Place> {
    let all: Vec<(Place, Test)> = places.iter().map(|place| (*place, test(*place))).collect();
    let names: HashSet<(usize, &[String])> =
        all.iter().map(|(place, test)| (place.file, test.name.as_slice())).collect();
    let is_below = |place: &Place, test: &Test| {
        (1..test.name.len()).any(|depth| names.contains(&(place.file, &test.name[..depth])))
    };
    all.iter().filter(|(place, test)| !is_below(place, test)).map(|(place, _)| *place).collect()
}

/// Where a test stands, its first lines shown.
pub(super) fn at(change: &Change, side: Side, path: &RepoPath, test: &Test) -> Location {
    let source = change.text(side, path).ok().flatten().unwrap_or_default();
    Location::of_lines(side, path, source, test.line, test.end_line)
}

/// The sentence that says both what was done and to what: one of each list, as whole words in lower case.
pub(super) fn admission<'c>(claims: &'c Claims, deeds: &[&str], objects: &[&str]) -> Option<&'c Sentence> {
    let holds = |text: &str, words: &[&str]| words.iter().any(|word| identifiers::holds(text, word));
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        holds(&text, deeds) && holds(&text, objects)
    })
}
