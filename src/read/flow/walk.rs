//! The walk over a tree: names are bound in the order of the text, and what arrives at calls is gathered.

use std::collections::HashMap;
use std::ops::Range;

use crate::read::syntax::{Language, Node, Tree};
use crate::undecided::Undecided;

use super::calls::{self, Gives};
use super::shape::{Call, Deed, Function, Reader, Shape};
use super::value::{HOLE, Maker, Origin, Trace, Value};
use super::{Argument, Arrival, Kind};

/// Deeper expressions are not followed; their value is unknown.
const MAX_DEPTH: usize = 48;
/// Expressions looked at in one file. Counted, not timed, so that a verdict does not depend on the machine.
const MAX_STEPS: usize = 3_000_000;
const MAX_NAMES: usize = 24;

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
struct Known<'s> {
    functions: Vec<Summary<'s>>,
    names: HashMap<&'s str, Option<usize>>,
    outermost: HashMap<&'s str, Value>,
}

/// A function of the file.
#[derive(Default)]
struct Summary<'s> {
    parameters: Vec<Option<&'s str>>,
    gives: Value,
    /// What arrives somewhere from its parameters.
    passes: Vec<Arrival>,
}

struct Frame<'s> {
    end: usize,
    function: Option<usize>,
    /// The node that is the function's result.
    gives: Option<usize>,
    names: HashMap<&'s str, Value>,
}

struct Walk<'s, 'w> {
    reader: Reader<'s>,
    wanted: &'w dyn Fn(&Origin) -> bool,
    known: Known<'s>,
    frames: Vec<Frame<'s>>,
    functions: Vec<Summary<'s>>,
    names: HashMap<&'s str, Option<usize>>,
    outermost: HashMap<&'s str, Value>,
    arrivals: Vec<Arrival>,
    steps: usize,
}

