//! Python.

use std::borrow::Cow;

use crate::read::syntax::{Node, children, parts};

use super::shape::{
    Deed, Function, Given, Parameter, Reader, Shape, field, first, given, operator, quoted, same,
};

pub(super) fn shape<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    match node.kind() {
        "identifier" => Shape::Name(reader.text(node)),
        "true"
        | "false"
        | "none"
        | "integer"
        | "float"
        | "comparison_operator"
        | "not_operator"
        | "unary_operator"
        | "lambda" => Shape::Clean,
        "attribute" => match (field(node, "object"), field(node, "attribute")) {
            (Some(object), Some(name)) => Shape::Member(object, reader.text(name)),
            _ => Shape::Other,
        },
        "subscript" => match (field(node, "value"), field(node, "subscript")) {
            (Some(value), Some(index)) if index.kind() == "slice" => Shape::Slice(value),
            (Some(value), Some(index)) => Shape::Index(value, index),
            _ => Shape::Other,
        },
        "call" => match (field(node, "function"), field(node, "arguments")) {
            (Some(callee), Some(arguments)) if arguments.kind() == "argument_list" => {
                reader.call(callee, parts(arguments).map(|a| argument(reader, a)).collect(), false)
            }
            (Some(callee), _) => reader.call(callee, Vec::new(), false),
            _ => Shape::Other,
        },
        "string" => {
            let has_holes = children(node).any(|n| n.kind() == "interpolation");
            if has_holes {
                let pieces =
                    children(node).filter(|n| matches!(n.kind(), "interpolation" | "string_content"));
                Shape::Joined(pieces.collect())
            } else {
                quoted(reader, node)
            }
        }
        "string_content" => Shape::Text(Cow::Borrowed(reader.text(node))),
        "interpolation" => same(field(node, "expression")),
        "concatenated_string" => Shape::Joined(parts(node).collect()),
        "binary_operator" => match operator(reader, node) {
            "+" | "%" => Shape::Joined(sides(node)),
            "|" | "/" => Shape::Either(sides(node)),
            _ => Shape::Clean,
        },
        "boolean_operator" => match operator(reader, node) {
            "or" => Shape::Either(sides(node)),
            _ => same(field(node, "right")),
        },
        "conditional_expression" => {
            let all: Vec<Node<'t>> = parts(node).collect();
            Shape::Either([all.first(), all.get(2)].into_iter().flatten().copied().collect())
        }
        "named_expression" => same(field(node, "value")),
        "parenthesized_expression"
        | "await"
        | "expression_statement"
        | "list_splat"
        | "as_pattern_target"
        | "typed_parameter" => same(first(node)),
        "default_parameter" | "typed_default_parameter" => same(field(node, "name")),
        "list" | "tuple" | "set" | "pattern_list" | "tuple_pattern" | "list_pattern" | "expression_list" => {
            Shape::List(parts(node).collect())
        }
        "dictionary" => Shape::Record(parts(node).filter_map(|n| entry(reader, n)).collect()),
        _ => Shape::Other,
    }
}

fn sides(node: Node<'_>) -> Vec<Node<'_>> {
    [field(node, "left"), field(node, "right")].into_iter().flatten().collect()
}

fn argument<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Given<'t, 's> {
    if node.kind() == "keyword_argument"
        && let (Some(name), Some(value)) = (field(node, "name"), field(node, "value"))
    {
        return Given { name: Some(Cow::Borrowed(reader.text(name))), value };
    }
    match node.kind() {
        "list_splat" | "dictionary_splat" => given(first(node).unwrap_or(node)),
        _ => given(node),
    }
}

fn entry<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Option<(Option<Cow<'s, str>>, Node<'t>)> {
    match node.kind() {
        "pair" => {
            let (key, value) = (field(node, "key")?, field(node, "value")?);
            let name = match shape(reader, key) {
                Shape::Text(text) => text,
                _ => Cow::Borrowed(reader.text(key)),
            };
            Some((Some(name), value))
        }
        "dictionary_splat" => Some((None, first(node)?)),
        _ => None,
    }
}

pub(super) fn deed<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Deed<'t, 's> {
    let pair = |target: &str, value: &str| Some((field(node, target)?, field(node, value)?));
    match node.kind() {
        "assignment" => pair("left", "right").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "named_expression" => pair("name", "value").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "augmented_assignment" => match (pair("left", "right"), operator(reader, node)) {
            (Some((left, right)), "+=" | "|=") => Deed::Add(left, right),
            _ => Deed::None,
        },
        "for_statement" => pair("left", "right").map_or(Deed::None, |(left, right)| Deed::Loop(left, right)),
        "as_pattern" => match (field(node, "alias"), first(node)) {
            (Some(alias), Some(value)) => Deed::Bind(vec![(alias, value)]),
            _ => Deed::None,
        },
        "return_statement" => first(node).map_or(Deed::None, Deed::Return),
        "function_definition" | "lambda" => {
            let name = field(node, "name").map(|name| reader.text(name));
            let list = field(node, "parameters");
            let mut parameters: Vec<Parameter<'t>> =
                list.map(|list| parts(list).map(|p| parameter(reader, p)).collect()).unwrap_or_default();
            let bound = parameters.first().is_some_and(|p| matches!(reader.text(p.target), "self" | "cls"));
            if bound {
                parameters.remove(0);
            }
            let gives = (node.kind() == "lambda").then(|| field(node, "body")).flatten();
            Deed::Function(Function { name, parameters, gives })
        }
        _ => Deed::None,
    }
}

fn parameter<'t>(reader: &Reader<'_>, node: Node<'t>) -> Parameter<'t> {
    let written = field(node, "type").map_or("", |t| reader.text(t));
    let default =
        field(node, "value").is_some_and(|v| matches!(v.kind(), "true" | "false" | "integer" | "float"));
    let typed = ["bool", "int", "float", "datetime", "SecretStr", "SecretBytes", "Callable", "type["];
    let bare =
        written.trim_start_matches("Optional[").trim_start_matches("typing.").trim_start_matches("pydantic.");
    let clean = typed.iter().any(|t| bare.starts_with(t)) && !bare.contains("str");
    Parameter { target: node, clean: clean || default }
}
