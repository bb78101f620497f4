//! The text says what the evidence refutes.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("claim-contradicted", include_str!("../../rules/claim-contradicted.md"));

/// `claim-contradicted`; its page tells the rest.
pub(super) struct ClaimContradicted;

impl Check for ClaimContradicted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
