//! JavaScript and TypeScript.

use crate::read::syntax::{Node, children, parts};

use super::gather::{Area, Found, Gather, Mark, Step, call, chain};
use super::javascript_modules as modules;
use super::{Parameter, Passing, Sort, Visibility};

pub(super) fn visit(gather: &mut Gather<'_>, node: Node<'_>) {
    match node.kind() {
        "identifier"
        | "property_identifier"
        | "shorthand_property_identifier"
        | "type_identifier"
        | "private_property_identifier" => gather.mention(node),
        "shorthand_property_identifier_pattern" => {
            gather.mention(node);
            gather.bind(node);
        }
        "program" => mark_statements(gather, node),
        "export_statement" => modules::export(gather, node),
        "import_statement" => modules::import(gather, node),
        "ambient_declaration" => {
            let mark = Mark { start: Some(node.start_byte()), ..gather.marked(node) };
            for inner in parts(node) {
                gather.mark(inner, mark.clone());
            }
        }
        "function_declaration" | "generator_function_declaration" | "function_signature" => {
            function(gather, node)
        }
        "class_declaration" | "abstract_class_declaration" => {
            named(gather, node, Sort::Class, Some(Area::Class))
        }
        "interface_declaration" => named(gather, node, Sort::Interface, Some(Area::Class)),
        "type_alias_declaration" => named(gather, node, Sort::Type, None),
        "enum_declaration" => named(gather, node, Sort::Enum, Some(Area::Class)),
        "enum_body" => {
            for member in parts(node) {
                let name = member.child_by_field_name("name").unwrap_or(member);
                let visibility = gather.outer_visibility();
                let sort = Sort::Member;
                let found = Found { name, sort, visibility, parameters: None, whole: member, body: None };
                gather.define(found, Mark::default(), None);
            }
        }
        "internal_module" | "module" => {
            named(gather, node, Sort::Module, Some(Area::Module));
            if let Some(body) = node.child_by_field_name("body") {
                mark_statements(gather, body);
            }
        }
        "lexical_declaration" | "variable_declaration" => declaration(gather, node),
        "variable_declarator" => declarator(gather, node),
        "class_body" | "object" | "interface_body" | "object_type" => mark_members(gather, node),
        "method_definition" | "method_signature" | "abstract_method_signature" => {
            if let Some(name) = node.child_by_field_name("name") {
                method(gather, node, name, node);
            }
        }
        "public_field_definition" | "field_definition" | "property_signature" => field(gather, node),
        "pair" => {
            let sides = (node.child_by_field_name("key"), node.child_by_field_name("value"));
            if let (Some(key), Some(value)) = sides
                && is_function(value)
            {
                method(gather, node, key, value);
            }
        }
        "assignment_expression" => modules::assignment(gather, node),
        "formal_parameters" => parameters_bind(gather, node),
        "arrow_function" => {
            node.child_by_field_name("parameter").into_iter().for_each(|name| gather.bind(name))
        }
        "catch_clause" => bind_pattern(gather, node.child_by_field_name("parameter")),
        "for_in_statement" if node.child_by_field_name("kind").is_some() => {
            bind_pattern(gather, node.child_by_field_name("left"));
        }
        "function_expression" | "class" => {
            node.child_by_field_name("name").into_iter().for_each(|name| gather.bind(name))
        }
        // Of an `export import` and its like the names are not followed.
        "import_alias" => gather.out.is_open = true,
        "if_statement" | "for_statement" | "while_statement" | "try_statement" | "switch_statement" => {
            gather.enter(node, None, Area::Branch, true);
        }
        "call_expression" | "new_expression" => called(gather, node),
        _ => {}
    }
}

fn mark_statements(gather: &mut Gather<'_>, node: Node<'_>) {
    for statement in parts(node) {
        gather.mark(statement, Mark { is_top: true, ..Mark::default() });
        // A namespace stands in a statement of its own.
        if statement.kind() == "expression_statement" {
            for inner in parts(statement) {
                gather.mark(inner, Mark { is_top: true, ..Mark::default() });
            }
        }
    }
}

/// Decorators stand beside what they decorate.
fn mark_members(gather: &mut Gather<'_>, node: Node<'_>) {
    let mut mark = Mark::default();
    for member in parts(node) {
        if member.kind() == "decorator" {
            mark.start.get_or_insert(member.start_byte());
            mark.decorators.push(decorator(gather, member));
        } else {
            gather.mark(member, std::mem::take(&mut mark));
        }
    }
}

fn decorator(gather: &Gather<'_>, node: Node<'_>) -> String {
    gather.text(node).trim_start_matches('@').trim().to_owned()
}

fn visibility(gather: &Gather<'_>, mark: &Mark) -> Visibility {
    let ambient = mark.is_exported && !gather.is_inside_function();
    if ambient { Visibility::Public } else { Visibility::Private }
}

