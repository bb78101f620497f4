//! Go.

use std::borrow::Cow;

use crate::read::syntax::{Node, children, parts};

use super::shape::{Deed, Function, Parameter, Reader, Shape, field, first, given, operator, quoted, same};

pub(super) fn shape<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    match node.kind() {
        "identifier" | "field_identifier" | "package_identifier" | "type_identifier" => {
            Shape::Name(reader.text(node))
        }
        "true" | "false" | "nil" | "int_literal" | "float_literal" | "rune_literal" | "iota"
        | "func_literal" => Shape::Clean,
        "selector_expression" => match (field(node, "operand"), field(node, "field")) {
            (Some(object), Some(name)) => Shape::Member(object, reader.text(name)),
            _ => Shape::Other,
        },
        "index_expression" => match (field(node, "operand"), field(node, "index")) {
            (Some(object), Some(index)) => Shape::Index(object, index),
            _ => Shape::Other,
        },
        "slice_expression" => field(node, "operand").map_or(Shape::Other, Shape::Slice),
        "call_expression" => match (field(node, "function"), field(node, "arguments")) {
            (Some(callee), Some(arguments)) => {
                reader.call(callee, parts(arguments).map(given).collect(), false)
            }
            _ => Shape::Other,
        },
        "type_conversion_expression" => same(field(node, "operand")),
        "interpreted_string_literal" | "raw_string_literal" => quoted(reader, node),
        "binary_expression" => match operator(reader, node) {
            "+" => Shape::Joined([field(node, "left"), field(node, "right")].into_iter().flatten().collect()),
            _ => Shape::Clean,
        },
        "unary_expression" => match operator(reader, node) {
            "&" | "*" => same(field(node, "operand")),
            _ => Shape::Clean,
        },
        "parenthesized_expression" | "variadic_argument" | "literal_element" | "expression_statement" => {
            same(first(node))
        }
        "expression_list" => {
            let all: Vec<Node<'t>> = parts(node).collect();
            if let [one] = all.as_slice() { Shape::Same(*one) } else { Shape::List(all) }
        }
        "composite_literal" => same(field(node, "body")),
        "literal_value" => {
            if children(node).any(|n| n.kind() == "keyed_element") {
                Shape::Record(parts(node).filter_map(|n| entry(reader, n)).collect())
            } else {
                Shape::List(parts(node).collect())
            }
        }
        _ => Shape::Other,
    }
}

fn entry<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Option<(Option<Cow<'s, str>>, Node<'t>)> {
    let mut both = parts(node);
    let (key, value) = (both.next()?, both.next()?);
    let inner = first(key).unwrap_or(key);
    let name = match shape(reader, inner) {
        Shape::Text(text) => text,
        _ => Cow::Borrowed(reader.text(key)),
    };
    Some((Some(name), value))
}

pub(super) fn deed<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Deed<'t, 's> {
    match node.kind() {
        "short_var_declaration" => assign(field(node, "left"), field(node, "right")),
        "assignment_statement" => match (operator(reader, node), field(node, "left"), field(node, "right")) {
            ("=", left, right) => assign(left, right),
            ("+=", Some(left), Some(right)) => Deed::Add(left, right),
            _ => Deed::None,
        },
        "var_spec" | "const_spec" => {
            let mut cursor = node.walk();
            let names: Vec<Node<'t>> =
                node.children_by_field_name("name", &mut cursor).filter(|n| n.is_named()).collect();
            field(node, "value").map_or(Deed::None, |value| matched(names, value))
        }
        "range_clause" => match (field(node, "left"), field(node, "right")) {
            (Some(left), Some(right)) => Deed::Loop(left, right),
            _ => Deed::None,
        },
        "return_statement" => first(node).map_or(Deed::None, Deed::Return),
        "function_declaration" | "method_declaration" | "func_literal" => {
            let name = field(node, "name").map(|name| reader.text(name));
            let mut parameters = Vec::new();
            for declared in field(node, "parameters").into_iter().flat_map(parts) {
                let written = field(declared, "type").map_or("", |t| reader.text(t));
                let clean = written == "bool" || written.starts_with("int") || written.starts_with("func");
                let mut cursor = declared.walk();
                let names: Vec<Node<'t>> = declared.children_by_field_name("name", &mut cursor).collect();
                parameters.extend(names.into_iter().map(|target| Parameter { target, clean }));
            }
            Deed::Function(Function { name, parameters, gives: None })
        }
        _ => Deed::None,
    }
}

fn assign<'t, 's>(left: Option<Node<'t>>, right: Option<Node<'t>>) -> Deed<'t, 's> {
    match (left, right) {
        (Some(left), Some(right)) => matched(parts(left).collect(), right),
        _ => Deed::None,
    }
}

fn matched<'t, 's>(targets: Vec<Node<'t>>, right: Node<'t>) -> Deed<'t, 's> {
    let values: Vec<Node<'t>> = parts(right).collect();
    if targets.len() == values.len() {
        Deed::Bind(targets.into_iter().zip(values).collect())
    } else {
        values.first().map_or(Deed::None, |value| Deed::Spread(targets, *value))
    }
}
