//! Code and migrations disagree.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("schema-drifted", include_str!("../../rules/schema-drifted.md"));

/// `schema-drifted`; its page tells the rest.
pub(super) struct SchemaDrifted;

impl Check for SchemaDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
