//! pnpm-lock.yaml, versions 5 to 9: what each importer asked for is recorded as written.

use std::collections::BTreeMap;

use super::{Disagreement, Pair, asked, last_name, listed, overridden};
use crate::read::manifest::Kind;
use crate::read::yaml::{self, Node};
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    // A hook rewrites what manifests ask for.
    if pair.lock.contains("\npnpmfileChecksum:") || pair.lock.contains("\npackageExtensionsChecksum:") {
        return Ok(None);
    }
    let Some(recorded) = recorded(pair)? else { return Ok(None) };
    let mut overridden = overridden(pair.root);
    if let Some(overrides) = section(pair.lock, "overrides")? {
        overridden.extend(overrides.entries().iter().filter_map(|(key, _)| key.text()).map(last_name));
    }
    let mut found = Vec::new();
    for dependency in asked(Kind::Npm, pair)?.iter().filter(|d| !overridden.contains(&d.name)) {
        let (name, wanted) = (dependency.name.as_str(), dependency.version.as_deref().unwrap_or_default());
        match recorded.get(name) {
            None => found.push(Disagreement::missing(name, wanted)),
            Some(specifier) if specifier != wanted => {
                found.push(Disagreement::refused(name, wanted, specifier))
            }
            Some(_) => {}
        }
    }
    let names = listed(Kind::Npm, pair);
    found.extend(
        recorded.keys().filter(|name| !names.contains(*name)).map(|name| Disagreement::surplus(name)),
    );
    Ok(Some(found))
}

/// The ranges that the lock file recorded for the manifest; `None` where it has no such importer.
fn recorded(pair: &Pair<'_>) -> Result<Option<BTreeMap<String, String>>, Undecided> {
    let importers = section(pair.lock, "importers")?;
    let mut tables: Vec<Node> = Vec::new();
    match importers {
        Some(importers) => {
            let key = if pair.below.is_empty() { "." } else { pair.below };
            let Some(importer) = importers.get(key) else { return Ok(None) };
            tables.extend(TABLES.iter().filter_map(|table| importer.get(table)).cloned());
        }
        None if pair.below.is_empty() => {
            for table in TABLES {
                tables.extend(section(pair.lock, table)?);
            }
        }
        None => return Ok(None),
    }
    let mut recorded = BTreeMap::new();
    for (key, value) in tables.iter().flat_map(Node::entries) {
        // Version 5 has the ranges in a table of their own, and bare versions beside it.
        let specifier = match value.get("specifier") {
            Some(specifier) => specifier.text(),
            None if pair.lock.contains("specifiers:") => continue,
            None => value.text(),
        };
        recorded.extend(key.text().zip(specifier).map(|(name, range)| (name.to_owned(), range.to_owned())));
    }
    for (key, value) in specifiers(pair)?.iter().flat_map(Node::entries) {
        recorded
            .extend(key.text().zip(value.text()).map(|(name, range)| (name.to_owned(), range.to_owned())));
    }
    Ok(Some(recorded))
}

const TABLES: [&str; 3] = ["dependencies", "devDependencies", "optionalDependencies"];

fn specifiers(pair: &Pair<'_>) -> Result<Option<Node>, Undecided> {
    match section(pair.lock, "importers")? {
        Some(importers) => {
            let key = if pair.below.is_empty() { "." } else { pair.below };
            Ok(importers.get(key).and_then(|importer| importer.get("specifiers")).cloned())
        }
        None => section(pair.lock, "specifiers"),
    }
}

/// The value of a key at the top: the file is long and regular, and the rest of it is not needed.
fn section(lock: &str, key: &str) -> Result<Option<Node>, Undecided> {
    let mut start = None;
    let mut at = 0;
    for line in lock.split_inclusive('\n') {
        let here = at;
        at += line.len();
        match start {
            None if line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')) => start = Some(here),
            Some(from) if !line.starts_with([' ', '\n', '\r', '#']) => return parse(&lock[from..here], key),
            _ => {}
        }
    }
    start.map_or(Ok(None), |from| parse(&lock[from..], key))
}

fn parse(text: &str, key: &str) -> Result<Option<Node>, Undecided> {
    let documents = yaml::parse(text).map_err(|e| Undecided::new(format!("is not readable as YAML: {e}")))?;
    Ok(documents.first().and_then(|document| document.get(key)).cloned())
}
