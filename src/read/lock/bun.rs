//! bun.lock: what each workspace asked for is recorded as written.

use super::{Disagreement, Pair, asked, listed, overridden};
use crate::read::json::{self, Value};
use crate::read::manifest::Kind;
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let lock = json::parse(pair.lock)?;
    let Some(own) = lock.get("workspaces").and_then(|all| all.get(pair.below)) else { return Ok(None) };
    let overridden = overridden(pair.root);
    let tables = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    let tables: Vec<Value> = tables.iter().filter_map(|table| own.get(table)).collect();
    let mut found = Vec::new();
    for dependency in asked(Kind::Npm, pair)?.iter().filter(|d| !overridden.contains(&d.name)) {
        let (name, wanted) = (dependency.name.as_str(), dependency.version.as_deref().unwrap_or_default());
        let recorded: Vec<Value> = tables.iter().filter_map(|table| table.get(name)).collect();
        match recorded.first().and_then(Value::as_text) {
            None => found.push(Disagreement::missing(name, wanted)),
            Some(first) if recorded.iter().all(|value| value.as_text() != Some(wanted)) => {
                found.push(Disagreement::refused(name, wanted, first));
            }
            Some(_) => {}
        }
    }
    let names = listed(Kind::Npm, pair);
    for table in &tables {
        let Value::Object(table) = table else { continue };
        found.extend(
            table.keys().into_iter().filter(|name| !names.contains(*name)).map(Disagreement::surplus),
        );
    }
    Ok(Some(found))
}
