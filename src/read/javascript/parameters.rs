//! What the parameters of a function stand for when it is called.

use super::evaluate::{Module, Scope};
use super::names::{Binding, Names, children, plain};
use crate::read::json::{Object, Value};
use crate::read::syntax::{Node, text};

impl<'m> Module<'m> {
    /// What a function returns for these arguments.
    pub(super) fn applied(&self, function: Node<'m>, arguments: &[Value], scope: &Scope<'_, 'm>) -> Value {
        let mut names = Names::new();
        let single = function.child_by_field_name("parameter").map(|n| vec![n]);
        let parameters = single.or_else(|| function.child_by_field_name("parameters").map(children));
        for (at, parameter) in parameters.unwrap_or_default().into_iter().enumerate() {
            let pattern = parameter.child_by_field_name("pattern").unwrap_or(parameter);
            let default = parameter.child_by_field_name("value");
            if pattern.kind() == "rest_pattern" {
                let rest = Value::List(arguments.get(at..).unwrap_or_default().to_vec());
                children(pattern)
                    .first()
                    .into_iter()
                    .for_each(|name| self.bind(&mut names, *name, Some(rest.clone()), None));
                break;
            }
            self.bind(&mut names, pattern, arguments.get(at).cloned(), default);
        }
        self.result(function, names, scope)
    }

    /// Binds the names of a pattern to the parts of a value; a default counts where there is none.
    fn bind(
        &self,
        names: &mut Names<'m>,
        pattern: Node<'m>,
        value: Option<Value>,
        default: Option<Node<'m>>,
    ) {
        match pattern.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => {
                let binding = match (value.filter(|value| *value != Value::Null), default) {
                    (Some(value), _) => Binding::Value(value),
                    (None, Some(default)) => Binding::Expression(default),
                    (None, None) => Binding::Value(Value::Null),
                };
                names.insert(text(pattern, self.source).to_owned(), binding);
            }
            "assignment_pattern" | "object_assignment_pattern" => {
                let default = pattern.child_by_field_name("right");
                if let Some(left) = pattern.child_by_field_name("left") {
                    self.bind(names, left, value, default);
                }
            }
            "object_pattern" => {
                let value = value.unwrap_or(Value::Null);
                let mut taken = Vec::new();
                for part in children(pattern) {
                    let (key, inner) = match part.kind() {
                        "pair_pattern" => {
                            (part.child_by_field_name("key"), part.child_by_field_name("value"))
                        }
                        "object_assignment_pattern" => (part.child_by_field_name("left"), Some(part)),
                        "rest_pattern" => {
                            let rest = without(&value, &taken);
                            children(part)
                                .first()
                                .into_iter()
                                .for_each(|name| self.bind(names, *name, Some(rest.clone()), None));
                            continue;
                        }
                        _ => (Some(part), Some(part)),
                    };
                    let (Some(key), Some(inner)) = (key, inner) else { continue };
                    let key = plain(key, self.source);
                    let found = match &value {
                        Value::Unknown(expression) => Some(Value::Unknown(format!("{expression}.{key}"))),
                        value => value.get(&key),
                    };
                    taken.push(key);
                    self.bind(names, inner, found, None);
                }
            }
            _ => {
                // The names of any other pattern are in reach of nothing that is known.
                for part in children(pattern).into_iter().filter(|part| part.kind() == "identifier") {
                    names.insert(text(part, self.source).to_owned(), Binding::Opaque);
                }
            }
        }
    }
}

fn without(value: &Value, taken: &[String]) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let mut rest = Object::default();
    if let Some(unknown) = object.unknown() {
        rest.spread(unknown.clone());
    }
    for key in object.keys().into_iter().filter(|key| taken.iter().all(|taken| taken != key)) {
        rest.set(key, object.get(key).unwrap_or(Value::Null));
    }
    Value::Object(rest)
}
