//! Through one call: what a function of the file does with what it is given.

use std::ops::Range;

use crate::read::syntax::Node;

use super::Argument;
use super::value::{Origin, Trace, Value};
use super::walk::{MAX_DEPTH, Walk};

impl Walk<'_, '_> {
    /// What a call of a function of this file takes to the places that its parameters reach.
    pub(super) fn pass(&mut self, path: &[String], arguments: &[Argument], node: Node<'_>) {
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

    pub(super) fn local(&self, path: &[String]) -> Option<usize> {
        let name = match path {
            [name] => name,
            [object, name] if matches!(object.as_str(), "this" | "self" | "cls") => name,
            _ => return None,
        };
        self.known.names.get(name.as_str()).copied().flatten()
    }

    /// A value of a function's inside with what a call gives for its parameters; the function's own origins are left
    /// out where they are names, which say nothing beside what is given for them.
    pub(super) fn replaced(
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

    pub(super) fn given(&self, function: usize, index: usize, arguments: &[Argument]) -> Option<Value> {
        let parameter = self.known.functions[function].parameters.get(index).copied().flatten();
        let named = arguments.iter().find(|a| a.name.is_some() && a.name.as_deref() == parameter);
        let by_place = arguments.iter().filter(|a| a.name.is_none()).nth(index);
        named.or(by_place).map(|argument| argument.value.clone())
    }
}
