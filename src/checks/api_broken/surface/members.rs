//! Classes and interfaces of JavaScript, TypeScript and Python: what became of their public members.

use crate::checks::modules::View;
use crate::checks::sources::Family;
use crate::ids::RepoPath;
use crate::read::symbols::{Definition, Sort, Symbols, Visibility};
use crate::span::{Location, Side};

use super::{Break, differ, is_internal};

/// A class or interface on one side.
pub(super) struct Class<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) definition: &'a Definition,
}

/// The breaks of what stays offered under `name`.
pub(super) fn breaks(
    (base, before): (&View<'_>, Class<'_>),
    (head, after): (&View<'_>, Class<'_>),
    family: Family,
    name: &str,
    is_stated: bool,
) -> Vec<Break> {
    let has_members = |sort: Sort| matches!(sort, Sort::Class | Sort::Interface);
    let sort = before.definition.sort;
    if !has_members(sort) || sort != after.definition.sort {
        return Vec::new();
    }
    let (Some(old), Some(new)) = (base.symbols(before.path), head.symbols(after.path)) else {
        return Vec::new();
    };
    let (Some(was), Some(is)) = (base.text(before.path), head.text(after.path)) else { return Vec::new() };
    let (own, now) = (of(&old, before.definition), of(&new, after.definition));
    let mut found = Vec::new();
    for member in own.iter().filter(|m| is_offered(family, m, &header(was, before.definition))) {
        if is_internal(was, member) {
            continue;
        }
        let makes = matches!(member.name.as_str(), "constructor" | "__init__");
        let shown = if makes { name.to_owned() } else { format!("{name}.{}", member.name) };
        let later: Vec<&&Definition> = now.iter().filter(|n| n.name == member.name).collect();
        let broken =
            |what: &str, at: Location| Break { name: shown.clone(), what: what.to_owned(), at, is_stated };
        match later.as_slice() {
            [] if !makes && !may_have(family, is, after.definition, &member.name) => {
                let at = Location::bytes(Side::Base, before.path, was, member.name_range.clone());
                found.push(broken("is no longer offered", at.label("it was here")));
            }
            [only] if own.iter().filter(|m| m.name == member.name).count() == 1 => {
                let at = || Location::bytes(Side::Head, after.path, is, only.name_range.clone());
                if only.visibility != Visibility::Public {
                    found.push(broken("is no longer public", at()));
                } else if let (Some(had), Some(has)) = (&member.parameters, &only.parameters)
                    && is_plain(member)
                    && is_plain(only)
                    && member.decorators == only.decorators
                    && differ(family, had, has)
                {
                    let what = if makes { "is made with other parameters" } else { "has other parameters" };
                    found.push(broken(what, at()));
                }
            }
            _ => {}
        }
    }
    found
}

/// The members of a class, without those of objects inside it.
fn of<'s>(symbols: &'s Symbols, class: &Definition) -> Vec<&'s Definition> {
    let scope = [class.name.clone()];
    let own: Vec<&Definition> = symbols
        .definitions
        .iter()
        .filter(|d| d.scope == scope && d.range.start >= class.range.start && d.range.end <= class.range.end)
        .collect();
    let inside = |d: &&Definition| {
        own.iter().any(|o| o.range != d.range && o.range.start <= d.range.start && d.range.end <= o.range.end)
    };
    own.iter().copied().filter(|d| !inside(d)).collect()
}

/// What stands between the name of a class and its body.
fn header(source: &str, class: &Definition) -> String {
    let end = class.body.as_ref().map_or(class.range.end, |body| body.start);
    source.get(class.name_range.end..end).unwrap_or_default().to_owned()
}

fn is_offered(family: Family, member: &Definition, header: &str) -> bool {
    let is_named = match family {
        Family::Python => {
            !member.name.starts_with('_') || matches!(member.name.as_str(), "__init__" | "__call__")
        }
        _ => !member.name.starts_with(['_', '#']),
    };
    let counts = match (family, member.sort) {
        (_, Sort::Method) => true,
        // Of fields in Python only the members of an enumeration are known to be read by name.
        (Family::Python, Sort::Member) => header.contains("Enum"),
        (_, sort) => sort == Sort::Member,
    };
    is_named && counts && member.visibility == Visibility::Public && !member.is_conditional
}

/// A function of which the parameters say how it is called.
fn is_plain(member: &Definition) -> bool {
    let known = |decorator: &String| matches!(decorator.as_str(), "staticmethod" | "classmethod");
    member.written_type.is_empty() && member.decorators.iter().all(known) && !member.is_conditional
}

/// Whether a class may have a member that its body does not define.
fn may_have(family: Family, source: &str, class: &Definition, name: &str) -> bool {
    let header = header(source, class);
    let body = class.body.as_ref().and_then(|body| source.get(body.clone())).unwrap_or_default();
    let holds = |text: &str| body.contains(text);
    match family {
        Family::Python => {
            let bases = header.trim().trim_end_matches(':').trim();
            let is_enum = bases.contains("Enum");
            let inherits = !matches!(bases, "" | "()" | "(object)") && !is_enum;
            inherits || !class.decorators.is_empty() || holds("__getattr") || holds(&format!("self.{name} ="))
        }
        _ => {
            // Computed and indexed names may be any; so may those that are added from outside.
            let whole =
                source.contains(&format!("{}.prototype", class.name)) || source.contains("Object.assign(");
            header.contains("extends")
                || holds("]:")
                || holds("](")
                || whole
                || holds(&format!("this.{name} ="))
                || !class.decorators.is_empty()
        }
    }
}
