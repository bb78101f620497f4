//! Python.

use crate::read::syntax::{Node, below, children, parts};

use super::gather::{Area, Found, Gather, Mark, Step, call, chain};
use super::{Import, Imported, Parameter, Passing, Sort, Visibility};

pub(super) fn visit(gather: &mut Gather<'_>, node: Node<'_>) {
    match node.kind() {
        "identifier" => gather.mention(node),
        "decorated_definition" => {
            let decorators = parts(node).filter(|n| n.kind() == "decorator");
            let decorators =
                decorators.map(|n| gather.text(n).trim_start_matches('@').trim().to_owned()).collect();
            let mark = Mark { start: Some(node.start_byte()), decorators, ..Mark::default() };
            node.child_by_field_name("definition").into_iter().for_each(|n| gather.mark(n, mark.clone()));
        }
        "function_definition" => function(gather, node),
        "class_definition" => class(gather, node),
        "type_alias_statement" => {
            let name =
                node.child_by_field_name("left").and_then(|n| below(n).find(|n| n.kind() == "identifier"));
            name.into_iter().for_each(|name| variable(gather, name, node, Sort::Type));
        }
        "assignment" => assignment(gather, node),
        "augmented_assignment" => {
            let left = node.child_by_field_name("left").map_or("", |n| gather.text(n));
            if left == "__all__" {
                all(gather, node);
            }
        }
        "import_statement" | "import_from_statement" => import(gather, node),
        "if_statement" | "try_statement" | "for_statement" | "while_statement" | "match_statement" => {
            if node.kind() == "for_statement" {
                bind_names(gather, node.child_by_field_name("left"));
            }
            let asks = node.child_by_field_name("condition").map_or("", |n| gather.text(n));
            let is_sure = asks.ends_with("TYPE_CHECKING") || asks.contains("__name__ ==");
            gather.enter(node, None, Area::Branch, !is_sure);
        }
        "for_in_clause" => bind_names(gather, node.child_by_field_name("left")),
        "named_expression" => bind_names(gather, node.child_by_field_name("name")),
        "as_pattern" => bind_names(gather, node.child_by_field_name("alias")),
        "except_clause" => bind_names(gather, node.child_by_field_name("alias")),
        "case_pattern" | "global_statement" | "nonlocal_statement" | "delete_statement" => {
            bind_names(gather, Some(node));
        }
        "parameters" | "lambda_parameters" => bind_parameters(gather, node),
        "call" => called(gather, node),
        "subscript" => {
            let value = node.child_by_field_name("value").map_or("", |n| gather.text(n));
            let inner = node.child_by_field_name("subscript").map_or("", |n| gather.text(n));
            gather.out.is_open |= value == "sys.modules" && inner == "__name__";
        }
        _ => {}
    }
}

fn visibility(gather: &Gather<'_>, name: Node<'_>) -> Visibility {
    let name = gather.text(name);
    let hidden = name.starts_with('_') && !(name.starts_with("__") && name.ends_with("__"));
    if hidden || gather.area() == Area::Function { Visibility::Private } else { Visibility::Public }
}

fn function(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let is_method = gather.area() == Area::Class;
    let is_static = mark.decorators.iter().any(|d| d == "staticmethod");
    let mut parameters = parameters(gather, node);
    if is_method && !is_static && parameters.first().is_some_and(|p| p.passing != Passing::Rest) {
        parameters.remove(0);
    }
    let sort = if is_method { Sort::Method } else { Sort::Function };
    let (visibility, body) = (visibility(gather, name), node.child_by_field_name("body"));
    let found = Found { name, sort, visibility, parameters: Some(parameters), whole: node, body };
    gather.define(found, mark, Some(Area::Function));
}

fn class(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let (visibility, body) = (visibility(gather, name), node.child_by_field_name("body"));
    let found = Found { name, sort: Sort::Class, visibility, parameters: None, whole: node, body };
    gather.define(found, mark, Some(Area::Class));
}

fn parameters(gather: &Gather<'_>, function: Node<'_>) -> Vec<Parameter> {
    let Some(list) = function.child_by_field_name("parameters") else { return Vec::new() };
    let (mut found, mut passing): (Vec<Parameter>, Passing) = (Vec::new(), Passing::Either);
    for node in parts(list) {
        let inner = if node.kind() == "typed_parameter" { parts(node).next().unwrap_or(node) } else { node };
        let named = node.child_by_field_name("name").unwrap_or(inner);
        let own = match inner.kind() {
            "keyword_separator" => {
                passing = Passing::Named;
                continue;
            }
            "positional_separator" => {
                let before = found.iter_mut().filter(|p| p.passing == Passing::Either);
                before.for_each(|p| p.passing = Passing::Positional);
                continue;
            }
            "list_splat_pattern" => Passing::Rest,
            "dictionary_splat_pattern" => Passing::NamedRest,
            _ => passing,
        };
        let is_rest = matches!(own, Passing::Rest | Passing::NamedRest);
        let named = if is_rest { parts(inner).next().unwrap_or(inner) } else { named };
        let has_default = matches!(node.kind(), "default_parameter" | "typed_default_parameter");
        found.push(Parameter {
            name: if named.kind() == "identifier" { gather.text(named).to_owned() } else { String::new() },
            written_type: node.child_by_field_name("type").map_or("", |n| gather.text(n)).trim().to_owned(),
            is_optional: has_default || is_rest,
            passing: own,
        });
        if own == Passing::Rest {
            passing = Passing::Named;
        }
    }
    found
}

