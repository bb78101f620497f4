//! Go.

use crate::read::syntax::{Node, below, children, parts, text};

use super::gather::{Area, Found, Gather, Mark, Step, call, chain};
use super::{Import, Imported, Parameter, Passing, Sort, Visibility};

pub(super) fn visit(gather: &mut Gather<'_>, node: Node<'_>) {
    match node.kind() {
        "identifier" | "field_identifier" | "type_identifier" | "package_identifier" => gather.mention(node),
        "source_file" => {
            let comments = children(node).take_while(|n| n.kind() == "comment");
            let builds = |n: Node<'_>| {
                let text = text(n, gather.source);
                text.starts_with("//go:build") || text.starts_with("// +build")
            };
            gather.is_conditional = comments.into_iter().any(builds);
            for declaration in parts(node) {
                gather.mark(declaration, Mark { is_top: true, ..Mark::default() });
            }
        }
        "function_declaration" => function(gather, node, Sort::Function),
        "method_declaration" => {
            let receiver = node.child_by_field_name("receiver");
            let name = receiver.and_then(|n| below(n).find(|n| n.kind() == "type_identifier"));
            let name = name.map(|n| gather.text(n).to_owned());
            gather.enter(node, name, Area::Class, false);
            function(gather, node, Sort::Method);
        }
        "type_declaration" | "const_declaration" | "var_declaration" => declaration(gather, node),
        "var_spec_list" => {
            let mark = gather.marked(node);
            parts(node).for_each(|spec| gather.mark(spec, mark.clone()));
        }
        "type_spec" | "type_alias" => type_spec(gather, node),
        "const_spec" | "var_spec" => values(gather, node),
        "field_declaration" => members(gather, node),
        "method_elem" => function(gather, node, Sort::Method),
        "import_spec" => import(gather, node),
        "parameter_declaration" | "variadic_parameter_declaration" => {
            names(node).into_iter().for_each(|name| gather.bind(name));
        }
        "short_var_declaration" | "range_clause" | "receive_statement" => {
            let left = node.child_by_field_name("left").into_iter().flat_map(parts);
            left.filter(|n| n.kind() == "identifier").for_each(|name| gather.bind(name));
        }
        "type_switch_statement" => {
            let alias = node.child_by_field_name("alias").into_iter().flat_map(parts);
            alias.filter(|n| n.kind() == "identifier").for_each(|name| gather.bind(name));
        }
        "call_expression" => called(gather, node),
        _ => {}
    }
}

fn visibility(gather: &Gather<'_>, name: Node<'_>) -> Visibility {
    let capital = gather.text(name).chars().next().is_some_and(char::is_uppercase);
    match (gather.is_inside_function(), capital) {
        (true, _) => Visibility::Private,
        (false, true) => Visibility::Public,
        (false, false) => Visibility::Restricted,
    }
}

/// The names that a specification or parameter declares, of which there may be several.
fn names(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.children_by_field_name("name", &mut cursor).filter(|n| n.is_named()).collect()
}

fn function(gather: &mut Gather<'_>, node: Node<'_>, sort: Sort) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let parameters = Some(parameters(gather, node));
    let (visibility, body) = (visibility(gather, name), node.child_by_field_name("body"));
    let found = Found { name, sort, visibility, parameters, whole: node, body };
    gather.define(found, Mark::default(), Some(Area::Function));
}

fn parameters(gather: &Gather<'_>, function: Node<'_>) -> Vec<Parameter> {
    let mut found = Vec::new();
    for node in function.child_by_field_name("parameters").into_iter().flat_map(parts) {
        let is_rest = node.kind() == "variadic_parameter_declaration";
        let written = node.child_by_field_name("type").map_or("", |n| gather.text(n));
        let names = names(node);
        let unnamed = names.is_empty().then_some("");
        for name in names.iter().map(|n| gather.text(*n)).chain(unnamed) {
            found.push(Parameter {
                name: name.to_owned(),
                written_type: written.to_owned(),
                is_optional: is_rest,
                passing: if is_rest { Passing::Rest } else { Passing::Positional },
            });
        }
    }
    found
}

