//! A new function exists already.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("built-twice", include_str!("../../rules/built-twice.md"));

/// `built-twice`; its page tells the rest.
pub(super) struct BuiltTwice;

impl Check for BuiltTwice {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
