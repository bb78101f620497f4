//! Which of the tests that stand on both sides fell silent.

use std::collections::{BTreeMap, HashSet};

use crate::read::tests::difference::{Difference, Likeness, Pair};
use crate::read::tests::{State, Test};

/// How a test stopped counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fall {
    /// It never runs.
    Skipped,
    /// Its body is empty.
    Emptied,
    /// Its failure counts for nothing.
    Tolerated,
    /// It must fail.
    Inverted,
    /// It stands in a comment.
    CommentedOut,
}

impl Fall {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Skipped => "keeps it from running",
            Self::Emptied => "nothing is left in it",
            Self::Tolerated => "lets it fail unnoticed",
            Self::Inverted => "expects it to fail",
            Self::CommentedOut => "the test, in a comment",
        }
    }

    pub(super) fn words(self, be: &str, must: &str) -> String {
        match self {
            Self::Skipped => format!("{be} skipped"),
            Self::Emptied => format!("{be} empty"),
            Self::Tolerated => format!("{be} allowed to fail"),
            Self::Inverted => format!("{must} fail"),
            Self::CommentedOut => format!("{be} commented out"),
        }
    }
}

/// The tests that fell silent, those of one marker together.
pub(super) fn fallen(difference: &Difference) -> Vec<(Fall, Vec<Pair>)> {
    let mut groups: BTreeMap<(usize, Fall, usize, usize), Vec<Pair>> = BTreeMap::new();
    // What is only alike may be another test, and that one may have been skipped all along.
    for pair in difference.pairs.iter().filter(|pair| pair.by < Likeness::Alike) {
        let (base, head) = (difference.base(pair.base), difference.head(pair.head));
        let Some(fall) = fall(base, head) else { continue };
        let marker = match fall {
            Fall::Emptied => head.line..0,
            _ => head.marker.clone().unwrap_or(head.line..0),
        };
        groups.entry((pair.head.file, fall, marker.start, marker.end)).or_default().push(*pair);
    }
    let named = groups.into_iter().map(|((_, fall, ..), group)| (fall, group));
    named.map(|(fall, group)| (fall, without_subtests(difference, group))).collect()
}

/// A test that falls takes its subtests along; they are no tests of their own.
fn without_subtests(difference: &Difference, group: Vec<Pair>) -> Vec<Pair> {
    let name = |pair: &Pair| difference.head(pair.head).name.as_slice();
    let names: HashSet<&[String]> = group.iter().map(name).collect();
    let is_below = |name: &[String]| (1..name.len()).any(|depth| names.contains(&name[..depth]));
    group.iter().filter(|pair| !is_below(name(pair))).copied().collect()
}

fn fall(base: &Test, head: &Test) -> Option<Fall> {
    let ran = matches!(base.state, State::Runs | State::Focused | State::Inverted);
    // A suite's condition lets its tests run somewhere. One on the test itself may have held always.
    let could_run = matches!(base.state, State::Conditional | State::Elsewhere) && !base.decides_itself();
    if !ran && !could_run {
        return None;
    }
    match head.state {
        State::Skipped | State::Todo | State::Unselected => Some(Fall::Skipped),
        _ if !ran => None,
        State::Tolerated => Some(Fall::Tolerated),
        State::Inverted if base.state != State::Inverted => Some(Fall::Inverted),
        State::Runs | State::Focused | State::Conditional => {
            let emptied = !base.assertions.is_empty() && head.assertions.is_empty() && head.statements == 0;
            emptied.then_some(Fall::Emptied)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::tests::difference::{Counterparts, Place};

    fn test(name: &str, state: State) -> Test {
        let path = "a.test.js".parse().unwrap();
        let mut read =
            crate::read::tests::read(&path, "it('a', () => { expect(f()).toBe(1) })").unwrap().remove(0);
        read.name = name.split(" > ").map(str::to_owned).collect();
        (read.state, read.range, read.marker) = (state, 0..9, Some(0..1));
        read
    }

    /// How large the groups are, where the first of base is the first of head, and so on.
    fn count(base: &[Test], head: &[Test]) -> Vec<usize> {
        let place = |test| Place { file: 0, test };
        let pair = |n| Pair { base: place(n), head: place(n), by: Likeness::Name };
        let files =
            vec![Counterparts { base: base.to_vec(), head: head.to_vec(), ..Counterparts::default() }];
        let pairs = (0..base.len()).map(pair).collect();
        fallen(&Difference { files, pairs, ..Difference::default() }).iter().map(|g| g.1.len()).collect()
    }

    #[test]
    fn one_marker_is_one_group_and_subtests_count_with_their_test() {
        let base = [test("a", State::Runs), test("a > b", State::Runs), test("c", State::Runs)];
        let head = [test("a", State::Skipped), test("a > b", State::Skipped), test("c", State::Skipped)];
        assert_eq!(count(&base, &head), [2]);
    }

    #[test]
    fn a_test_that_its_suite_lets_run_somewhere_falls_when_it_is_skipped_everywhere() {
        let base = [Test { marker: Some(20..21), ..test("a", State::Conditional) }];
        assert_eq!(count(&base, &[test("a", State::Skipped)]), [1]);
        assert_eq!(count(&base, &[test("a", State::Tolerated)]), [0; 0]);
    }

    #[test]
    fn a_test_that_did_not_run_before_cannot_fall() {
        for state in [State::Skipped, State::Conditional, State::Todo, State::Silenced] {
            assert_eq!(count(&[test("a", state)], &[test("a", State::Skipped)]), [0; 0], "{state:?}");
        }
    }
}
