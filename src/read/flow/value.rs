//! Values as far as they are known: their origins, their fields, their text.

use std::ops::Range;

/// Of more origins the first ones are kept.
const MAX_TRACES: usize = 24;
const MAX_FIELDS: usize = 96;
/// Of a larger value only the origins are kept.
const MAX_SIZE: usize = 400;
const MAX_LINKS: usize = 6;
const MAX_TEXT: usize = 4096;

/// Stands in a [`Value::text`] for what is not known.
pub(super) const HOLE: char = '\u{0}';

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// An environment variable of that name; `?` where the run decides which.
    Environment(String),
    /// All environment variables.
    WholeEnvironment,
    /// The content of a file of that name, or a part of it.
    File {
        /// The file's name without its folder.
        name: String,
        /// The member that is taken from it.
        part: Option<String>,
    },
    /// A variable, parameter or property of which nothing but its name is known.
    Name {
        /// The name.
        name: String,
        /// What it is a member of, as written; empty where it is a variable.
        of: String,
        /// The call that made it, where one did.
        maker: Option<Maker>,
    },
    /// A parameter of a function of this file; never given out.
    Parameter {
        /// The function, by its place in the text.
        function: usize,
        /// Which of its parameters.
        index: usize,
        /// The members taken from it.
        path: Vec<String>,
    },
}

/// The call that made a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Maker {
    /// The function as written, names joined by dots.
    pub name: String,
    /// Whether it is a constructor by its syntax.
    pub constructs: bool,
}

/// The way of a value from its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Where it comes from.
    pub origin: Origin,
    /// The bytes where it does.
    pub range: Range<usize>,
    /// The bytes of the assignments and calls on its way.
    pub links: Vec<Range<usize>>,
}

/// What is known of a value.
#[derive(Debug, Clone, Default)]
pub struct Value {
    /// The origins of the value itself.
    pub traces: Vec<Trace>,
    /// The values of its fields; list items are named `0`, `1` and so on.
    pub fields: Vec<(String, Value)>,
    /// Its text, with a NUL for every part that is not known.
    pub text: Option<String>,
    /// Whether it may hold anything else, and the call that made it.
    pub(super) opaque: Option<Option<Maker>>,
    /// Whether it is a part of something traced, as a masked form is.
    pub(super) cut: bool,
    /// How many fields it has, their own fields too.
    pub(super) size: usize,
}

impl Value {
    pub(super) fn opaque(maker: Option<Maker>) -> Self {
        Self { opaque: Some(maker), ..Self::default() }
    }

    pub(super) fn of_text(text: impl Into<String>) -> Self {
        let text: String = text.into();
        Self { text: (text.len() <= MAX_TEXT).then_some(text), ..Self::default() }
    }

    pub(super) fn of(origin: Origin, range: Range<usize>) -> Self {
        Self { traces: vec![Trace { origin, range, links: Vec::new() }], ..Self::default() }
    }

    /// Every origin of the value and its fields.
    pub fn all(&self) -> Vec<&Trace> {
        let mut found: Vec<&Trace> = Vec::new();
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            found.extend(&value.traces);
            open.extend(value.fields.iter().rev().map(|(_, field)| field));
        }
        found
    }

    /// How much it holds.
    pub(super) fn size(&self) -> usize {
        self.size + self.traces.len()
    }

    /// Whether any origin is known of it.
    pub fn is_traced(&self) -> bool {
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            if !value.traces.is_empty() {
                return true;
            }
            open.extend(value.fields.iter().map(|(_, field)| field));
        }
        false
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        if let Some(at) = self.fields.iter().position(|(field, _)| field == name) {
            let (_, old) = self.fields.remove(at);
            self.size = self.size.saturating_sub(old.size + 1);
        }
        if self.fields.len() < MAX_FIELDS && self.size + value.size < MAX_SIZE {
            self.size += value.size + 1;
            self.fields.push((name.to_owned(), value));
        } else {
            self.carry(&value);
        }
    }

    pub(super) fn push(&mut self, value: Value) {
        let next = self.fields.len().to_string();
        self.set(&next, value);
    }

    /// Takes in the origins of another value, its fields' too.
    pub(super) fn carry(&mut self, other: &Value) {
        for trace in other.all() {
            self.trace(trace.clone());
        }
    }

    pub(super) fn trace(&mut self, trace: Trace) {
        let known = self.traces.iter().any(|t| t.origin == trace.origin);
        if !known && self.traces.len() < MAX_TRACES {
            self.traces.push(trace);
        }
    }

    /// Either of two values.
    pub(super) fn or(mut self, other: Value) -> Self {
        for trace in other.traces {
            self.trace(trace);
        }
        for (name, value) in other.fields {
            let merged = match self.field(&name) {
                Some(known) => known.clone().or(value),
                None => value,
            };
            self.set(&name, merged);
        }
        self.opaque = self.opaque.or(other.opaque);
        self.cut |= other.cut;
        self.text = self.text.or(other.text);
        self
    }

    /// A text put together from values.
    pub(super) fn joined(values: &[Value], between: &str) -> Self {
        let mut whole = Self::default();
        let mut text = String::new();
        for (n, value) in values.iter().enumerate() {
            whole.carry(value);
            whole.cut |= value.cut;
            if n > 0 {
                text += between;
            }
            match &value.text {
                Some(known) => text += known,
                None => text.push(HOLE),
            }
            if let Some(maker) = &value.opaque {
                whole.opaque = Some(whole.opaque.flatten().or_else(|| maker.clone()));
            }
        }
        whole.text = (text.len() <= MAX_TEXT).then_some(text);
        whole
    }

    /// The same with a step more on the way of each origin.
    pub(super) fn by_way_of(mut self, link: &Range<usize>) -> Self {
        self.each_trace(&mut |trace| {
            if trace.links.len() < MAX_LINKS && trace.links.last() != Some(link) {
                trace.links.push(link.clone());
            }
        });
        self
    }

    pub(super) fn each_trace(&mut self, change: &mut dyn FnMut(&mut Trace)) {
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            value.traces.iter_mut().for_each(&mut *change);
            open.extend(value.fields.iter_mut().map(|(_, field)| field));
        }
    }

    pub(super) fn retain(&mut self, keep: &dyn Fn(&Trace) -> bool) {
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            value.traces.retain(keep);
            open.extend(value.fields.iter_mut().map(|(_, field)| field));
        }
    }
}
