//! Items with a ticked box that name what nothing in the change touches.

use crate::change::Change;
use crate::checks::{Finding, refuted};
use crate::claims::{Claims, Source, Subject, Ticked};
use crate::span::{Location, Side};

use super::RULE;
use super::trees::{holds, unique};

/// More of them say that the list is about something else.
const MAX_NOTES: usize = 3;

/// A note for each item of which nothing that it names was touched; none for those that are told already.
pub(super) fn findings(change: &Change, claims: &Claims, told: &[&Source]) -> Vec<Finding> {
    if change.files.is_empty() {
        return Vec::new();
    }
    let untouched = |item: &&Ticked| {
        !told.contains(&&item.at) && item.subjects.iter().all(|subject| is_untouched(change, subject))
    };
    let found: Vec<Finding> =
        claims.ticked.iter().filter(untouched).filter_map(|item| finding(change, item)).collect();
    if found.len() > MAX_NOTES { Vec::new() } else { found }
}

/// A file that is there as it was, or a symbol that stands nowhere in the changed files.
fn is_untouched(change: &Change, subject: &Subject) -> bool {
    match subject {
        Subject::File(name) => unique(&change.head, name)
            .is_some_and(|path| change.file(path).is_none() && change.base.contains(path)),
        Subject::Symbol(name) => holds(change, name) == Some(false),
    }
}

fn finding(change: &Change, item: &Ticked) -> Option<Finding> {
    let named = |subject: &Subject| match subject {
        Subject::File(name) | Subject::Symbol(name) => format!("`{name}`"),
    };
    let names: Vec<String> = item.subjects.iter().map(named).collect();
    let names = names.join(", ");
    let place = item.subjects.iter().find_map(|subject| match subject {
        Subject::File(name) => unique(&change.head, name).map(|path| Location::file(Side::Head, path)),
        Subject::Symbol(_) => None,
    });
    let headline = format!("the box of {names} is ticked, and nothing that changed names it");
    let explanation = format!(
        "{} has a ticked box at \"{}\", line {}; no changed file is called or holds {names}. The work may stand under \
         another name.",
        refuted::part(&item.at.part),
        item.quote.trim_end_matches('.'),
        item.at.line
    );
    let matter = format!("ticked {names}");
    let finding = match place {
        Some(place) => Finding::new(&RULE, place, headline, &matter),
        None => refuted::of_words(&RULE, refuted::somewhere(change)?, headline, &matter),
    };
    Some(finding.explain(explanation).note())
}
