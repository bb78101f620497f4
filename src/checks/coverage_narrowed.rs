//! Files left the set that coverage measures.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("coverage-narrowed", include_str!("../../rules/coverage-narrowed.md"));

/// `coverage-narrowed`; its page tells the rest.
pub(super) struct CoverageNarrowed;

impl Check for CoverageNarrowed {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
