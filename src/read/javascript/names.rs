//! What the names of a module or function stand for.

use std::collections::HashMap;

use crate::read::json::Value;
use crate::read::syntax::{self, Node, text};

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Binding<'m> {
    /// The value of an expression, or of a function.
    Expression(Node<'m>),
    /// A key of an expression's value.
    Field(Node<'m>, String),
    /// An export of another module; `*` is all of them.
    Import { source: String, name: String },
    /// What the name stood for before, with what stands at a path of keys changed.
    Set(Box<Binding<'m>>, Vec<String>, Change<'m>),
    /// An argument.
    Value(Value),
    /// Set more than once, or in a way that is not followed.
    Opaque,
}

/// What a statement does to a part of a value.
#[derive(Clone)]
pub(super) enum Change<'m> {
    /// Puts another in its place.
    To(Node<'m>),
    /// Puts more behind the items of a list.
    Push(Vec<Node<'m>>),
}

/// A name with more of its keys set one by one is not followed.
const MAX_SETS: usize = 32;

impl Binding<'_> {
    fn sets(&self) -> usize {
        if let Self::Set(before, ..) = self { 1 + before.sets() } else { 0 }
    }
}

pub(super) type Names<'m> = HashMap<String, Binding<'m>>;

/// The text of a string literal or a plain key.
pub(super) fn plain(node: Node<'_>, source: &str) -> String {
    let raw = text(node, source);
    if node.kind() != "string" {
        return raw.to_owned();
    }
    unescape(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
}

pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\n') | None => {}
            Some(c) => out.push(c),
        }
    }
    out
}

pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    syntax::parts(node).collect()
}

/// The names that these statements bind.
pub(super) fn bound<'m>(statements: &[Node<'m>], source: &str) -> Names<'m> {
    let mut names = Names::new();
    for &statement in statements {
        let statement = statement.child_by_field_name("declaration").unwrap_or(statement);
        match statement.kind() {
            "lexical_declaration" | "variable_declaration" => {
                for declarator in children(statement) {
                    let name = declarator.child_by_field_name("name");
                    if let (Some(name), Some(value)) = (name, declarator.child_by_field_name("value")) {
                        declare(&mut names, name, value, source);
                    }
                }
            }
            "function_declaration" => {
                if let Some(name) = statement.child_by_field_name("name") {
                    names.insert(text(name, source).to_owned(), Binding::Expression(statement));
                }
            }
            "import_statement" => import(&mut names, statement, source),
            "expression_statement" => forget_changed(&mut names, statement, source),
            _ => {}
        }
    }
    names
}

fn declare<'m>(names: &mut Names<'m>, name: Node<'m>, value: Node<'m>, source: &str) {
    if name.kind() == "identifier" {
        names.insert(text(name, source).to_owned(), Binding::Expression(value));
        return;
    }
    for part in children(name) {
        match part.kind() {
            "shorthand_property_identifier_pattern" => {
                let key = text(part, source).to_owned();
                names.insert(key.clone(), Binding::Field(value, key));
            }
            "pair_pattern" => {
                let key = part.child_by_field_name("key").map(|n| plain(n, source));
                let local = part.child_by_field_name("value").map(|n| text(n, source).to_owned());
                if let (Some(key), Some(local)) = (key, local) {
                    names.insert(local, Binding::Field(value, key));
                }
            }
            _ => {}
        }
    }
}

fn import<'m>(names: &mut Names<'m>, statement: Node<'m>, source: &str) {
    let Some(from) = statement.child_by_field_name("source").map(|n| plain(n, source)) else { return };
    let mut bind = |local: Node<'m>, name: &str| {
        let binding = Binding::Import { source: from.clone(), name: name.to_owned() };
        names.insert(text(local, source).to_owned(), binding);
    };
    for clause in children(statement).into_iter().filter(|n| n.kind() == "import_clause").flat_map(children) {
        match clause.kind() {
            "identifier" => bind(clause, "default"),
            "namespace_import" => children(clause).into_iter().for_each(|n| bind(n, "*")),
            "named_imports" => {
                for specifier in children(clause) {
                    let Some(name) = specifier.child_by_field_name("name") else { continue };
                    bind(specifier.child_by_field_name("alias").unwrap_or(name), &plain(name, source));
                }
            }
            _ => {}
        }
    }
}

/// The name, keys and change of `name.key.key = value` and `name.key.push(value)`.
fn change<'m>(expression: Node<'m>, source: &str) -> Option<(String, Vec<String>, Change<'m>)> {
    let (target, change) = match expression.kind() {
        "assignment_expression" => {
            let left = expression.child_by_field_name("left").filter(|n| n.kind() == "member_expression")?;
            (left, Change::To(expression.child_by_field_name("right")?))
        }
        "call_expression" => {
            let callee = expression.child_by_field_name("function")?;
            let items = expression.child_by_field_name("arguments").map(children)?;
            let pushes = callee.child_by_field_name("property").is_some_and(|p| text(p, source) == "push");
            let plain = items.iter().all(|item| item.kind() != "spread_element");
            (callee.child_by_field_name("object").filter(|_| pushes && plain)?, Change::Push(items))
        }
        _ => return None,
    };
    let (mut target, mut keys) = (target, Vec::new());
    while target.kind() == "member_expression" {
        keys.push(text(target.child_by_field_name("property")?, source).to_owned());
        target = target.child_by_field_name("object")?;
    }
    keys.reverse();
    (target.kind() == "identifier").then(|| (text(target, source).to_owned(), keys, change))
}

/// A constant that a statement writes into is no longer what it was declared as.
fn forget_changed<'m>(names: &mut Names<'m>, statement: Node<'m>, source: &str) {
    const CHANGES: [&str; 6] = ["push", "unshift", "splice", "pop", "shift", "assign"];
    for expression in children(statement) {
        if let Some((name, keys, change)) = change(expression, source)
            && let Some(binding @ (Binding::Expression(_) | Binding::Set(..))) = names.get_mut(&name)
        {
            *binding = match binding.sets() {
                0..MAX_SETS => Binding::Set(Box::new(binding.clone()), keys, change),
                _ => Binding::Opaque,
            };
            continue;
        }
        let target = match expression.kind() {
            "assignment_expression" | "augmented_assignment_expression" => {
                expression.child_by_field_name("left")
            }
            "call_expression" => expression.child_by_field_name("function").filter(|callee| {
                let property = callee.child_by_field_name("property");
                property.is_some_and(|p| CHANGES.contains(&text(p, source)))
            }),
            _ => None,
        };
        let Some(mut target) = target else { continue };
        let mut assigns = Vec::new();
        if expression.kind() == "call_expression" {
            let arguments = expression.child_by_field_name("arguments").map(children).unwrap_or_default();
            assigns.extend(arguments.first().map(|n| text(*n, source).to_owned()));
        }
        while let Some(object) = target.child_by_field_name("object") {
            target = object;
        }
        assigns.push(text(target, source).to_owned());
        for name in assigns {
            if let Some(binding) = names.get_mut(&name) {
                *binding = Binding::Opaque;
            }
        }
    }
}
