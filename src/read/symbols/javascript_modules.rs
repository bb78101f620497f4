//! Imports and exports of JavaScript and TypeScript: ECMAScript modules and CommonJS.

use crate::read::syntax::{Node, children, parts};

use super::gather::{Area, Found, Gather, Mark, bare};
use super::javascript::{is_function, method, parameters, path, pattern_names};
use super::{Import, Imported, Sort, Visibility};

/// The text between the quotes of a string, where it has no escapes.
fn quoted(gather: &Gather<'_>, node: Node<'_>) -> Option<String> {
    let text = gather.text(node);
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    let plain = node.kind() == "string" || (node.kind() == "template_string" && parts(node).count() <= 1);
    (plain && !inner.contains(['\\', '$', '\n'])).then(|| inner.to_owned())
}

/// A name that an import or export may also write as a string.
fn plain(gather: &Gather<'_>, node: Node<'_>) -> String {
    if node.kind() == "string" {
        quoted(gather, node).unwrap_or_default()
    } else {
        gather.text(node).to_owned()
    }
}

pub(super) fn import(gather: &mut Gather<'_>, node: Node<'_>) {
    let require = parts(node).find(|n| n.kind() == "import_require_clause");
    let source = node.child_by_field_name("source");
    let source = source.or_else(|| require.and_then(|n| n.child_by_field_name("source")));
    let Some(module) = source.and_then(|source| quoted(gather, source)) else { return };
    let statement = node.byte_range();
    let mut items: Vec<(Imported, Node<'_>, Node<'_>)> = Vec::new();
    if let Some(name) = require.and_then(|n| parts(n).find(|n| n.kind() == "identifier")) {
        items.push((Imported::Module, name, name));
    }
    for clause in parts(node).filter(|n| n.kind() == "import_clause").flat_map(parts) {
        match clause.kind() {
            "identifier" => items.push((Imported::Default, clause, clause)),
            "namespace_import" => {
                items.extend(parts(clause).next().map(|name| (Imported::Module, name, clause)));
            }
            "named_imports" => {
                for specifier in parts(clause).filter(|n| n.kind() == "import_specifier") {
                    let Some(name) = specifier.child_by_field_name("name") else { continue };
                    let local = specifier.child_by_field_name("alias").unwrap_or(name);
                    let item = match plain(gather, name) {
                        name if name == "default" => Imported::Default,
                        name => Imported::Name(name),
                    };
                    items.push((item, local, specifier));
                }
            }
            _ => {}
        }
    }
    if items.is_empty() {
        let empty = bare(&module, Imported::Module, statement.clone(), statement.clone());
        return gather.import(empty);
    }
    for (item, local, whole) in items {
        let local = Some(gather.text(local).to_owned());
        let (module, range, statement) = (module.clone(), whole.byte_range(), statement.clone());
        gather.import(Import {
            is_conditional: false,
            module,
            item,
            local,
            is_reexported: false,
            range,
            statement,
        });
    }
}

pub(super) fn export(gather: &mut Gather<'_>, node: Node<'_>) {
    let outer = gather.marked(node);
    let is_default = children(node).any(|n| n.kind() == "default");
    let mut mark = Mark {
        start: Some(node.start_byte()),
        is_top: outer.is_top,
        is_exported: outer.is_top,
        ..Mark::default()
    };
    for decorator in parts(node).filter(|n| n.kind() == "decorator") {
        mark.decorators.push(gather.text(decorator).trim_start_matches('@').to_owned());
    }
    if let Some(source) = node.child_by_field_name("source") {
        return reexport(gather, node, source);
    }
    // `export = …` and `export as namespace …`
    if children(node).any(|n| n.kind() == "=") {
        gather.out.is_open = true;
    }
    for clause in parts(node).filter(|n| n.kind() == "export_clause") {
        for specifier in parts(clause).filter(|n| n.kind() == "export_specifier") {
            let Some(local) = specifier.child_by_field_name("name") else { continue };
            let name = specifier.child_by_field_name("alias").unwrap_or(local);
            let (name, local) = (plain(gather, name), plain(gather, local));
            gather.export(&name, &local, None, specifier.byte_range());
        }
    }
    if let Some(declaration) = node.child_by_field_name("declaration") {
        exported(gather, node, declaration, is_default);
        gather.mark(declaration, mark);
    } else if let Some(value) = node.child_by_field_name("value") {
        let local = if value.kind() == "identifier" { gather.text(value) } else { "" };
        gather.export("default", local, None, node.byte_range());
    }
}

