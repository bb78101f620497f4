//! Calls whose result is known without running them.

use super::ROOT;
use super::evaluate::is_function;
use super::evaluate::{Module, Scope};
use super::names::{Binding, children};
use crate::ids::RepoPath;
use crate::read::json::{self, Object, Value};
use crate::read::syntax::{Node, text};

impl<'m> Module<'m> {
    pub(super) fn call(&self, node: Node<'m>, scope: &Scope<'_, 'm>) -> Value {
        let callee = node.child_by_field_name("function").or_else(|| node.child_by_field_name("constructor"));
        let Some(callee) = callee else { return self.unknown(node) };
        let arguments = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        let name = text(callee, self.source);
        let last = name.rsplit('.').next().unwrap_or(name).trim();
        let argument = |at: usize| arguments.get(at).map(|n| self.called(*n, scope));
        match last {
            "defineConfig" | "defineProject" | "defineVitestConfig" | "freeze" | "fileURLToPath" => {
                return argument(0).unwrap_or(Value::Null);
            }
            "mergeConfig" => {
                let sides = (argument(0).unwrap_or(Value::Null), argument(1).unwrap_or(Value::Null));
                return merge(sides.0, sides.1);
            }
            "assign" if name == "Object.assign" => {
                let mut object = Object::default();
                arguments.iter().for_each(|n| object.spread(self.value(*n, scope)));
                return Value::Object(object);
            }
            "require" => {
                return match argument(0) {
                    Some(Value::Text(source)) => self.import(&source, "default"),
                    _ => self.unknown(node),
                };
            }
            "readFileSync" => {
                return argument(0).map_or_else(|| self.unknown(node), |path| self.contents(node, &path));
            }
            "parse" if name == "JSON.parse" => {
                return match argument(0) {
                    Some(Value::Text(text)) => json::parse(&text).unwrap_or_else(|_| self.unknown(node)),
                    _ => self.unknown(node),
                };
            }
            "cwd" if name == "process.cwd" => return Value::Text(self.folder()),
            "URL" => return argument(0).map_or_else(|| self.unknown(node), |value| self.beside(node, value)),
            _ => {}
        }
        let of_paths = name.strip_prefix("path.").unwrap_or(name);
        let of_paths = of_paths.strip_prefix("posix.").unwrap_or(of_paths);
        if matches!(of_paths, "resolve" | "join" | "dirname" | "normalize") {
            let parts: Vec<Value> = arguments.iter().map(|n| self.value(*n, scope)).collect();
            return self.joined(node, &parts, last);
        }
        if let Some(value) = self.method(callee, last, &arguments, scope) {
            return value;
        }
        self.local(callee, &arguments, scope).unwrap_or_else(|| self.unknown(node))
    }

    /// A path relative to this file, as `new URL('./x', import.meta.url)` and `require.resolve('./x')` have it.
    fn beside(&self, node: Node<'m>, value: Value) -> Value {
        match value {
            Value::Text(relative) if !relative.contains(':') && !relative.starts_with('/') => {
                self.joined(node, &[Value::Text(self.folder()), Value::Text(relative)], "join")
            }
            _ => self.unknown(node),
        }
    }

    /// The text of a file of the tree.
    fn contents(&self, node: Node<'m>, path: &Value) -> Value {
        let here = self.folder();
        let joined = self.joined(node, &[Value::Text(here), path.clone()], "join");
        let inside = joined.as_text().and_then(|path| path.strip_prefix(ROOT));
        let path: Option<RepoPath> = inside.and_then(|path| path.trim_start_matches('/').parse().ok());
        let text = path.and_then(|path| self.world.tree.text(&path).ok().flatten().map(str::to_owned));
        text.map_or_else(|| self.unknown(node), Value::Text)
    }

    fn joined(&self, node: Node<'m>, parts: &[Value], how: &str) -> Value {
        let mut path = String::new();
        for part in parts {
            let Value::Text(part) = part else { return self.unknown(node) };
            if part.starts_with(ROOT) {
                path.clear();
            }
            path = if path.is_empty() { part.clone() } else { format!("{path}/{part}") };
        }
        if how == "resolve" && !path.starts_with(ROOT) {
            path = format!("{}/{path}", self.folder());
        }
        let Some(inside) = path.strip_prefix(ROOT) else { return Value::Text(path) };
        let inside = inside.trim_start_matches('/');
        let inside =
            if how == "dirname" { inside.rsplit_once('/').map_or("", |(dir, _)| dir) } else { inside };
        let joined = match inside.split('/').all(|p| p.is_empty() || p == ".") {
            true => Ok(String::new()),
            false => RepoPath::join("", inside).map(|p| p.to_string()),
        };
        match joined {
            Ok(joined) => Value::Text(format!("{ROOT}/{joined}").trim_end_matches('/').to_owned()),
            // `..` that ends at the root itself is no path of a file, but it is a folder.
            Err(_) if climbs_to_root(inside) => Value::Text(ROOT.to_owned()),
            Err(_) => self.unknown(node),
        }
    }

