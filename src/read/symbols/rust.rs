//! Rust.

use crate::read::syntax::{Node, below, children, parts};

use super::gather::{Area, Found, Gather, Mark, Step, call, chain};
use super::rust_uses as uses;
use super::{Parameter, Passing, Sort, Visibility};

pub(super) fn visit(gather: &mut Gather<'_>, node: Node<'_>) {
    match node.kind() {
        "identifier" | "type_identifier" | "field_identifier" => gather.mention(node),
        "shorthand_field_identifier" => {
            gather.mention(node);
            gather.bind(node);
        }
        "source_file" | "declaration_list" | "field_declaration_list" | "enum_variant_list" | "block" => {
            mark_items(gather, node);
        }
        "function_item" | "function_signature_item" => function(gather, node),
        "struct_item" | "union_item" => item(gather, node, Sort::Class, Some(Area::Class)),
        "enum_item" => item(gather, node, Sort::Enum, Some(Area::Class)),
        "trait_item" => item(gather, node, Sort::Interface, Some(Area::Class)),
        "type_item" | "associated_type" => item(gather, node, Sort::Type, None),
        "const_item" | "static_item" => item(gather, node, Sort::Variable, None),
        "mod_item" => item(gather, node, Sort::Module, Some(Area::Module)),
        "macro_definition" => item(gather, node, Sort::Macro, None),
        "field_declaration" => item(gather, node, Sort::Member, None),
        "enum_variant" => item(gather, node, Sort::Member, None),
        "impl_item" => {
            let name = node.child_by_field_name("type");
            let name = name.and_then(|n| {
                below(n).find(|n| n.kind() == "type_identifier" || n.kind() == "primitive_type")
            });
            let name = name.map(|n| gather.text(n).to_owned());
            let conditional = gather.marked(node).decorators.iter().any(|d| d.starts_with("cfg"));
            gather.enter(node, name, Area::Class, conditional);
            // What a trait asks for is as visible as the trait; a type's own are as they say.
            if let (Some(_), Some(body)) =
                (node.child_by_field_name("trait"), node.child_by_field_name("body"))
            {
                gather.mark(body, Mark { is_exported: true, ..Mark::default() });
            }
        }
        "use_declaration" | "extern_crate_declaration" => uses::uses(gather, node),
        "macro_invocation" if gather.is_top(node) => gather.out.is_open = true,
        "let_declaration" | "parameter" | "match_arm" | "let_condition" | "for_expression" => {
            pattern(gather, node.child_by_field_name("pattern"));
        }
        "closure_parameters" => pattern(gather, Some(node)),
        "call_expression" => called(gather, node),
        _ => {}
    }
}

/// Attributes stand before what they are on.
fn mark_items(gather: &mut Gather<'_>, node: Node<'_>) {
    let is_body = node.kind() == "block";
    let is_exported = gather.marked(node).is_exported;
    let mut mark = Mark::default();
    for child in children(node).filter(|n| n.is_named()) {
        match child.kind() {
            "attribute_item" => {
                mark.start.get_or_insert(child.start_byte());
                let inner = parts(child).next().map_or("", |n| gather.text(n));
                mark.decorators.push(inner.to_owned());
            }
            "line_comment" | "block_comment" | "inner_attribute_item" | "visibility_modifier" => {}
            _ => {
                mark.is_top = !is_body;
                mark.is_exported = is_exported;
                let mark = std::mem::take(&mut mark);
                if child.kind() == "expression_statement" {
                    parts(child).for_each(|inner| gather.mark(inner, mark.clone()));
                }
                gather.mark(child, mark);
            }
        }
    }
}

fn visibility(gather: &Gather<'_>, node: Node<'_>, mark: &Mark) -> Visibility {
    if mark.is_exported {
        return Visibility::Public;
    }
    let written = children(node).find(|n| n.kind() == "visibility_modifier").map(|n| gather.text(n));
    match written {
        Some("pub") => Visibility::Public,
        Some(inner) if inner.split_whitespace().collect::<String>() == "pub(self)" => Visibility::Private,
        Some(_) => Visibility::Restricted,
        None => Visibility::Private,
    }
}

