//! What the text says was done is not in the tree.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("patch-unlanded", include_str!("../../rules/patch-unlanded.md"));

/// `patch-unlanded`; its page tells the rest.
pub(super) struct PatchUnlanded;

impl Check for PatchUnlanded {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
