//! yarn.lock, classic and berry: an entry for each name with each range that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::{Disagreement, Pair, asked, overridden};
use crate::read::manifest::Kind;
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let is_berry = pair.lock.contains("\n__metadata:");
    let mut keys: BTreeSet<&str> = BTreeSet::new();
    let mut ranges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in pair.lock.lines() {
        if line.starts_with([' ', '#', '\t']) || !line.ends_with(':') {
            continue;
        }
        for key in line.trim_end_matches(':').split(", ").map(|key| key.trim_matches('"')) {
            keys.insert(key);
            if let Some(at) = key.get(1..).and_then(|rest| rest.find('@')).map(|at| at + 1) {
                ranges.entry(&key[..at]).or_default().push(&key[at + 1..]);
            }
        }
    }
    if keys.is_empty() && pair.lock.trim().is_empty() {
        return Ok(None);
    }
    // A workspace of berry has an entry of its own.
    if is_berry && !keys.iter().any(|key| key.ends_with(&workspace(pair.below))) {
        return Ok(None);
    }
    let overridden = overridden(pair.root);
    let mut found = Vec::new();
    for dependency in asked(Kind::Npm, pair)?.iter().filter(|d| !overridden.contains(&d.name)) {
        let (name, wanted) = (dependency.name.as_str(), dependency.version.as_deref().unwrap_or_default());
        // Berry writes protocols in forms of its own.
        if wanted.is_empty() || wanted.contains(':') || is_berry && wanted.contains('/') {
            continue;
        }
        let key = if is_berry { format!("{name}@npm:{wanted}") } else { format!("{name}@{wanted}") };
        if keys.contains(key.as_str()) {
            continue;
        }
        match ranges.get(name) {
            Some(ranges) if is_berry && ranges.iter().any(|r| r.starts_with("workspace:")) => {}
            Some(ranges) => {
                let others: Vec<&str> = ranges.iter().map(|r| r.strip_prefix("npm:").unwrap_or(r)).collect();
                if !others.contains(&wanted) {
                    found.push(Disagreement::refused(name, wanted, &others.join(", ")));
                }
            }
            None => found.push(Disagreement::missing(name, wanted)),
        }
    }
    Ok(Some(found))
}

fn workspace(below: &str) -> String {
    format!("@workspace:{}", if below.is_empty() { "." } else { below })
}
