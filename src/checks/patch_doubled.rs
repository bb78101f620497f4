//! A block was applied twice.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("patch-doubled", include_str!("../../rules/patch-doubled.md"));

/// `patch-doubled`; its page tells the rest.
pub(super) struct PatchDoubled;

impl Check for PatchDoubled {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
