//! Packages of Go.

use crate::ids::{RepoPath, folder};
use crate::read::symbols::Imported;

use super::{Found, Target, View};

/// The folder of the package that an import path names, by the `go.mod` above the importing file.
fn package_dir(view: &View<'_>, from: &RepoPath, module: &str) -> Option<String> {
    let manifest = folder::ancestors(from.dir())
        .filter_map(|dir| RepoPath::join(dir, "go.mod").ok())
        .find(|path| view.tree().contains(path))?;
    let text = view.text(&manifest)?;
    let name = text.lines().find_map(|line| line.trim().strip_prefix("module "))?.trim().trim_matches('"');
    let below = module.strip_prefix(name)?;
    if !below.is_empty() && !below.starts_with('/') {
        return None;
    }
    folder::resolved(manifest.dir(), below)
}

/// A package is named by its first file.
pub(super) fn resolve(view: &View<'_>, from: &RepoPath, module: &str) -> Target {
    let Some(dir) = package_dir(view, from, module) else { return Target::Unknown };
    match files(view, &dir).next() {
        Some(path) => Target::File(path.clone()),
        None if view.tree().under(&dir).next().is_some() => Target::Unknown,
        None => Target::Missing,
    }
}

/// The files of a package.
pub(super) fn files<'v>(view: &View<'v>, dir: &str) -> impl Iterator<Item = &'v RepoPath> + use<'v> {
    let dir = dir.to_owned();
    view.tree().under(&dir).filter(move |path| path.dir() == dir && path.extension() == "go")
}

pub(super) fn provides(view: &View<'_>, path: &RepoPath, item: &Imported) -> Found {
    let Imported::Name(name) = item else { return Found::Module(path.clone()) };
    let mut found: Vec<Found> = Vec::new();
    for file in files(view, path.dir()) {
        let Some(symbols) = view.symbols(file) else { return Found::Unknown };
        // What cgo makes is in no file.
        if symbols.imports.iter().any(|import| import.module == "C") {
            return Found::Unknown;
        }
        let named = symbols.definitions.iter().filter(|d| d.scope.is_empty() && d.name == *name);
        found.extend(named.map(|d| Found::Here(file.clone(), Box::new(d.clone()))));
    }
    match found.len() {
        0 => Found::No,
        1 => found.swap_remove(0),
        _ => Found::Somewhere,
    }
}
