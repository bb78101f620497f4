//! A coverage gate was lowered or removed.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule =
    Rule::new("coverage-threshold-lowered", include_str!("../../rules/coverage-threshold-lowered.md"));

/// `coverage-threshold-lowered`; its page tells the rest.
pub(super) struct CoverageThresholdLowered;

impl Check for CoverageThresholdLowered {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
