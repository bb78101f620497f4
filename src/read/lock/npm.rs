//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3.

use serde_json::Value;

use super::{Disagreement, Pair, asked, listed, overridden, range};
use crate::read::manifest::Kind;
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let lock: Value = serde_json::from_str(pair.lock.trim_start_matches('\u{feff}'))
        .map_err(|e| Undecided::new(format!("is not readable as JSON: {e}")))?;
    let packages = lock.get("packages").and_then(Value::as_object);
    let own = packages.and_then(|packages| packages.get(pair.below));
    if packages.is_some() && own.is_none() || packages.is_none() && !pair.below.is_empty() {
        return Ok(None);
    }
    let overridden = overridden(pair.root);
    let mut found = Vec::new();
    for dependency in asked(Kind::Npm, pair)?.iter().filter(|d| !overridden.contains(&d.name)) {
        let (name, wanted) = (dependency.name.as_str(), dependency.version.as_deref().unwrap_or_default());
        let entry = match packages {
            Some(packages) => places(pair.below, name).find_map(|place| packages.get(&place)),
            None => lock.get("dependencies").and_then(|all| all.get(name)),
        };
        let Some(entry) = entry else {
            found.push(Disagreement::missing(name, wanted));
            continue;
        };
        let version = entry.get("version").and_then(Value::as_str).unwrap_or_default();
        let is_link = entry.get("link").is_some();
        if !is_link && range::npm(wanted, version) == Some(false) {
            found.push(Disagreement::refused(name, wanted, version));
        }
    }
    let names = listed(Kind::Npm, pair);
    for table in ["dependencies", "devDependencies", "optionalDependencies"] {
        let kept = own.and_then(|own| own.get(table)).and_then(Value::as_object);
        found.extend(
            kept.into_iter()
                .flatten()
                .filter(|(name, _)| !names.contains(*name))
                .map(|(name, _)| Disagreement::surplus(name)),
        );
    }
    Ok(Some(found))
}

/// Where Node would look for a package, from the folder of the manifest up to that of the lock file.
fn places<'p>(below: &'p str, name: &'p str) -> impl Iterator<Item = String> + 'p {
    let mut dir = Some(below);
    std::iter::from_fn(move || {
        let here = dir?;
        dir =
            if here.is_empty() { None } else { Some(here.rsplit_once('/').map_or("", |(parent, _)| parent)) };
        Some(if here.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{here}/node_modules/{name}")
        })
    })
}
