//! JavaScript and TypeScript.

use std::borrow::Cow;

use crate::read::syntax::{Node, parts};

use super::shape::{Deed, Function, Parameter, Reader, Shape, field, first, given, operator, quoted, same};

pub(super) fn shape<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    match node.kind() {
        "identifier"
        | "this"
        | "super"
        | "meta_property"
        | "shorthand_property_identifier"
        | "shorthand_property_identifier_pattern"
        | "private_property_identifier" => Shape::Name(reader.text(node)),
        "undefined"
        | "null"
        | "true"
        | "false"
        | "number"
        | "regex"
        | "arrow_function"
        | "function_expression"
        | "generator_function"
        | "class"
        | "update_expression"
        | "unary_expression" => Shape::Clean,
        "member_expression" => match (field(node, "object"), field(node, "property")) {
            (Some(object), Some(property)) => Shape::Member(object, reader.text(property)),
            _ => Shape::Other,
        },
        "subscript_expression" => match (field(node, "object"), field(node, "index")) {
            (Some(object), Some(index)) => Shape::Index(object, index),
            _ => Shape::Other,
        },
        "call_expression" => match (field(node, "function"), field(node, "arguments")) {
            // A tagged template: the tag decides, and most give the text back.
            (Some(_), Some(arguments)) if arguments.kind() == "template_string" => Shape::Same(arguments),
            (Some(callee), Some(arguments)) => {
                reader.call(callee, parts(arguments).map(given).collect(), false)
            }
            _ => Shape::Other,
        },
        "new_expression" => match field(node, "constructor") {
            Some(callee) => {
                let arguments = field(node, "arguments");
                let arguments = arguments.map(|a| parts(a).map(given).collect()).unwrap_or_default();
                reader.call(callee, arguments, true)
            }
            None => Shape::Other,
        },
        "string" => quoted(reader, node),
        "string_fragment" | "escape_sequence" => Shape::Text(Cow::Borrowed(reader.text(node))),
        "template_string" => Shape::Joined(parts(node).collect()),
        "binary_expression" => binary(reader, node),
        "ternary_expression" => Shape::Either(
            [field(node, "consequence"), field(node, "alternative")].into_iter().flatten().collect(),
        ),
        "assignment_expression" => same(field(node, "right")),
        "parenthesized_expression"
        | "await_expression"
        | "as_expression"
        | "satisfies_expression"
        | "non_null_expression"
        | "spread_element"
        | "template_substitution"
        | "expression_statement"
        | "rest_pattern" => same(first(node)),
        "type_assertion" | "sequence_expression" => same(parts(node).last()),
        "assignment_pattern" | "object_assignment_pattern" => same(field(node, "left")),
        "array" | "array_pattern" => Shape::List(parts(node).collect()),
        "object" | "object_pattern" => Shape::Record(parts(node).filter_map(|n| entry(reader, n)).collect()),
        _ => Shape::Other,
    }
}

fn binary<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    let sides = || [field(node, "left"), field(node, "right")].into_iter().flatten().collect();
    match operator(reader, node) {
        "+" => Shape::Joined(sides()),
        "||" | "??" => Shape::Either(sides()),
        "&&" => same(field(node, "right")),
        _ => Shape::Clean,
    }
}

fn entry<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Option<(Option<Cow<'s, str>>, Node<'t>)> {
    Some(match node.kind() {
        "pair" | "pair_pattern" => {
            let key = field(node, "key")?;
            let name = match key.kind() {
                "string" => match quoted(reader, key) {
                    Shape::Text(text) => text,
                    _ => Cow::Borrowed(reader.text(key)),
                },
                _ => Cow::Borrowed(reader.text(key)),
            };
            (Some(name), field(node, "value")?)
        }
        "shorthand_property_identifier" | "shorthand_property_identifier_pattern" => {
            (Some(Cow::Borrowed(reader.text(node))), node)
        }
        "object_assignment_pattern" => {
            let left = field(node, "left")?;
            (Some(Cow::Borrowed(reader.text(left))), left)
        }
        "spread_element" | "rest_pattern" => (None, first(node)?),
        _ => return None,
    })
}

pub(super) fn deed<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Deed<'t, 's> {
    let pair = |target: &str, value: &str| Some((field(node, target)?, field(node, value)?));
    match node.kind() {
        "variable_declarator" => pair("name", "value").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "assignment_expression" => pair("left", "right").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "augmented_assignment_expression" => match (pair("left", "right"), operator(reader, node)) {
            (Some((left, right)), "+=" | "||=" | "??=") => Deed::Add(left, right),
            _ => Deed::None,
        },
        "for_in_statement" => {
            pair("left", "right").map_or(Deed::None, |(left, right)| Deed::Loop(left, right))
        }
        "return_statement" => first(node).map_or(Deed::None, Deed::Return),
        "function_declaration"
        | "generator_function_declaration"
        | "method_definition"
        | "arrow_function"
        | "function_expression"
        | "generator_function" => Deed::Function(function(reader, node)),
        _ => Deed::None,
    }
}

fn function<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Function<'t, 's> {
    let own = field(node, "name");
    let named = own.or_else(|| {
        let parent = node.parent()?;
        match parent.kind() {
            "variable_declarator" | "public_field_definition" => field(parent, "name"),
            "field_definition" => field(parent, "property"),
            "pair" => field(parent, "key"),
            "assignment_expression" => field(parent, "left"),
            _ => None,
        }
    });
    let name = named.and_then(|name| match shape(reader, name) {
        Shape::Name(name) | Shape::Member(_, name) => Some(name),
        _ => (name.kind() == "property_identifier").then(|| reader.text(name)),
    });
    let mut parameters = Vec::new();
    if let Some(one) = field(node, "parameter") {
        parameters.push(Parameter { target: one, clean: false });
    }
    if let Some(list) = field(node, "parameters") {
        parameters.extend(parts(list).map(|p| parameter(reader, p)));
    }
    let body = field(node, "body").filter(|body| body.kind() != "statement_block");
    Function { name, parameters, gives: body }
}

fn parameter<'t>(reader: &Reader<'_>, node: Node<'t>) -> Parameter<'t> {
    let target = field(node, "pattern").unwrap_or(node);
    let written = field(node, "type").map_or("", |t| reader.text(t)).trim_start_matches(':').trim();
    let default = field(node, "value").or_else(|| field(node, "right"));
    let defaults_to_truth = default.is_some_and(|d| matches!(d.kind(), "true" | "false" | "number"));
    let clean = matches!(written, "boolean" | "number" | "bigint" | "Date") || written.contains("=>");
    Parameter { target, clean: clean || defaults_to_truth }
}
