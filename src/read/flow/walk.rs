//! The walk over a tree: names are bound in the order of the text, and what arrives at calls is gathered.

use std::collections::HashMap;
use std::ops::Range;

use crate::read::environment;
use crate::read::syntax::{Language, Node, Tree};
use crate::undecided::Undecided;

use super::calls::{self, Gives};
use super::shape::{Deed, Function, Reader, Shape};
use super::value::{HOLE, Origin, Trace, Value};
use super::{Argument, Arrival, Kind};

/// Deeper expressions are not followed; their value is unknown.
pub(super) const MAX_DEPTH: usize = 48;
/// Expressions looked at in one file. Counted, not timed, so that a verdict does not depend on the machine.
pub(super) const MAX_STEPS: usize = 1_000_000;

/// Of more arrivals of one function's parameters the first ones are kept.
const MAX_PASSES: usize = 200;

/// The arrivals of a tree, after two rounds: in the second it is known what each function gives back and passes on.
pub(super) fn arrivals(
    tree: &Tree,
    language: Language,
    source: &str,
    wanted: &dyn Fn(&Origin) -> bool,
) -> Result<Vec<Arrival>, Undecided> {
    let reader = Reader { language, source };
    let mut first = Walk::new(reader, wanted, Known::default());
    first.run(tree)?;
    let known = Known { functions: first.functions, names: first.names, outermost: first.outermost };
    let mut second = Walk::new(reader, wanted, known);
    second.run(tree)?;
    let mut arrivals = second.arrivals;
    for arrival in &mut arrivals {
        for argument in &mut arrival.arguments {
            argument.value.retain(&|trace| !matches!(trace.origin, Origin::Parameter { .. }));
        }
    }
    arrivals.retain(|arrival| arrival.arguments.iter().any(|a| a.value.is_traced()));
    Ok(arrivals)
}

/// What the first round found out.
#[derive(Default)]
pub(super) struct Known<'s> {
    pub(super) functions: Vec<Summary<'s>>,
    pub(super) names: HashMap<&'s str, Option<usize>>,
    outermost: HashMap<&'s str, Value>,
}

/// A function of the file.
#[derive(Default)]
pub(super) struct Summary<'s> {
    pub(super) parameters: Vec<Option<&'s str>>,
    pub(super) gives: Value,
    /// What arrives somewhere from its parameters.
    pub(super) passes: Vec<Arrival>,
}

pub(super) struct Frame<'s> {
    end: usize,
    function: Option<usize>,
    /// The node that is the function's result.
    gives: Option<usize>,
    pub(super) names: HashMap<&'s str, Value>,
}

pub(super) struct Walk<'s, 'w> {
    pub(super) reader: Reader<'s>,
    pub(super) wanted: &'w dyn Fn(&Origin) -> bool,
    pub(super) known: Known<'s>,
    pub(super) frames: Vec<Frame<'s>>,
    functions: Vec<Summary<'s>>,
    names: HashMap<&'s str, Option<usize>>,
    outermost: HashMap<&'s str, Value>,
    pub(super) arrivals: Vec<Arrival>,
    pub(super) steps: usize,
}

impl<'s, 'w> Walk<'s, 'w> {
    pub(super) fn new(reader: Reader<'s>, wanted: &'w dyn Fn(&Origin) -> bool, known: Known<'s>) -> Self {
        Self {
            reader,
            wanted,
            known,
            frames: Vec::new(),
            functions: Vec::new(),
            names: HashMap::new(),
            outermost: HashMap::new(),
            arrivals: Vec::new(),
            steps: 0,
        }
    }

    pub(super) fn run(&mut self, tree: &Tree) -> Result<(), Undecided> {
        let names = std::mem::take(&mut self.known.outermost);
        self.frames.push(Frame { end: usize::MAX, function: None, gives: None, names });
        for node in tree.nodes().filter(Node::is_named) {
            while self.frames.last().is_some_and(|frame| frame.end <= node.start_byte()) {
                self.frames.pop();
            }
            self.visit(node);
            if self.steps > MAX_STEPS {
                return Err(Undecided::new("is too costly to follow its values"));
            }
        }
        self.frames.truncate(1);
        self.outermost = self.frames.pop().map(|frame| frame.names).unwrap_or_default();
        Ok(())
    }

    pub(super) fn visit(&mut self, node: Node<'_>) {
        if let Some(frame) = self.frames.last()
            && frame.gives == Some(node.id())
        {
            let value = self.value(node, 0);
            self.give(value);
        }
        match self.reader.deed(node) {
            Deed::Function(function) => self.enter(node, &function),
            Deed::Bind(pairs) => {
                let values: Vec<Value> = pairs.iter().map(|(_, value)| self.value(*value, 0)).collect();
                for ((target, of), value) in pairs.iter().zip(values) {
                    self.bind(*target, value.by_way_of(&(target.start_byte()..of.end_byte())), 0);
                }
            }
            Deed::Spread(targets, value) => {
                let value = self.value(value, 0).by_way_of(&node.byte_range());
                for (n, target) in targets.into_iter().enumerate() {
                    let item = if n == 0 { value.clone() } else { Value::default() };
                    self.bind(target, item, 0);
                }
            }
            Deed::Add(target, value) => {
                let value = self.value(value, 0).by_way_of(&node.byte_range());
                let sum = self.added(target, &[value]);
                self.bind(target, sum, 0);
            }
            Deed::Loop(target, over) => self.iterate(target, over),
            Deed::Return(value) => {
                let value = self.value(value, 0);
                self.give(value);
            }
            Deed::None => {}
        }
        self.arrive(node);
    }

