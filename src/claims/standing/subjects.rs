//! "Added", "removed" and "renamed" against the trees, the changed files' words and their syntax.

use super::super::{Subject, Weighed};
use super::definitions::{Definitions, Sources};
use super::texts::Texts;
use super::{contradicted, supported, unproven};
use crate::change::{Change, Status, Tree};
use crate::ids::RepoPath;
use crate::span::Side;

const UNSEARCHED: &str = "not every changed file could be searched";

const PARTIAL: &str =
    "a changed file that holds it is in a language whose syntax is not read here, or can't be read in whole";

/// The evidence on names: the words of the changed files, and their syntax.
pub(super) struct Evidence<'c> {
    pub(super) change: &'c Change,
    pub(super) texts: &'c Texts<'c>,
    pub(super) sources: &'c Sources,
}

impl<'c> Evidence<'c> {
    fn definitions(&self, names: &[&str]) -> Definitions<'c> {
        Definitions::of(self.change, self.sources, names)
    }
}

/// "Added X."
pub(super) fn added(evidence: &Evidence<'_>, subject: &Subject) -> Weighed {
    let Evidence { change, texts, .. } = *evidence;
    match subject {
        Subject::File(name) => file_added(change, texts, name),
        Subject::Symbol(name) => {
            let (base, head) = (texts.count(Side::Base, name), texts.count(Side::Head, name));
            if head > base {
                let unanswered = || evidence.definitions(&[name]).unanswered(name);
                if let Some(place) = (base == 0 && !texts.incomplete).then(unanswered).flatten() {
                    let because = format!("{} calls `{name}`, and no changed file defines it", place.path);
                    return contradicted(because).at(place);
                }
                supported(format!("`{name}` is in the changed files"))
            } else if head > 0 || texts.hints_at(name) {
                unproven(format!("`{name}` is in the changed files, and was before"))
            } else if texts.incomplete || change.files.is_empty() {
                unproven(UNSEARCHED)
            } else if let Some(word) = texts.new_like(name) {
                unproven(format!("no changed file holds `{name}`, but `{word}` is new"))
            } else {
                on_first(change, contradicted(format!("no changed file holds `{name}`")))
            }
        }
    }
}

fn file_added(change: &Change, texts: &Texts<'_>, name: &str) -> Weighed {
    if let Some(path) = ending(&change.head, name).next() {
        let touched = ending(&change.head, name).any(|path| change.file(path).is_some());
        let because = format!("{path} is in the tree");
        return if touched {
            supported(because)
        } else {
            unproven(format!("{because}, and this change leaves it alone"))
        };
    }
    if change.head.truncated.is_some() || texts.incomplete || change.files.is_empty() {
        return unproven(UNSEARCHED);
    }
    // A file that the code speaks of may be one that its users write.
    let last = name.rsplit('/').next().unwrap_or(name);
    if texts.hints_at(last) {
        return unproven(format!("no {name} is in the tree, but changed files speak of it"));
    }
    match renamed_since(change, last) {
        Some(path) => unproven(format!("no {name} is in the tree, but {path} was added")),
        None => on_first(change, contradicted(format!("no {name} is in the tree"))),
    }
}

/// An added file with nearly the name that the text has: it was renamed after the text was written.
fn renamed_since<'c>(change: &'c Change, name: &str) -> Option<&'c RepoPath> {
    let added = change.files.iter().filter(|file| matches!(file.status, Status::Added | Status::Renamed));
    added.map(|file| file.path()).find(|path| strsim::normalized_levenshtein(path.name(), name) > 0.6)
}

/// "Changed X."
pub(super) fn changed(evidence: &Evidence<'_>, subject: &Subject) -> Weighed {
    let Evidence { change, texts, .. } = *evidence;
    match subject {
        Subject::File(name) => file_changed(change, name),
        Subject::Symbol(name) => {
            if texts.count(Side::Base, name) != texts.count(Side::Head, name) {
                return supported(format!("`{name}` stands in changed lines"));
            }
            match line_with(change, name) {
                Some(path) => supported(format!("`{name}` stands in changed lines of {path}")),
                // What it calls may have changed in its stead.
                None => unproven(format!("no changed line names `{name}`")),
            }
        }
    }
}

fn file_changed(change: &Change, name: &str) -> Weighed {
    let ends = |path: Option<&RepoPath>| path.is_some_and(|path| is_ending(path, name));
    let touched = change.files.iter().find(|file| ends(file.head.as_ref()) || ends(file.base.as_ref()));
    if let Some(file) = touched {
        return supported(format!("{} changed", file.path()));
    }
    if change.head.truncated.is_some() || change.base.truncated.is_some() || change.files.is_empty() {
        return unproven(UNSEARCHED);
    }
    let mut same = ending(&change.head, name);
    match (same.next(), same.next()) {
        (Some(path), None) if change.base.contains(path) => {
            contradicted(format!("{path} is the same at base and head")).at_file(Side::Head, path)
        }
        (Some(_), _) => unproven(format!("several files are called {name}, and none of them changed")),
        (None, _) => unproven(format!("no {name} is in the tree")),
    }
}

/// A changed file in which an added or removed line holds the name as a word.
fn line_with<'c>(change: &'c Change, name: &str) -> Option<&'c RepoPath> {
    let word = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|word| word == name)
    };
    change.files.iter().map(|file| (file, change.diff(file))).find_map(|(file, diff)| {
        let diff = diff.ok()?;
        let holds = |side: Side, mut numbers: Box<dyn Iterator<Item = usize> + '_>| {
            let text =
                file.on(side).and_then(|path| change.text(side, path).ok().flatten()).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            numbers.any(|n| lines.get(n - 1).is_some_and(|line| word(line)))
        };
        let found = holds(Side::Head, Box::new(diff.added())) || holds(Side::Base, Box::new(diff.removed()));
        found.then(|| file.path())
    })
}

