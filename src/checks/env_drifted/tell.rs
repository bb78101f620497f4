//! What a finding says.

use std::collections::BTreeMap;

use crate::change::Change;
use crate::checks::Finding;
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::environment::reads::Read;
use crate::span::{Location, Side, line_of};

use super::RULE;
use super::fresh::Fresh;
use super::survey::{Meant, Survey};

/// So many names are written out.
const MAX_NAMES: usize = 6;

/// A name that is likely another's slip.
pub(super) fn block(
    change: &Change,
    file: &Fresh<'_>,
    read: &Read,
    meant: &Meant,
    claims: &Claims,
) -> Finding {
    let (name, other, at) = (&read.name, &meant.name, &meant.at);
    let has = if meant.declares { "declares" } else { "reads" };
    let headline = format!("`{name}` is read and declared nowhere; {at} {has} `{other}`");
    let explanation = format!(
        "No file names `{name}` but the code of this change, and that code has nothing to go by without it. `{other}`, {}, \
         is what {at} {has}. Where only `{other}` is set, this read finds nothing.",
        meant.how.said()
    );
    let place = Location::bytes(Side::Head, file.path, file.text, read.range.clone())
        .label("read here, declared nowhere");
    // A declaration may hold a value that is not to be shown.
    let text = change.text(Side::Head, at).ok().flatten().unwrap_or_default();
    let line = text.find(other.as_str()).map_or(1, |start| line_of(text, start));
    let known = Location::lines(Side::Head, at, line, line).label(format!("{has} `{other}`"));
    let words = [name.to_lowercase()];
    Finding::new(&RULE, place, headline, name)
        .explain(explanation)
        .related(known)
        .disclosed(claims.disclosure(None, &[words[0].as_str()]))
}

/// Names that a sample is to list and does not: one note a sample.
#[derive(Default)]
pub(super) struct Notes<'c> {
    by_sample: BTreeMap<&'c RepoPath, Vec<(String, Location)>>,
}

impl<'c> Notes<'c> {
    pub(super) fn add(&mut self, survey: &Survey<'c>, file: &Fresh<'_>, read: &Read) {
        let Some(sample) = survey.sample(file.path) else { return };
        let names = self.by_sample.entry(sample).or_default();
        if names.iter().all(|(name, _)| *name != read.name) {
            let place = Location::bytes(Side::Head, file.path, file.text, read.range.clone());
            names.push((read.name.clone(), place));
        }
    }

    pub(super) fn findings(self, claims: &Claims) -> Vec<Finding> {
        self.by_sample.into_iter().map(|(sample, names)| note(sample, names, claims)).collect()
    }
}

fn note(sample: &RepoPath, names: Vec<(String, Location)>, claims: &Claims) -> Finding {
    let quoted: Vec<String> = names.iter().map(|(name, _)| format!("`{name}`")).collect();
    let said = match quoted.as_slice() {
        [one] => one.clone(),
        [rest @ .., last] if quoted.len() <= MAX_NAMES => format!("{} and {last}", rest.join(", ")),
        all => format!("{} and {} more", all[..MAX_NAMES].join(", "), all.len() - MAX_NAMES),
    };
    let (is, them) = if names.len() == 1 { ("is", "it") } else { ("are", "them") };
    let headline = format!("{said} {is} read and not listed in {sample}");
    let explanation = format!(
        "The code that reads {them} has nothing to go by without {them}, and no file of the tree declares {them}. {sample} \
         lists nearly all other variables: whoever sets up a machine by it misses {them}."
    );
    let matter = quoted.join(" ");
    let lower: Vec<String> = names.iter().map(|(name, _)| name.to_lowercase()).collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    let mut places = names.into_iter().map(|(name, place)| place.label(format!("`{name}` is read here")));
    let first = places.next().unwrap_or_else(|| Location::file(Side::Head, sample));
    let mut finding = Finding::new(&RULE, first, headline, &matter).explain(explanation);
    for place in places.take(MAX_NAMES) {
        finding = finding.related(place);
    }
    finding.disclosed(claims.disclosure(None, &words)).note()
}
