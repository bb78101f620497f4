//! What the change did to names that others may use: the words to look for in the rest of the tree.

use std::collections::{BTreeMap, BTreeSet};

use crate::change::{Change, FileChange, Status};
use crate::checks::modules::View;
use crate::checks::product;
use crate::checks::sources::{self, Family};
use crate::ids::RepoPath;
use crate::read::symbols::{Definition, Imported, Sort, Symbols};
use crate::span::Side;

/// The families that the check follows.
pub(super) const FAMILIES: [Family; 3] = [Family::Script, Family::Python, Family::Go];

/// What to look for in one family's files.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Names that are gone, or whose parameters changed.
    pub(super) names: BTreeSet<String>,
    /// Names of modules that are gone or whose default export changed.
    pub(super) modules: BTreeSet<String>,
}

impl Words {
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty() && self.modules.is_empty()
    }
}

/// What drifted, by family.
pub(super) fn words(change: &Change) -> BTreeMap<Family, Words> {
    let mut found: BTreeMap<Family, Words> = BTreeMap::new();
    for file in change.files.iter() {
        let Some(base) = &file.base else { continue };
        let Some(family) = Family::of(base).filter(|family| FAMILIES.contains(family)) else { continue };
        let words = found.entry(family).or_default();
        if file.status != Status::Modified {
            words.modules.insert(module_name(base).to_owned());
        }
        if !is_foreign(change, Side::Base, base) && sources::touches_heads(change, file) {
            compare(change, file, base, words);
        }
    }
    // A name that another file of the package has now is not gone.
    found.retain(|_, words| !words.is_empty());
    found
}

/// Whether nobody writes the file by hand: nobody renames its names by hand either.
fn is_foreign(change: &Change, side: Side, path: &RepoPath) -> bool {
    let text = sources::text(change, side, path).ok().flatten();
    product::kind(path) == Some(product::Kind::NotWritten) || text.is_some_and(product::is_machine_made)
}

/// What an import calls a file by.
pub(super) fn module_name(path: &RepoPath) -> &str {
    let stem = path.name().split('.').next().unwrap_or_default();
    if matches!(stem, "index" | "__init__") || path.extension() == "go" {
        return path.dir().rsplit('/').next().unwrap_or_default();
    }
    stem
}

fn compare(change: &Change, file: &FileChange, base: &RepoPath, words: &mut Words) {
    let Some(before) = (View { change, side: Side::Base }).symbols(base) else { return };
    let after = file.head.as_ref().and_then(|head| View { change, side: Side::Head }.symbols(head));
    if file.head.is_some() && after.is_none() {
        return;
    }
    let after = after.as_deref();
    let left = after.map(top_names).unwrap_or_default();
    words.names.extend(top_names(&before).difference(&left).map(|name| (*name).to_owned()));
    let Some(after) = after else { return };
    let mut defaults = before.exports.iter().filter(|export| export.name == "default");
    let default = defaults.next().map(|export| export.local.as_str());
    for definition in before.definitions.iter().filter(|d| d.parameters.is_some()) {
        let same = |d: &&Definition| d.name == definition.name && d.scope == definition.scope;
        if after.definitions.iter().filter(same).any(|d| d.parameters == definition.parameters) {
            continue;
        }
        let builds =
            matches!(definition.name.as_str(), "__init__" | "constructor") && definition.sort == Sort::Method;
        let called = if builds { definition.scope.last() } else { Some(&definition.name) };
        if let Some(called) = called {
            if default == Some(called.as_str()) {
                words.modules.insert(module_name(base).to_owned());
            }
            words.names.insert(called.clone());
        }
    }
    if default.is_some() && !after.exports.iter().any(|export| export.name == "default") {
        words.modules.insert(module_name(base).to_owned());
    }
}

/// The names that others can take from a file.
fn top_names(symbols: &Symbols) -> BTreeSet<&str> {
    let exported = symbols.exports.iter().map(|export| export.name.as_str());
    if !symbols.exports.is_empty() && symbols.definitions.iter().all(|d| d.name != "__all__") {
        let own = symbols.definitions.iter().filter(|d| d.scope.is_empty() && d.sort == Sort::Function);
        // A function that is no export may still be called in its own file.
        return exported.chain(own.map(|d| d.name.as_str())).collect();
    }
    let defined = symbols.definitions.iter().filter(|d| d.scope.is_empty()).map(|d| d.name.as_str());
    let taken = symbols.imports.iter().filter(|i| i.is_reexported && i.item != Imported::All);
    defined.chain(taken.filter_map(|i| i.local.as_deref())).chain(exported).collect()
}

/// The changed files that have an import which their base lacks.
pub(super) fn importing(change: &Change) -> impl Iterator<Item = &RepoPath> {
    change.files.iter().filter_map(|file| {
        let head = file.head.as_ref()?;
        let family = Family::of(head).filter(|family| FAMILIES.contains(family))?;
        let after = sources::text(change, Side::Head, head).ok().flatten()?;
        if is_foreign(change, Side::Head, head) {
            return None;
        }
        let before =
            file.base.as_ref().and_then(|path| sources::text(change, Side::Base, path).ok().flatten());
        let before = before.unwrap_or_default();
        let old: BTreeSet<&str> = before.lines().collect();
        let words: &[&str] = if family == Family::Python { &["import"] } else { &["from", "require("] };
        let imports = |line: &str| words.iter().any(|word| line.contains(word)) && !old.contains(line);
        let several = |line: &str| line.trim_end().ends_with(',') && !old.contains(line);
        let moved = file.status == Status::Renamed;
        (family != Family::Go && (moved || after.lines().any(|line| imports(line) || several(line))))
            .then_some(head)
    })
}