/// The mark of a node with the decorators that it holds itself.
fn own_mark(gather: &Gather<'_>, node: Node<'_>) -> Mark {
    let mut mark = gather.marked(node);
    let own = children(node).take_while(|n| n.kind() == "decorator" || n.kind() == "comment");
    let own: Vec<String> = own.filter(|n| n.kind() == "decorator").map(|n| decorator(gather, n)).collect();
    mark.decorators.extend(own);
    mark
}

fn function(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let parameters = Some(parameters(gather, node));
    let (visibility, body) = (visibility(gather, &mark), node.child_by_field_name("body"));
    let found = Found { name, sort: Sort::Function, visibility, parameters, whole: node, body };
    gather.define(found, mark, Some(Area::Function));
}

fn named(gather: &mut Gather<'_>, node: Node<'_>, sort: Sort, holds: Option<Area>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = own_mark(gather, node);
    let (visibility, body) = (visibility(gather, &mark), node.child_by_field_name("body"));
    let found = Found { name, sort, visibility, parameters: None, whole: node, body };
    gather.define(found, mark, holds);
}

/// A declaration of one name is that name's range.
fn declaration(gather: &mut Gather<'_>, node: Node<'_>) {
    let mark = gather.marked(node);
    let declarators: Vec<Node<'_>> = parts(node).filter(|n| n.kind() == "variable_declarator").collect();
    let start = (declarators.len() == 1).then(|| mark.start.unwrap_or(node.start_byte()));
    for declarator in declarators {
        gather.mark(declarator, Mark { start, ..mark.clone() });
    }
}

fn declarator(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let value = node.child_by_field_name("value");
    if let Some(value) = value {
        modules::required(gather, node, name, value);
    }
    if name.kind() != "identifier" {
        if mark.is_top {
            for name in pattern_names(name) {
                let visibility = visibility(gather, &mark);
                let (sort, whole) = (Sort::Variable, node);
                let found = Found { name, sort, visibility, parameters: None, whole, body: None };
                gather.define(found, mark.clone(), None);
            }
        } else {
            bind_pattern(gather, Some(name).filter(|n| n.kind() != "object_pattern"));
            let inner = pattern_names(name).into_iter();
            inner.filter(|n| n.kind() == "identifier").for_each(|name| gather.bind(name));
        }
        return;
    }
    let held = value.map(unwrapped);
    let mut mark = mark;
    let beside = node.child_by_field_name("type").map(|n| gather.text(n).trim_start_matches(':').trim());
    let cast = value.filter(|n| n.kind() == "as_expression").map(|n| gather.text(n));
    mark.written_type =
        beside.or(cast.map(|n| n.rsplit(" as ").next().unwrap_or(n))).unwrap_or_default().to_owned();
    let visibility = visibility(gather, &mark);
    match held {
        Some(held) if is_function(held) => {
            let parameters = Some(parameters(gather, held));
            let body = held.child_by_field_name("body");
            let found = Found { name, sort: Sort::Function, visibility, parameters, whole: node, body };
            gather.define(found, mark, Some(Area::Function));
        }
        Some(held) if held.kind() == "class" => {
            let body = held.child_by_field_name("body");
            let found = Found { name, sort: Sort::Class, visibility, parameters: None, whole: node, body };
            gather.define(found, mark, Some(Area::Class));
        }
        _ if mark.is_top => {
            let (sort, whole) = (Sort::Variable, node);
            let found = Found { name, sort, visibility, parameters: None, whole, body: None };
            gather.define(found, mark, None);
        }
        _ => gather.bind(name),
    }
}

pub(super) fn method(gather: &mut Gather<'_>, whole: Node<'_>, name: Node<'_>, function: Node<'_>) {
    if !matches!(name.kind(), "property_identifier" | "private_property_identifier" | "identifier") {
        gather.enter(whole, None, Area::Function, false);
        return;
    }
    let mut mark = own_mark(gather, whole);
    let written = whole.child_by_field_name("type").map_or("", |n| gather.text(n));
    mark.written_type = written.trim_start_matches(':').trim().to_owned();
    let parameters = Some(parameters(gather, function));
    let (visibility, body) = (member_visibility(gather, whole, name), function.child_by_field_name("body"));
    let found = Found { name, sort: Sort::Method, visibility, parameters, whole, body };
    gather.define(found, mark, Some(Area::Function));
}

fn member_visibility(gather: &Gather<'_>, whole: Node<'_>, name: Node<'_>) -> Visibility {
    let word = children(whole).find(|n| n.kind() == "accessibility_modifier").map(|n| gather.text(n));
    match word {
        Some("private") => Visibility::Private,
        Some("protected") => Visibility::Restricted,
        _ if name.kind() == "private_property_identifier" => Visibility::Private,
        _ => Visibility::Public,
    }
}

