//! JavaScript and TypeScript: what a block, a class or an object literal names twice.

use super::{Fate, Names, Place, Repeated, Sort, place, scope_of};
use crate::read::syntax::{self, Node, children, parts};

pub(super) fn read(root: Node<'_>, text: &str) -> Vec<Repeated> {
    let mut found = Vec::new();
    for node in syntax::below(root) {
        match node.kind() {
            "program" | "statement_block" => block(node, children(node).collect(), text, &mut found),
            "switch_body" => {
                let cases = children(node).filter(|n| n.kind().starts_with("switch_"));
                block(node, cases.flat_map(children).collect(), text, &mut found);
            }
            "class_body" => class(node, text, &mut found),
            "object" => object(node, text, &mut found),
            _ => {}
        }
    }
    found
}

/// Declarations that share one block. A `var` may stand twice, and a type may share its name with a value.
fn block(scope: Node<'_>, statements: Vec<Node<'_>>, text: &str, found: &mut Vec<Repeated>) {
    let mut names = Names::new();
    for statement in statements {
        let node = match statement.kind() {
            "export_statement" => match statement.child_by_field_name("declaration") {
                Some(declaration) => declaration,
                None => continue,
            },
            _ => statement,
        };
        match node.kind() {
            "function_declaration" | "generator_function_declaration" => {
                named(&mut names, node, statement, Sort::Function, text);
            }
            "class_declaration" | "abstract_class_declaration" => {
                named(&mut names, node, statement, Sort::Class, text);
            }
            "type_alias_declaration" => {
                if let Some(name) = node.child_by_field_name("name") {
                    let key = ("type", syntax::text(name, text));
                    names.add(key, Sort::Type, place(statement, name));
                }
            }
            "lexical_declaration" => {
                for declarator in parts(node).filter(|n| n.kind() == "variable_declarator") {
                    if let Some(pattern) = declarator.child_by_field_name("name") {
                        variables(&mut names, pattern, statement, text);
                    }
                }
            }
            "import_statement" => imports(&mut names, node, text),
            _ => {}
        }
    }
    let name_of_scope = |node| scope_of(node, text);
    for ((_, name), places) in names.twice() {
        let sorts = || places.iter().map(|(sort, _)| *sort);
        let is_import = sorts().any(|sort| sort == Sort::Import);
        // Two plain functions are legal in a script and an error in a module; the last one is kept at best.
        let is_function = sorts().all(|sort| sort == Sort::Function);
        let fate = if is_function { Fate::LastWins } else { Fate::Refused };
        let sort = if is_import { Sort::Import } else { places[1].0 };
        found.push(Repeated {
            scope: name_of_scope(scope),
            name: (*name).to_owned(),
            sort,
            fate,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}

type Key<'t> = (&'static str, &'t str);

fn named<'t>(names: &mut Names<Key<'t>>, node: Node<'_>, whole: Node<'_>, sort: Sort, text: &'t str) {
    if let Some(name) = node.child_by_field_name("name") {
        names.add(("value", syntax::text(name, text)), sort, place(whole, name));
    }
}

/// The names that a pattern binds.
fn variables<'t>(names: &mut Names<Key<'t>>, pattern: Node<'_>, whole: Node<'_>, text: &'t str) {
    let mut nodes = syntax::below(pattern);
    while let Some(node) = nodes.next() {
        match node.kind() {
            // Defaults and computed keys are expressions.
            "assignment_pattern" | "object_assignment_pattern" => {
                if let Some(left) = node.child_by_field_name("left").filter(|n| n.child_count() == 0) {
                    names.add(("value", syntax::text(left, text)), Sort::Variable, place(whole, left));
                }
                nodes.skip_children();
            }
            "computed_property_name" => nodes.skip_children(),
            "identifier" | "shorthand_property_identifier_pattern" => {
                names.add(("value", syntax::text(node, text)), Sort::Variable, place(whole, node));
            }
            _ => {}
        }
    }
}

/// Type imports are left out: what they may share a name with differs between compilers.
fn imports<'t>(names: &mut Names<Key<'t>>, statement: Node<'_>, text: &'t str) {
    let is_typed = |node| children(node).any(|n| matches!(n.kind(), "type" | "typeof"));
    if is_typed(statement) {
        return;
    }
    let Some(clause) = parts(statement).find(|n| n.kind() == "import_clause") else { return };
    for node in parts(clause) {
        match node.kind() {
            "identifier" => {
                names.add(("value", syntax::text(node, text)), Sort::Import, place(statement, node))
            }
            "namespace_import" => {
                for name in parts(node).filter(|n| n.kind() == "identifier") {
                    names.add(("value", syntax::text(name, text)), Sort::Import, place(statement, name));
                }
            }
            "named_imports" => {
                for item in parts(node).filter(|n| n.kind() == "import_specifier" && !is_typed(*n)) {
                    let local = item.child_by_field_name("alias").or(item.child_by_field_name("name"));
                    if let Some(local) = local {
                        names.add(
                            ("value", syntax::text(local, text)),
                            Sort::Import,
                            place(statement, local),
                        );
                    }
                }
            }
            _ => {}
        }
    }
}

/// Methods and fields with a body or a value. Signatures are overloads.
fn class(body: Node<'_>, text: &str, found: &mut Vec<Repeated>) {
    let mut names = Names::new();
    for member in parts(body) {
        let has_word = |word: &str| children(member).any(|n| n.kind() == word);
        let sort = match member.kind() {
            "method_definition" => Sort::Method,
            "public_field_definition" | "field_definition"
                if member.child_by_field_name("value").is_some() =>
            {
                Sort::Variable
            }
            _ => continue,
        };
        let name = member.child_by_field_name("name").or(member.child_by_field_name("property"));
        let Some(name) = name.filter(|n| n.kind() != "computed_property_name") else { continue };
        let accessor = ["get", "set"].into_iter().find(|word| has_word(word)).unwrap_or_default();
        let is_static = has_word("static");
        names.add((is_static, accessor, syntax::text(name, text)), sort, place(member, name));
    }
    for ((_, _, name), places) in names.twice() {
        found.push(Repeated {
            scope: scope_of(body, text),
            name: (*name).to_owned(),
            sort: places[1].0,
            fate: Fate::LastWins,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}

/// Keys of an object literal. A spread between two of them makes the second one an override.
fn object(node: Node<'_>, text: &str, found: &mut Vec<Repeated>) {
    let mut names = Names::new();
    let mut spreads = 0;
    for part in parts(node) {
        let (key, value) = match part.kind() {
            "spread_element" => {
                spreads += 1;
                continue;
            }
            "pair" => (part.child_by_field_name("key"), part.child_by_field_name("value")),
            "shorthand_property_identifier" => (Some(part), Some(part)),
            "method_definition" if !children(part).any(|n| matches!(n.kind(), "get" | "set")) => {
                (part.child_by_field_name("name"), Some(part))
            }
            _ => continue,
        };
        let (Some(key), Some(value)) = (key, value) else { continue };
        if !matches!(
            key.kind(),
            "property_identifier" | "string" | "number" | "shorthand_property_identifier"
        ) {
            continue;
        }
        let name = syntax::text(key, text).trim_matches(['"', '\'']);
        names.add((spreads, name), Sort::Key, Place { range: value.byte_range(), name: key.byte_range() });
    }
    for ((_, name), places) in names.twice() {
        found.push(Repeated {
            scope: scope_of(node, text),
            name: (*name).to_owned(),
            sort: Sort::Key,
            fate: Fate::LastWins,
            places: places.iter().map(|(_, place)| place.clone()).collect(),
        });
    }
}
