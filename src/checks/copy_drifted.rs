//! Copies of one text have drifted apart: a file beside its original under a copy's name, or one of two equal blocks
//! that was changed alone.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::change::{Change, Content, FileChange, Kind, LineDiff, Status};
use crate::checks::{Check, Examination, Finding, Needs, Rule, product};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::alike::twins::{Search, Sought, Twin};
use crate::read::symbols;
use crate::span::{Location, Side};

mod beside;

static RULE: Rule = Rule::new("copy-drifted", include_str!("../../rules/copy-drifted.md"));

/// So many notes a change.
const MAX_NOTES: usize = 3;
/// A block that stands in more other places is what everybody writes.
const MAX_TWINS: usize = 3;
/// Longer files are not looked through.
const MAX_TEXT: usize = 300_000;

/// `copy-drifted`; its page tells the rest.
pub(super) struct CopyDrifted;

impl Check for CopyDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(symbols::FILES);
        needs.changed(beside::FILES);
        needs.later(|change| {
            let mut wanted = beside::originals(change);
            let edited = Edited::all(change);
            let sought = edited.iter().filter(|(_, sought)| !sought.is_empty());
            let extensions: Vec<&str> = sought.map(|(e, _)| e.base_path.extension()).collect();
            if !extensions.is_empty() {
                // An unchanged file is the same on both sides; others want it at head.
                let unchanged =
                    pool(change, &extensions).filter(|path| change.files.on(Side::Base, path).is_none());
                wanted.head.extend(unchanged.cloned());
            }
            wanted
        });
    }

    fn run(&self, change: &Change, _claims: &Claims) -> Examination {
        let findings = beside::find(change).into_iter().chain(blocks(change));
        Examination { findings: findings.collect(), ..Examination::default() }
    }
}

/// A changed file of the product with the blocks of base that the change went into.
struct Edited<'c> {
    file: &'c FileChange,
    base_path: &'c RepoPath,
    base: &'c str,
    diff: LineDiff,
}

impl<'c> Edited<'c> {
    fn all(change: &'c Change) -> Vec<(Self, Sought)> {
        let found =
            change.files.iter().filter(|file| matches!(file.status, Status::Modified | Status::Renamed));
        found.filter_map(|file| Self::read(change, file)).collect()
    }

    fn read(change: &'c Change, file: &'c FileChange) -> Option<(Self, Sought)> {
        let (base_path, head_path) = (file.base.as_ref()?, file.head.as_ref()?);
        if !is_looked_through(base_path) || !is_looked_through(head_path) {
            return None;
        }
        let base = change.text(Side::Base, base_path).ok()??;
        let diff = change.diff(file).ok()?;
        if base.len() > MAX_TEXT || product::is_machine_made(base) {
            return None;
        }
        let sought = Sought::of(base, &diff.hunks);
        Some((Self { file, base_path, base, diff }, sought))
    }
}

fn is_looked_through(path: &RepoPath) -> bool {
    symbols::language(path).is_some() && product::kind(path).is_none() && !product::is_material(path)
}

/// The files of base in which a twin may stand.
fn pool<'c>(change: &'c Change, extensions: &[&'c str]) -> impl Iterator<Item = &'c RepoPath> {
    let entries = change.base.entries().filter(|(path, entry)| {
        entry.kind == Kind::File && extensions.contains(&path.extension()) && is_looked_through(path)
    });
    entries.map(|(path, _)| path)
}

/// The side on which a file of base is loaded.
fn side_of(change: &Change, path: &RepoPath) -> Side {
    if change.files.on(Side::Base, path).is_some() { Side::Base } else { Side::Head }
}

/// Blocks of which one was changed and the other was not.
fn blocks(change: &Change) -> Vec<Finding> {
    let (edited, sought): (Vec<_>, Vec<_>) =
        Edited::all(change).into_iter().filter(|(_, sought)| !sought.is_empty()).unzip();
    if edited.is_empty() {
        return Vec::new();
    }
    let extensions: Vec<&str> = edited.iter().map(|e| e.base_path.extension()).collect();
    let search = Search::of(&sought);
    // By the file that was edited and the edit: where its twins stand.
    let mut found: BTreeMap<(usize, usize), Vec<(&RepoPath, Twin)>> = BTreeMap::new();
    for path in pool(change, &extensions) {
        let side = side_of(change, path);
        let content = change.tree(side).entry(path).map(|entry| &entry.content);
        if !matches!(content, Some(Content::Loaded(bytes)) if bytes.len() < MAX_TEXT) {
            continue;
        }
        let Ok(Some(text)) = change.text(side, path) else { continue };
        let own = edited.iter().position(|e| e.base_path == path);
        for (at, twin) in search.twins(text, own) {
            found.entry((at, twin.hunk)).or_default().push((path, twin));
        }
    }
    let mut found: Vec<(usize, Vec<(&RepoPath, Twin)>)> = found
        .into_iter()
        .map(|((at, _), twins)| (at, twins))
        .filter(|(_, twins)| twins.len() <= MAX_TWINS)
        .collect();
    found.sort_by_key(|(at, twins)| (Reverse(twins[0].1.lines()), *at, twins[0].1.hunk));
    // One note for two files, whichever of them was edited.
    let mut told: Vec<[&RepoPath; 2]> = Vec::new();
    let mut findings = Vec::new();
    for (at, twins) in &found {
        let own = edited[*at].base_path;
        let untouched = twins.iter().find(|(path, twin)| is_untouched(change, path, twin));
        let Some((path, twin)) = untouched else { continue };
        if findings.len() < MAX_NOTES && !told.contains(&[own, path]) && !told.contains(&[path, own]) {
            told.push([own, path]);
            findings.extend(finding(change, &edited[*at], path, twin));
        }
    }
    findings
}

/// Whether the twin stands at head as it stood at base.
fn is_untouched(change: &Change, path: &RepoPath, twin: &Twin) -> bool {
    let Some(file) = change.files.on(Side::Base, path) else { return true };
    let Ok(diff) = change.diff(file) else { return false };
    let (first, last) = (twin.other.start, twin.other.end);
    file.head.is_some()
        && !diff
            .hunks
            .iter()
            .any(|hunk| hunk.base.start < last && hunk.base.end.max(hunk.base.start + 1) > first)
}

fn finding(change: &Change, edited: &Edited<'_>, path: &RepoPath, twin: &Twin) -> Option<Finding> {
    let head_path = edited.file.head.as_ref()?;
    let hunk = edited.diff.hunks.get(twin.hunk)?;
    let head = change.text(Side::Head, head_path).ok()??;
    let side = side_of(change, path);
    let other = change.text(side, path).ok()??;
    let last = hunk.head.end.saturating_sub(1).max(hunk.head.start);
    let at = Location::of_lines(Side::Head, head_path, head, hunk.head.start, last);
    let same = Location::of_lines(side, path, other, twin.other.start, twin.other.end - 1);
    let was = Location::of_lines(Side::Base, edited.base_path, edited.base, twin.own.start, twin.own.end - 1);
    let count = twin.lines();
    let headline = format!("one of two equal blocks was changed: its twin in `{path}` was not");
    let matter =
        edited.base.lines().skip(twin.own.start - 1).take(twin.own.len()).collect::<Vec<_>>().join("\n");
    let finding = Finding::new(&RULE, at.label("changed here"), headline, &format!("{path} {matter}"));
    Some(
        finding
            .explain(format!(
                "At base {count} written lines stood in both places, the same but for white space. If the change mends something, the twin still has it."
            ))
            .related(same.label("was identical at base, and stays"))
            .related(was.label("was this at base"))
            .note(),
    )
}
