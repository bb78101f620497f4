//! go.sum: a digest for every module that go.mod requires.

use std::collections::BTreeSet;

use super::{Disagreement, Pair, asked};
use crate::read::manifest::Kind;
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let mut sums: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut modules: BTreeSet<&str> = BTreeSet::new();
    for line in pair.lock.lines() {
        let mut words = line.split_whitespace();
        if let (Some(module), Some(version)) = (words.next(), words.next()) {
            sums.insert((module, version.strip_suffix("/go.mod").unwrap_or(version)));
            modules.insert(module);
        }
    }
    let replaced: BTreeSet<&str> = replaced(pair.manifest);
    let mut found = Vec::new();
    for dependency in asked(Kind::Go, pair)?.iter().filter(|d| !replaced.contains(d.name.as_str())) {
        let (name, version) = (dependency.name.as_str(), dependency.version.as_deref().unwrap_or_default());
        if sums.contains(&(name, version)) || !version.starts_with('v') {
            continue;
        }
        if modules.contains(name) {
            let others: Vec<&str> =
                sums.iter().filter(|(module, _)| *module == name).map(|(_, version)| *version).collect();
            found.push(Disagreement::refused(name, version, &others.join(", ")));
        } else {
            found.push(Disagreement::missing(name, version));
        }
    }
    Ok(Some(found))
}

/// The modules left of an arrow.
fn replaced(manifest: &str) -> BTreeSet<&str> {
    let lines = manifest.lines().filter(|line| line.contains("=>"));
    lines.filter_map(|line| line.trim().trim_start_matches("replace").split_whitespace().next()).collect()
}
