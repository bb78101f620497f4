//! Cargo.lock: each package of the workspace with the names of all that it depends on.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Disagreement, Pair, range};
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let read = |text: &str| {
        text.parse::<Table>().map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())))
    };
    let (manifest, lock) = (read(pair.manifest)?, read(pair.lock)?);
    let root = read(pair.root).unwrap_or_default();
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(own) = manifest.get("package").and_then(|package| text(package, "name")) else {
        return Ok(None);
    };
    let packages: Vec<&Value> = lock.get("package").and_then(Value::as_array).into_iter().flatten().collect();
    let mut mine =
        packages.iter().filter(|p| text(p, "name").as_ref() == Some(&own) && p.get("source").is_none());
    let (Some(entry), None) = (mine.next(), mine.next()) else { return Ok(None) };
    let kept: Vec<&str> = entry
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let patched = patched(&root);
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for (key, value) in tables(&manifest) {
        let shared = root.get("workspace").and_then(|w| w.get("dependencies")).and_then(|all| all.get(key));
        let inherits = value.get("workspace").is_some();
        let Some(told) = (if inherits { shared } else { Some(value) }) else { return Ok(None) };
        let name = text(told, "package").unwrap_or_else(|| key.to_owned());
        names.insert(plain(&name));
        let wanted = told.as_str().map(str::to_owned).or_else(|| text(told, "version"));
        let wanted = wanted.unwrap_or_default();
        let locked: Vec<&str> =
            kept.iter().copied().filter(|kept| plain(first(kept)) == plain(&name)).collect();
        if locked.is_empty() {
            // A package may depend on itself for its tests, and is then not listed.
            if name != own {
                found.push(Disagreement::missing(&name, &wanted));
            }
            continue;
        }
        if ["path", "git", "registry"].iter().any(|from| told.get(from).is_some())
            || patched.contains(&plain(&name))
            || wanted.is_empty()
        {
            continue;
        }
        let versions: Vec<String> = locked.iter().flat_map(|kept| versions(kept, &packages)).collect();
        let refuses = |version: &String| range::cargo(&wanted, version) == Some(false);
        if !versions.is_empty() && versions.iter().all(refuses) {
            found.push(Disagreement::refused(&name, &wanted, &versions.join(", ")));
        }
    }
    let surplus = kept.iter().map(|kept| first(kept)).filter(|name| !names.contains(&plain(name)));
    found.extend(surplus.map(Disagreement::surplus));
    Ok(Some(found))
}

/// The dependencies of all kinds and targets.
fn tables(manifest: &Table) -> Vec<(&str, &Value)> {
    const KEYS: [&str; 5] =
        ["dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies"];
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flatten();
    let targets = targets.filter_map(|(_, target)| target.as_table());
    let places = std::iter::once(manifest).chain(targets);
    places
        .flat_map(|place| KEYS.iter().filter_map(|key| place.get(*key)?.as_table()))
        .flat_map(|table| table.iter().map(|(key, value)| (key.as_str(), value)))
        .collect()
}

fn patched(root: &Table) -> BTreeSet<String> {
    let sources = ["patch", "replace"].iter().filter_map(|key| root.get(*key)?.as_table()).flatten();
    sources.filter_map(|(_, source)| source.as_table()).flatten().map(|(name, _)| plain(name)).collect()
}

/// The name of `name 1.0.0 (source)`.
fn first(kept: &str) -> &str {
    kept.split(' ').next().unwrap_or(kept)
}

fn versions(kept: &str, packages: &[&Value]) -> Vec<String> {
    if let Some(version) = kept.split(' ').nth(1) {
        return vec![version.to_owned()];
    }
    let named = packages.iter().filter(|p| p.get("name").and_then(Value::as_str) == Some(first(kept)));
    named.filter_map(|p| p.get("version")?.as_str()).map(str::to_owned).collect()
}

fn plain(name: &str) -> String {
    name.replace('_', "-")
}
