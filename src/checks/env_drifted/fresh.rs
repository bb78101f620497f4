//! The variables that a change begins to read, and can't do without.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use crate::change::{Change, FileChange, Kind};
use crate::checks::product;
use crate::ids::RepoPath;
use crate::read::environment::{declared, names, reads};
use crate::read::flow;
use crate::read::identifiers;
use crate::span::Side;
use crate::undecided::Undecided;

/// Longer first lines are a tool's.
const MAX_LINE: usize = 5_000;

/// A file of the product with variables that no changed file knew at base and none declares at head.
pub(super) struct Fresh<'c> {
    pub(super) path: &'c RepoPath,
    pub(super) text: &'c str,
    /// The new ones, each at its first read.
    pub(super) reads: Vec<reads::Read>,
    /// All that the file reads.
    pub(super) all: reads::Reads,
}

/// The files with new variables, and those that could not be read for any.
pub(super) fn of(change: &Change) -> (Vec<Fresh<'_>>, Vec<Undecided>) {
    let mut undecided = Vec::new();
    let mut found: Vec<Fresh<'_>> = Vec::new();
    for file in &change.files {
        match read(change, file) {
            Ok(fresh) => found.extend(fresh),
            Err(why) => undecided.push(why),
        }
    }
    let names: BTreeSet<String> =
        found.iter().flat_map(|fresh| &fresh.reads).map(|read| read.name.clone()).collect();
    let known = known(change, &names.iter().map(String::as_str).collect::<Vec<_>>());
    found.iter_mut().for_each(|fresh| fresh.reads.retain(|read| !known.contains(read.name.as_str())));
    found.retain(|fresh| !fresh.reads.is_empty());
    (found, undecided)
}

fn read<'c>(change: &'c Change, file: &'c FileChange) -> Result<Option<Fresh<'c>>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| is_product(path)) else { return Ok(None) };
    let Some(language) = flow::language(path) else { return Ok(None) };
    if change.head.entry(path).is_none_or(|entry| entry.kind != Kind::File) {
        return Ok(None);
    }
    let Some(text) = change.text(Side::Head, path)? else { return Ok(None) };
    if !reads::may_read(text) || text.lines().take(20).any(|line| line.len() > MAX_LINE) {
        return Ok(None);
    }
    let base =
        file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    if base == text {
        return Ok(None);
    }
    let all = reads::read(language, text).map_err(|why| why.at(path))?;
    let mut fresh: Vec<reads::Read> = all.needed().into_iter().cloned().collect();
    fresh.retain(|read| !names::is_set_by_others(&read.name) && !identifiers::holds(base, &read.name));
    Ok((!fresh.is_empty()).then_some(Fresh { path, text, reads: fresh, all }))
}

/// Whether the file is part of what runs: no test, example, documentation or generated file.
pub(super) fn is_product(path: &RepoPath) -> bool {
    let lower = path.as_str().to_lowercase();
    let shown =
        ["example", "sample", "tutorial", "cookbook", "template", "snippet", "quickstart", "playground"];
    product::kind(path).is_none() && !shown.iter().any(|word| lower.contains(word)) && !is_foreign(&lower)
}

fn is_foreign(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "node_modules" | "evals" | "eval" | "e2e-tests" | "integration-tests"))
}

/// Which of the names some changed file held at base, or says at head that they exist.
fn known<'n>(change: &Change, names: &[&'n str]) -> BTreeSet<&'n str> {
    let Ok(finder) = AhoCorasick::new(names) else { return BTreeSet::new() };
    let mut known = BTreeSet::new();
    for file in &change.files {
        let text = |side: Side| file.on(side).and_then(|path| change.text(side, path).ok().flatten());
        known.extend(text(Side::Base).into_iter().flat_map(|text| mentioned(&finder, names, text)));
        let Some((path, text)) = file.head.as_ref().zip(text(Side::Head)) else { continue };
        let mut left = mentioned(&finder, names, text);
        left.retain(|name| !known.contains(name));
        if !left.is_empty() {
            known.extend(said_to_exist(path, text, left));
        }
    }
    known
}

/// The names of those that stand in a text as whole words.
pub(super) fn mentioned<'n>(finder: &AhoCorasick, names: &[&'n str], text: &str) -> BTreeSet<&'n str> {
    finder
        .find_overlapping_iter(text)
        .filter(|found| identifiers::is_whole(text.as_bytes(), found.range()))
        .map(|found| names[found.pattern().as_usize()])
        .collect()
}

/// Which of the names a file that mentions them declares or sets.
fn said_to_exist<'n>(path: &RepoPath, text: &str, mut names: BTreeSet<&'n str>) -> BTreeSet<&'n str> {
    let Some(language) = flow::language(path) else { return names };
    // A test that sets the name says nothing of where the product gets it.
    if product::kind(path) == Some(product::Kind::NotProduct) && !path.as_str().ends_with(".d.ts") {
        return BTreeSet::new();
    }
    let declared = declared::names(path, text);
    let sets = reads::read(language, text).map(|found| found.sets).unwrap_or_default();
    names.retain(|name| declared.contains(*name) || sets.contains(*name));
    names
}