fn bind_parameters(gather: &mut Gather<'_>, list: Node<'_>) {
    for node in parts(list) {
        let inner = if node.kind() == "typed_parameter" { parts(node).next().unwrap_or(node) } else { node };
        let named = node.child_by_field_name("name").unwrap_or(inner);
        let name = below(named).find(|n| n.kind() == "identifier");
        name.into_iter().for_each(|name| gather.bind(name));
    }
}

/// Binds the plain names of a target; those of attributes and subscripts are none.
fn bind_names(gather: &mut Gather<'_>, target: Option<Node<'_>>) {
    for name in targets(target) {
        gather.bind(name);
    }
}

fn targets(target: Option<Node<'_>>) -> Vec<Node<'_>> {
    let mut names = Vec::new();
    let Some(target) = target else { return names };
    let mut nodes = below(target);
    while let Some(node) = nodes.next() {
        match node.kind() {
            "identifier" => names.push(node),
            "attribute" | "subscript" | "call" => nodes.skip_children(),
            _ => {}
        }
    }
    names
}

fn variable(gather: &mut Gather<'_>, name: Node<'_>, whole: Node<'_>, sort: Sort) {
    let visibility = visibility(gather, name);
    let found = Found { name, sort, visibility, parameters: None, whole, body: None };
    gather.define(found, Mark::default(), None);
}

fn assignment(gather: &mut Gather<'_>, node: Node<'_>) {
    let left = node.child_by_field_name("left");
    let sort = match gather.area() {
        Area::Function => return bind_names(gather, left),
        Area::Class => Sort::Member,
        Area::Module | Area::Branch => Sort::Variable,
    };
    for name in targets(left) {
        if gather.text(name) == "__all__" && sort == Sort::Variable {
            all(gather, node);
        }
        variable(gather, name, node, sort);
    }
}

/// `__all__ = ["a", "b"]`: anything else than texts in it makes the list an open one.
fn all(gather: &mut Gather<'_>, node: Node<'_>) {
    let list = node.child_by_field_name("right").filter(|n| matches!(n.kind(), "list" | "tuple"));
    let Some(list) = list else {
        gather.out.is_open = true;
        return;
    };
    for item in parts(list) {
        let content = parts(item).find(|n| n.kind() == "string_content");
        match content.filter(|_| item.kind() == "string") {
            Some(content) => {
                let name = gather.text(content);
                gather.export(name, name, None, item.byte_range());
            }
            None => gather.out.is_open = true,
        }
    }
}

fn import(gather: &mut Gather<'_>, node: Node<'_>) {
    let statement = node.byte_range();
    let is_reexported = !gather.is_inside_function() && gather.area() == Area::Module;
    let written = |node: Node<'_>| gather.text(node).split_whitespace().collect::<String>();
    let from = node.child_by_field_name("module_name");
    let mut found = Vec::new();
    for part in parts(node).filter(|part| Some(part.id()) != from.map(|from| from.id())) {
        let (named, alias) = match part.kind() {
            "aliased_import" => (part.child_by_field_name("name"), part.child_by_field_name("alias")),
            "dotted_name" => (Some(part), None),
            "wildcard_import" => (None, None),
            _ => continue,
        };
        let name = named.map(written);
        let alias = alias.map(written);
        let (module, item, local) = match (from, name) {
            (Some(from), None) => (written(from), Imported::All, None),
            (Some(from), Some(name)) => {
                let local = alias.unwrap_or_else(|| name.clone());
                (written(from), Imported::Name(name), Some(local))
            }
            (None, Some(name)) => {
                let first = name.split('.').next().unwrap_or_default().to_owned();
                (name, Imported::Module, Some(alias.unwrap_or(first)))
            }
            (None, None) => continue,
        };
        let (range, statement) = (part.byte_range(), statement.clone());
        found.push(Import { is_conditional: false, module, item, local, is_reexported, range, statement });
    }
    found.into_iter().for_each(|import| gather.import(import));
}

fn called(gather: &mut Gather<'_>, node: Node<'_>) {
    let (Some(callee), Some(list)) =
        (node.child_by_field_name("function"), node.child_by_field_name("arguments"))
    else {
        return;
    };
    let mut call = call(chain(callee, step, gather.source), callee.kind() == "attribute", node);
    if list.kind() == "generator_expression" {
        call.positional = 1;
    } else {
        for argument in children(list).filter(|n| n.is_named() && n.kind() != "comment") {
            match argument.kind() {
                "list_splat" | "dictionary_splat" => call.spreads = true,
                "keyword_argument" => {
                    let name = argument.child_by_field_name("name").map_or("", |n| gather.text(n));
                    call.named.push(name.to_owned());
                }
                _ => call.positional += 1,
            }
        }
    }
    if matches!(call.callee.as_slice(), [name] if name == "globals" || name == "exec") {
        gather.out.is_open = true;
    }
    // `__all__.append(…)` and its like.
    gather.out.is_open |= call.callee.first().is_some_and(|name| name == "__all__");
    gather.call(call);
}

/// What a part of a callee is.
fn step(node: Node<'_>) -> Step<'_> {
    match node.kind() {
        "attribute" => match (node.child_by_field_name("object"), node.child_by_field_name("attribute")) {
            (Some(object), Some(attribute)) => Step::Member(object, attribute),
            _ => Step::Other,
        },
        "identifier" => Step::Name,
        _ => Step::Other,
    }
}
