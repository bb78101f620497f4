//! Ruby.

use crate::read::syntax::{Node, below, children, parts};

use super::gather::{Area, Found, Gather, Mark, Step, bare, call, chain};
use super::{Imported, Parameter, Passing, Sort, Visibility};

pub(super) fn visit(gather: &mut Gather<'_>, node: Node<'_>) {
    match node.kind() {
        "identifier" | "constant" | "instance_variable" | "class_variable" | "global_variable" => {
            gather.mention(node);
        }
        "class" | "module" => {
            let is_class = node.kind() == "class";
            let (sort, area) =
                if is_class { (Sort::Class, Area::Class) } else { (Sort::Module, Area::Class) };
            if let Some(name) = node.child_by_field_name("name") {
                let last = name.child_by_field_name("name").unwrap_or(name);
                let body = node.child_by_field_name("body");
                let visibility = Visibility::Public;
                let found = Found { name: last, sort, visibility, parameters: None, whole: node, body };
                gather.define(found, Mark::default(), Some(area));
            }
        }
        "singleton_class" => gather.enter(node, None, Area::Class, false),
        "body_statement" => mark_hidden(gather, node),
        "method" | "singleton_method" => method(gather, node),
        "assignment" => assignment(gather, node),
        "if" | "unless" | "case" | "begin" | "while" | "until" => {
            gather.enter(node, None, Area::Branch, node.kind() != "begin");
        }
        "method_parameters" | "block_parameters" | "lambda_parameters" => {
            for parameter in parts(node) {
                let name = parameter.child_by_field_name("name").unwrap_or(parameter);
                let name = below(name).find(|n| n.kind() == "identifier");
                name.into_iter().for_each(|name| gather.bind(name));
            }
        }
        "call" => called(gather, node),
        _ => {}
    }
}

/// A bare `private` hides the methods after it; `private def` hides one.
fn mark_hidden(gather: &mut Gather<'_>, node: Node<'_>) {
    let mut word = "";
    for statement in parts(node) {
        let written = gather.text(statement);
        match statement.kind() {
            "identifier" if matches!(written, "private" | "protected" | "public") => word = written,
            "method" => hide(gather, statement, word),
            "call" => {
                let name = statement.child_by_field_name("method").map_or("", |n| gather.text(n));
                let list = statement.child_by_field_name("arguments");
                for inner in list.into_iter().flat_map(parts).filter(|n| n.kind() == "method") {
                    hide(gather, inner, name);
                }
            }
            _ => {}
        }
    }
}

fn hide(gather: &mut Gather<'_>, method: Node<'_>, word: &str) {
    if matches!(word, "private" | "protected") {
        gather.mark(method, Mark { decorators: vec![word.to_owned()], ..Mark::default() });
    }
}

fn method(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let mark = gather.marked(node);
    let visibility = match mark.decorators.first().map(String::as_str) {
        Some("private") => Visibility::Private,
        Some("protected") => Visibility::Restricted,
        _ => Visibility::Public,
    };
    let sort = if gather.area() == Area::Class { Sort::Method } else { Sort::Function };
    if matches!(gather.text(name), "method_missing" | "const_missing") {
        gather.out.is_open = true;
    }
    let (parameters, body) = (Some(parameters(gather, node)), node.child_by_field_name("body"));
    let found = Found { name, sort, visibility, parameters, whole: node, body };
    gather.define(found, Mark::default(), Some(Area::Function));
}

fn parameters(gather: &Gather<'_>, method: Node<'_>) -> Vec<Parameter> {
    let list = method.child_by_field_name("parameters").into_iter().flat_map(parts);
    let mut found = Vec::new();
    for node in list {
        let (passing, is_optional) = match node.kind() {
            "block_parameter" | "hash_splat_nil" => continue,
            "optional_parameter" => (Passing::Positional, true),
            "keyword_parameter" => (Passing::Named, node.child_by_field_name("value").is_some()),
            "splat_parameter" | "forward_parameter" => (Passing::Rest, true),
            "hash_splat_parameter" => (Passing::NamedRest, true),
            _ => (Passing::Positional, false),
        };
        let name = node.child_by_field_name("name").unwrap_or(node);
        let name = if name.kind() == "identifier" { gather.text(name) } else { "" };
        found.push(Parameter { name: name.to_owned(), written_type: String::new(), is_optional, passing });
    }
    found
}

