//! uv.lock, poetry.lock and pdm.lock.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{Disagreement, Pair, asked, range};
use crate::read::manifest::{Dependency, Kind, normal};
use crate::undecided::Undecided;

fn read(text: &str) -> Result<Table, Undecided> {
    text.parse::<Table>().map_err(|e| Undecided::new(format!("is not readable as TOML: {}", e.message())))
}

fn packages(lock: &Table) -> Vec<&Value> {
    lock.get("package").and_then(Value::as_array).into_iter().flatten().collect()
}

fn name(package: &Value) -> String {
    package.get("name").and_then(Value::as_str).map(normal).unwrap_or_default()
}

/// uv records what each package of the workspace asked for.
pub(super) fn compare_uv(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let (manifest, lock) = (read(pair.manifest)?, read(pair.lock)?);
    let project = manifest.get("project");
    let Some(own) = project.and_then(|p| p.get("name")).and_then(Value::as_str).map(normal) else {
        return Ok(None);
    };
    let dynamic = project.and_then(|p| p.get("dynamic")).and_then(Value::as_array).into_iter().flatten();
    if dynamic.filter_map(Value::as_str).any(|field| field.ends_with("dependencies")) {
        return Ok(None);
    }
    let packages = packages(&lock);
    let is_local = |p: &&&Value| {
        p.get("source")
            .is_some_and(|s| ["editable", "virtual", "directory"].iter().any(|key| s.get(key).is_some()))
    };
    let Some(entry) = packages.iter().filter(is_local).find(|p| name(p) == own) else { return Ok(None) };
    let metadata = entry.get("metadata");
    let groups = metadata.and_then(|m| m.get("requires-dev")).and_then(Value::as_table);
    let lists = groups
        .into_iter()
        .flatten()
        .map(|(_, list)| list)
        .chain(metadata.and_then(|m| m.get("requires-dist")));
    let recorded: BTreeSet<String> = lists.filter_map(Value::as_array).flatten().map(name).collect();
    let mut found = Vec::new();
    for dependency in asked(Kind::PyProject, pair)? {
        if recorded.contains(&dependency.name) {
            found.extend(refused(&dependency, &packages));
        } else {
            found.push(Disagreement::missing(
                &dependency.name,
                dependency.version.as_deref().unwrap_or_default(),
            ));
        }
    }
    Ok(Some(found))
}

/// Poetry and PDM list all packages, and keep a digest of what was asked for.
pub(super) fn compare_list(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let lock = read(pair.lock)?;
    let packages = packages(&lock);
    let known: BTreeSet<String> = packages.iter().map(|p| name(p)).collect();
    let mut found = Vec::new();
    for dependency in asked(Kind::PyProject, pair)? {
        if known.contains(&dependency.name) {
            found.extend(refused(&dependency, &packages));
        } else {
            found.push(Disagreement::missing(
                &dependency.name,
                dependency.version.as_deref().unwrap_or_default(),
            ));
        }
    }
    Ok(Some(found))
}

/// The locked version, where there is one only and the manifest does not admit it.
fn refused(dependency: &Dependency, packages: &[&Value]) -> Option<Disagreement> {
    let mut locked = packages.iter().filter(|p| name(p) == dependency.name);
    let (one, None) = (locked.next()?, locked.next()) else { return None };
    let registry = one.get("source").is_none_or(|s| {
        s.get("registry").is_some()
            || s.get("type").is_none() && s.get("git").is_none() && s.get("url").is_none()
    });
    let version = one.get("version").and_then(Value::as_str).filter(|_| registry)?;
    let wanted = dependency.version.as_deref()?;
    let specifiers = match wanted.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.1,
        None => wanted,
    };
    let refuses = !specifiers.trim().is_empty() && range::python(specifiers, version) == Some(false);
    refuses.then(|| Disagreement::refused(&dependency.name, specifiers.trim(), version))
}
