//! What an expression of a build script is worth.

use super::parse::{Block, Expr, ExprKind, Part, Statement};
use super::{Names, TREE};
use crate::read::json::{Object, Value};

/// Longer lists are not put together.
const MAX_ITEMS: usize = 10_000;
/// Longer texts are not put together, in bytes.
const MAX_TEXT: usize = 64 * 1024;
const SHOWN: usize = 100;

/// The variables in sight.
pub(super) struct Scope<'a> {
    pub(super) source: &'a str,
    pub(super) locals: Vec<(String, Value)>,
    pub(super) names: &'a mut Names,
    /// What may still be spent: every step costs one, every variable as much as it holds.
    pub(super) budget: usize,
}

impl Scope<'_> {
    /// The text of an expression, shortened, on one line.
    pub(super) fn shown(&self, expr: &Expr) -> String {
        let text = self.source.get(expr.text.0..expr.text.1).unwrap_or_default();
        let text: Vec<&str> = text.split_whitespace().collect();
        text.join(" ").chars().take(SHOWN).collect()
    }

    fn unknown(&self, expr: &Expr) -> Value {
        Value::Unknown(self.shown(expr))
    }

    /// The value of a variable or extra property.
    pub(super) fn lookup(&mut self, name: &str) -> Option<Value> {
        let local = self.locals.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value);
        let value = local.or_else(|| self.names.extra.get(name)).or_else(|| {
            let mut short = name;
            for prefix in ["project.", "rootProject.", "this.", "ext.", "extra."] {
                short = short.strip_prefix(prefix).unwrap_or(short);
            }
            self.names.extra.get(short)
        })?;
        self.budget = self.budget.saturating_sub(size(value, self.budget));
        (self.budget > 0).then(|| value.clone())
    }

    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 {
            return Value::Unknown("more than is evaluated of one script".to_owned());
        }
        match &expr.kind {
            ExprKind::Text(parts) => self.text(parts).map_or_else(|| self.unknown(expr), Value::Text),
            ExprKind::Number(number) => number.parse().map_or_else(|_| self.unknown(expr), Value::Number),
            ExprKind::Name(name) => match name.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                name => self.lookup(name).unwrap_or_else(|| self.unknown(expr)),
            },
            ExprKind::List(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.value(item)).collect();
                Value::List(items)
            }
            ExprKind::Map(items) => {
                let pairs: Vec<_> = items.iter().map(|(name, e)| (name.clone(), self.value(e))).collect();
                Value::Object(pairs.into_iter().collect())
            }
            ExprKind::Member(of, name) => {
                let whole = dotted(expr).and_then(|name| self.lookup(&name));
                whole
                    .or_else(|| match self.value(of) {
                        object @ Value::Object(_) => object.get(name),
                        _ => None,
                    })
                    .unwrap_or_else(|| self.unknown(expr))
            }
            ExprKind::Index(of, key) => {
                let key = self.value(key);
                let Some(key) = key.as_text().map(str::to_owned) else { return self.unknown(expr) };
                let base = dotted(of).unwrap_or_default();
                let found = match base.rsplit('.').next() {
                    Some("ext" | "extra" | "properties") => self.lookup(&key),
                    _ => match self.value(of) {
                        object @ Value::Object(_) => object.get(&key),
                        _ => None,
                    },
                };
                found.unwrap_or_else(|| self.unknown(expr))
            }
            ExprKind::Binary(operator, left, right) => self.binary(expr, operator, left, right),
            ExprKind::Not(of) => match self.value(of) {
                Value::Bool(truth) => Value::Bool(!truth),
                _ => self.unknown(expr),
            },
            ExprKind::Call { callee, arguments, block, .. } => {
                self.call(expr, callee, arguments, block.as_ref())
            }
            ExprKind::Closure(_) | ExprKind::Unknown => self.unknown(expr),
        }
    }

    fn text(&mut self, parts: &[Part]) -> Option<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Plain(plain) => text.push_str(plain),
                Part::Code(code) => match self.value(code) {
                    Value::Text(inner) => text.push_str(&inner),
                    Value::Number(number) => text.push_str(&number.to_string()),
                    _ => return None,
                },
            }
        }
        (text.len() < MAX_TEXT).then_some(text)
    }

    fn binary(&mut self, expr: &Expr, operator: &str, left: &Expr, right: &Expr) -> Value {
        let first = self.value(left);
        if operator == "?:" {
            return match first {
                Value::Null => self.value(right),
                // A property that no file sets: whoever runs the build may, and nobody does by default.
                Value::Unknown(_) if is_property(left) => self.value(right),
                known => known,
            };
        }
        if operator == "as" {
            return first;
        }
        let second = self.value(right);
        match (operator, first, second) {
            ("+", Value::List(mut items), Value::List(more)) if items.len() + more.len() < MAX_ITEMS => {
                items.extend(more);
                Value::List(items)
            }
            ("+", Value::List(mut items), one) if items.len() < MAX_ITEMS => {
                items.push(one);
                Value::List(items)
            }
            ("+", Value::Text(a), Value::Text(b)) if a.len() + b.len() < MAX_TEXT => Value::Text(a + &b),
            ("-", Value::List(items), Value::List(less)) => {
                Value::List(items.into_iter().filter(|item| !less.contains(item)).collect())
            }
            ("==", Value::Text(a), Value::Text(b)) => Value::Bool(a == b),
            ("!=", Value::Text(a), Value::Text(b)) => Value::Bool(a != b),
            _ => self.unknown(expr),
        }
    }

    fn call(
        &mut self,
        expr: &Expr,
        callee: &Expr,
        arguments: &[(Option<String>, Expr)],
        block: Option<&Block>,
    ) -> Value {
        let (of, name) = match &callee.kind {
            ExprKind::Name(name) => (None, name.as_str()),
            ExprKind::Member(of, name) => (Some(&**of), name.as_str()),
            _ => return self.unknown(expr),
        };
        let first = arguments.first().map(|(_, e)| e);
        match (name, of) {
            (
                "listOf" | "setOf" | "mutableListOf" | "mutableSetOf" | "arrayOf" | "arrayListOf"
                | "linkedSetOf",
                None,
            )
            | ("asList", Some(_))
            | ("of", Some(_))
            | ("files", _) => {
                let items: Vec<Value> = arguments.iter().map(|(_, e)| self.value(e)).collect();
                Value::List(items)
            }
            ("emptyList" | "emptySet", None) => Value::List(Vec::new()),
            ("mapOf" | "mutableMapOf", None) => {
                let mut object = Object::default();
                for (_, e) in arguments {
                    let ExprKind::Call { callee, arguments, .. } = &e.kind else { return self.unknown(expr) };
                    let (ExprKind::Member(key, to), [(_, value)]) = (&callee.kind, arguments.as_slice())
                    else {
                        return self.unknown(expr);
                    };
                    match self.value(key) {
                        Value::Text(key) if to == "to" => object.set(key, self.value(value)),
                        _ => return self.unknown(expr),
                    }
                }
                Value::Object(object)
            }
            ("fileTree", _) => {
                let mut tree = Object::default();
                for (name, e) in arguments {
                    let value = self.value(e);
                    match (name.as_deref(), value) {
                        (None | Some("dir"), Value::Object(map)) => {
                            for key in map.keys() {
                                add(&mut tree, tree_key(key), map.get(key).unwrap_or(Value::Null));
                            }
                        }
                        (None | Some("dir"), value) => tree.set(TREE[0], value),
                        (Some(key), value) => add(&mut tree, tree_key(key), value),
                    }
                }
                if tree.get(TREE[0]).is_none() {
                    tree.set(TREE[0], Value::Unknown(String::new()));
                }
                self.filtered(tree, block)
            }
            ("matching" | "asFileTree", Some(of)) if block.is_some() || first.is_none() => {
                let tree = self.tree(of);
                self.filtered(tree, block)
            }
            ("include" | "exclude", Some(of)) => {
                let mut tree = self.tree(of);
                for (_, e) in arguments {
                    let value = self.value(e);
                    add(&mut tree, if name == "include" { TREE[1] } else { TREE[2] }, value);
                }
                Value::Object(tree)
            }
            ("apply" | "also" | "with" | "configure", Some(of)) if block.is_some() => match self.value(of) {
                Value::Object(tree) if tree.get(TREE[0]).is_some() => self.filtered(tree, block),
                _ => self.unknown(expr),
            },
            (
                "map" | "collect" | "flatMap" | "flatten" | "toSet" | "toList" | "sorted" | "distinct",
                Some(of),
            ) => {
                let items = self.value(of);
                let closure = block.or_else(|| match first.map(|e| &e.kind) {
                    Some(ExprKind::Closure(block)) => Some(block),
                    _ => None,
                });
                let Some(closure) = closure else {
                    return if first.is_none() { items } else { self.unknown(expr) };
                };
                let name = closure.parameters.first().map_or("it", String::as_str).to_owned();
                match items {
                    Value::List(items) => Value::List(
                        items.into_iter().map(|item| self.closure(closure, &name, item)).collect(),
                    ),
                    other => Value::List(vec![self.closure(closure, &name, other)]),
                }
            }
            (
                "toBigDecimal" | "toDouble" | "toFloat" | "toInt" | "toInteger" | "toString" | "trim" | "get"
                | "asType" | "toTypedArray" | "getOrNull" | "asFile" | "toSortedSet" | "unique" | "value"
                | "asIterable",
                Some(of),
            ) => {
                let value = self.value(of);
                if matches!(value, Value::Unknown(_)) { self.unknown(expr) } else { value }
            }
            (
                "BigDecimal" | "valueOf" | "file" | "provider" | "uri" | "toBigDecimal" | "extra" | "project",
                _,
            ) if arguments.len() == 1 => first.map_or(Value::Null, |e| self.value(e)),
            ("join", Some(of)) if dotted(of).as_deref() == Some("String") => {
                let mut items = arguments.iter().map(|(_, e)| self.value(e));
                let separator = items.next();
                let items = Value::List(items.collect());
                self.joined(expr, &items, separator)
            }
            ("joinToString" | "join", Some(of)) if block.is_none() && arguments.len() < 2 => {
                let default = if name == "join" { "" } else { ", " };
                let separator = first.map_or_else(|| Value::Text(default.to_owned()), |e| self.value(e));
                let items = self.value(of);
                self.joined(expr, &items, Some(separator))
            }
            ("getOrElse" | "orElse" | "getOrDefault", Some(of)) => match self.value(of) {
                Value::Unknown(_) if is_property(of) => first.map_or(Value::Null, |e| self.value(e)),
                known => known,
            },
            ("plus", Some(of)) => {
                let second = first.map_or(Value::Null, |e| self.value(e));
                match (self.value(of), second) {
                    (Value::List(mut items), Value::List(more)) if items.len() + more.len() < MAX_ITEMS => {
                        items.extend(more);
                        Value::List(items)
                    }
                    (Value::List(mut items), one) => {
                        items.push(one);
                        Value::List(items)
                    }
                    _ => self.unknown(expr),
                }
            }
            (
                "findProperty" | "property" | "gradleProperty" | "getProperty" | "hasProperty" | "getByName",
                _,
            ) => {
                let key = first.map_or(Value::Null, |e| self.value(e));
                let found = key.as_text().and_then(|key| self.lookup(key));
                match (name, found) {
                    ("hasProperty", found) => Value::Bool(found.is_some()),
                    (_, found) => found.unwrap_or_else(|| self.unknown(expr)),
                }
            }
            _ => self.unknown(expr),
        }
    }

    /// The texts of a list with a separator between them.
    fn joined(&self, expr: &Expr, items: &Value, separator: Option<Value>) -> Value {
        match (items.texts(), separator) {
            (Ok(texts), Some(Value::Text(separator)))
                if texts.iter().map(|text| text.len() + separator.len()).sum::<usize>() < MAX_TEXT =>
            {
                Value::Text(texts.join(&separator))
            }
            _ => self.unknown(expr),
        }
    }

    /// What a value is as a file tree: the tree itself, or everything below what it stands for.
    fn tree(&mut self, of: &Expr) -> Object {
        match self.value(of) {
            Value::Object(tree) if tree.get(TREE[0]).is_some() => tree,
            other => {
                let mut tree = Object::default();
                tree.set(TREE[0], other);
                tree
            }
        }
    }

    /// A file tree with what the block behind it includes and excludes.
    fn filtered(&mut self, mut tree: Object, block: Option<&Block>) -> Value {
        let Some(block) = block else { return Value::Object(tree) };
        let depth = self.locals.len();
        for (_, statement) in &block.statements {
            let (target, value) = match statement {
                Statement::Expression(Expr {
                    kind: ExprKind::Call { callee, arguments, block: None, .. },
                    ..
                }) => {
                    let values: Vec<Value> = arguments.iter().map(|(_, e)| self.value(e)).collect();
                    (dotted(callee), Value::List(values))
                }
                Statement::Assign { target, value, .. } => (dotted(target), self.value(value)),
                Statement::Declare { name, value: Some(value), .. } => {
                    let value = self.value(value);
                    self.locals.push((name.clone(), value));
                    continue;
                }
                _ => (None, Value::Null),
            };
            let key = target.as_deref().map(|name| name.rsplit('.').next().unwrap_or_default());
            match key {
                Some("exclude" | "excludes" | "setExcludes") => add(&mut tree, TREE[2], value),
                Some("include" | "includes" | "setIncludes") => add(&mut tree, TREE[1], value),
                Some("dir" | "from" | "setDir" | "builtBy" | "dependsOn") => {}
                _ => add(
                    &mut tree,
                    TREE[2],
                    Value::Unknown("a block that filters by more than patterns".to_owned()),
                ),
            }
        }
        self.locals.truncate(depth);
        Value::Object(tree)
    }

    /// What a closure gives for one item: its last expression.
    fn closure(&mut self, block: &Block, name: &str, item: Value) -> Value {
        let depth = self.locals.len();
        self.locals.push((name.to_owned(), item));
        let mut last = Value::Unknown("a closure".to_owned());
        for (_, statement) in &block.statements {
            last = match statement {
                Statement::Expression(expr) => self.value(expr),
                Statement::Declare { name, value: Some(value), .. } => {
                    let value = self.value(value);
                    self.locals.push((name.clone(), value));
                    continue;
                }
                _ => Value::Unknown("a closure".to_owned()),
            };
        }
        self.locals.truncate(depth);
        last
    }
}