fn assignment(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(left) = node.child_by_field_name("left") else { return };
    match left.kind() {
        "constant" => {
            let (sort, visibility) = (Sort::Variable, Visibility::Public);
            let found = Found { name: left, sort, visibility, parameters: None, whole: node, body: None };
            gather.define(found, Mark::default(), None);
        }
        "identifier" => gather.bind(left),
        "left_assignment_list" => {
            parts(left).filter(|n| n.kind() == "identifier").for_each(|name| gather.bind(name));
        }
        _ => {}
    }
}

fn called(gather: &mut Gather<'_>, node: Node<'_>) {
    let Some(name) = node.child_by_field_name("method") else { return };
    let receiver = node.child_by_field_name("receiver");
    let mut callee = receiver.map(|n| chain(n, step, gather.source)).unwrap_or_default();
    callee.push(gather.text(name).to_owned());
    let mut call = call(callee, receiver.is_some(), node);
    let list = node.child_by_field_name("arguments");
    for argument in list.into_iter().flat_map(parts) {
        match argument.kind() {
            "splat_argument" | "hash_splat_argument" | "forward_argument" => call.spreads = true,
            "block_argument" => {}
            "pair" => {
                let key = argument.child_by_field_name("key");
                let plain = key.filter(|key| matches!(key.kind(), "hash_key_symbol" | "simple_symbol"));
                let key = plain.map(|key| gather.text(key).trim_matches(':').to_owned());
                call.named.push(key.unwrap_or_default());
            }
            _ => call.positional += 1,
        }
    }
    let names: Vec<&str> = call.callee.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["attr_reader" | "attr_writer" | "attr_accessor"] => members(gather, node),
        [word @ ("require" | "require_relative")] => required(gather, node, word),
        [.., "define_method" | "const_set" | "class_eval" | "instance_eval" | "eval" | "delegate"] => {
            gather.out.is_open = true;
        }
        _ => {}
    }
    gather.call(call);
}

fn members(gather: &mut Gather<'_>, node: Node<'_>) {
    let list = node.child_by_field_name("arguments").into_iter().flat_map(parts);
    for symbol in list.filter(|n| n.kind() == "simple_symbol") {
        let (sort, visibility) = (Sort::Member, Visibility::Public);
        let found = Found { name: symbol, sort, visibility, parameters: None, whole: node, body: None };
        gather.define(found, Mark::default(), None);
    }
}

/// `require_relative "a"` is written as the relative module `./a`.
fn required(gather: &mut Gather<'_>, node: Node<'_>, word: &str) {
    let first = node.child_by_field_name("arguments").and_then(|list| parts(list).next());
    let plain = first.filter(|n| n.kind() == "string" && !children(*n).any(|n| n.kind() == "interpolation"));
    let content = plain.and_then(|n| parts(n).next()).map(|n| gather.text(n).to_owned());
    if let Some(content) = content {
        let relative = word == "require_relative" && !content.starts_with('.');
        let module = if relative { format!("./{content}") } else { content };
        gather.import(bare(&module, Imported::Module, node.byte_range(), node.byte_range()));
    }
}

/// What a part of a callee is.
fn step(node: Node<'_>) -> Step<'_> {
    match node.kind() {
        "call" if node.child_by_field_name("arguments").is_none() => {
            match (node.child_by_field_name("receiver"), node.child_by_field_name("method")) {
                (Some(receiver), Some(method)) => Step::Member(receiver, method),
                _ => Step::Other,
            }
        }
        "scope_resolution" => match (node.child_by_field_name("scope"), node.child_by_field_name("name")) {
            (Some(scope), Some(name)) => Step::Member(scope, name),
            (None, Some(name)) => Step::Same(name),
            _ => Step::Other,
        },
        "identifier" | "constant" | "self" | "instance_variable" | "class_variable" => Step::Name,
        _ => Step::Other,
    }
}
