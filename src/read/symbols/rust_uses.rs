//! The `use` trees of Rust.

use crate::read::syntax::{Node, children, parts};

use super::gather::Gather;
use super::{Import, Imported};

/// Deeper `use` trees are not followed.
const MAX_DEPTH: usize = 16;

pub(super) fn uses(gather: &mut Gather<'_>, node: Node<'_>) {
    let is_reexported = children(node).any(|n| n.kind() == "visibility_modifier");
    let statement = node.byte_range();
    let mut found: Vec<Import> = Vec::new();
    let mut add = |module: String, item: Imported, local: Option<String>, at: Node<'_>| {
        let (range, statement) = (at.byte_range(), statement.clone());
        found.push(Import { is_conditional: false, module, item, local, is_reexported, range, statement });
    };
    if node.kind() == "extern_crate_declaration" {
        let Some(name) = node.child_by_field_name("name").map(|n| gather.text(n).to_owned()) else { return };
        let alias = node.child_by_field_name("alias").map(|n| gather.text(n).to_owned());
        let local = alias.unwrap_or_else(|| name.clone());
        add(name, Imported::Module, Some(local), node);
        return found.into_iter().for_each(|import| gather.import(import));
    }
    let mut open: Vec<(Vec<String>, Node<'_>)> =
        node.child_by_field_name("argument").map(|n| (Vec::new(), n)).into_iter().collect();
    while let Some((before, at)) = open.pop() {
        let path = |node: Option<Node<'_>>| -> Vec<String> {
            let own = node.map_or("", |n| gather.text(n));
            let own = own.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
            before.iter().cloned().chain(own).collect()
        };
        match at.kind() {
            "scoped_use_list" if before.len() < MAX_DEPTH => {
                let before = path(at.child_by_field_name("path"));
                let list = at.child_by_field_name("list").into_iter().flat_map(parts);
                let mut inner: Vec<_> = list.map(|n| (before.clone(), n)).collect();
                inner.reverse();
                open.extend(inner);
            }
            "use_list" => {
                let mut inner: Vec<_> = parts(at).map(|n| (before.clone(), n)).collect();
                inner.reverse();
                open.extend(inner);
            }
            "use_wildcard" => add(path(parts(at).next()).join("::"), Imported::All, None, at),
            "use_as_clause" => {
                let alias = at.child_by_field_name("alias").map(|n| gather.text(n).to_owned());
                let (module, item, _) = split(path(at.child_by_field_name("path")));
                add(module, item, alias.filter(|name| name != "_"), at);
            }
            "identifier" | "scoped_identifier" | "self" | "crate" | "super" => {
                let (module, item, local) = split(path(Some(at)));
                add(module, item, local, at);
            }
            _ => {}
        }
    }
    found.into_iter().for_each(|import| gather.import(import));
}

/// A path as module, item and the name that it has here.
fn split(mut path: Vec<String>) -> (String, Imported, Option<String>) {
    let last = path.pop().unwrap_or_default();
    if last == "self" && !path.is_empty() {
        let local = path.last().cloned();
        return (path.join("::"), Imported::Module, local);
    }
    if path.is_empty() {
        return (last.clone(), Imported::Module, Some(last));
    }
    (path.join("::"), Imported::Name(last.clone()), Some(last))
}
