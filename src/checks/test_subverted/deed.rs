//! One thing that code around the tests does to their outcome.

use std::ops::Range;

/// How certain it is that a failure is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It is, whatever the tests say.
    Block,
    /// It may be.
    Note,
}

/// What a file does to the outcome of tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deed {
    /// Its bytes.
    pub(super) range: Range<usize>,
    /// What it is, the same wherever it stands: two sides are compared by it.
    pub(super) matter: String,
    /// One line; `{file}` stands for the file's name.
    pub(super) headline: String,
    /// What follows from it, in whole sentences.
    pub(super) why: String,
    /// A few words at the place.
    pub(super) label: &'static str,
    pub(super) weight: Weight,
}

/// A run that ends well whatever its tests said.
pub(super) fn ends(range: Range<usize>, words: &str, place: &str, weight: Weight) -> Deed {
    Deed {
        range,
        matter: format!("ends {words} {place}"),
        headline: format!("`{words}` in `{{file}}` ends the test run as a success"),
        why: format!(
            "It runs {place}, and whoever started the tests is told that they passed, whatever they said."
        ),
        label: "success, whatever the tests say",
        weight,
    }
}
