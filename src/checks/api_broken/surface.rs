//! What a package offers at base that head no longer has, or has with other parameters.

mod crates;
mod go;
mod members;
mod python;
mod rust;
mod rust_types;
mod script;

use crate::change::Change;
use crate::checks::modules::{Found, View};
use crate::checks::product;
use crate::checks::sources::Family;
use crate::ids::RepoPath;
use crate::read::symbols::{Definition, Parameter, Passing};
use crate::span::{Location, Side};

use super::packages::Package;

pub(super) use go::wanted as wanted_of_go;

/// Longer chains of modules are not followed.
const MAX_DEPTH: usize = 12;

/// One break.
#[derive(Debug, Clone)]
pub(super) struct Break {
    pub(super) name: String,
    /// What happened, behind its name.
    pub(super) what: String,
    pub(super) at: Location,
    /// Whether the package says itself that the name is for others.
    pub(super) is_stated: bool,
}

/// The breaks of a package, given its changed files at base.
pub(super) fn breaks(change: &Change, package: &Package, files: &[&RepoPath]) -> Vec<Break> {
    let (base, head) = (View { change, side: Side::Base }, View { change, side: Side::Head });
    match package.family {
        Family::Script => script::breaks(&base, &head, package),
        Family::Python => files.iter().flat_map(|path| python::breaks(&base, &head, package, path)).collect(),
        Family::Rust => rust::breaks(&base, &head, package, files),
        Family::Go => go::breaks(&base, &head, package, files),
        Family::Ruby => Vec::new(),
    }
}

/// What became of one item.
fn compared(
    base: &View<'_>,
    head: &View<'_>,
    family: Family,
    (path, before): (&RepoPath, &Definition),
    after: &Found,
    name: &str,
    is_stated: bool,
) -> Vec<Break> {
    let Some(source) = base.text(path) else { return Vec::new() };
    if product::kind(path).is_some() || is_internal(source, before) {
        return Vec::new();
    }
    let broken = |what: &str, at: Location| {
        vec![Break { name: name.to_owned(), what: what.to_owned(), at, is_stated }]
    };
    match after {
        Found::No => broken(
            "is no longer offered",
            Location::bytes(Side::Base, path, source, before.name_range.clone()).label("it was here"),
        ),
        Found::Here(now, definition) => {
            let plain =
                |d: &Definition| d.written_type.is_empty() && d.decorators.is_empty() && !d.is_conditional;
            let (Some(old), Some(new)) = (before.parameters.as_ref(), definition.parameters.as_ref()) else {
                let before = members::Class { path, definition: before };
                let after = members::Class { path: now, definition };
                return members::breaks((base, before), (head, after), family, name, is_stated);
            };
            match head.text(now) {
                Some(source) if plain(before) && plain(definition) && differ(family, old, new) => broken(
                    "has other parameters",
                    Location::bytes(Side::Head, now, source, definition.name_range.clone()),
                ),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Whether the comment before a definition keeps it for the package itself.
fn is_internal(source: &str, definition: &Definition) -> bool {
    const MARKS: [&str; 4] = ["@internal", "@private", "@hidden", "@ignore"];
    let before = source.get(..definition.range.start).unwrap_or_default().trim_end();
    let comment =
        before.strip_suffix("*/").and_then(|text| text.rsplit_once("/*")).map_or("", |(_, text)| text);
    MARKS.iter().any(|mark| comment.contains(mark))
}

/// Whether a call that was right may be wrong now.
fn differ(family: Family, old: &[Parameter], new: &[Parameter]) -> bool {
    let rest = |list: &[Parameter], passing: Passing| list.iter().any(|p| p.passing == passing);
    let needed = |list: &[Parameter]| list.iter().rposition(|p| !p.is_optional).map_or(0, |at| at + 1);
    match family {
        Family::Script => needed(new) > needed(old) || (new.len() < old.len() && !rest(new, Passing::Rest)),
        Family::Python => {
            let by_name = |p: &Parameter| matches!(p.passing, Passing::Either | Passing::Named);
            let by_place = |p: &Parameter| matches!(p.passing, Passing::Either | Passing::Positional);
            let lost = old
                .iter()
                .filter(|p| by_name(p))
                .any(|p| !new.iter().any(|n| by_name(n) && n.name == p.name));
            let more = new
                .iter()
                .filter(|p| !p.is_optional)
                .any(|p| !old.iter().any(|o| !o.is_optional && o.name == p.name));
            let places = |list: &[Parameter]| {
                list.iter().filter(|p| by_place(p)).map(|p| p.name.clone()).collect::<Vec<_>>()
            };
            let (before, after) = (places(old), places(new));
            let moved = !after.starts_with(&before) && !rest(new, Passing::Rest);
            (lost && !rest(new, Passing::NamedRest)) || more || moved
        }
        Family::Rust | Family::Go => old.len() != new.len(),
        Family::Ruby => false,
    }
}
