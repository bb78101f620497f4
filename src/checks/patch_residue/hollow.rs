//! Bodies of Python that became `...` where code stood.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::ground::{self, Ground};
use super::{Edited, RULE};
use crate::checks::Finding;
use crate::claims::Claims;
use crate::read::syntax::{self, Language, Node, children, parts};
use crate::span::{Lines, Location, Side};

/// Bases and decorators under which a body says nothing on purpose.
const DECLARING: [&str; 7] =
    ["Protocol", "ABC", "ABCMeta", "abstractmethod", "overload", "Interface", "TypedDict"];

pub(super) fn find(edited: &Edited<'_>, claims: &Claims) -> Vec<Finding> {
    if edited.path.extension() != "py" || ground::of(edited.path) != Ground::Live {
        return Vec::new();
    }
    let lines: Vec<&str> = edited.head.lines().collect();
    let is_dots = |line: usize| lines.get(line - 1).is_some_and(|line| line.trim_end().ends_with("..."));
    let added: Vec<usize> = edited.diff.added().filter(|line| is_dots(*line)).collect();
    if added.is_empty() || edited.base.is_empty() {
        return Vec::new();
    }
    let (Some(before), Some(after)) = (functions(&edited.base), functions(&edited.head)) else {
        return Vec::new();
    };
    let at = Lines::of(&edited.head);
    let mut findings = Vec::new();
    for (name, bodies) in &after {
        // Beside a body with code the others are overloads.
        let is_hollow = bodies.iter().all(|body| body.is_hollow && !body.declares);
        let Some(was) = before.get(name).and_then(|all| all.iter().find(|body| !body.is_empty())) else {
            continue;
        };
        for body in bodies.iter().filter(|body| is_hollow && added.contains(&at.at(body.dots.start))) {
            findings.push(finding(edited, claims, name, body, was));
        }
    }
    findings
}

fn finding(edited: &Edited<'_>, claims: &Claims, name: &str, body: &Body, was: &Body) -> Finding {
    let place = Location::bytes(Side::Head, edited.path, &edited.head, body.dots.clone());
    let path = edited.base_path.unwrap_or(edited.path);
    let there = Location::bytes(Side::Base, path, &edited.base, was.range.clone());
    let gone = was.statements;
    let plural = if gone == 1 { "statement" } else { "statements" };
    let code = &edited.base[was.range.clone()];
    Finding::new(&RULE, place.label("stands where code belongs"), format!("the body of `{name}` was replaced by `...`"), code)
        .explain(format!(
            "{gone} {plural} stood there at base. `...` does nothing in Python: the function now returns None whoever \
             calls it. It is what an abridged answer leaves for the code that it does not show."
        ))
        .related(there.label("stood here before"))
        .disclosed(claims.disclosure(Some(edited.path), &["stub", "stubbed", "placeholder"]))
}

struct Body {
    range: Range<usize>,
    /// The bytes of the `...`, where there is one at its end.
    dots: Range<usize>,
    /// Nothing but `...`, after a docstring perhaps.
    is_hollow: bool,
    /// How many statements it has that are neither `...`, `pass` nor a docstring.
    statements: usize,
    /// Whether its class or decorators say that the code stands elsewhere.
    declares: bool,
}

impl Body {
    fn is_empty(&self) -> bool {
        self.statements == 0
    }
}

/// The bodies of a text's functions by the names around them; `None` where the grammar does not accept the text.
fn functions(text: &str) -> Option<BTreeMap<String, Vec<Body>>> {
    let tree = syntax::parse(Language::Python, text).ok().filter(|tree| tree.is_sound())?;
    let mut found: BTreeMap<String, Vec<Body>> = BTreeMap::new();
    for node in tree.nodes().filter(|n| n.kind() == "function_definition") {
        let Some(body) = node.child_by_field_name("body") else { continue };
        let (name, declares) = around(node, text);
        let is_remark = |n: Node<'_>| {
            let inner = if n.kind() == "expression_statement" { n.child(0) } else { Some(n) };
            inner.is_some_and(|n| matches!(n.kind(), "string" | "ellipsis" | "pass_statement"))
        };
        let statements: Vec<Node<'_>> = parts(body).collect();
        let rest = statements.iter().filter(|n| !is_remark(**n) && !refuses(**n, text)).count();
        let last = statements.last().filter(|n| syntax::text(**n, text) == "...");
        let is_hollow = last.is_some() && statements.iter().all(|n| is_remark(*n));
        let dots = last.map_or(0..0, |n| n.byte_range());
        let range = node.byte_range();
        found.entry(name).or_default().push(Body { range, dots, is_hollow, statements: rest, declares });
    }
    Some(found)
}

/// `raise NotImplementedError` is no code to lose.
fn refuses(statement: Node<'_>, text: &str) -> bool {
    statement.kind() == "raise_statement" && syntax::text(statement, text).contains("NotImplemented")
}

/// The names around a function with its own, and whether one of them only declares.
fn around(function: Node<'_>, text: &str) -> (String, bool) {
    let mut names = Vec::new();
    let mut words: BTreeSet<&str> = BTreeSet::new();
    let mut next = Some(function);
    while let Some(node) = next {
        match node.kind() {
            "function_definition" | "class_definition" => {
                names.extend(node.child_by_field_name("name").map(|name| syntax::text(name, text)));
                if let Some(bases) = node.child_by_field_name("superclasses") {
                    words.extend(identifiers(bases, text));
                }
            }
            "decorated_definition" => {
                let decorators = children(node).filter(|n| n.kind() == "decorator");
                words.extend(decorators.flat_map(|n| identifiers(n, text).collect::<Vec<_>>()));
            }
            "if_statement" => {
                let condition = node.child_by_field_name("condition");
                if condition.is_some_and(|n| syntax::text(n, text).contains("TYPE_CHECKING")) {
                    words.insert("Protocol");
                }
            }
            _ => {}
        }
        next = node.parent();
    }
    names.reverse();
    (names.join("."), words.iter().any(|word| DECLARING.contains(word) || word.ends_with("Protocol")))
}

fn identifiers<'t>(node: Node<'_>, text: &'t str) -> impl Iterator<Item = &'t str> {
    syntax::below(node).filter(|n| n.kind() == "identifier").map(move |n| syntax::text(n, text))
}
