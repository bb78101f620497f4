//! The finding of a claim that the evidence refutes, whichever rule tells it.

use crate::change::Change;
use crate::checks::{Finding, Rule};
use crate::claims::{Claim, Part, Weighed};
use crate::ids::{Fingerprint, RepoPath};
use crate::span::{Location, Side};

/// The finding that quotes the claim beside its evidence; nothing where no file exists to stand in for the place.
pub(super) fn finding(
    rule: &'static Rule,
    change: &Change,
    claim: &Claim,
    weighed: Weighed,
    headline: String,
) -> Option<Finding> {
    let because = weighed.judged.because;
    let matter = format!("{} {because}", words(claim));
    let explanation =
        format!("{} says \"{}\", but {because}.", part(&claim.at.part), claim.quote.trim_end_matches('.'));
    let Some(place) = weighed.place else {
        return Some(of_words(rule, somewhere(change)?, headline, &matter).explain(explanation));
    };
    Some(Finding::new(rule, place, headline, &matter).explain(explanation))
}

/// A finding for which a file only stands in: another one may after the next push, and the matter is the same.
pub(super) fn of_words(rule: &'static Rule, place: Location, headline: String, matter: &str) -> Finding {
    let mut finding = Finding::new(rule, place, headline, matter);
    let words_path: RepoPath = "the pull request's words".parse().expect("the words are a sound path");
    finding.fingerprint = Fingerprint::of(rule.id, &words_path, matter);
    finding
}

/// Evidence from outside the tree has no file: the change's first one stands for it, or any at all.
pub(super) fn somewhere(change: &Change) -> Option<Location> {
    let changed = change.files.first().map(|file| {
        let side = if file.head.is_some() { Side::Head } else { Side::Base };
        Location::file(side, file.path())
    });
    changed.or_else(|| change.head.paths().next().map(|path| Location::file(Side::Head, path)))
}

/// Which text it is, for people.
pub(super) fn part(part: &Part) -> String {
    match part {
        Part::Title => "the title".to_owned(),
        Part::Body => "the body".to_owned(),
        Part::Commit(sha) => format!("commit {}", sha.short()),
    }
}

/// What a claim says, the same for a body that repeats its commit's message.
pub(super) fn words(claim: &Claim) -> String {
    let quote = claim.quote.to_lowercase();
    let words: Vec<&str> = quote.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    format!("{:?} {}", claim.kind, words.join(" "))
}
