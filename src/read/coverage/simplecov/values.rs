//! Ruby's literals, as far as a configuration writes them out.

use std::collections::BTreeMap;

use crate::read::syntax::{Node, children, parts, text};

/// Lists in lists are followed this far.
const MAX_DEPTH: usize = 20;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument {
    Nil,
    Text(String),
    Symbol(String),
    Number(f64),
    /// The expression between its delimiters, and its flags.
    Regex(String, String),
    List(Vec<Argument>),
    Hash(Vec<(String, Argument)>),
    /// What only a run could tell: the expression.
    Unknown(String),
}

impl Argument {
    /// The name that a text or symbol gives.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Symbol(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The value for a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Unknown(text) | Self::Text(text) | Self::Symbol(text) => text.chars().take(120).collect(),
            _ => "a value of a kind that is not read".to_owned(),
        }
    }
}

/// Variables and constants with a known value.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, Argument>);

impl Names {
    /// Gives a name its value, from here on.
    pub(super) fn set(&mut self, name: &str, value: Argument) {
        self.0.insert(name.to_owned(), value);
    }
}

/// The value of an expression.
pub(super) fn value(node: Node<'_>, source: &str, names: &Names) -> Argument {
    deep(node, source, names, 0)
}

/// The key and value of a `key: value` or `key => value`.
pub(super) fn pair(node: Node<'_>, source: &str, names: &Names) -> Option<(String, Argument)> {
    let key = node.child_by_field_name("key")?;
    let name = match key.kind() {
        "hash_key_symbol" => text(key, source).to_owned(),
        _ => value(key, source, names).name()?,
    };
    Some((name, value(node.child_by_field_name("value")?, source, names)))
}

fn deep(node: Node<'_>, source: &str, names: &Names, depth: usize) -> Argument {
    let written = text(node, source);
    let unknown = || Argument::Unknown(written.chars().take(120).collect());
    if depth > MAX_DEPTH {
        return unknown();
    }
    let each = |node| parts(node).map(|part| deep(part, source, names, depth + 1)).collect::<Vec<_>>();
    match node.kind() {
        "nil" => Argument::Nil,
        "string" | "bare_string" => content(node, source, names).map_or_else(unknown, Argument::Text),
        "simple_symbol" => Argument::Symbol(written.trim_start_matches(':').to_owned()),
        "bare_symbol" | "delimited_symbol" => {
            content(node, source, names).map_or_else(unknown, Argument::Symbol)
        }
        "integer" | "float" => written.replace('_', "").parse().map_or_else(|_| unknown(), Argument::Number),
        "unary" => written.replace(['_', ' '], "").parse().map_or_else(|_| unknown(), Argument::Number),
        "array" | "string_array" | "symbol_array" => Argument::List(each(node)),
        "hash" => Argument::Hash(parts(node).filter_map(|part| pair(part, source, names)).collect()),
        "parenthesized_statements" => {
            let mut inner = each(node);
            if inner.len() == 1 { inner.remove(0) } else { unknown() }
        }
        "regex" => match content(node, source, names) {
            Some(content) => {
                let flags = written.chars().rev().take_while(char::is_ascii_alphabetic).collect();
                Argument::Regex(content, flags)
            }
            None => unknown(),
        },
        "identifier" | "constant" => names.0.get(written).cloned().unwrap_or_else(unknown),
        "call" => {
            let frozen = node.child_by_field_name("method").is_some_and(|m| text(m, source) == "freeze");
            let receiver = node.child_by_field_name("receiver").filter(|_| frozen);
            receiver.map_or_else(unknown, |receiver| deep(receiver, source, names, depth + 1))
        }
        _ => unknown(),
    }
}

/// The text between the delimiters of a literal, with the names that it takes in.
fn content(node: Node<'_>, source: &str, names: &Names) -> Option<String> {
    let mut out = String::new();
    for part in children(node) {
        match part.kind() {
            "string_content" => out.push_str(text(part, source)),
            "escape_sequence" if node.kind() == "regex" => out.push_str(text(part, source)),
            "escape_sequence" => out.push_str(escaped(text(part, source))?),
            "interpolation" => {
                let inner = parts(part).next()?;
                match names.0.get(text(inner, source))? {
                    Argument::Text(text) | Argument::Symbol(text) => out.push_str(text),
                    _ => return None,
                }
            }
            _ => {}
        }
    }
    Some(out)
}

fn escaped(text: &str) -> Option<&str> {
    Some(match text {
        "\\n" => "\n",
        "\\t" => "\t",
        _ => text.strip_prefix('\\').filter(|rest| rest.chars().all(|c| !c.is_ascii_alphanumeric()))?,
    })
}
