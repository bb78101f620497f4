//! Expressions to values.

use std::cell::Cell;

use super::names::{Binding, Change, Names, bound, children, plain, unescape};
use super::{ARGUMENT, Calls, MAX_IMPORTS, MAX_MODULES, ROOT, TOOL, World, export, resolve};
use crate::ids::RepoPath;
use crate::read::json::{Object, Value};
use crate::read::syntax::{Node, text};

/// Expressions evaluated for one file before the rest counts as unknown.
const MAX_STEPS: usize = 50_000;
/// Deeper expressions count as unknown.
const MAX_DEPTH: usize = 80;

pub(super) struct Module<'m> {
    pub(super) world: World<'m>,
    pub(super) path: &'m RepoPath,
    pub(super) source: &'m str,
    pub(super) root: Node<'m>,
    pub(super) calls: Calls,
    steps: Cell<usize>,
    depth: Cell<usize>,
}

/// The names in reach: of the function first, then of what it stands in.
pub(super) struct Scope<'s, 'm> {
    pub(super) names: Names<'m>,
    pub(super) outer: Option<&'s Scope<'s, 'm>>,
}

impl<'m> Scope<'_, 'm> {
    pub(super) fn find(&self, name: &str) -> Option<Binding<'m>> {
        self.names.get(name).cloned().or_else(|| self.outer.and_then(|outer| outer.find(name)))
    }
}

impl<'m> Module<'m> {
    pub(super) fn new(
        world: World<'m>,
        path: &'m RepoPath,
        source: &'m str,
        root: Node<'m>,
        calls: Calls,
    ) -> Self {
        let (steps, depth) = (Cell::new(0), Cell::new(0));
        Self { world, path, source, root, calls, steps, depth }
    }

    /// The function that an expression is or names.
    pub(super) fn function(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Option<Node<'m>> {
        match node.kind() {
            _ if is_function(node) => Some(node),
            "identifier" | "shorthand_property_identifier" => match scope.find(text(node, self.source))? {
                Binding::Expression(expression) if is_function(expression) => Some(expression),
                _ => None,
            },
            "parenthesized_expression" | "as_expression" | "satisfies_expression" => {
                children(node).first().and_then(|inner| self.function(*inner, scope))
            }
            _ => None,
        }
    }

    /// The value of an expression; where that is a function, of what it returns.
    pub(super) fn called(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        match self.function(node, scope) {
            Some(function) => {
                let argument = (self.world.known)(TOOL, ARGUMENT);
                self.applied(function, &argument.into_iter().collect::<Vec<_>>(), scope)
            }
            None => self.value(node, scope),
        }
    }

    /// What a function returns. Where a condition decides that, it is unknown.
    pub(super) fn result(&self, function: Node<'m>, arguments: Names<'m>, scope: &Scope<'_, 'm>) -> Value {
        let Some(body) = function.child_by_field_name("body") else { return self.unknown(function) };
        let depth = self.depth.get();
        if depth > MAX_DEPTH {
            return self.unknown(function);
        }
        self.depth.set(depth + 1);
        let value = if body.kind() == "statement_block" {
            let statements = children(body);
            let mut names = bound(&statements, self.source);
            names.extend(arguments);
            let inner = Scope { names, outer: Some(scope) };
            self.returned(&statements, &inner)
                .or_else(|| self.handed(function, &statements, &inner))
                .unwrap_or_else(|| self.unknown(function))
        } else {
            let inner = Scope { names: arguments, outer: Some(scope) };
            self.handed(function, &[body], &inner).unwrap_or_else(|| self.called(body, &inner))
        };
        self.depth.set(depth);
        value
    }

