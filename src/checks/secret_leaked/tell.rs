//! What a leak's finding says: the kind, the places and the remedy, never the value.

use crate::change::Change;
use crate::checks::Finding;
use crate::claims::{Part, Source};
use crate::ids::{Fingerprint, RepoPath};
use crate::read::secrets::{Grade, Verified};
use crate::span::{Location, Side};

use super::RULE;
use super::gather::{Leak, Place};

const MAX_RELATED: usize = 20;

/// The finding of a leak; nothing where it stands in words and no file exists to stand in for them.
pub(super) fn finding(change: &Change, leak: &Leak) -> Option<Finding> {
    let places = telling(leak);
    let (first, others) = places.split_first()?;
    let matter = format!("{} {}", leak.rule.id, leak.identity.mark(leak.rule));
    let mut finding = Finding::new(&RULE, location(change, first)?, headline(leak, first), &matter);
    if let Some(words) = words(first) {
        let words_path: RepoPath = "the pull request's words".parse().expect("the words are a sound path");
        finding.fingerprint = Fingerprint::of(RULE.id, &words_path, &matter);
        finding.words = Some(words);
    }
    for place in others.iter().take(MAX_RELATED) {
        finding.related.extend(location(change, place));
    }
    let finding = finding.explain(explanation(change, leak, first, others.len() + leak.further));
    Some(if leak.level == Grade::Note { finding.note() } else { finding })
}

/// The places that a person must visit: of a file at head its commits add nothing.
fn telling(leak: &Leak) -> Vec<&Place> {
    let at_head =
        |path: &RepoPath| leak.places.iter().any(|p| matches!(p, Place::Head(head, ..) if head == path));
    let mut seen = std::collections::BTreeSet::new();
    let worth = |place: &&Place| match place {
        Place::Commit(path, ..) => !at_head(path) && seen.insert(path.clone()),
        _ => true,
    };
    leak.places.iter().filter(worth).collect()
}

fn location(change: &Change, place: &Place) -> Option<Location> {
    let lines = |path: &RepoPath, from: usize, to: usize| Location::lines(Side::Head, path, from, to);
    Some(match place {
        Place::Head(path, from, to) => lines(path, *from, *to).label("it stands here"),
        Place::Commit(path, from, to, sha) => {
            lines(path, *from, *to).label(format!("it stood here in commit {}", sha.short()))
        }
        Place::Name(path) => Location::file(Side::Head, path).label("it stands in this file's name"),
        Place::Words(_) | Place::Branch => {
            let changed = change.files.iter().find_map(|file| file.head.as_ref());
            let stand_in = changed.or_else(|| change.head.paths().next())?;
            Location::file(Side::Head, stand_in).label(format!("it stands in {place}, not in this file"))
        }
    })
}

fn words(place: &Place) -> Option<Source> {
    match place {
        Place::Words(source) => Some(source.clone()),
        Place::Branch => Some(Source { part: Part::Title, line: 1 }),
        Place::Head(..) | Place::Commit(..) | Place::Name(_) => None,
    }
}

fn headline(leak: &Leak, first: &Place) -> String {
    let name = &leak.rule.name;
    match first {
        _ if leak.held => format!("{name} stands in the base branch already"),
        Place::Head(..) => format!("{name} was committed"),
        Place::Commit(..) => format!("{name} was committed and is still in the branch's history"),
        place => format!("{name} stands in {place}"),
    }
}

fn explanation(change: &Change, leak: &Leak, first: &Place, others: usize) -> String {
    let mut text = format!("Whoever reads it {}.", leak.rule.attacker);
    text += match leak.verified {
        Verified::Checksum => " Its checksum is right, which no made-up value has by chance.",
        Verified::Structure => " Its structure is that of a genuine one.",
        Verified::None => " It has the form of a genuine one and looks random; no checksum tells more.",
    };
    if leak.held {
        text +=
            " Base holds it, so that this pull request did not leak it; whoever reads the repository has it.";
        return text + &format!("\nIf it still opens anything: {}.", leak.rule.revoke);
    }
    if leak.level < leak.ordinary {
        text += " It stands among tests, examples or documentation, where such values are mostly made up: a note.";
    }
    if others > MAX_RELATED {
        text += &format!(" {} further places are not listed.", others - MAX_RELATED);
    }
    if leak.level == Grade::Note {
        return text + &format!("\nIf it is genuine: {}.", leak.rule.revoke);
    }
    if !leak.at_head() && matches!(first, Place::Commit(..)) {
        text +=
            "\nNo changed file holds it at head any more, but whoever fetches the branch can still read it.";
    }
    text + &format!("\nFirst make it useless: {}. Then {}", leak.rule.revoke, removal(change, first))
}

/// How to take it out of sight once it is useless.
fn removal(change: &Change, first: &Place) -> String {
    match first {
        Place::Words(Source { part: Part::Title | Part::Body, .. }) => {
            "edit the text and delete the older revision in its edit history.".to_owned()
        }
        Place::Branch => "push the commits under another branch name and delete this branch.".to_owned(),
        _ => format!(
            "take it out of the history, where a further commit would leave it: `git reset --soft {}`, remove it, \
             commit anew, and `git push --force-with-lease`.",
            change.base_sha.short()
        ),
    }
}
