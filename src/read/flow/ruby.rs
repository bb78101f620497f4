//! Ruby.

use std::borrow::Cow;

use crate::read::syntax::{Node, children, parts};

use super::shape::{
    Call, Deed, Function, Given, Parameter, Reader, Shape, field, first, given, operator, quoted, same,
};

pub(super) fn shape<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    match node.kind() {
        "identifier" | "constant" | "instance_variable" | "class_variable" | "global_variable" | "self" => {
            Shape::Name(reader.text(node).trim_start_matches(['@', '$']))
        }
        "scope_resolution" => match (field(node, "scope"), field(node, "name")) {
            (Some(scope), Some(name)) => Shape::Member(scope, reader.text(name)),
            (None, Some(name)) => Shape::Name(reader.text(name)),
            _ => Shape::Other,
        },
        "true" | "false" | "nil" | "integer" | "float" | "simple_symbol" | "regex" | "unary" | "lambda"
        | "block" | "do_block" => Shape::Clean,
        "call" => call(reader, node),
        "element_reference" => {
            let mut inner = parts(node);
            match (inner.next(), inner.next(), inner.next()) {
                (Some(object), Some(index), None) if index.kind() == "range" => Shape::Slice(object),
                (Some(object), Some(index), None) => Shape::Index(object, index),
                (Some(object), ..) => Shape::Slice(object),
                _ => Shape::Other,
            }
        }
        "string" | "heredoc_body" | "subshell" => {
            if children(node).any(|n| n.kind() == "interpolation") {
                Shape::Joined(parts(node).collect())
            } else {
                quoted(reader, node)
            }
        }
        "string_content" | "heredoc_content" | "escape_sequence" => {
            Shape::Text(Cow::Borrowed(reader.text(node)))
        }
        "chained_string" => Shape::Joined(parts(node).collect()),
        "interpolation"
        | "parenthesized_statements"
        | "splat_argument"
        | "hash_splat_argument"
        | "block_argument" => same(first(node)),
        "binary" => {
            let sides = || [field(node, "left"), field(node, "right")].into_iter().flatten().collect();
            match operator(reader, node) {
                "+" | "<<" | "%" => Shape::Joined(sides()),
                "||" | "or" => Shape::Either(sides()),
                "&&" | "and" => same(field(node, "right")),
                _ => Shape::Clean,
            }
        }
        "conditional" => Shape::Either(
            [field(node, "consequence"), field(node, "alternative")].into_iter().flatten().collect(),
        ),
        "assignment" | "operator_assignment" => same(field(node, "right")),
        "array" | "left_assignment_list" | "right_assignment_list" => Shape::List(parts(node).collect()),
        "hash" => Shape::Record(
            parts(node)
                .filter_map(|n| match n.kind() {
                    "pair" => Some((Some(key(reader, n)?), field(n, "value")?)),
                    "hash_splat_argument" => Some((None, first(n)?)),
                    _ => None,
                })
                .collect(),
        ),
        _ => Shape::Other,
    }
}

fn key<'s>(reader: &Reader<'s>, pair: Node<'_>) -> Option<Cow<'s, str>> {
    let key = field(pair, "key")?;
    Some(match shape(reader, key) {
        Shape::Text(text) => text,
        _ => Cow::Borrowed(reader.text(key).trim_start_matches(':').trim_end_matches(':')),
    })
}

fn call<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    let Some(method) = field(node, "method") else { return Shape::Other };
    let (receiver, list) = (field(node, "receiver"), field(node, "arguments"));
    let arguments: Vec<Given<'t, 's>> = list
        .into_iter()
        .flat_map(parts)
        .filter_map(|argument| match argument.kind() {
            "pair" => Some(Given { name: Some(key(reader, argument)?), value: field(argument, "value")? }),
            _ => Some(given(argument)),
        })
        .collect();
    let name = reader.text(method);
    match receiver {
        // Without arguments an attribute can't be told from a method: the name speaks.
        Some(receiver) if list.is_none() && field(node, "block").is_none() && !is_known_method(name) => {
            Shape::Member(receiver, name)
        }
        Some(receiver) if name == "new" => reader.call(receiver, arguments, true),
        _ => Shape::Call(Call { receiver, name, arguments, constructs: false }),
    }
}

fn is_known_method(name: &str) -> bool {
    let plain =
        ["to_s", "to_h", "to_a", "strip", "inspect", "to_json", "dup", "read", "values", "each", "chomp"];
    plain.contains(&name) || name.ends_with(['?', '!'])
}

pub(super) fn deed<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Deed<'t, 's> {
    let pair = |target: &str, value: &str| Some((field(node, target)?, field(node, value)?));
    match node.kind() {
        "assignment" => pair("left", "right").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "operator_assignment" => match (pair("left", "right"), operator(reader, node)) {
            (Some((left, right)), "+=" | "||=" | "<<=") => Deed::Add(left, right),
            _ => Deed::None,
        },
        "return" => first(node).and_then(first).map_or(Deed::None, Deed::Return),
        "method" | "singleton_method" => {
            let name = field(node, "name").map(|name| reader.text(name));
            let parameters = field(node, "parameters").into_iter().flat_map(parts).map(|p| Parameter {
                target: field(p, "name").unwrap_or(p),
                clean: field(p, "value").is_some_and(|v| matches!(v.kind(), "true" | "false" | "integer")),
            });
            Deed::Function(Function { name, parameters: parameters.collect(), gives: None })
        }
        _ => Deed::None,
    }
}
