//! Tests of head that may stand for one that went: new ones and those that grew.

use std::collections::BTreeSet;

use super::subject::Subject;
use crate::read::tests::Test;
use crate::read::tests::difference::{Difference, Likeness, Place};

/// So many of a test's assertions at least must stand elsewhere where it was merged into others, of a hundred.
const MIN_MERGED: usize = 50;

/// The tests of head that do more than at base.
pub(super) struct Replacements {
    places: Vec<Place>,
    /// The assertions that they have and had not.
    assertions: BTreeSet<String>,
}

impl Replacements {
    pub(super) fn of(difference: &Difference) -> Self {
        let mut places: Vec<Place> = difference.born.clone();
        let mut assertions = BTreeSet::new();
        for pair in &difference.pairs {
            let (base, head) = (difference.base(pair.base), difference.head(pair.head));
            let before: BTreeSet<&str> = base.assertions.iter().map(|a| a.text.as_str()).collect();
            let new = head.assertions.iter().filter(|a| !before.contains(a.text.as_str()));
            let new: Vec<String> = new.map(|a| a.text.clone()).collect();
            // One that is only alike is as good as a new one.
            if !new.is_empty() || head.cases != base.cases || pair.by == Likeness::Alike {
                places.push(pair.head);
            }
            assertions.extend(new);
        }
        let born = difference.born.iter().flat_map(|place| &difference.head(*place).assertions);
        assertions.extend(born.map(|assertion| assertion.text.clone()));
        places.retain(|place| {
            let test = difference.head(*place);
            test.may_run() && (!test.asserts_nothing() || delegates(test))
        });
        Self { places, assertions }
    }

    /// Whether they may do what the test did: they hold its assertions, or test the same thing anew.
    pub(super) fn stand_for(&self, difference: &Difference, gone: Place, subject: &Subject) -> bool {
        let test = difference.base(gone);
        let kept = test.assertions.iter().filter(|a| self.assertions.contains(&a.text)).count();
        if !test.assertions.is_empty() && kept * 100 >= test.assertions.len() * MIN_MERGED {
            return true;
        }
        self.places.iter().any(|place| {
            let head = difference.head(*place);
            subject.is_named_by(head) || is_of_same_file(difference, gone, *place) && shares_calls(test, head)
        })
    }
}

/// Whether it calls anything that might assert in its stead.
fn delegates(test: &Test) -> bool {
    !test.calls.is_empty()
}

fn is_of_same_file(difference: &Difference, gone: Place, place: Place) -> bool {
    gone.file == place.file || difference.files[gone.file].base_path == difference.files[place.file].head_path
}

/// Whether most of what the test called is called by the other one.
fn shares_calls(gone: &Test, head: &Test) -> bool {
    let shared = gone.calls.intersection(&head.calls).count();
    !gone.calls.is_empty() && shared * 2 >= gone.calls.len()
}