    pub(super) fn enter(&mut self, node: Node<'_>, function: &Function<'_, 's>) {
        let index = self.functions.len();
        if let Some(name) = function.name {
            self.names.entry(name).and_modify(|known| *known = None).or_insert(Some(index));
        }
        let gives = function.gives.map(|node| node.id());
        self.functions.push(Summary::default());
        self.frames.push(Frame { end: node.end_byte(), function: Some(index), gives, names: HashMap::new() });
        for (n, parameter) in function.parameters.iter().enumerate() {
            let name = match self.reader.shape(parameter.target) {
                Shape::Name(name) => Some(name),
                Shape::Same(inner) => match self.reader.shape(inner) {
                    Shape::Name(name) => Some(name),
                    _ => None,
                },
                _ => None,
            };
            self.functions[index].parameters.push(name);
            let mut value = Value::default();
            if !parameter.clean {
                let origin = Origin::Parameter { function: index, index: n, path: Vec::new() };
                value = Value::of(origin, parameter.target.byte_range());
                value.opaque = Some(None);
            }
            self.bind_here(parameter.target, value);
        }
    }

    /// Binds in the innermost function, whatever the outer ones call so.
    pub(super) fn bind_here(&mut self, target: Node<'_>, value: Value) {
        if let (Shape::Name(name), Some(frame)) = (self.reader.shape(target), self.frames.last_mut()) {
            frame.names.insert(name, value);
        } else {
            self.bind(target, value, 0);
        }
    }

    pub(super) fn give(&mut self, value: Value) {
        if let Some(index) = self.frames.last().and_then(|frame| frame.function) {
            let summary = &mut self.functions[index];
            summary.gives = std::mem::take(&mut summary.gives).or(value);
        }
    }