    fn method(
        &self,
        callee: Node<'m>,
        name: &str,
        arguments: &[Node<'m>],
        scope: &Scope<'_, 'm>,
    ) -> Option<Value> {
        let object = callee.child_by_field_name("object")?;
        if !matches!(name, "concat" | "filter" | "flat" | "map" | "flatMap" | "join" | "split") {
            return None;
        }
        let mut items = match self.value(object, scope) {
            Value::List(items) => items,
            Value::Text(whole) if name == "split" => {
                let by = self.value(*arguments.first().filter(|_| arguments.len() == 1)?, scope);
                let by = by.as_text().filter(|by| !by.is_empty())?;
                return Some(Value::List(whole.split(by).map(|part| Value::Text(part.to_owned())).collect()));
            }
            _ => return None,
        };
        let function = arguments.first().and_then(|argument| self.function(*argument, scope));
        let applied = |item: &Value| {
            let at = [item.clone()];
            function.map_or_else(|| self.unknown(callee), |function| self.applied(function, &at, scope))
        };
        match name {
            "map" => items = items.iter().map(applied).collect(),
            "flatMap" => {
                let several = |value: Value| if let Value::List(list) = value { list } else { vec![value] };
                items = items.iter().map(applied).flat_map(several).collect();
            }
            "filter" if function.is_some() => {
                let kept: Option<Vec<bool>> = items.iter().map(|item| applied(item).truth().ok()).collect();
                let mut kept = kept?.into_iter();
                items.retain(|_| kept.next().unwrap_or(true));
            }
            "join" => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_text).collect();
                let by = arguments.first().map(|argument| self.value(*argument, scope));
                let by = by.as_ref().map_or(Some(","), Value::as_text)?;
                return Some(Value::Text(texts?.join(by)));
            }
            "concat" => {
                for argument in arguments {
                    match self.value(*argument, scope) {
                        Value::List(more) => items.extend(more),
                        other => items.push(other),
                    }
                }
            }
            "filter" if arguments.first().is_some_and(|n| text(*n, self.source) == "Boolean") => {
                items.retain(|item| item.truth() != Ok(false));
            }
            "flat" => {
                items = items
                    .into_iter()
                    .flat_map(|i| if let Value::List(l) = i { l } else { vec![i] })
                    .collect();
            }
            _ => return None,
        }
        Some(Value::List(items))
    }

    /// A call of a function of this file, and of what Next.js wraps a Jest configuration in.
    fn local(&self, callee: Node<'m>, arguments: &[Node<'m>], scope: &Scope<'_, 'm>) -> Option<Value> {
        match scope.find(text(callee, self.source))? {
            Binding::Expression(function) if is_function(function) => {
                let values: Vec<Value> = arguments.iter().map(|n| self.value(*n, scope)).collect();
                Some(self.applied(function, &values, scope))
            }
            Binding::Expression(made) if made.kind() == "call_expression" => {
                let maker = scope.find(text(made.child_by_field_name("function")?, self.source))?;
                let source = match maker {
                    Binding::Import { source, .. } => source,
                    Binding::Expression(required) => text(required, self.source).to_owned(),
                    _ => return None,
                };
                // It adds transforms and module names, and leaves the coverage keys as they are given.
                source.contains("next/jest").then(|| arguments.first().map(|n| self.called(*n, scope)))?
            }
            Binding::Import { source, name } => {
                let known = (self.world.known)(&source, &format!("{name}()"));
                let values = || arguments.iter().map(|n| self.value(*n, scope)).collect();
                let followed = || Some(self.import_called(&source, &name, values()));
                known.or_else(|| followed().filter(|value| !matches!(value, Value::Unknown(_))))
            }
            Binding::Field(required, name) => {
                let from = required.child_by_field_name("arguments").map(children)?;
                let source = self.value(*from.first()?, scope);
                let known = (self.world.known)(source.as_text()?, &format!("{name}()"));
                let values = || arguments.iter().map(|n| self.value(*n, scope)).collect();
                let followed = || Some(self.import_called(source.as_text()?, &name, values()));
                known.or_else(|| followed().filter(|value| !matches!(value, Value::Unknown(_))))
            }
            _ => None,
        }
    }
}

fn climbs_to_root(inside: &str) -> bool {
    let mut depth = 0i32;
    for part in inside.split('/') {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Vite's `mergeConfig`: objects key by key, lists one after the other, otherwise the second wins.
fn merge(first: Value, second: Value) -> Value {
    match (first, second) {
        (Value::Null, value) | (value, Value::Null) => value,
        (Value::Object(first), Value::Object(second)) => {
            let mut merged = Object::default();
            merged.spread(Value::Object(first.clone()));
            if let Some(unknown) = second.unknown() {
                merged.spread(unknown.clone());
            }
            for key in second.keys() {
                let value = second.get(key).unwrap_or(Value::Null);
                merged.set(key, merge(first.get(key).unwrap_or(Value::Null), value));
            }
            Value::Object(merged)
        }
        (Value::List(mut first), Value::List(second)) => {
            first.extend(second);
            Value::List(first)
        }
        (Value::List(mut first), other) => {
            first.push(other);
            Value::List(first)
        }
        (unknown @ (Value::Unknown(_) | Value::Either(_)), Value::Object(second)) => {
            let mut merged = Object::default();
            merged.spread(unknown.clone());
            for key in second.keys() {
                let earlier = unknown.get(key).unwrap_or(Value::Null);
                merged.set(key, merge(earlier, second.get(key).unwrap_or(Value::Null)));
            }
            Value::Object(merged)
        }
        (unknown @ Value::Unknown(_), Value::List(_)) => unknown,
        (_, second) => second,
    }
}