/// The names that a declaration exports.
fn exported(gather: &mut Gather<'_>, node: Node<'_>, declaration: Node<'_>, is_default: bool) {
    let declaration = match declaration.kind() {
        "ambient_declaration" => parts(declaration).next().unwrap_or(declaration),
        _ => declaration,
    };
    let mut names = Vec::new();
    match declaration.kind() {
        "lexical_declaration" | "variable_declaration" => {
            for name in parts(declaration).filter_map(|n| n.child_by_field_name("name")) {
                names.extend(pattern_names(name));
            }
        }
        _ => names.extend(declaration.child_by_field_name("name")),
    }
    if is_default {
        let local = names.first().map_or("", |name| gather.text(*name));
        return gather.export("default", local, None, node.byte_range());
    }
    for name in names {
        let name = gather.text(name);
        gather.export(name, name, None, node.byte_range());
    }
}

fn reexport(gather: &mut Gather<'_>, node: Node<'_>, source: Node<'_>) {
    let Some(module) = quoted(gather, source) else {
        gather.out.is_open = true;
        return;
    };
    let statement = node.byte_range();
    let add =
        |gather: &mut Gather<'_>, item: Imported, name: Option<String>, range: std::ops::Range<usize>| {
            let (module, statement) = (module.clone(), statement.clone());
            let at = gather.out.imports.len();
            let range_of_export = range.clone();
            gather.import(Import {
                is_conditional: false,
                module,
                item,
                local: None,
                is_reexported: true,
                range,
                statement,
            });
            if let Some(name) = name {
                gather.export(&name, "", Some(at), range_of_export);
            }
        };
    let mut found = false;
    for part in parts(node) {
        match part.kind() {
            "namespace_export" => {
                found = true;
                let name = parts(part).next().map(|name| plain(gather, name));
                add(gather, Imported::Module, name, part.byte_range());
            }
            "export_clause" => {
                found = true;
                for specifier in parts(part).filter(|n| n.kind() == "export_specifier") {
                    let Some(taken) = specifier.child_by_field_name("name") else { continue };
                    let name = specifier.child_by_field_name("alias").unwrap_or(taken);
                    let item = match plain(gather, taken) {
                        taken if taken == "default" => Imported::Default,
                        taken => Imported::Name(taken),
                    };
                    let name = plain(gather, name);
                    add(gather, item, Some(name), specifier.byte_range());
                }
            }
            _ => {}
        }
    }
    if !found && children(node).any(|n| n.kind() == "*") {
        let range = node.byte_range();
        add(gather, Imported::All, None, range);
    }
}

/// `const a = require("x")`, `const { a: b } = require("x")`, `const a = require("x").a`.
pub(super) fn required(gather: &mut Gather<'_>, node: Node<'_>, name: Node<'_>, value: Node<'_>) {
    let (value, member) = match value.kind() {
        "member_expression" => (value.child_by_field_name("object"), value.child_by_field_name("property")),
        "await_expression" => (parts(value).next(), None),
        _ => (Some(value), None),
    };
    let Some(module) = value.and_then(|value| module_of(gather, value)) else { return };
    let statement = node.byte_range();
    let mut items = Vec::new();
    match (name.kind(), member) {
        ("identifier", Some(member)) => items.push((Imported::Name(gather.text(member).to_owned()), name)),
        ("identifier", None) => items.push((Imported::Module, name)),
        ("object_pattern", None) => {
            for part in parts(name) {
                let (key, local) = match part.kind() {
                    "pair_pattern" => (part.child_by_field_name("key"), part.child_by_field_name("value")),
                    "object_assignment_pattern" => {
                        (part.child_by_field_name("left"), part.child_by_field_name("left"))
                    }
                    "shorthand_property_identifier_pattern" => (Some(part), Some(part)),
                    _ => (None, None),
                };
                let (Some(key), Some(local)) = (key, local) else { continue };
                // A name with a default may well be missing.
                if part.kind() != "object_assignment_pattern" {
                    items.push((Imported::Name(gather.text(key).to_owned()), local));
                }
            }
        }
        _ => {}
    }
    for (item, local) in items {
        let local_name = Some(gather.text(local).to_owned());
        let (module, range, statement) = (module.clone(), local.byte_range(), statement.clone());
        gather.import(Import {
            is_conditional: false,
            module,
            item,
            local: local_name,
            is_reexported: false,
            range,
            statement,
        });
    }
}

