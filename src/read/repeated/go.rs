//! Go: what a file declares twice at its top, which the compiler refuses.

use super::{Fate, Names, Repeated, Sort, place};
use crate::read::syntax::{self, Node, parts};

pub(super) fn read(root: Node<'_>, text: &str) -> Vec<Repeated> {
    let mut names = Names::new();
    for item in parts(root) {
        match item.kind() {
            "function_declaration" => {
                if let Some(name) = item.child_by_field_name("name") {
                    let key = (String::new(), syntax::text(name, text).to_owned());
                    names.add(key, Sort::Function, place(item, name));
                }
            }
            "method_declaration" => {
                let receiver = item.child_by_field_name("receiver").and_then(|list| receiver(list, text));
                if let (Some(receiver), Some(name)) = (receiver, item.child_by_field_name("name")) {
                    let key = (receiver, syntax::text(name, text).to_owned());
                    names.add(key, Sort::Method, place(item, name));
                }
            }
            "type_declaration" | "const_declaration" | "var_declaration" => specs(&mut names, item, text),
            "import_declaration" => imports(&mut names, item, text),
            _ => {}
        }
    }
    let twice = names
        .twice()
        .filter(|((scope, name), _)| name != "_" && name != "." && !(scope.is_empty() && name == "init"));
    twice
        .map(|((scope, name), places)| Repeated {
            scope: if scope == IMPORT { String::new() } else { scope.clone() },
            name: name.clone(),
            sort: places[1].0,
            fate: Fate::Refused,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        })
        .collect()
}

/// Stands for the scope of imports, which have one of their own.
const IMPORT: &str = "import";

/// The name of the type of a method's receiver.
fn receiver(list: Node<'_>, text: &str) -> Option<String> {
    let name = syntax::below(list).find(|n| n.kind() == "type_identifier")?;
    Some(syntax::text(name, text).to_owned())
}

/// What a declaration declares, in brackets or alone; not what stands in a function that is its value.
fn own(declaration: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let listed = parts(declaration).filter(|n| n.kind().ends_with("_spec_list")).flat_map(parts);
    parts(declaration).chain(listed).filter(|n| n.kind().ends_with("_spec") || n.kind() == "type_alias")
}

fn specs(names: &mut Names<(String, String)>, declaration: Node<'_>, text: &str) {
    for spec in own(declaration) {
        let sort = if spec.kind().starts_with("type") { Sort::Type } else { Sort::Variable };
        let mut cursor = spec.walk();
        for name in spec.children_by_field_name("name", &mut cursor) {
            let key = (String::new(), syntax::text(name, text).to_owned());
            names.add(key, sort, place(spec, name));
        }
    }
}

/// One package under one name. Under two names it is legal.
fn imports(names: &mut Names<(String, String)>, declaration: Node<'_>, text: &str) {
    for spec in own(declaration) {
        let alias = spec.child_by_field_name("name").map_or("", |name| syntax::text(name, text));
        let Some(path) = spec.child_by_field_name("path") else { continue };
        if alias != "_" && alias != "." {
            let what = format!("{alias} {}", syntax::text(path, text).trim_matches('"'));
            names.add((IMPORT.to_owned(), what.trim().to_owned()), Sort::Import, place(spec, path));
        }
    }
}