    pub(super) fn bind(&mut self, target: Node<'_>, value: Value, depth: usize) {
        self.steps += 1;
        if depth > MAX_DEPTH {
            return;
        }
        match self.reader.shape(target) {
            Shape::Name(name) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.names.insert(name, value);
                }
            }
            Shape::Same(inner) => self.bind(inner, value, depth + 1),
            Shape::Record(entries) => {
                for (name, inner) in entries {
                    let item = match name {
                        Some(name) => self.member(&value, &name, inner.byte_range()),
                        None => value.clone(),
                    };
                    self.bind(inner, item, depth + 1);
                }
            }
            Shape::List(items) => {
                for (n, item) in items.into_iter().enumerate() {
                    let own = value.field(&n.to_string()).cloned();
                    let maker = value.opaque.clone().unwrap_or_default();
                    self.bind(item, own.unwrap_or_else(|| Value::opaque(maker)), depth + 1);
                }
            }
            Shape::Member(of, name) => self.set_field(of, name, value),
            Shape::Index(of, index) => {
                let key = self.value(index, depth + 1).text.unwrap_or_else(|| "?".to_owned());
                self.set_field(of, &key, value);
            }
            _ => {}
        }
    }

    pub(super) fn set_field(&mut self, of: Node<'_>, name: &str, value: Value) {
        let Shape::Name(root) = self.reader.shape(of) else { return };
        let shared = matches!(root, "this" | "self");
        let at = if shared { Some(0) } else { self.frames.iter().rposition(|f| f.names.contains_key(root)) };
        let at = at.unwrap_or(self.frames.len().saturating_sub(1));
        let Some(frame) = self.frames.get_mut(at) else { return };
        let object = frame.names.entry(root).or_insert_with(|| Value::opaque(None));
        // A text that is a member's name can come from nowhere but this file, and so can many of them.
        object.set(name, value);
    }

    pub(super) fn added(&mut self, target: Node<'_>, values: &[Value]) -> Value {
        let mut sum = self.value(target, 0);
        // The name of what is added to says nothing about it.
        sum.retain(&|trace| {
            !matches!(trace.origin, Origin::Name { .. }) || trace.range != target.byte_range()
        });
        let is_list = !sum.fields.is_empty() || values.iter().any(|v| !v.fields.is_empty());
        for value in values {
            if is_list {
                sum.push(value.clone());
            } else {
                sum.carry(value);
            }
        }
        let texts = (sum.text.take(), values.first().and_then(|v| v.text.as_deref()));
        if let (Some(before), added) = texts {
            let hole = HOLE.to_string();
            sum.text = Value::of_text(before + added.unwrap_or(&hole)).text;
        }
        sum
    }

    pub(super) fn iterate(&mut self, target: Node<'_>, over: Node<'_>) {
        let whole = self.value(over, 0).by_way_of(&target.byte_range());
        let mut item = Value::opaque(None);
        if whole.fields.is_empty() {
            // A name in the plural tells nothing of each item, and of pairs the loop may use either.
            let of_items = whole.traces.iter().filter(|t| !matches!(t.origin, Origin::Name { .. }));
            item.traces.extend(of_items.cloned());
            for trace in item.traces.iter_mut().filter(|t| t.origin == Origin::WholeEnvironment) {
                trace.origin = Origin::Environment("?".to_owned());
            }
        } else if matches!(self.reader.shape(over), Shape::List(_)) || whole.field("0").is_some() {
            for (_, value) in &whole.fields {
                item = item.or(value.clone());
            }
        } else {
            item.carry(&whole);
        }
        match self.reader.shape(target) {
            // Of pairs the first is the name.
            Shape::List(items) if items.len() == 2 && item.fields.is_empty() => {
                self.bind(items[0], Value::opaque(None), 0);
                self.bind(items[1], item, 0);
            }
            _ => self.bind(target, item, 0),
        }
    }

    /// What came to a node, for the record.
    pub(super) fn arrive(&mut self, node: Node<'_>) {
        match self.reader.shape(node) {
            Shape::Call(call) => {
                let path = self.path_of(&call, 0);
                let arguments = self.arguments(&call, 0);
                if let Some(receiver) = call.receiver.filter(|_| calls::adds(call.name)) {
                    let values: Vec<Value> = arguments.iter().map(|a| a.value.clone()).collect();
                    if values.iter().any(Value::is_traced) {
                        let link = node.byte_range();
                        let sum = self.added(receiver, &values).by_way_of(&link);
                        self.bind(receiver, sum, 0);
                    }
                }
                self.pass(&path, &arguments, node);
                let whole = path.join(".");
                let gives = calls::gives(&whole, call.name, call.receiver.is_some(), arguments.len());
                if gives == Gives::Variable {
                    self.read(node);
                }
                let kind = if call.constructs { Kind::Construct } else { Kind::Call };
                self.record(kind, path, node, arguments);
            }
            Shape::Member(of, _) | Shape::Index(of, _)
                if environment::is_object(self.reader.language, &self.path(of, 0).join(".")) =>
            {
                self.read(node);
            }
            Shape::Record(entries) => {
                let argument =
                    |walk: &mut Self, (name, value): (Option<std::borrow::Cow<'s, str>>, Node<'_>)| {
                        let range = value.byte_range();
                        Argument { name: name.map(Into::into), value: walk.value(value, 0), range }
                    };
                let arguments = entries.into_iter().map(|entry| argument(self, entry)).collect();
                self.record(Kind::Record, Vec::new(), node, arguments);
            }
            Shape::Joined(_) => {
                let inner =
                    node.parent().is_some_and(|parent| matches!(self.reader.shape(parent), Shape::Joined(_)));
                if !inner {
                    let mut pieces = Vec::new();
                    self.pieces(node, &mut pieces, 0);
                    let arguments = pieces
                        .into_iter()
                        .map(|(value, range)| Argument { name: None, value, range })
                        .collect();
                    self.record(Kind::Text, Vec::new(), node, arguments);
                }
            }
            _ => {}
        }
    }

    pub(super) fn pieces(&mut self, node: Node<'_>, found: &mut Vec<(Value, Range<usize>)>, depth: usize) {
        match self.reader.shape(node) {
            Shape::Joined(inner) if depth < MAX_DEPTH => {
                for piece in inner {
                    self.pieces(piece, found, depth + 1);
                }
            }
            _ => found.push((self.value(node, depth), node.byte_range())),
        }
    }

    pub(super) fn read(&mut self, node: Node<'_>) {
        let value = self.value(node, 0);
        let own = |trace: &Trace| {
            trace.range == node.byte_range() && matches!(trace.origin, Origin::Environment(_))
        };
        if value.traces.iter().any(own) {
            let mut value = value;
            value.retain(&own);
            self.record(
                Kind::Read,
                Vec::new(),
                node,
                vec![Argument { name: None, value, range: node.byte_range() }],
            );
        }
    }

    pub(super) fn record(&mut self, kind: Kind, path: Vec<String>, node: Node<'_>, arguments: Vec<Argument>) {
        self.steps += arguments.iter().map(|a| a.value.size()).sum::<usize>();
        if !arguments.iter().any(|a| a.value.is_traced()) {
            return;
        }
        let arrival = Arrival { kind, path, range: node.byte_range(), arguments, through: None };
        let mut of: Vec<usize> = Vec::new();
        for trace in arrival.arguments.iter().flat_map(|a| a.value.all()) {
            if let Origin::Parameter { function, .. } = trace.origin
                && !of.contains(&function)
            {
                of.push(function);
            }
        }
        for function in of {
            // A function further down in the text has not been met in this round.
            if let Some(summary) = self.functions.get_mut(function).filter(|s| s.passes.len() < MAX_PASSES) {
                summary.passes.push(arrival.clone());
            }
        }
        self.arrivals.push(arrival);
    }
}