/// "Removed X."
pub(super) fn removed(evidence: &Evidence<'_>, subject: &Subject) -> Weighed {
    let Evidence { change, texts, .. } = *evidence;
    match subject {
        Subject::File(name) => file_removed(change, name),
        Subject::Symbol(name) => {
            let (base, head) = (texts.count(Side::Base, name), texts.count(Side::Head, name));
            if head == 0 && base > 0 {
                return supported(format!("`{name}` is gone from the changed files"));
            }
            if texts.incomplete || head != base || head == 0 {
                return unproven(format!("`{name}` was not searched for beyond the changed files"));
            }
            let definitions = evidence.definitions(&[name]);
            if definitions.is_partial {
                return unproven(PARTIAL);
            }
            match definitions.unmoved(name) {
                Some(place) => {
                    let because = format!("`{name}` is still defined in {}", place.path);
                    contradicted(because).at(place)
                }
                None => unproven(format!("`{name}` still stands in the changed files, not as a definition")),
            }
        }
    }
}

fn file_removed(change: &Change, name: &str) -> Weighed {
    let ends = |path: &RepoPath| is_ending(path, name);
    let gone = change.files.iter().find(|file| {
        matches!(file.status, Status::Deleted | Status::Renamed) && file.base.as_ref().is_some_and(ends)
    });
    if let Some(file) = gone {
        return supported(format!("{} is gone", file.base.as_ref().expect("found by it")));
    }
    let mut left = ending(&change.head, name);
    match (left.next(), left.next()) {
        (Some(path), None) if change.base.contains(path) => {
            contradicted(format!("{path} is still in the tree")).at_file(Side::Head, path)
        }
        (Some(_), _) => unproven(format!("several files are called {name}")),
        (None, _) => unproven(format!("no {name} was in the tree")),
    }
}

/// "Renamed X to Y."
pub(super) fn renamed(evidence: &Evidence<'_>, from: &Subject, to: &Subject) -> Weighed {
    match (from, to) {
        (Subject::File(from), Subject::File(to)) => file_renamed(evidence.change, from, to),
        (Subject::Symbol(from), Subject::Symbol(to)) => symbol_renamed(evidence, from, to),
        _ => unproven("a file and a symbol can't be compared"),
    }
}

fn symbol_renamed(evidence: &Evidence<'_>, from: &str, to: &str) -> Weighed {
    let texts = evidence.texts;
    let (old, new) = (texts.count(Side::Head, from), texts.count(Side::Head, to));
    let definitions = evidence.definitions(&[from, to]);
    let is_told = !definitions.is_partial && !texts.incomplete;
    if let Some(weighed) = is_told.then(|| half_renamed(&definitions, from, to)).flatten() {
        return weighed;
    }
    if new > texts.count(Side::Base, to) && old < texts.count(Side::Base, from) {
        return supported(format!("`{to}` stands where `{from}` stood"));
    }
    let untouched = old > 0 && old == texts.count(Side::Base, from);
    if !untouched || new > 0 || texts.incomplete || texts.hints_at(to) {
        return unproven("the changed files neither confirm nor refute it");
    }
    if definitions.is_partial {
        return unproven(PARTIAL);
    }
    match definitions.unmoved(from) {
        Some(place) => {
            let because =
                format!("`{from}` is still defined in {} and no changed file holds `{to}`", place.path);
            contradicted(because).at(place)
        }
        None => unproven(format!("`{from}` still stands in the changed files, not as a definition")),
    }
}

/// What speaks of a renaming that was begun and not ended.
fn half_renamed(definitions: &Definitions<'_>, from: &str, to: &str) -> Option<Weighed> {
    if definitions.defines(Side::Base, from)
        && !definitions.defines(Side::Head, from)
        && let Some(place) = definitions.unanswered(from)
    {
        let because = format!("{} still calls `{from}`, which no changed file defines any more", place.path);
        return Some(contradicted(because).at(place));
    }
    if let Some(place) = definitions.copy(from, to) {
        let because =
            format!("`{from}` is still defined in {} as it was, and `{to}` is a copy of it", place.path);
        return Some(contradicted(because).at(place));
    }
    let place = definitions.untouched(from)?;
    let call = definitions.unanswered(to)?;
    let because = format!(
        "`{from}` is still defined in {} as it was, and `{to}`, which {} calls, is not defined in a changed file",
        place.path, call.path
    );
    Some(contradicted(because).at(place))
}

fn file_renamed(change: &Change, from: &str, to: &str) -> Weighed {
    let new = ending(&change.head, to).next();
    let mut old = ending(&change.head, from);
    match (old.next(), old.next(), new) {
        (None, _, Some(path)) => supported(format!("{path} is in the tree and {from} is not")),
        (Some(path), None, None) if change.base.contains(path) && change.head.truncated.is_none() => {
            contradicted(format!("{path} is still in the tree and {to} is not")).at_file(Side::Head, path)
        }
        _ => unproven("the tree neither confirms nor refutes it"),
    }
}

/// The paths whose last parts are `name`.
fn ending<'t>(tree: &'t Tree, name: &'t str) -> impl Iterator<Item = &'t RepoPath> {
    tree.paths().filter(move |path| is_ending(path, name))
}

fn is_ending(path: &RepoPath, name: &str) -> bool {
    let Some(front) = path.as_str().strip_suffix(name) else { return false };
    front.is_empty() || front.ends_with('/')
}

fn on_first(change: &Change, weighed: Weighed) -> Weighed {
    match change.files.iter().find_map(|file| file.head.as_ref()) {
        Some(path) => weighed.at_file(Side::Head, path),
        None => weighed,
    }
}
