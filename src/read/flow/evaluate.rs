//! What an expression's value is, as far as the names bound so far tell.

use std::ops::Range;

use crate::read::environment;
use crate::read::syntax::{Language, Node};

use super::Argument;
use super::calls::{self, Gives};
use super::shape::{Call, Shape};
use super::value::{HOLE, Maker, Origin, Trace, Value};
use super::walk::{MAX_DEPTH, MAX_STEPS, Walk};

const MAX_NAMES: usize = 24;

impl<'s> Walk<'s, '_> {
    pub(super) fn arguments(&mut self, call: &Call<'_, 's>, depth: usize) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for given in &call.arguments {
            let value = self.value(given.value, depth + 1);
            if self.reader.language == Language::Rust
                && let Some(text) = &value.text
            {
                for name in inline_names(text) {
                    let range = given.value.byte_range();
                    arguments.push(Argument { name: None, value: self.name(&name, range.clone()), range });
                }
            }
            let range = given.value.byte_range();
            arguments.push(Argument { name: given.name.clone().map(Into::into), value, range });
        }
        arguments
    }

    pub(super) fn value(&mut self, node: Node<'_>, depth: usize) -> Value {
        self.steps += 1;
        if depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return Value::opaque(None);
        }
        let deeper = depth + 1;
        match self.reader.shape(node) {
            Shape::Name(name) => self.name(name, node.byte_range()),
            Shape::Member(of, name) => self.member_of(node, of, name, deeper),
            Shape::Index(of, index) => {
                let written = self.reader.text(index);
                let number = !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit());
                let key = if number { Some(written.to_owned()) } else { self.value(index, deeper).text };
                match key.filter(|text| !text.contains(HOLE)) {
                    Some(key) => self.member_of(node, of, &key, deeper),
                    None => {
                        let of = self.value(of, deeper);
                        let mut item = Value::opaque(None);
                        of.fields.iter().for_each(|(_, field)| item.carry(field));
                        item
                    }
                }
            }
            Shape::Slice(of) => {
                let mut value = self.value(of, deeper);
                value.cut = !value.traces.is_empty();
                value.traces.clear();
                value.text = None;
                value
            }
            Shape::Call(call) => self.called(node, &call, deeper),
            Shape::Text(text) => Value::of_text(text),
            Shape::Joined(pieces) => {
                let values: Vec<Value> = pieces.into_iter().map(|piece| self.value(piece, deeper)).collect();
                Value::joined(&values, "")
            }
            Shape::List(items) => {
                let mut list = Value::default();
                for item in items {
                    let item = self.value(item, deeper);
                    list.push(item);
                }
                list
            }
            Shape::Record(entries) => {
                let mut record = Value::default();
                for (name, value) in entries {
                    let value = self.value(value, deeper);
                    match name {
                        Some(name) => record.set(&name, value),
                        None => record = record.or(value),
                    }
                }
                record
            }
            Shape::Either(choices) => {
                let mut either: Option<Value> = None;
                for choice in choices {
                    let value = self.value(choice, deeper);
                    either = Some(match either {
                        Some(known) => known.or(value),
                        None => value,
                    });
                }
                let mut either = either.unwrap_or_default();
                // Masked where it is long enough to be one, and as it is where it is not.
                if either.cut {
                    either.traces.clear();
                }
                either
            }
            Shape::Same(inner) => self.value(inner, deeper),
            Shape::Clean => Value::default(),
            Shape::Other => Value::opaque(None),
        }
    }

    pub(super) fn name(&mut self, name: &str, range: Range<usize>) -> Value {
        if environment::is_object(self.reader.language, name) {
            return self.sought(Origin::WholeEnvironment, range);
        }
        let bound = self.frames.iter().rev().find_map(|frame| frame.names.get(name));
        let Some(bound) = bound else { return self.named(name, "", None, range) };
        self.steps += bound.size();
        let Some(maker) = &bound.opaque else { return bound.clone() };
        let own = self.named(name, "", maker.clone(), range);
        own.or(bound.clone())
    }

    /// A value of which the name is known and nothing else.
    pub(super) fn named(&self, name: &str, of: &str, maker: Option<Maker>, range: Range<usize>) -> Value {
        let origin = Origin::Name { name: name.to_owned(), of: of.to_owned(), maker };
        let mut value = self.sought(origin, range);
        value.opaque = Some(None);
        value
    }

    pub(super) fn sought(&self, origin: Origin, range: Range<usize>) -> Value {
        if (self.wanted)(&origin) { Value::of(origin, range) } else { Value::opaque(None) }
    }

    pub(super) fn member_of(&mut self, node: Node<'_>, of: Node<'_>, name: &str, depth: usize) -> Value {
        let path = self.path(of, 0).join(".");
        let range = node.byte_range();
        if environment::is_object(self.reader.language, &path) {
            return self.sought(Origin::Environment(name.to_owned()), range);
        }
        if environment::is_object(self.reader.language, &format!("{path}.{name}")) {
            return self.sought(Origin::WholeEnvironment, range);
        }
        let of = self.value(of, depth);
        let value = self.member(&of, name, range.clone());
        match &value.opaque {
            Some(maker) => self.named(name, &path, maker.clone(), range).or(value),
            None => value,
        }
    }

    /// A member of a value, by what is known of the value.
    pub(super) fn member(&self, value: &Value, name: &str, range: Range<usize>) -> Value {
        if let Some(field) = value.field(name) {
            return field.clone();
        }
        let mut member = Value::opaque(None);
        for trace in &value.traces {
            let origin = match &trace.origin {
                Origin::WholeEnvironment => Origin::Environment(name.to_owned()),
                Origin::File { name: file, part: None } => {
                    Origin::File { name: file.clone(), part: Some(name.to_owned()) }
                }
                Origin::Parameter { function, index, path } if path.len() < 4 => {
                    let path = path.iter().cloned().chain([name.to_owned()]).collect();
                    Origin::Parameter { function: *function, index: *index, path }
                }
                _ => continue,
            };
            if matches!(origin, Origin::Parameter { .. }) || (self.wanted)(&origin) {
                if matches!(origin, Origin::Environment(_)) {
                    member.opaque = None;
                }
                member.trace(Trace { origin, range: range.clone(), links: trace.links.clone() });
            }
        }
        member
    }

    pub(super) fn called(&mut self, node: Node<'_>, call: &Call<'_, 's>, depth: usize) -> Value {
        let path = self.path_of(call, 0);
        let whole = path.join(".");
        let arguments = self.arguments(call, depth);
        let text = |n: usize| arguments.get(n).and_then(|a| a.value.text.clone());
        let maker = Some(Maker { name: whole.clone(), constructs: call.constructs });
        let gives = calls::gives(&whole, call.name, call.receiver.is_some(), arguments.len());
        let receiver = |walk: &mut Self| call.receiver.map(|of| walk.value(of, depth)).unwrap_or_default();
        match gives {
            Gives::Variable => match text(0) {
                Some(name) if !name.contains(HOLE) => {
                    self.sought(Origin::Environment(name), node.byte_range())
                }
                _ => Value::opaque(maker),
            },
            Gives::Environment => self.sought(Origin::WholeEnvironment, node.byte_range()),
            Gives::Content => {
                let writes = text(1).is_some_and(|mode| mode.len() < 4 && mode.contains(['w', 'a', 'x']));
                let from = match text(0) {
                    Some(path) if !writes => Some(path),
                    None => receiver(self).text,
                    Some(_) => None,
                };
                let name = from.and_then(|path| path.rsplit(['/', '\\', HOLE]).next().map(str::to_owned));
                let origin = name.map(|name| Origin::File { name, part: None });
                match origin.filter(|origin| (self.wanted)(origin)) {
                    Some(origin) => Value::of(origin, node.byte_range()),
                    None => Value::opaque(maker),
                }
            }
            Gives::Receiver => {
                let mut value = receiver(self);
                value.text = None;
                value
            }
            Gives::First => {
                let mut value = arguments.into_iter().next().map(|a| a.value).unwrap_or_default();
                value.text = None;
                value
            }
            Gives::All | Gives::Arguments | Gives::Parts => {
                let mut values: Vec<Value> = Vec::new();
                if gives == Gives::All {
                    values.push(receiver(self));
                }
                values.extend(arguments.into_iter().map(|a| a.value));
                let between = if gives == Gives::Parts { "/" } else { "" };
                Value::joined(&values, between)
            }
            Gives::Replacement => {
                let mut value = receiver(self);
                value.traces.clear();
                arguments.iter().skip(1).for_each(|a| value.carry(&a.value));
                value.text = None;
                value
            }
            Gives::Member => match (text(0), call.receiver) {
                (Some(name), Some(of)) => self.member_of(node, of, &name, depth),
                _ => Value::opaque(maker),
            },
            Gives::Unknown => match self.local(&path) {
                Some(index) => {
                    let gives = self.known.functions[index].gives.clone();
                    let mut value = self.replaced(&gives, index, &arguments, &node.byte_range(), 0);
                    if !value.is_traced() {
                        value.opaque = Some(maker);
                    }
                    value
                }
                None => {
                    let cuts = calls::cuts(call.name) && receiver(self).is_traced();
                    Value { cut: cuts, ..Value::opaque(maker) }
                }
            },
        }
    }

    pub(super) fn path_of(&self, call: &Call<'_, 's>, depth: usize) -> Vec<String> {
        let mut path = call.receiver.map(|of| self.path(of, depth)).unwrap_or_default();
        if !call.name.is_empty() {
            path.push(call.name.to_owned());
        }
        path
    }

    /// The names of an expression, the outermost first; `?` for what has none.
    pub(super) fn path(&self, node: Node<'_>, depth: usize) -> Vec<String> {
        if depth > MAX_NAMES {
            return vec!["?".to_owned()];
        }
        let deeper = depth + 1;
        match self.reader.shape(node) {
            Shape::Name(name) => vec![name.to_owned()],
            Shape::Member(of, name) => {
                let mut path = self.path(of, deeper);
                path.push(name.to_owned());
                path
            }
            Shape::Call(call) => {
                let mut path = self.path_of(&call, deeper);
                if let Some(last) = path.last_mut() {
                    last.push_str("()");
                }
                path
            }
            Shape::Same(inner) => self.path(inner, deeper),
            _ => vec!["?".to_owned()],
        }
    }
}

/// The variables that a format string of Rust names: `{key}` and `{key:?}`.
fn inline_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in text.replace("{{", "").split('{').skip(1) {
        let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let ends = part[name.len()..].starts_with(['}', ':']);
        if ends && name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_') {
            names.push(name);
        }
    }
    names
}
