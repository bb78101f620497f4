//! Which test of head is which test of base, and which of them fell silent.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::read::tests::{State, Test};

/// How a test stopped counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fall {
    /// It never runs.
    Skipped,
    /// Another's `.only` keeps it from running.
    Silenced,
    /// Its body is empty.
    Emptied,
    /// Its failure counts for nothing.
    Tolerated,
    /// It must fail.
    Inverted,
}

impl Fall {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Skipped => "keeps it from running",
            Self::Silenced => "keeps the others from running",
            Self::Emptied => "nothing is left in it",
            Self::Tolerated => "lets it fail unnoticed",
            Self::Inverted => "expects it to fail",
        }
    }

    pub(super) fn words(self, be: &str, must: &str) -> String {
        match self {
            Self::Skipped => format!("{be} skipped"),
            Self::Silenced => format!("{be} silenced by another's focus"),
            Self::Emptied => format!("{be} empty"),
            Self::Tolerated => format!("{be} allowed to fail"),
            Self::Inverted => format!("{must} fail"),
        }
    }
}

/// A test on both sides, with the places of its files in the list.
#[derive(Debug, Clone)]
pub(super) struct Pair<'a> {
    pub(super) base_file: usize,
    pub(super) head_file: usize,
    pub(super) base: &'a Test,
    pub(super) head: &'a Test,
    pub(super) fall: Fall,
}

/// The tests that fell silent, those of one marker together. `files` are the tests of each changed file at base and
/// at head.
pub(super) fn fallen<'a>(files: &[(&'a [Test], &'a [Test])]) -> Vec<Vec<Pair<'a>>> {
    let names = Names::of(files);
    let mut groups: BTreeMap<(usize, Fall, usize, usize), Vec<Pair<'a>>> = BTreeMap::new();
    for (head_file, (_, head)) in files.iter().enumerate() {
        let mut met: HashMap<&[String], usize> = HashMap::new();
        for test in *head {
            let nth = met.entry(&test.name).or_default();
            let before = names.before(head_file, &test.name, *nth);
            *nth += 1;
            let Some((base_file, base)) = before else { continue };
            let Some(fall) = fall(base, test) else { continue };
            let marker = match fall {
                Fall::Silenced => 0..0,
                Fall::Emptied => test.line..0,
                _ => test.marker.clone().unwrap_or(test.line..0),
            };
            let group = groups.entry((head_file, fall, marker.start, marker.end)).or_default();
            group.push(Pair { base_file, head_file, base, head: test, fall });
        }
    }
    groups.into_values().map(without_subtests).collect()
}

/// A test that falls takes its subtests along; they are no tests of their own.
fn without_subtests(group: Vec<Pair<'_>>) -> Vec<Pair<'_>> {
    let names: HashSet<&[String]> = group.iter().map(|pair| pair.head.name.as_slice()).collect();
    let is_below = |name: &[String]| (1..name.len()).any(|depth| names.contains(&name[..depth]));
    let kept: Vec<bool> = group.iter().map(|pair| !is_below(&pair.head.name)).collect();
    group.into_iter().zip(kept).filter_map(|(pair, kept)| kept.then_some(pair)).collect()
}

/// The tests of one name on both sides of one file.
#[derive(Default)]
struct Namesakes<'a> {
    base: Vec<&'a Test>,
    head: usize,
}

/// All tests by file and name.
struct Names<'a> {
    files: Vec<HashMap<&'a [String], Namesakes<'a>>>,
    /// The tests that a file lost, with its number: where a test that moved came from.
    lost: HashMap<&'a [String], Vec<(usize, &'a Test)>>,
}

impl<'a> Names<'a> {
    fn of(files: &[(&'a [Test], &'a [Test])]) -> Self {
        let mut names = Names { files: Vec::with_capacity(files.len()), lost: HashMap::new() };
        for (number, (base, head)) in files.iter().enumerate() {
            let mut here: HashMap<&[String], Namesakes<'a>> = HashMap::new();
            head.iter().for_each(|test| here.entry(&test.name).or_default().head += 1);
            base.iter().for_each(|test| here.entry(&test.name).or_default().base.push(test));
            for test in base.iter().filter(|test| here[test.name.as_slice()].head == 0) {
                names.lost.entry(&test.name).or_default().push((number, test));
            }
            names.files.push(here);
        }
        names
    }

    /// The test of base that the `nth` test of that name in a file at head was: in the same file or, where it moved,
    /// in another that lost it. Nothing where names leave a doubt.
    fn before(&self, file: usize, name: &[String], nth: usize) -> Option<(usize, &'a Test)> {
        let here = self.files[file].get(name)?;
        if here.base.len() == here.head {
            return Some((file, here.base[nth]));
        }
        if !here.base.is_empty() || here.head > 1 {
            return None;
        }
        match self.lost.get(name)?.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
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
        State::Silenced => Some(Fall::Silenced),
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

    fn test(name: &str, state: State) -> Test {
        Test {
            name: name.split(" > ").map(str::to_owned).collect(),
            state,
            range: 0..9,
            marker: Some(0..1),
            ..a_test()
        }
    }

    fn a_test() -> Test {
        let path = "a.test.js".parse().unwrap();
        crate::read::tests::read(&path, "it('a', () => { expect(f()).toBe(1) })").unwrap().remove(0)
    }

    fn count(files: &[(&[Test], &[Test])]) -> Vec<usize> {
        fallen(files).iter().map(Vec::len).collect()
    }

    #[test]
    fn one_marker_is_one_group_and_subtests_count_with_their_test() {
        let base = [test("a", State::Runs), test("a > b", State::Runs), test("c", State::Runs)];
        let head = [test("a", State::Skipped), test("a > b", State::Skipped), test("c", State::Skipped)];
        assert_eq!(count(&[(&base, &head)]), [2]);
    }

    #[test]
    fn a_test_that_moved_is_found_where_its_name_is_unique() {
        let base = [test("a", State::Runs)];
        let head = [test("a", State::Skipped)];
        assert_eq!(count(&[(&base, &[]), (&[], &head)]), [1]);
        assert_eq!(count(&[(&base, &[]), (&base, &[]), (&[], &head)]), [0; 0]);
        assert_eq!(count(&[(&base, &base), (&[], &head)]), [0; 0]);
    }

    #[test]
    fn a_second_test_of_the_same_name_leaves_a_doubt() {
        let base = [test("a", State::Runs)];
        let head = [test("a", State::Runs), test("a", State::Skipped)];
        assert_eq!(count(&[(&base, &head)]), [0; 0]);
    }

    #[test]
    fn a_test_that_its_suite_lets_run_somewhere_falls_when_it_is_skipped_everywhere() {
        let base = [Test { marker: Some(20..21), ..test("a", State::Conditional) }];
        assert_eq!(count(&[(&base, &[test("a", State::Skipped)])]), [1]);
        assert_eq!(count(&[(&base, &[test("a", State::Tolerated)])]), [0; 0]);
    }

    #[test]
    fn a_test_that_did_not_run_before_cannot_fall() {
        for state in [State::Skipped, State::Conditional, State::Todo, State::Silenced] {
            let (base, head) = ([test("a", state)], [test("a", State::Skipped)]);
            assert_eq!(count(&[(&base, &head)]), [0; 0], "{state:?}");
        }
    }
}
