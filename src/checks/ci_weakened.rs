//! A gate of the workflows was loosened.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("ci-weakened", include_str!("../../rules/ci-weakened.md"));

/// `ci-weakened`; its page tells the rest.
pub(super) struct CiWeakened;

impl Check for CiWeakened {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
