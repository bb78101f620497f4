//! JavaScript and TypeScript: what the entry points of a package export.

use std::collections::BTreeSet;

use crate::checks::modules::{Found, Target, View};
use crate::ids::RepoPath;
use crate::read::json::Value;
use crate::read::symbols::Imported;

use super::super::packages::Package;
use super::{Break, MAX_DEPTH, compared};

pub(super) fn breaks(base: &View<'_>, head: &View<'_>, package: &Package) -> Vec<Break> {
    let mut found = Vec::new();
    for entry in entries(base, package) {
        let Some(now) = base.change.at_head(&entry).filter(|now| *now == entry) else { continue };
        for name in offered(base, &entry, MAX_DEPTH) {
            let item = if name == "default" { Imported::Default } else { Imported::Name(name.clone()) };
            let was = base.provides(&entry, &item);
            let Found::Here(path, definition) = &was else { continue };
            found.extend(compared(
                base,
                head,
                package.family,
                (path, definition),
                &head.provides(&now, &item),
                &name,
                true,
            ));
        }
    }
    found
}

/// The sources of what `package.json` names as entry points.
fn entries(view: &View<'_>, package: &Package) -> BTreeSet<RepoPath> {
    let mut named: Vec<String> = Vec::new();
    let mut open: Vec<Value> = ["main", "module", "types", "typings", "exports"]
        .iter()
        .filter_map(|key| package.values.get(key))
        .collect();
    while let Some(value) = open.pop() {
        match value {
            Value::Text(text) if !text.contains('*') => named.push(text),
            Value::Object(object) => open.extend(object.keys().into_iter().filter_map(|key| object.get(key))),
            Value::List(list) => open.extend(list),
            _ => {}
        }
    }
    named.iter().filter_map(|name| source(view, package.dir(), name)).collect()
}

/// The file of the tree that an entry point is, or that it is built from.
fn source(view: &View<'_>, dir: &str, name: &str) -> Option<RepoPath> {
    const BUILT: [&str; 9] = ["dist", "lib", "build", "out", "cjs", "esm", "es", "types", "umd"];
    let stem = name.trim_start_matches("./");
    let plain = [".d.ts", ".d.mts", ".d.cts"].iter().find_map(|end| stem.strip_suffix(end));
    let plain = plain.or_else(|| stem.rsplit_once('.').map(|(plain, _)| plain)).unwrap_or(stem);
    let rest: Vec<&str> = plain.split('/').skip_while(|part| BUILT.contains(part)).collect();
    let was_built = rest.len() < plain.split('/').count();
    let stems = if was_built {
        vec![format!("src/{}", rest.join("/")), rest.join("/")]
    } else {
        vec![plain.to_owned()]
    };
    let paths = stems
        .iter()
        .flat_map(|stem| ["ts", "tsx", "mts", "js", "mjs", "cjs", "jsx"].map(|end| format!("{stem}.{end}")));
    let found = paths.filter_map(|path| RepoPath::join(dir, &path).ok());
    found.into_iter().find(|path| view.tree().contains(path))
}

/// The names that a module offers, with those that it hands on as a whole.
fn offered(view: &View<'_>, path: &RepoPath, depth: usize) -> BTreeSet<String> {
    let (mut names, mut open, mut seen) = (BTreeSet::new(), vec![(path.clone(), depth)], BTreeSet::new());
    while let Some((path, depth)) = open.pop() {
        let Some(symbols) = view.symbols(&path).filter(|_| seen.insert(path.clone())) else { continue };
        names.extend(symbols.exports.iter().map(|export| export.name.clone()));
        for import in
            symbols.imports.iter().filter(|i| i.is_reexported && i.item == Imported::All && depth > 0)
        {
            if let Target::File(file) = view.resolve(&path, &import.module) {
                open.push((file, depth - 1));
            }
        }
    }
    names
}