    fn returned(&self, statements: &[Node<'m>], scope: &Scope<'_, 'm>) -> Option<Value> {
        let mut options = Vec::new();
        for &statement in statements {
            match statement.kind() {
                "return_statement" => {
                    options.push(children(statement).first().map_or(Value::Null, |n| self.called(*n, scope)));
                    return Some(Value::either(options));
                }
                "if_statement" => {
                    let condition = statement.child_by_field_name("condition");
                    let decided = condition.map(|condition| self.value(condition, scope).truth());
                    for branch in ["consequence", "alternative"] {
                        if matches!(decided, Some(Ok(truth)) if truth != (branch == "consequence")) {
                            continue;
                        }
                        let Some(mut block) = statement.child_by_field_name(branch) else { continue };
                        if block.kind() == "else_clause" {
                            block = *children(block).first()?;
                        }
                        let inner =
                            if block.kind() == "statement_block" { children(block) } else { vec![block] };
                        let names = bound(&inner, self.source);
                        let returned = self.returned(&inner, &Scope { names, outer: Some(scope) });
                        if returned.is_some() && matches!(decided, Some(Ok(_))) {
                            options.extend(returned);
                            return Some(Value::either(options));
                        }
                        options.extend(returned);
                    }
                }
                "switch_statement" | "try_statement" | "for_statement" | "while_statement" => return None,
                _ => {}
            }
        }
        (!options.is_empty()).then(|| Value::either(options))
    }

    pub(super) fn unknown(&self, node: Node<'_>) -> Value {
        let words: Vec<&str> = text(node, self.source).split_whitespace().collect();
        let mut shown: String = words.join(" ").chars().take(80).collect();
        if shown.chars().count() == 80 {
            shown.push('…');
        }
        Value::Unknown(shown)
    }

    /// The value of an expression.
    pub(super) fn value(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        self.steps.set(self.steps.get() + 1);
        let depth = self.depth.get();
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return self.unknown(node);
        }
        self.depth.set(depth + 1);
        let value = self.expression(node, scope);
        self.depth.set(depth);
        value
    }

