//! A configuration that a function returns nothing of, but hands to its argument: `config.set({ … })`.

use super::evaluate::{Module, Scope};
use super::names::{bound, children};
use crate::read::json::{Object, Value};
use crate::read::syntax::{Node, text};

/// Conditions in conditions are followed this far.
const MAX_DEPTH: usize = 8;

impl<'m> Module<'m> {
    /// What a function hands to the `set` of its first parameter, the later over the earlier. `None` where it calls no
    /// such thing.
    pub(super) fn handed(
        &self,
        function: Node<'m>,
        statements: &[Node<'m>],
        scope: &Scope<'_, 'm>,
    ) -> Option<Value> {
        let single = function.child_by_field_name("parameter");
        let first =
            || function.child_by_field_name("parameters").and_then(|all| children(all).first().copied());
        let parameter = single.or_else(first)?;
        let parameter = parameter.child_by_field_name("pattern").unwrap_or(parameter);
        let setter = format!("{}.set", text(parameter, self.source));
        let mut found = Object::default();
        let any = self.collect(&setter, statements, scope, 0, &mut found);
        any.then_some(Value::Object(found))
    }

    fn collect(
        &self,
        setter: &str,
        statements: &[Node<'m>],
        scope: &Scope<'_, 'm>,
        depth: usize,
        found: &mut Object,
    ) -> bool {
        let mut any = false;
        for &statement in statements {
            match statement.kind() {
                "expression_statement" => {
                    let inner = children(statement);
                    any |= self.collect(setter, &inner, scope, depth, found);
                }
                "call_expression" => {
                    let callee = statement.child_by_field_name("function").map(|n| text(n, self.source));
                    let arguments = statement.child_by_field_name("arguments").map(children);
                    // A map's `set` takes a key and a value.
                    if callee == Some(setter)
                        && let Some([argument]) = arguments.as_deref()
                    {
                        any = true;
                        found.spread(self.value(*argument, scope));
                    }
                }
                "if_statement" if depth < MAX_DEPTH => {
                    any |= self.branches(setter, statement, scope, depth, found);
                }
                _ => {}
            }
        }
        any
    }

    fn branches(
        &self,
        setter: &str,
        statement: Node<'m>,
        scope: &Scope<'_, 'm>,
        depth: usize,
        found: &mut Object,
    ) -> bool {
        let condition = statement.child_by_field_name("condition");
        let decided = condition.and_then(|condition| self.value(condition, scope).truth().ok());
        let mut any = false;
        let mut options = Vec::new();
        for branch in ["consequence", "alternative"] {
            let mut handed = Object::default();
            let taken = decided.is_none_or(|truth| truth == (branch == "consequence"));
            let block = statement.child_by_field_name(branch).filter(|_| taken);
            let block = match block {
                Some(clause) if clause.kind() == "else_clause" => children(clause).first().copied(),
                block => block,
            };
            if let Some(block) = block {
                let inner = if block.kind() == "statement_block" { children(block) } else { vec![block] };
                let names = bound(&inner, self.source);
                let inside = Scope { names, outer: Some(scope) };
                any |= self.collect(setter, &inner, &inside, depth + 1, &mut handed);
            }
            if taken {
                options.push(Value::Object(handed));
            }
        }
        if any {
            found.spread(Value::either(options));
        }
        any
    }
}
