//! composer.lock.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Disagreement, Pair, asked};
use crate::read::manifest::Kind;
use crate::undecided::Undecided;

pub(super) fn compare(pair: &Pair<'_>) -> Result<Option<Vec<Disagreement>>, Undecided> {
    let lock: Value = serde_json::from_str(pair.lock.trim_start_matches('\u{feff}'))
        .map_err(|e| Undecided::new(format!("is not readable as JSON: {e}")))?;
    let mut known = BTreeSet::new();
    let lists = ["packages", "packages-dev"].iter().filter_map(|key| lock.get(key)?.as_array());
    for package in lists.flatten() {
        known.extend(package.get("name").and_then(Value::as_str).map(str::to_lowercase));
        // A package may stand in for others.
        let stands_for = ["provide", "replace"].iter().filter_map(|key| package.get(key)?.as_object());
        known.extend(stands_for.flatten().map(|(name, _)| name.to_lowercase()));
    }
    let missing =
        asked(Kind::Composer, pair)?.into_iter().filter(|d| !known.contains(&d.name.to_lowercase()));
    Ok(Some(
        missing.map(|d| Disagreement::missing(&d.name, d.version.as_deref().unwrap_or_default())).collect(),
    ))
}
