//! What a module exports.

use super::evaluate::{Module, Scope, is_function, missing};
use super::names::{Binding, bound, children, plain};
use crate::read::json::{Object, Value};
use crate::read::syntax::{Node, text};

impl<'m> Module<'m> {
    /// What the module exports under a name; a function that it exports by default is called.
    pub(super) fn export(&self, name: &str) -> Value {
        let statements = children(self.root);
        let scope = Scope { names: bound(&statements, self.source), outer: None };
        let found = statements.iter().rev().find_map(|s| self.exported(*s, name, &scope));
        let found = if name == "default" { self.with_parts(found, &statements, &scope) } else { found };
        found.unwrap_or_else(|| missing(self.path.as_str(), name))
    }

    /// The default export with the parts that stand for themselves: `exports.name = value`.
    fn with_parts(
        &self,
        whole: Option<Value>,
        statements: &[Node<'m>],
        scope: &Scope<'_, 'm>,
    ) -> Option<Value> {
        let stated = whole.is_some();
        let mut object = match whole {
            Some(Value::Object(object)) => object,
            Some(other) => return Some(other),
            None => Object::default(),
        };
        for assignment in
            statements.iter().flat_map(|s| children(*s)).filter(|n| n.kind() == "assignment_expression")
        {
            let left = assignment.child_by_field_name("left").map_or("", |n| text(n, self.source));
            let key = left.strip_prefix("module.exports.").or_else(|| left.strip_prefix("exports."));
            if let (Some(key), Some(right)) = (key, assignment.child_by_field_name("right"))
                && key != "default"
                && !key.contains(['.', '['])
            {
                object.set(key, self.called(right, scope));
            }
        }
        let known = stated || object.unknown().is_some() || !object.keys().is_empty();
        known.then_some(Value::Object(object))
    }

    fn exported(&self, statement: Node<'m>, name: &str, scope: &Scope<'_, 'm>) -> Option<Value> {
        match statement.kind() {
            "export_statement" => self.es_export(statement, name, scope),
            "expression_statement" => {
                let assignment =
                    children(statement).into_iter().find(|n| n.kind() == "assignment_expression")?;
                let left = text(assignment.child_by_field_name("left")?, self.source);
                let right = assignment.child_by_field_name("right")?;
                let whole = left == "module.exports";
                match left.strip_prefix("module.exports.").or_else(|| left.strip_prefix("exports.")) {
                    Some(key) if key == name => Some(self.entered(right, scope)),
                    None if whole && name == "default" => Some(self.entered(right, scope)),
                    None if whole => self.part(right, name, scope),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn es_export(&self, statement: Node<'m>, name: &str, scope: &Scope<'_, 'm>) -> Option<Value> {
        let is_default = statement.child_by_field_name("value");
        if let Some(value) = is_default.filter(|_| name == "default") {
            return Some(self.entered(value, scope));
        }
        if let Some(declaration) = statement.child_by_field_name("declaration") {
            let default = text(statement, self.source).starts_with("export default");
            if default && name == "default" {
                return Some(self.entered(declaration, scope));
            }
            let binding = bound(&[statement], self.source).remove(name)?;
            return Some(self.named(name, binding, scope));
        }
        let from = statement.child_by_field_name("source").map(|n| plain(n, self.source));
        let clauses = children(statement);
        // `export = …` of TypeScript has neither a value nor a clause.
        if let Some(&expression) = clauses.first().filter(|n| n.kind() != "export_clause" && from.is_none()) {
            return (name == "default").then(|| self.entered(expression, scope));
        }
        let specifiers = clauses.into_iter().filter(|n| n.kind() == "export_clause").flat_map(children);
        for specifier in specifiers {
            let local = plain(specifier.child_by_field_name("name")?, self.source);
            let alias = specifier.child_by_field_name("alias").map(|n| plain(n, self.source));
            if alias.as_deref().unwrap_or(&local) == name {
                let binding = match &from {
                    Some(source) => Binding::Import { source: source.clone(), name: local.clone() },
                    None => scope.find(&local)?,
                };
                return Some(self.named(&local, binding, scope));
            }
        }
        None
    }

    /// An export by name; a function stands for what it returns, since as a value it is unknown anyway.
    fn named(&self, name: &str, binding: Binding<'m>, scope: &Scope<'_, 'm>) -> Value {
        match binding {
            Binding::Expression(function) if is_function(function) => self.entered(function, scope),
            binding => self.binding(name, binding, scope),
        }
    }

    /// The value of an export; where that is a function, of what it returns for the arguments that came in.
    fn entered(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        match self.function(node, scope) {
            Some(function) => self.applied(function, &self.calls.arguments, scope),
            None => self.value(node, scope),
        }
    }

    /// A key of an object that a module exports; a function among them is called like an export.
    fn part(&self, node: Node<'m>, name: &str, scope: &Scope<'_, 'm>) -> Option<Value> {
        let parts = if node.kind() == "object" { children(node) } else { Vec::new() };
        for part in parts {
            let named = match part.kind() {
                "shorthand_property_identifier" => (text(part, self.source) == name).then_some(part),
                "pair" => {
                    let key = part.child_by_field_name("key").map(|key| plain(key, self.source));
                    part.child_by_field_name("value").filter(|_| key.as_deref() == Some(name))
                }
                _ => None,
            };
            if let Some(function) = named.and_then(|named| self.function(named, scope)) {
                return Some(self.applied(function, &self.calls.arguments, scope));
            }
        }
        self.called(node, scope).get(name)
    }
}
