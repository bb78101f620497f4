//! Leftovers of an edit stand in the tree.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("patch-residue", include_str!("../../rules/patch-residue.md"));

/// `patch-residue`; its page tells the rest.
pub(super) struct PatchResidue;

impl Check for PatchResidue {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
