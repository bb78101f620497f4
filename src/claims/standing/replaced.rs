//! "Replaced `a` with `b`" against the changed files: refuted only where all of `a` stands as it did and no part of `b`
//! came.

use super::super::Weighed;
use super::texts::Texts;
use super::{contradicted, supported, unproven};
use crate::change::Change;
use crate::span::{Location, Side};

/// "Replaced `from` with `to`."
pub(super) fn weigh(change: &Change, texts: &Texts<'_>, from: &str, to: &str) -> Weighed {
    let count = |side: Side, piece: &str| {
        let paths = change.files.iter().filter_map(|file| file.on(side));
        let texts = paths.filter_map(|path| change.text(side, path).ok().flatten());
        texts.map(|text| text.matches(piece).count()).sum::<usize>()
    };
    let (old, left) = (count(Side::Base, from), count(Side::Head, from));
    let (was, new) = (count(Side::Base, to), count(Side::Head, to));
    if new > was && left < old {
        return supported(format!("`{to}` stands in the changed files, and `{from}` is gone where it stood"));
    }
    let comes = to
        .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$')
        .filter(|word| !word.is_empty() && !from.contains(word))
        .any(|word| texts.hints_at(word));
    if texts.incomplete || left == 0 || left != old || new > 0 || comes || texts.hints_at(to) {
        return unproven("the changed files neither confirm nor refute it");
    }
    let place = change.files.iter().filter_map(|file| file.head.as_ref()).find_map(|path| {
        let text = change.text(Side::Head, path).ok()??;
        let at = text.find(from)?;
        Some(Location::bytes(Side::Head, path, text, at..at + from.len()))
    });
    match place {
        Some(place) => {
            let because = format!(
                "`{from}` stands in {} as often as at base, and no changed file holds `{to}`",
                place.path
            );
            contradicted(because).at(place)
        }
        None => unproven("the changed files neither confirm nor refute it"),
    }
}