fn field(gather: &mut Gather<'_>, node: Node<'_>) {
    let name = node.child_by_field_name("name").or_else(|| node.child_by_field_name("property"));
    let Some(name) = name else { return };
    let value = node.child_by_field_name("value").map(unwrapped);
    if let Some(value) = value.filter(|value| is_function(*value)) {
        return method(gather, node, name, value);
    }
    if matches!(name.kind(), "property_identifier" | "private_property_identifier") {
        let mut mark = own_mark(gather, node);
        let written = node.child_by_field_name("type").map_or("", |n| gather.text(n));
        mark.written_type = written.trim_start_matches(':').trim().to_owned();
        let visibility = member_visibility(gather, node, name);
        let sort = Sort::Member;
        let found = Found { name, sort, visibility, parameters: None, whole: node, body: None };
        gather.define(found, mark, None);
    }
}

pub(super) fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "generator_function")
}

/// A value without the parentheses and casts around it.
fn unwrapped(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    for _ in 0..8 {
        match (at.kind(), parts(at).next()) {
            ("parenthesized_expression" | "as_expression" | "satisfies_expression", Some(inner)) => {
                at = inner
            }
            _ => break,
        }
    }
    at
}

/// The parameters of a function node.
pub(super) fn parameters(gather: &Gather<'_>, function: Node<'_>) -> Vec<Parameter> {
    let single = function.child_by_field_name("parameter");
    let list = function.child_by_field_name("parameters").into_iter().flat_map(parts);
    single.into_iter().chain(list).filter_map(|node| parameter(gather, node)).collect()
}

fn parameter(gather: &Gather<'_>, node: Node<'_>) -> Option<Parameter> {
    let pattern = node.child_by_field_name("pattern").unwrap_or(node);
    let default = node.child_by_field_name("value").is_some() || pattern.kind() == "assignment_pattern";
    let pattern = pattern.child_by_field_name("left").unwrap_or(pattern);
    if pattern.kind() == "this" || node.kind() == "decorator" {
        return None;
    }
    let rest = pattern.kind() == "rest_pattern";
    let name = if rest { parts(pattern).next().unwrap_or(pattern) } else { pattern };
    let name = if name.kind() == "identifier" { gather.text(name) } else { "" };
    let written = node.child_by_field_name("type").map_or("", |n| gather.text(n));
    Some(Parameter {
        name: name.to_owned(),
        written_type: written.trim_start_matches(':').trim().to_owned(),
        is_optional: default || rest || node.kind() == "optional_parameter",
        passing: if rest { Passing::Rest } else { Passing::Positional },
    })
}

fn parameters_bind(gather: &mut Gather<'_>, node: Node<'_>) {
    for parameter in parts(node) {
        bind_pattern(gather, Some(parameter.child_by_field_name("pattern").unwrap_or(parameter)));
    }
}

/// Binds the plain names of a pattern; shorthand names bind themselves where they are met.
fn bind_pattern(gather: &mut Gather<'_>, pattern: Option<Node<'_>>) {
    let names = pattern.map(pattern_names).unwrap_or_default().into_iter();
    names.filter(|name| name.kind() == "identifier").for_each(|name| gather.bind(name));
}

/// The names that a pattern binds.
pub(super) fn pattern_names(pattern: Node<'_>) -> Vec<Node<'_>> {
    let (mut names, mut open) = (Vec::new(), vec![pattern]);
    while let Some(node) = open.pop() {
        match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => names.push(node),
            "assignment_pattern" | "object_assignment_pattern" => {
                open.extend(node.child_by_field_name("left"))
            }
            "pair_pattern" => open.extend(node.child_by_field_name("value")),
            "object_pattern" | "array_pattern" | "rest_pattern" => open.extend(parts(node)),
            _ => {}
        }
    }
    names.sort_by_key(|name| name.start_byte());
    names
}

/// The parts of a callee, also of the left side of an assignment.
pub(super) fn path(gather: &Gather<'_>, node: Node<'_>) -> Vec<String> {
    chain(node, step, gather.source)
}

fn called(gather: &mut Gather<'_>, node: Node<'_>) {
    let is_new = node.kind() == "new_expression";
    let Some(callee) = node.child_by_field_name(if is_new { "constructor" } else { "function" }) else {
        return;
    };
    let mut call = call(path(gather, callee), callee.kind() == "member_expression", node);
    call.is_new = is_new;
    let arguments = node.child_by_field_name("arguments");
    if let Some(list) = arguments.filter(|list| list.kind() == "arguments") {
        for argument in parts(list) {
            match argument.kind() {
                "spread_element" => call.spreads = true,
                _ => call.positional += 1,
            }
        }
        modules::loaded(gather, node, &call.callee, list);
    } else {
        // A tagged template hands over as many values as it has holes.
        call.spreads = arguments.is_some();
    }
    modules::computed(gather, node, &call.callee);
    gather.call(call);
}

/// What a part of a callee is.
fn step(node: Node<'_>) -> Step<'_> {
    match node.kind() {
        "member_expression" => {
            match (node.child_by_field_name("object"), node.child_by_field_name("property")) {
                (Some(object), Some(property)) => Step::Member(object, property),
                _ => Step::Other,
            }
        }
        "non_null_expression" => parts(node).next().map_or(Step::Other, Step::Same),
        "identifier" | "this" | "super" | "import" => Step::Name,
        _ => Step::Other,
    }
}
