//! Rust. What stands in a macro is a list of tokens: a lone name or path there is read, anything longer is not.

use std::borrow::Cow;

use crate::read::syntax::{Node, children, parts};

use super::shape::{
    Deed, Function, Given, Parameter, Reader, Shape, field, first, given, operator, quoted, same,
};

pub(super) fn shape<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Shape<'t, 's> {
    match node.kind() {
        "identifier"
        | "self"
        | "field_identifier"
        | "shorthand_field_identifier"
        | "type_identifier"
        | "crate"
        | "super"
        | "primitive_type"
        | "metavariable" => Shape::Name(reader.text(node)),
        "boolean_literal" | "integer_literal" | "float_literal" | "char_literal" | "closure_expression"
        | "unit_expression" => Shape::Clean,
        "scoped_identifier" => match (field(node, "path"), field(node, "name")) {
            (Some(path), Some(name)) => Shape::Member(path, reader.text(name)),
            (None, Some(name)) => Shape::Name(reader.text(name)),
            _ => Shape::Other,
        },
        "field_expression" => match (field(node, "value"), field(node, "field")) {
            (Some(object), Some(name)) => Shape::Member(object, reader.text(name)),
            _ => Shape::Other,
        },
        "generic_function" => same(field(node, "function")),
        "index_expression" => {
            let mut inner = parts(node);
            match (inner.next(), inner.next()) {
                (Some(object), Some(index)) if index.kind() == "range_expression" => Shape::Slice(object),
                (Some(object), Some(index)) => Shape::Index(object, index),
                _ => Shape::Other,
            }
        }
        "call_expression" => match (field(node, "function"), field(node, "arguments")) {
            (Some(callee), Some(arguments)) => {
                reader.call(callee, parts(arguments).map(given).collect(), false)
            }
            _ => Shape::Other,
        },
        "macro_invocation" => match field(node, "macro") {
            Some(name) => {
                let tokens = children(node).find(|n| n.kind() == "token_tree");
                reader.call(name, tokens.map(|t| tokens_of(reader, t)).unwrap_or_default(), false)
            }
            None => Shape::Other,
        },
        "string_literal" | "raw_string_literal" => quoted(reader, node),
        "binary_expression" => match operator(reader, node) {
            "+" => Shape::Joined([field(node, "left"), field(node, "right")].into_iter().flatten().collect()),
            _ => Shape::Clean,
        },
        "reference_expression" => same(field(node, "value")),
        "unary_expression" => match reader.text(node).starts_with('*') {
            true => same(first(node)),
            false => Shape::Clean,
        },
        "try_expression"
        | "await_expression"
        | "parenthesized_expression"
        | "expression_statement"
        | "type_cast_expression"
        | "mut_pattern"
        | "ref_pattern"
        | "let_condition" => same(first(node)),
        "array_expression" | "tuple_expression" | "tuple_pattern" => Shape::List(parts(node).collect()),
        // `Some(x)` and `Ok(x)` hold what they are matched with.
        "tuple_struct_pattern" => same(parts(node).nth(1)),
        "struct_expression" => same(field(node, "body")),
        "field_initializer_list" => {
            Shape::Record(parts(node).filter_map(|n| initializer(reader, n)).collect())
        }
        _ => Shape::Other,
    }
}

fn initializer<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Option<(Option<Cow<'s, str>>, Node<'t>)> {
    match node.kind() {
        "field_initializer" => {
            let name = field(node, "field").or_else(|| field(node, "name"))?;
            Some((Some(Cow::Borrowed(reader.text(name))), field(node, "value")?))
        }
        "shorthand_field_initializer" => {
            let name = first(node)?;
            Some((Some(Cow::Borrowed(reader.text(name))), name))
        }
        "base_field_initializer" => Some((None, first(node)?)),
        _ => None,
    }
}

/// The lone names between a macro's commas.
fn tokens_of<'t, 's>(reader: &Reader<'s>, tree: Node<'t>) -> Vec<Given<'t, 's>> {
    let mut arguments = Vec::new();
    let mut group: Vec<Node<'t>> = Vec::new();
    for token in children(tree).skip(1) {
        let text = reader.text(token);
        let ends = !token.is_named() && matches!(text, "," | ")" | "]" | "}" | ";");
        if !ends {
            group.push(token);
            continue;
        }
        arguments.extend(lone(reader, &group));
        group.clear();
    }
    arguments
}

fn lone<'t, 's>(reader: &Reader<'s>, group: &[Node<'t>]) -> Option<Given<'t, 's>> {
    let equals = group.iter().position(|n| !n.is_named() && reader.text(*n) == "=");
    let (name, rest) = match equals {
        Some(at) => (group.first().map(|n| Cow::Borrowed(reader.text(*n))), &group[at + 1..]),
        None => (None, group),
    };
    let is_sign = |n: &&Node<'t>| !n.is_named() && matches!(reader.text(**n), "%" | "?" | "&");
    let rest: Vec<Node<'t>> = rest.iter().skip_while(is_sign).copied().collect();
    let simple = rest.iter().all(|n| {
        matches!(n.kind(), "identifier" | "self" | "string_literal" | "raw_string_literal")
            || reader.text(*n) == "."
    });
    (simple && !rest.is_empty()).then(|| Given { name, value: *rest.last().unwrap_or(&rest[0]) })
}

pub(super) fn deed<'t, 's>(reader: &Reader<'s>, node: Node<'t>) -> Deed<'t, 's> {
    let pair = |target: &str, value: &str| Some((field(node, target)?, field(node, value)?));
    match node.kind() {
        "let_declaration" | "let_condition" => {
            pair("pattern", "value").map_or(Deed::None, |pair| Deed::Bind(vec![pair]))
        }
        "assignment_expression" => pair("left", "right").map_or(Deed::None, |pair| Deed::Bind(vec![pair])),
        "compound_assignment_expr" => pair("left", "right").map_or(Deed::None, |(l, r)| Deed::Add(l, r)),
        "for_expression" => pair("pattern", "value").map_or(Deed::None, |(l, r)| Deed::Loop(l, r)),
        "return_expression" => first(node).map_or(Deed::None, Deed::Return),
        "function_item" => {
            let name = field(node, "name").map(|name| reader.text(name));
            let declared = field(node, "parameters").into_iter().flat_map(parts);
            let parameters = declared.filter(|p| p.kind() == "parameter").map(|p| {
                let written = field(p, "type").map_or("", |t| reader.text(t)).trim_start_matches('&');
                let plain = ["bool", "u8", "u16", "u32", "u64", "usize", "i32", "i64", "Secret"];
                let clean = plain.iter().any(|t| written.starts_with(t));
                Parameter { target: field(p, "pattern").unwrap_or(p), clean }
            });
            let last = field(node, "body").and_then(|body| parts(body).last());
            let gives = last.filter(|n| !n.kind().ends_with("_statement") && n.kind() != "let_declaration");
            Deed::Function(Function { name, parameters: parameters.collect(), gives })
        }
        _ => Deed::None,
    }
}