    fn expression(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        match node.kind() {
            "string" => Value::Text(plain(node, self.source)),
            "template_string" => self.template(node, scope),
            "number" => {
                let digits = text(node, self.source).replace('_', "");
                digits.parse().map_or_else(|_| self.unknown(node), Value::Number)
            }
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" => Value::Null,
            "array" => self.list(node, scope),
            "object" => self.object(node, scope),
            "parenthesized_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "await_expression" => {
                children(node).first().map_or_else(|| self.unknown(node), |n| self.value(*n, scope))
            }
            "type_assertion" => {
                children(node).last().map_or_else(|| self.unknown(node), |n| self.value(*n, scope))
            }
            "identifier" => self.identifier(node, scope),
            "member_expression" | "subscript_expression" => self.member(node, scope),
            "call_expression" | "new_expression" => self.call(node, scope),
            "ternary_expression" => self.ternary(node, scope),
            "binary_expression" => self.binary(node, scope),
            "unary_expression" => self.unary(node, scope),
            _ => self.unknown(node),
        }
    }

    fn template(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let mut out = String::new();
        for part in children(node) {
            match part.kind() {
                "template_substitution" => match children(part).first().map(|n| self.value(*n, scope)) {
                    Some(Value::Text(text)) => out.push_str(&text),
                    Some(Value::Number(number)) => out.push_str(&number.to_string()),
                    _ => return self.unknown(node),
                },
                _ => out.push_str(&unescape(text(part, self.source))),
            }
        }
        Value::Text(out)
    }

    fn list(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let mut items = Vec::new();
        for item in children(node) {
            if item.kind() != "spread_element" {
                items.push(self.value(item, scope));
                continue;
            }
            match children(item).first().map(|n| self.value(*n, scope)) {
                Some(Value::List(more)) => items.extend(more),
                Some(Value::Null) => {}
                Some(other) => items.push(match other {
                    Value::Unknown(_) | Value::Either(_) => other,
                    _ => self.unknown(item),
                }),
                None => {}
            }
        }
        Value::List(items)
    }

    fn object(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let mut object = Object::default();
        for part in children(node) {
            match part.kind() {
                "pair" => {
                    let (Some(key), Some(value)) =
                        (part.child_by_field_name("key"), part.child_by_field_name("value"))
                    else {
                        continue;
                    };
                    let value = self.value(value, scope);
                    if key.kind() != "computed_property_name" {
                        object.set(plain(key, self.source), value);
                        continue;
                    }
                    match children(key).first().map(|n| self.value(*n, scope)) {
                        Some(Value::Text(key)) => object.set(key, value),
                        _ => object.spread(self.unknown(part)),
                    }
                }
                "shorthand_property_identifier" => {
                    object.set(text(part, self.source), self.identifier(part, scope));
                }
                "spread_element" => {
                    if let Some(value) = children(part).first().map(|n| self.value(*n, scope)) {
                        object.spread(value);
                    }
                }
                "method_definition" => {
                    if let Some(name) = part.child_by_field_name("name") {
                        object.set(plain(name, self.source), self.unknown(part));
                    }
                }
                _ => object.spread(self.unknown(part)),
            }
        }
        Value::Object(object)
    }

    pub(super) fn identifier(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let name = text(node, self.source);
        match scope.find(name) {
            Some(binding) => self.binding(name, binding, scope),
            None if name == "undefined" => Value::Null,
            None if name == "__dirname" => Value::Text(self.folder()),
            None if name == "__filename" => Value::Text(format!("{ROOT}/{}", self.path)),
            None => self.unknown(node),
        }
    }

    pub(super) fn folder(&self) -> String {
        format!("{ROOT}/{}", self.path.dir()).trim_end_matches('/').to_owned()
    }

    pub(super) fn binding(&self, name: &str, binding: Binding<'m>, scope: &Scope<'_, 'm>) -> Value {
        match binding {
            Binding::Expression(node) if is_function(node) => self.unknown(node),
            Binding::Expression(node) => self.value(node, scope),
            Binding::Field(node, key) => self.value(node, scope).get(&key).unwrap_or(Value::Null),
            Binding::Value(value) => {
                // A value that is handed on costs as much as writing it out does.
                self.steps.set(self.steps.get() + size(&value));
                value
            }
            Binding::Set(before, keys, change) => {
                // What is put in may read what was there before.
                let names = Names::from([(name.to_owned(), (*before).clone())]);
                let earlier = Scope { names, outer: Some(scope) };
                self.changed(self.binding(name, *before, scope), &keys, &change, &earlier)
                    .unwrap_or_else(|| Value::Unknown(name.to_owned()))
            }
            Binding::Opaque => Value::Unknown(name.to_owned()),
            Binding::Import { source, name: exported } => self.import(&source, &exported),
        }
    }

    /// A value with a part of it changed.
    fn changed(
        &self,
        value: Value,
        keys: &[String],
        change: &Change<'m>,
        scope: &Scope<'_, 'm>,
    ) -> Option<Value> {
        match (keys.split_first(), value, change) {
            (Some((key, rest)), Value::Object(mut object), change) => {
                let part = match (rest, change) {
                    ([], Change::To(node)) => self.value(*node, scope),
                    _ => self.changed(object.get(key)?, rest, change, scope)?,
                };
                object.set(key.as_str(), part);
                Some(Value::Object(object))
            }
            (None, Value::List(mut items), Change::Push(more)) => {
                items.extend(more.iter().map(|node| self.value(*node, scope)));
                Some(Value::List(items))
            }
            _ => None,
        }
    }

    /// What another module exports; `*` and a required module count as its default export and its names.
    pub(super) fn import(&self, source: &str, name: &str) -> Value {
        let argument = (self.world.known)(TOOL, ARGUMENT);
        self.import_called(source, name, argument.into_iter().collect())
    }

    /// The same where a function is called with these.
    pub(super) fn import_called(&self, source: &str, name: &str, arguments: Vec<Value>) -> Value {
        if let Some(value) = (self.world.known)(source, name) {
            return value;
        }
        let unknown = missing(source, name);
        let modules = self.calls.modules.get();
        if self.calls.depth >= MAX_IMPORTS || modules >= MAX_MODULES {
            return unknown;
        }
        self.calls.modules.set(modules + 1);
        let Some(path) = resolve(self.world.tree, self.path, source) else { return unknown };
        let name = if name == "*" { "default" } else { name };
        let calls = Calls {
            arguments,
            depth: self.calls.depth + 1,
            modules: std::rc::Rc::clone(&self.calls.modules),
        };
        export(self.world, &path, name, calls).ok().flatten().unwrap_or(unknown)
    }

    fn member(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        if text(node, self.source) == "import.meta.dirname" {
            return Value::Text(self.folder());
        }
        if text(node, self.source) == "import.meta.filename" || text(node, self.source) == "import.meta.url" {
            return Value::Text(format!("{ROOT}/{}", self.path));
        }
        let Some(object) = node.child_by_field_name("object") else { return self.unknown(node) };
        let key = match (node.child_by_field_name("property"), node.child_by_field_name("index")) {
            (Some(property), _) => text(property, self.source).to_owned(),
            (None, Some(index)) => match self.value(index, scope) {
                Value::Text(key) => key,
                _ => return self.unknown(node),
            },
            _ => return self.unknown(node),
        };
        if let Some(Binding::Import { source, name }) = scope.find(text(object, self.source))
            && name == "*"
        {
            return self.import(&source, &key);
        }
        match self.value(object, scope) {
            Value::Unknown(_) => self.unknown(node),
            // A URL stands for its path.
            Value::Text(path) if matches!(&*key, "pathname" | "href") && path.starts_with(ROOT) => {
                Value::Text(path)
            }
            Value::Text(_) | Value::Number(_) | Value::Bool(_) => self.unknown(node),
            Value::List(items) => key
                .parse()
                .ok()
                .and_then(|at: usize| items.get(at).cloned())
                .unwrap_or_else(|| self.unknown(node)),
            value => value.get(&key).unwrap_or(Value::Null),
        }
    }

    fn ternary(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let part = |field| {
            node.child_by_field_name(field).map_or_else(|| self.unknown(node), |n| self.value(n, scope))
        };
        match part("condition").truth() {
            Ok(true) => part("consequence"),
            Ok(false) => part("alternative"),
            Err(_) => Value::either(vec![part("consequence"), part("alternative")]),
        }
    }

    fn binary(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let part = |field| {
            node.child_by_field_name(field).map_or_else(|| self.unknown(node), |n| self.value(n, scope))
        };
        let operator = node.child_by_field_name("operator").map_or("", |n| text(n, self.source));
        let left = part("left");
        match (operator, left.truth()) {
            ("&&", Ok(true)) | ("||", Ok(false)) => part("right"),
            ("&&", Ok(false)) | ("||", Ok(true)) => left,
            ("&&", Err(_)) => Value::either(vec![Value::Bool(false), part("right")]),
            ("||" | "??", Err(_)) => Value::either(vec![left, part("right")]),
            ("??", Ok(_)) => {
                if left == Value::Null {
                    part("right")
                } else {
                    left
                }
            }
            ("===" | "==" | "!==" | "!=", _) => {
                let plain = |value: &Value| {
                    matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_) | Value::Null)
                };
                let right = part("right");
                match plain(&left) && plain(&right) {
                    true => Value::Bool((left == right) == operator.starts_with('=')),
                    false => self.unknown(node),
                }
            }
            ("+", _) => match (left, part("right")) {
                (Value::Text(a), Value::Text(b)) => Value::Text(a + &b),
                (Value::Number(a), Value::Number(b)) => Value::Number(a + b),
                _ => self.unknown(node),
            },
            _ => self.unknown(node),
        }
    }

    fn unary(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let operator = node.child_by_field_name("operator").map_or("", |n| text(n, self.source));
        let Some(argument) = node.child_by_field_name("argument") else { return self.unknown(node) };
        match (operator, self.value(argument, scope)) {
            ("-", Value::Number(number)) => Value::Number(-number),
            ("!", value) => value.truth().map_or_else(|_| self.unknown(node), |truth| Value::Bool(!truth)),
            _ => self.unknown(node),
        }
    }
}

/// An export that is not known, as the expression that reads it.
pub(super) fn missing(source: &str, name: &str) -> Value {
    let part = if matches!(name, "default" | "*") { String::new() } else { format!(".{name}") };
    Value::Unknown(format!("require({source:?}){part}"))
}

fn size(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(object) => {
            1 + object.keys().into_iter().filter_map(|key| object.get(key)).map(|v| size(&v)).sum::<usize>()
        }
        Value::Text(text) => 1 + text.len() / 32,
        _ => 1,
    }
}

pub(super) fn is_function(node: Node<'_>) -> bool {
    matches!(node.kind(), "arrow_function" | "function_expression" | "function_declaration")
}
