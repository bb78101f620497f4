//! Recent work of others is undone.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("patch-reverts", include_str!("../../rules/patch-reverts.md"));

/// `patch-reverts`; its page tells the rest.
pub(super) struct PatchReverts;

impl Check for PatchReverts {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
