//! A file no longer parses.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("patch-broken", include_str!("../../rules/patch-broken.md"));

/// `patch-broken`; its page tells the rest.
pub(super) struct PatchBroken;

impl Check for PatchBroken {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