impl<'s, 'w> Walk<'s, 'w> {
    fn new(reader: Reader<'s>, wanted: &'w dyn Fn(&Origin) -> bool, known: Known<'s>) -> Self {
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

    fn run(&mut self, tree: &Tree) -> Result<(), Undecided> {
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

    fn visit(&mut self, node: Node<'_>) {
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

    fn enter(&mut self, node: Node<'_>, function: &Function<'_, 's>) {
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
    fn bind_here(&mut self, target: Node<'_>, value: Value) {
        if let (Shape::Name(name), Some(frame)) = (self.reader.shape(target), self.frames.last_mut()) {
            frame.names.insert(name, value);
        } else {
            self.bind(target, value, 0);
        }
    }

    fn give(&mut self, value: Value) {
        if let Some(index) = self.frames.last().and_then(|frame| frame.function) {
            let summary = &mut self.functions[index];
            summary.gives = std::mem::take(&mut summary.gives).or(value);
        }
    }

    fn bind(&mut self, target: Node<'_>, value: Value, depth: usize) {
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

    fn set_field(&mut self, of: Node<'_>, name: &str, value: Value) {
        let Shape::Name(root) = self.reader.shape(of) else { return };
        let shared = matches!(root, "this" | "self");
        let at = if shared { Some(0) } else { self.frames.iter().rposition(|f| f.names.contains_key(root)) };
        let at = at.unwrap_or(self.frames.len().saturating_sub(1));
        let Some(frame) = self.frames.get_mut(at) else { return };
        let object = frame.names.entry(root).or_insert_with(|| Value::opaque(None));
        // A text that is a member's name can come from nowhere but this file, and so can many of them.
        object.set(name, value);
    }

    fn added(&mut self, target: Node<'_>, values: &[Value]) -> Value {
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

    fn iterate(&mut self, target: Node<'_>, over: Node<'_>) {
        let whole = self.value(over, 0).by_way_of(&target.byte_range());
        let mut item = Value::opaque(None);
        if whole.fields.is_empty() {
            item.traces.clone_from(&whole.traces);
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
    fn arrive(&mut self, node: Node<'_>) {
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
                self.read(node);
                let kind = if call.constructs { Kind::Construct } else { Kind::Call };
                self.record(kind, path, node, arguments);
            }
            Shape::Member(..) | Shape::Index(..) => self.read(node),
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

    fn pieces(&mut self, node: Node<'_>, found: &mut Vec<(Value, Range<usize>)>, depth: usize) {
        match self.reader.shape(node) {
            Shape::Joined(inner) if depth < MAX_DEPTH => {
                for piece in inner {
                    self.pieces(piece, found, depth + 1);
                }
            }
            _ => found.push((self.value(node, depth), node.byte_range())),
        }
    }

    fn read(&mut self, node: Node<'_>) {
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

    fn record(&mut self, kind: Kind, path: Vec<String>, node: Node<'_>, arguments: Vec<Argument>) {
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
            self.functions[function].passes.push(arrival.clone());
        }
        self.arrivals.push(arrival);
    }

    /// What a call of a function of this file takes to the places that its parameters reach.
    fn pass(&mut self, path: &[String], arguments: &[Argument], node: Node<'_>) {
        let real = |trace: &&Trace| !matches!(trace.origin, Origin::Parameter { .. });
        if !arguments.iter().any(|a| a.value.all().iter().any(real)) {
            return;
        }
        let Some(index) = self.local(path) else { return };
        let mut passed = Vec::new();
        for arrival in &self.known.functions[index].passes {
            let mut arrival = arrival.clone();
            for argument in &mut arrival.arguments {
                argument.value = self.replaced(&argument.value, index, arguments, &node.byte_range(), 0);
                argument.value.retain(&|trace| real(&trace));
            }
            arrival.through = Some(node.byte_range());
            if arrival.arguments.iter().any(|a| a.value.is_traced()) {
                passed.push(arrival);
            }
        }
        self.arrivals.extend(passed);
    }

    fn local(&self, path: &[String]) -> Option<usize> {
        let name = match path {
            [name] => name,
            [object, name] if matches!(object.as_str(), "this" | "self" | "cls") => name,
            _ => return None,
        };
        self.known.names.get(name.as_str()).copied().flatten()
    }

    /// A value of a function's inside with what a call gives for its parameters; the function's own origins are left
    /// out where they are names, which say nothing beside what is given for them.
    fn replaced(
        &self,
        value: &Value,
        function: usize,
        arguments: &[Argument],
        link: &Range<usize>,
        depth: usize,
    ) -> Value {
        let mut new = Value { text: value.text.clone(), opaque: value.opaque.clone(), ..Value::default() };
        for trace in &value.traces {
            match &trace.origin {
                Origin::Parameter { function: of, index, path } if *of == function => {
                    let Some(mut given) = self.given(function, *index, arguments) else { continue };
                    for name in path {
                        given = self.member(&given, name, link.clone());
                    }
                    let mut given = given.by_way_of(link);
                    given.each_trace(&mut |t| t.links.extend(trace.links.iter().cloned()));
                    new = if path.is_empty() && value.traces.len() == 1 && value.fields.is_empty() {
                        Value { opaque: None, ..given }
                    } else {
                        new.carry(&given);
                        new
                    };
                }
                Origin::Parameter { .. } | Origin::Name { .. } => {}
                _ => new.trace(trace.clone()),
            }
        }
        if depth < MAX_DEPTH {
            for (name, field) in &value.fields {
                new.set(name, self.replaced(field, function, arguments, link, depth + 1));
            }
        }
        new
    }

    fn given(&self, function: usize, index: usize, arguments: &[Argument]) -> Option<Value> {
        let parameter = self.known.functions[function].parameters.get(index).copied().flatten();
        let named = arguments.iter().find(|a| a.name.is_some() && a.name.as_deref() == parameter);
        let by_place = arguments.iter().filter(|a| a.name.is_none()).nth(index);
        named.or(by_place).map(|argument| argument.value.clone())
    }

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
                let index = self.value(index, deeper);
                match index.text.filter(|text| !text.contains(HOLE)) {
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
                either.unwrap_or_default()
            }
            Shape::Same(inner) => self.value(inner, deeper),
            Shape::Clean => Value::default(),
            Shape::Other => Value::opaque(None),
        }
    }

    fn name(&self, name: &str, range: Range<usize>) -> Value {
        if calls::is_environment(self.reader.language, name) {
            return self.sought(Origin::WholeEnvironment, range);
        }
        let bound = self.frames.iter().rev().find_map(|frame| frame.names.get(name));
        let Some(bound) = bound else { return self.named(name, "", None, range) };
        let Some(maker) = &bound.opaque else { return bound.clone() };
        let own = self.named(name, "", maker.clone(), range);
        own.or(bound.clone())
    }

    /// A value of which the name is known and nothing else.
    fn named(&self, name: &str, of: &str, maker: Option<Maker>, range: Range<usize>) -> Value {
        let origin = Origin::Name { name: name.to_owned(), of: of.to_owned(), maker };
        let mut value = self.sought(origin, range);
        value.opaque = Some(None);
        value
    }

    fn sought(&self, origin: Origin, range: Range<usize>) -> Value {
        if (self.wanted)(&origin) { Value::of(origin, range) } else { Value::opaque(None) }
    }

    fn member_of(&mut self, node: Node<'_>, of: Node<'_>, name: &str, depth: usize) -> Value {
        let path = self.path(of, 0).join(".");
        let range = node.byte_range();
        if calls::is_environment(self.reader.language, &path) {
            return self.sought(Origin::Environment(name.to_owned()), range);
        }
        if calls::is_environment(self.reader.language, &format!("{path}.{name}")) {
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
    fn member(&self, value: &Value, name: &str, range: Range<usize>) -> Value {
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

    fn called(&mut self, node: Node<'_>, call: &Call<'_, 's>, depth: usize) -> Value {
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
                None => Value::opaque(maker),
            },
        }
    }

    fn path_of(&self, call: &Call<'_, 's>, depth: usize) -> Vec<String> {
        let mut path = call.receiver.map(|of| self.path(of, depth)).unwrap_or_default();
        if !call.name.is_empty() {
            path.push(call.name.to_owned());
        }
        path
    }

    /// The names of an expression, the outermost first; `?` for what has none.
    fn path(&self, node: Node<'_>, depth: usize) -> Vec<String> {
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
