//! A build script as the list of what it does.

use super::evaluate::{Scope, dotted};
use super::parse::{Block, Expr, ExprKind, Statement};
use super::{Action, Frame, Item, Names, Script};
use crate::read::json::{Object, Value};

/// A script that does more is cut off with [`Action::Unread`].
const MAX_ITEMS: usize = 20_000;
/// So much is evaluated of one script; what is beyond is unknown.
const MAX_STEPS: usize = 500_000;

pub(super) fn items(script: &Script, names: &mut Names) -> Vec<Item> {
    let scope = Scope { source: &script.text, locals: Vec::new(), names, budget: MAX_STEPS };
    let mut walk = Walk { script, scope, within: Vec::new(), found: Vec::new(), id: 0 };
    walk.block(&script.block);
    if walk.scope.budget == 0 {
        walk.push(1, Action::Unread("more than is evaluated of one script".to_owned()));
    }
    walk.found
}

struct Walk<'a> {
    script: &'a Script,
    scope: Scope<'a>,
    within: Vec<Frame>,
    found: Vec<Item>,
    id: usize,
}

impl Walk<'_> {
    fn push(&mut self, line: usize, action: Action) {
        if self.found.len() < MAX_ITEMS {
            let within = self.within.clone();
            self.found.push(Item { within, at: self.script.path.clone(), line, action });
        } else if self.found.len() == MAX_ITEMS {
            let action = Action::Unread("more than is read of one script".to_owned());
            self.found.push(Item { within: Vec::new(), at: self.script.path.clone(), line, action });
        }
    }

    fn block(&mut self, block: &Block) {
        let depth = self.scope.locals.len();
        for (line, statement) in &block.statements {
            if self.found.len() > MAX_ITEMS || self.scope.budget == 0 {
                break;
            }
            self.scope.budget -= 1;
            self.statement(*line, statement);
        }
        self.scope.locals.truncate(depth);
    }

    fn statement(&mut self, line: usize, statement: &Statement) {
        match statement {
            Statement::Unread(text) => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                self.push(line, Action::Unread(text.chars().take(2_000).collect()));
            }
            Statement::Declare { name, value, by } => self.declare(line, name, value.as_ref(), *by),
            Statement::Assign { target, adds, value } => {
                let worth = self.scope.value(value);
                self.assign(line, target, *adds, worth);
            }
            Statement::Control { condition, block } => {
                match condition.as_ref().map(|condition| self.scope.value(condition)) {
                    Some(Value::Bool(false)) => {}
                    Some(Value::Bool(true)) => self.block(block),
                    _ => {
                        let shown = condition.as_ref().map(|c| self.scope.shown(c)).unwrap_or_default();
                        self.frame("if", vec![Value::Unknown(shown)], true, block);
                    }
                }
            }
            Statement::Expression(expr) => self.expression(line, expr),
        }
    }

    fn frame(&mut self, name: &str, arguments: Vec<Value>, conditional: bool, block: &Block) {
        self.id += 1;
        self.within.push(Frame { name: name.to_owned(), arguments, id: self.id, conditional });
        self.block(block);
        self.within.pop();
    }

    fn in_extra(&self) -> bool {
        self.within.last().is_some_and(|frame| matches!(frame.last(), "ext" | "extra"))
    }

    fn declare(&mut self, line: usize, name: &str, value: Option<&Expr>, by: bool) {
        let Some(expr) = value else { return };
        let base = dotted(expr).unwrap_or_default();
        let from_properties = by
            && matches!(
                base.as_str(),
                "project" | "extra" | "rootProject.extra" | "project.extra" | "settings"
            );
        if from_properties && !matches!(expr.kind, ExprKind::Call { .. }) {
            let value = self.scope.lookup(name).unwrap_or_else(|| Value::Unknown(name.to_owned()));
            return self.scope.locals.push((name.to_owned(), value));
        }
        if let (
            ExprKind::Call { callee, block: Some(block), .. },
            Some("registering" | "creating" | "getting" | "existing"),
        ) = (&expr.kind, base.rsplit('.').next())
        {
            let mut arguments = self.arguments(expr);
            arguments.push(Value::Text(name.to_owned()));
            let frame = dotted(callee).unwrap_or_default();
            self.push(line, Action::Call(frame.clone(), arguments.clone(), true));
            return self.frame(&frame, arguments, false, block);
        }
        let value = self.scope.value(expr);
        if by && base.ends_with("extra") {
            self.scope.names.extra.insert(name.to_owned(), value.clone());
        }
        self.scope.locals.push((name.to_owned(), value));
    }

    fn assign(&mut self, line: usize, target: &Expr, adds: bool, value: Value) {
        let Some(name) = dotted(target) else {
            return self.push(line, Action::Unread(self.scope.shown(target)));
        };
        if let ExprKind::Index(_, key) = &target.kind {
            let key = self.scope.value(key);
            if let (Some("ext" | "extra"), Some(key)) = (name.rsplit('.').next(), key.as_text()) {
                self.scope.names.extra.insert(key.to_owned(), value);
                return;
            }
            return self.push(line, Action::Unread(self.scope.shown(target)));
        }
        let conditional = self.within.iter().any(|frame| frame.conditional);
        let value =
            if conditional { Value::Either(vec![value, Value::Unknown(name.clone())]) } else { value };
        let extra = name
            .strip_prefix("ext.")
            .or_else(|| name.strip_prefix("project.ext."))
            .or_else(|| name.strip_prefix("rootProject.ext."));
        if let Some(extra) = extra.or_else(|| self.in_extra().then_some(name.as_str())) {
            self.scope.names.extra.insert(extra.to_owned(), value);
            return;
        }
        if let Some(at) = self.scope.locals.iter().rposition(|(known, _)| *known == name) {
            let value = if adds { joined(self.scope.locals[at].1.clone(), value) } else { value };
            self.scope.locals[at].1 = value;
            return;
        }
        let action = |name| if adds { Action::Add(name, value) } else { Action::Set(name, value) };
        match &target.kind {
            ExprKind::Member(of, last) => self.push_behind(line, of, last, name, action),
            _ => self.push(line, action(name)),
        }
    }

    /// An item of the object that a call gives, as if it stood in a block of that call: `project(":a").dir = b`.
    fn push_behind(
        &mut self,
        line: usize,
        of: &Expr,
        last: &str,
        name: String,
        action: impl FnOnce(String) -> Action,
    ) {
        let arguments = self.arguments(of);
        if arguments.is_empty() {
            return self.push(line, action(name));
        }
        self.id += 1;
        let frame =
            Frame { name: dotted(of).unwrap_or_default(), arguments, id: self.id, conditional: false };
        self.within.push(frame);
        self.push(line, action(last.to_owned()));
        self.within.pop();
    }

    /// Every argument of the calls in a chain, the types among them.
    fn arguments(&mut self, expr: &Expr) -> Vec<Value> {
        let (mut found, mut at) = (Vec::new(), expr);
        loop {
            match &at.kind {
                ExprKind::Call { callee, types, arguments, .. } => {
                    let mut own: Vec<Value> = types.iter().map(|t| Value::Unknown(t.clone())).collect();
                    for (name, e) in arguments {
                        if matches!(e.kind, ExprKind::Closure(_)) {
                            continue;
                        }
                        let value = self.scope.value(e);
                        own.push(match name {
                            Some(name) => {
                                let mut object = Object::default();
                                object.set(name.clone(), value);
                                Value::Object(object)
                            }
                            None => value,
                        });
                    }
                    own.append(&mut found);
                    found = own;
                    at = callee;
                }
                ExprKind::Member(of, _) => at = of,
                ExprKind::Index(of, key) => {
                    let key = self.scope.value(key);
                    found.insert(0, key);
                    at = of;
                }
                _ => return found,
            }
        }
    }

    fn expression(&mut self, line: usize, expr: &Expr) {
        let ExprKind::Call { callee, arguments, block, .. } = &expr.kind else {
            if let Some(name) = dotted(expr) {
                let arguments = self.arguments(expr);
                self.push(line, Action::Call(name, arguments, false));
            }
            return;
        };
        let Some(name) = dotted(callee) else {
            return self.push(line, Action::Unread(self.scope.shown(expr)));
        };
        let last = arguments.last().map(|(_, e)| &e.kind);
        let block = block.as_ref().or(match last {
            Some(ExprKind::Closure(block)) => Some(block),
            _ => None,
        });
        if let ("forEach" | "each", Some(block), ExprKind::Member(of, _)) =
            (name.rsplit('.').next().unwrap_or_default(), block, &callee.kind)
            && let Value::List(items) = self.scope.value(of)
        {
            let parameter = block.parameters.first().map_or("it", String::as_str).to_owned();
            for item in items {
                self.scope.locals.push((parameter.clone(), item));
                self.block(block);
                self.scope.locals.pop();
            }
            return;
        }
        let values = self.arguments(expr);
        if self.alters(&name, &values) {
            return;
        }
        if let (None, ExprKind::Member(of, last)) = (block, &callee.kind) {
            let before = self.arguments(of).len();
            let own = values[before.min(values.len())..].to_vec();
            // `id("x") version "y"`: the first call counts by itself, too.
            if matches!(of.kind, ExprKind::Call { block: None, .. }) && before > 0 {
                self.expression(line, of);
            }
            let setter = |of: &Expr| match &of.kind {
                ExprKind::Member(inner, name) => Some(((**inner).clone(), name.clone())),
                _ => None,
            };
            let (of_name, last) = (dotted(of).unwrap_or_default(), last.clone());
            let values = own;
            return match (last.as_str(), values.as_slice()) {
                ("set" | "value" | "convention", [value]) => {
                    let value = value.clone();
                    match setter(of) {
                        Some((inner, name)) => {
                            self.push_behind(line, &inner, &name, of_name, |name| Action::Set(name, value));
                        }
                        None => self.push(line, Action::Set(of_name, value)),
                    }
                }
                ("add" | "addAll" | "append", _) => {
                    self.push(line, Action::Add(of_name, Value::List(values)))
                }
                _ => {
                    let of = (**of).clone();
                    self.push_behind(line, &of, &last, name.clone(), |name| {
                        Action::Call(name, values, false)
                    });
                }
            };
        }
        // `task name(type: T) { … }` is the call of `task` with the call of `name` in it.
        if let ("task" | "project.task", None, [(None, inner)]) = (name.as_str(), block, arguments.as_slice())
            && let ExprKind::Call { callee, block: Some(block), .. } = &inner.kind
        {
            let mut values = self.arguments(inner);
            values.push(Value::Text(dotted(callee).unwrap_or_default()));
            self.push(line, Action::Call(name.clone(), values.clone(), true));
            return self.frame(&name, values, false, block);
        }
        self.push(line, Action::Call(name.clone(), values.clone(), block.is_some()));
        // Blocks of an earlier call in the chain: `jacoco { … }.also { … }` is not written in practice.
        if let Some(block) = block {
            let depth = self.scope.locals.len();
            if let Some(parameter) = block.parameters.first() {
                self.scope.locals.push((parameter.clone(), Value::Unknown(parameter.clone())));
            }
            self.frame(&name, values, false, block);
            self.scope.locals.truncate(depth);
        }
    }

    /// Extra properties set by a call, and lists of variables that grow.
    fn alters(&mut self, name: &str, values: &[Value]) -> bool {
        let Some((of, last)) = name.rsplit_once('.') else {
            if self.in_extra()
                && name == "set"
                && let [Value::Text(key), value] = values
            {
                self.scope.names.extra.insert(key.clone(), value.clone());
                return true;
            }
            return false;
        };
        if let ("set", Some("ext" | "extra"), [Value::Text(key), value]) =
            (last, of.rsplit('.').next(), values)
        {
            self.scope.names.extra.insert(key.clone(), value.clone());
            return true;
        }
        let Some(at) = self.scope.locals.iter().rposition(|(known, _)| known == of) else { return false };
        match last {
            "add" | "addAll" | "plusAssign" => {
                let more = Value::List(values.to_vec());
                self.scope.locals[at].1 = joined(self.scope.locals[at].1.clone(), more);
                true
            }
            _ => false,
        }
    }
}

fn joined(value: Value, more: Value) -> Value {
    match (value, more) {
        (Value::List(mut items), Value::List(more)) if items.len() < MAX_ITEMS => {
            items.extend(more);
            Value::List(items)
        }
        (Value::List(mut items), one) if items.len() < MAX_ITEMS => {
            items.push(one);
            Value::List(items)
        }
        (Value::Text(a), Value::Text(b)) if a.len() < MAX_ITEMS => Value::Text(a + &b),
        _ => Value::Unknown("a value put together on the way".to_owned()),
    }
}