/// What a trait declares, a variant, and what an `impl` of a trait defines is as visible as these are.
fn inherits(node: Node<'_>) -> bool {
    matches!(node.kind(), "enum_variant" | "function_signature_item" | "associated_type")
}

fn item(gather: &mut Gather<'_>, node: Node<'_>, sort: Sort, holds: Option<Area>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let mut visibility =
        if inherits(node) { gather.outer_visibility() } else { visibility(gather, node, &mark) };
    if sort == Sort::Macro && mark.decorators.iter().any(|d| d.starts_with("macro_export")) {
        visibility = Visibility::Public;
    }
    let body = node.child_by_field_name("body");
    let found = Found { name, sort, visibility, parameters: None, whole: node, body };
    gather.define(found, mark, holds);
}

fn function(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let visibility = if inherits(node) { gather.outer_visibility() } else { visibility(gather, node, &mark) };
    let sort = if gather.area() == Area::Class { Sort::Method } else { Sort::Function };
    let (parameters, body) = (Some(parameters(gather, node)), node.child_by_field_name("body"));
    let found = Found { name, sort, visibility, parameters, whole: node, body };
    gather.define(found, mark, Some(Area::Function));
}

fn parameters(gather: &Gather<'_>, function: Node<'_>) -> Vec<Parameter> {
    let list = function.child_by_field_name("parameters").into_iter().flat_map(parts);
    let mut found = Vec::new();
    for node in list {
        let pattern = node.child_by_field_name("pattern");
        let is_self = node.kind() == "self_parameter" || pattern.is_some_and(|p| p.kind() == "self");
        if is_self || matches!(node.kind(), "attribute_item" | "line_comment" | "block_comment") {
            continue;
        }
        let is_rest = node.kind() == "variadic_parameter";
        let name = pattern.filter(|p| p.kind() == "identifier").map_or("", |p| gather.text(p));
        let written = node.child_by_field_name("type").map_or("", |n| gather.text(n));
        found.push(Parameter {
            name: name.to_owned(),
            written_type: written.to_owned(),
            is_optional: is_rest,
            passing: if is_rest { Passing::Rest } else { Passing::Positional },
        });
    }
    found
}

/// Binds the lower-case names of a pattern; capital ones are constants, types and variants.
fn pattern(gather: &mut Gather<'_>, pattern: Option<Node<'_>>) {
    let Some(pattern) = pattern else { return };
    let mut nodes = below(pattern);
    while let Some(node) = nodes.next() {
        match node.kind() {
            "identifier" if !gather.text(node).starts_with(char::is_uppercase) => gather.bind(node),
            "scoped_identifier" | "type_identifier" | "macro_invocation" => nodes.skip_children(),
            _ if node.kind().ends_with("_type") => nodes.skip_children(),
            _ => {}
        }
    }
}

fn called(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(callee) = node.child_by_field_name("function") else { return };
    let callee = match callee.kind() {
        "generic_function" => callee.child_by_field_name("function").unwrap_or(callee),
        _ => callee,
    };
    let mut call = call(chain(callee, step, gather.source), callee.kind() == "field_expression", node);
    let list = node.child_by_field_name("arguments").into_iter().flat_map(parts);
    call.positional =
        list.filter(|n| !matches!(n.kind(), "line_comment" | "block_comment" | "attribute_item")).count();
    gather.call(call);
}

/// What a part of a callee is.
fn step(node: Node<'_>) -> Step<'_> {
    let pair =
        |object: &str, name: &str| match (node.child_by_field_name(object), node.child_by_field_name(name)) {
            (Some(object), Some(name)) => Step::Member(object, name),
            (None, Some(name)) => Step::Same(name),
            _ => Step::Other,
        };
    match node.kind() {
        "field_expression" => pair("value", "field"),
        "scoped_identifier" | "scoped_type_identifier" => pair("path", "name"),
        "generic_type" => node.child_by_field_name("type").map_or(Step::Other, Step::Same),
        "identifier" | "type_identifier" | "self" | "super" | "crate" => Step::Name,
        _ => Step::Other,
    }
}
