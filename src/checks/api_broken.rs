//! A public item was removed or changed.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("api-broken", include_str!("../../rules/api-broken.md"));

/// `api-broken`; its page tells the rest.
pub(super) struct ApiBroken;

impl Check for ApiBroken {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