fn module_of(gather: &Gather<'_>, value: Node<'_>) -> Option<String> {
    let callee = value.child_by_field_name("function")?;
    let loads = value.kind() == "call_expression" && matches!(gather.text(callee), "require" | "import");
    let list = value.child_by_field_name("arguments").filter(|_| loads)?;
    parts(list).next().and_then(|first| quoted(gather, first))
}

/// `require("x")` and `import("x")` wherever they stand.
pub(super) fn loaded(gather: &mut Gather<'_>, node: Node<'_>, callee: &[String], list: Node<'_>) {
    if !matches!(callee, [name] if name == "require" || name == "import") {
        return;
    }
    if let Some(module) = parts(list).next().and_then(|first| quoted(gather, first)) {
        gather.import(bare(&module, Imported::Module, node.byte_range(), node.byte_range()));
    }
}

/// Calls that put names into `exports`.
pub(super) fn computed(gather: &mut Gather<'_>, node: Node<'_>, callee: &[String]) {
    let names: Vec<&str> = callee.iter().map(String::as_str).collect();
    let writes = match names.as_slice() {
        ["Object", "assign" | "defineProperty" | "defineProperties"] => true,
        [name] => matches!(*name, "__exportStar" | "__export" | "__exportAll"),
        _ => false,
    };
    let first = node.child_by_field_name("arguments").and_then(|list| parts(list).next());
    let of_exports = first.is_some_and(|first| {
        let target = gather.text(first);
        target == "exports" || target == "module.exports"
    });
    if writes && (of_exports || names.len() == 1) {
        gather.out.is_open = true;
    }
}

/// `exports.a = …`, `module.exports = …`, and functions put into members.
pub(super) fn assignment(gather: &mut Gather<'_>, node: Node<'_>) {
    let sides = (node.child_by_field_name("left"), node.child_by_field_name("right"));
    let (Some(left), Some(right)) = sides else { return };
    if left.kind() == "subscript_expression" {
        let target = left.child_by_field_name("object").map_or("", |n| gather.text(n));
        gather.out.is_open |= matches!(target, "exports" | "module.exports");
        return;
    }
    if left.kind() != "member_expression" {
        return;
    }
    let path = path(gather, left);
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["module", "exports"] => whole(gather, node, right),
        ["exports", name] | ["module", "exports", name] => {
            let local = if right.kind() == "identifier" { gather.text(right) } else { "" };
            let local = if is_function(right) { name } else { local };
            gather.export(name, local, None, node.byte_range());
            let property = left.child_by_field_name("property");
            if let Some(property) = property {
                exported_value(gather, node, property, right);
            }
        }
        _ if is_function(right) => {
            let property = left.child_by_field_name("property");
            property.into_iter().for_each(|property| method(gather, node, property, right));
        }
        _ => {}
    }
}

fn exported_value(gather: &mut Gather<'_>, node: Node<'_>, name: Node<'_>, right: Node<'_>) {
    let is_function = is_function(right);
    let parameters = is_function.then(|| parameters(gather, right));
    let body = right.child_by_field_name("body").filter(|_| is_function);
    let sort = if is_function { Sort::Function } else { Sort::Variable };
    let found = Found { name, sort, visibility: Visibility::Public, parameters, whole: node, body };
    gather.define(found, Mark::default(), is_function.then_some(Area::Function));
}

/// `module.exports = …`: the names of an object that spells them out, and the whole as the default.
fn whole(gather: &mut Gather<'_>, node: Node<'_>, right: Node<'_>) {
    let local = if right.kind() == "identifier" { gather.text(right) } else { "" };
    gather.export("default", local, None, node.byte_range());
    if right.kind() != "object" {
        gather.out.is_open = true;
        return;
    }
    for part in parts(right) {
        let (key, local) = match part.kind() {
            "shorthand_property_identifier" => (Some(part), gather.text(part)),
            "pair" => {
                let value = part.child_by_field_name("value").filter(|value| value.kind() == "identifier");
                (part.child_by_field_name("key"), value.map_or("", |value| gather.text(value)))
            }
            "method_definition" => (part.child_by_field_name("name"), ""),
            _ => (None, ""),
        };
        match key.filter(|key| key.kind() != "computed_property_name") {
            Some(key) => {
                let name = plain(gather, key);
                gather.export(&name, local, None, part.byte_range());
            }
            None => gather.out.is_open = true,
        }
    }
}
