//! A caller was left behind.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("caller-drifted", include_str!("../../rules/caller-drifted.md"));

/// `caller-drifted`; its page tells the rest.
pub(super) struct CallerDrifted;

impl Check for CallerDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