/// A declaration of one specification is that one's range.
fn declaration(gather: &mut Gather<'_>, node: Node<'_>) {
    let mark = gather.marked(node);
    let specs: Vec<Node<'_>> = parts(node).collect();
    let start =
        (specs.len() == 1 && !specs.iter().any(|n| n.kind() == "var_spec_list")).then_some(node.start_byte());
    for spec in specs {
        gather.mark(spec, Mark { start, ..mark.clone() });
    }
}

fn type_spec(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let shape = node.child_by_field_name("type");
    let (sort, holds) = match shape.map(|n| n.kind()) {
        Some("struct_type") => (Sort::Class, Some(Area::Class)),
        Some("interface_type") => (Sort::Interface, Some(Area::Class)),
        _ => (Sort::Type, None),
    };
    let body = shape.filter(|_| holds.is_some());
    let found =
        Found { name, sort, visibility: visibility(gather, name), parameters: None, whole: node, body };
    gather.define(found, mark, holds);
}

fn values(gather: &mut Gather<'_>, node: Node<'_>) {
    let mark = gather.marked(node);
    for name in names(node).into_iter().filter(|n| n.kind() == "identifier") {
        if mark.is_top {
            let visibility = visibility(gather, name);
            let found =
                Found { name, sort: Sort::Variable, visibility, parameters: None, whole: node, body: None };
            gather.define(found, mark.clone(), None);
        } else {
            gather.bind(name);
        }
    }
}

fn members(gather: &mut Gather<'_>, node: Node<'_>) {
    for name in names(node) {
        let visibility = visibility(gather, name);
        let found = Found { name, sort: Sort::Member, visibility, parameters: None, whole: node, body: None };
        gather.define(found, Mark::default(), None);
    }
}

fn import(gather: &mut Gather<'_>, node: Node<'_>) {
    let path = node.child_by_field_name("path").map_or("", |n| gather.text(n));
    let module = path.trim_matches(['"', '`']).to_owned();
    let name = node.child_by_field_name("name").map(|n| gather.text(n));
    let (item, local) = match name {
        Some(".") => (Imported::All, None),
        Some("_") => (Imported::Module, None),
        Some(name) => (Imported::Module, Some(name.to_owned())),
        None => (Imported::Module, Some(package(&module).to_owned())),
    };
    let (range, statement) = (node.byte_range(), node.byte_range());
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

/// The name that a package most likely has: the last part of its path that is no version.
fn package(module: &str) -> &str {
    let is_version = |part: &&str| {
        part.strip_prefix('v').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = module.rsplit('/').find(|part| !is_version(part)).unwrap_or(module);
    last.split_once(".v").map_or(last, |(name, _)| name)
}

fn called(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(callee) = node.child_by_field_name("function") else { return };
    let mut call = call(chain(callee, step, gather.source), callee.kind() == "selector_expression", node);
    let list: Vec<Node<'_>> = node.child_by_field_name("arguments").into_iter().flat_map(parts).collect();
    for argument in &list {
        match argument.kind() {
            "variadic_argument" => call.spreads = true,
            _ => call.positional += 1,
        }
    }
    // `f(g())` hands over everything that g returns.
    if let [only] = list.as_slice()
        && only.kind() == "call_expression"
    {
        call.spreads = true;
    }
    gather.call(call);
}

/// What a part of a callee is.
fn step(node: Node<'_>) -> Step<'_> {
    match node.kind() {
        "selector_expression" => {
            match (node.child_by_field_name("operand"), node.child_by_field_name("field")) {
                (Some(operand), Some(field)) => Step::Member(operand, field),
                _ => Step::Other,
            }
        }
        "identifier" => Step::Name,
        _ => Step::Other,
    }
}
