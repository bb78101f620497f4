//! "No tests changed", "no tests were removed" against what became of base's tests.

use super::super::Weighed;
use super::test_difference::{Difference, Known, cases};
use super::{contradicted, supported, unproven};
use crate::change::Change;
use crate::span::{Location, Side};

/// Contradicted where a test of base is gone, or tests otherwise than it did.
pub(super) fn unchanged(change: &Change, difference: &Difference<'_>) -> Weighed {
    if let Some(altered) = difference.altered.first() {
        let more = difference.altered.len() - 1;
        let because = format!(
            "`{}` in {} is not what it was{}",
            altered.before.test.title(),
            altered.now.test.path,
            others(more)
        );
        return contradicted(because).at(place(change, Side::Head, &altered.now));
    }
    if let Some(gone) = difference.gone.first().filter(|_| difference.unsure.is_none()) {
        return lost(change, gone, difference.gone.len() - 1);
    }
    match &difference.unsure {
        Some(why) => unproven(why.clone()),
        None => supported("no test of base differs"),
    }
}

/// Contradicted where a test of base is gone and nothing that is new or altered can have taken it in.
pub(super) fn kept(change: &Change, difference: &Difference<'_>) -> Weighed {
    if let Some(why) = &difference.unsure {
        return unproven(why.clone());
    }
    let Some(gone) = difference.gone.first() else { return supported("every test of base is still there") };
    let heads = difference.new.iter().chain(difference.altered.iter().map(|altered| &altered.now));
    // A table may have taken in what were tests of their own.
    if heads.into_iter().any(|known| cases(&known.test) != Some(1)) {
        return unproven(format!(
            "`{}` is not there under its name, and may be a row of a table",
            gone.test.title()
        ));
    }
    lost(change, gone, difference.gone.len() - 1)
}

fn lost(change: &Change, gone: &Known<'_>, more: usize) -> Weighed {
    let because = format!("`{}` of {} is gone{}", gone.test.title(), gone.test.path, others(more));
    contradicted(because).at(place(change, Side::Base, gone))
}

fn others(more: usize) -> String {
    match more {
        0 => String::new(),
        1 => ", and so is 1 more".to_owned(),
        more => format!(", and so are {more} more"),
    }
}

fn place(change: &Change, side: Side, known: &Known<'_>) -> Location {
    let test = &known.test;
    match change.text(side, &test.path) {
        Ok(Some(text)) => Location::of_lines(side, &test.path, text, test.line, test.line),
        _ => Location::file(side, &test.path),
    }
}
