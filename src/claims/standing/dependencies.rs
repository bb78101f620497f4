//! "No new dependencies" against the manifests, parsed.

use std::collections::BTreeSet;

use super::super::Weighed;
use super::super::recognise::{DependencyExtent, dependency_extent};
use super::{contradicted, supported, unproven};
use crate::change::{Change, FileChange};
use crate::ids::RepoPath;
use crate::read::manifest::{self, Dependency, Kind};
use crate::span::{Location, Side};

/// What is read at base beside the changed files, so that a dependency that only moved is not new.
pub(in crate::claims) const MANIFESTS: &[&str] = &[
    "**/package.json",
    "**/Cargo.toml",
    "**/pyproject.toml",
    "**/go.mod",
    "**/requirements*.txt",
    "**/composer.json",
];

/// Contradicted by a name that stands in a manifest of head and in none of base.
pub(super) fn weigh(change: &Change, quote: &str) -> Weighed {
    let changed = |file: &&FileChange| file.head.as_ref().is_some_and(|path| manifest::kind(path).is_some());
    let touched: Vec<&FileChange> = change.files.iter().filter(changed).collect();
    if touched.is_empty() {
        return supported("no manifest of dependencies changed");
    }
    let Some(known) = known_at_base(change) else {
        return unproven("a manifest at base could not be read");
    };
    for file in touched {
        let path = file.head.as_ref().expect("filtered by it");
        match added(change, path, &known) {
            None => return unproven(format!("{path} could not be read")),
            Some(added) => {
                if let Some(first) = added.iter().find(|d| counts(d, quote)) {
                    return refuted(change, path, first);
                }
            }
        }
    }
    supported("no name is in a manifest at head that was in none at base")
}

fn counts(dependency: &Dependency, quote: &str) -> bool {
    match dependency_extent(quote) {
        DependencyExtent::All => true,
        DependencyExtent::Runtime => !dependency.development,
        DependencyExtent::Part => false,
    }
}

fn refuted(change: &Change, path: &RepoPath, dependency: &Dependency) -> Weighed {
    let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
    let line = text.lines().position(|line| line.contains(dependency.name.as_str()));
    let place = match line {
        Some(line) => Location::of_lines(Side::Head, path, text, line + 1, line + 1),
        None => Location::file(Side::Head, path),
    };
    contradicted(format!("{path} lists `{}`, which no manifest at base lists", dependency.name)).at(place)
}

fn known_at_base(change: &Change) -> Option<BTreeSet<(Kind, String)>> {
    let mut known = BTreeSet::new();
    let paths = change.base.paths().filter_map(|path| manifest::kind(path).map(|kind| (path, kind)));
    for (path, kind) in paths {
        // A manifest at base that is broken or a link could hold anything.
        let text = change.text(Side::Base, path).ok()??;
        known.extend(manifest::read(kind, text)?.into_iter().map(|d| (kind, d.name)));
    }
    Some(known)
}

fn added(change: &Change, path: &RepoPath, known: &BTreeSet<(Kind, String)>) -> Option<Vec<Dependency>> {
    let kind = manifest::kind(path)?;
    let listed = manifest::read(kind, change.text(Side::Head, path).ok()??)?;
    Some(listed.into_iter().filter(|d| !d.local && !known.contains(&(kind, d.name.clone()))).collect())
}
