//! Cargo's test targets whose own `main` runs nothing.

use super::deed::{Deed, Weight};
use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::syntax::{self, Language, below, parts, text};
use crate::span::Side;
use crate::undecided::Undecided;

pub(super) fn read(
    change: &Change,
    side: Side,
    path: &RepoPath,
    source: &str,
) -> Result<Vec<Deed>, Undecided> {
    let Ok(manifest) = toml::from_str::<toml::Table>(source) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for target in manifest.get("test").and_then(|t| t.as_array()).into_iter().flatten() {
        let off = target.get("harness").and_then(toml::Value::as_bool) == Some(false);
        let Some(name) = target.get("name").and_then(toml::Value::as_str).filter(|_| off) else { continue };
        let own = target.get("path").and_then(toml::Value::as_str).map(str::to_owned);
        let names = own
            .map_or_else(|| vec![format!("tests/{name}.rs"), format!("tests/{name}/main.rs")], |p| vec![p]);
        let places = names.iter().filter_map(|named| RepoPath::join(path.dir(), named).ok());
        let Some(at) = places.into_iter().find(|at| change.tree(side).contains(at)) else { continue };
        if change.file(&at).is_none() || !is_hollow(change, side, &at)? {
            continue;
        }
        let line = source.find(&format!("\"{name}\"")).unwrap_or_default();
        found.push(Deed {
            range: line..line + name.len() + 2,
            matter: format!("hollow target {at}"),
            headline: format!("the test target `{name}` no longer runs its tests: its own `main` does nothing"),
            why: format!("`harness = false` hands the run to `main` in `{at}`, which calls nothing, and whose `#[test]` functions nobody calls."),
            label: "without Cargo's harness",
            weight: Weight::Block,
        });
    }
    Ok(found)
}

/// Whether the file held tests, on either side, and its `main` calls nothing.
fn is_hollow(change: &Change, side: Side, path: &RepoPath) -> Result<bool, Undecided> {
    let source = change.text(side, path)?.unwrap_or_default();
    let before = change.text(Side::Base, path)?.unwrap_or_default();
    if !source.contains("#[test]") && !before.contains("#[test]") {
        return Ok(false);
    }
    let tree = syntax::parse(Language::Rust, source)?;
    let mut functions = parts(tree.root()).filter(|n| n.kind() == "function_item");
    let main = functions.find(|f| f.child_by_field_name("name").is_some_and(|n| text(n, source) == "main"));
    let Some(body) = main.and_then(|main| main.child_by_field_name("body")) else { return Ok(false) };
    let works = |kind: &str| matches!(kind, "call_expression" | "macro_invocation" | "await_expression");
    let prints = |n: syntax::Node<'_>| {
        n.child_by_field_name("macro").is_some_and(|m| matches!(text(m, source), "println" | "eprintln"))
    };
    Ok(!below(body).any(|n| works(n.kind()) && !prints(n)))
}