/// How much a value holds, counted up to a limit.
fn size(value: &Value, limit: usize) -> usize {
    let mut total = 1;
    let mut add = |inner: &Value| {
        if total < limit {
            total += size(inner, limit - total);
        }
    };
    match value {
        Value::List(items) | Value::Either(items) => items.iter().for_each(add),
        Value::Object(object) => {
            object.keys().iter().filter_map(|key| object.get(key)).for_each(|inner| add(&inner));
        }
        Value::Text(text) => total += text.len() / 64,
        _ => {}
    }
    total
}

fn tree_key(key: &str) -> &'static str {
    match key {
        "exclude" | "excludes" => TREE[2],
        "include" | "includes" => TREE[1],
        _ => TREE[0],
    }
}

/// Adds to the patterns of a tree.
fn add(tree: &mut Object, key: &'static str, value: Value) {
    if key == TREE[0] {
        return tree.set(key, value);
    }
    let mut all = match tree.get(key) {
        Some(Value::List(items)) => items,
        _ => Vec::new(),
    };
    all.push(value);
    tree.set(key, Value::List(all));
}

/// The name that an expression spells: `a.b.c`, the calls in it left out.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    let (mut parts, mut at) = (Vec::new(), expr);
    loop {
        match &at.kind {
            ExprKind::Name(name) => {
                parts.push(name.as_str());
                break;
            }
            ExprKind::Text(text) => match text.as_slice() {
                [Part::Plain(name)] => {
                    parts.push(name.as_str());
                    break;
                }
                _ => return None,
            },
            ExprKind::Member(of, name) => {
                parts.push(name.as_str());
                at = of;
            }
            ExprKind::Call { callee, .. } => at = callee,
            ExprKind::Index(of, _) => at = of,
            _ => return None,
        }
    }
    parts.reverse();
    Some(parts.join("."))
}

/// Whether an expression asks for a property of the build.
fn is_property(expr: &Expr) -> bool {
    let name = dotted(expr).unwrap_or_default();
    name.split('.').any(|part| matches!(part, "findProperty" | "gradleProperty" | "properties"))
}
