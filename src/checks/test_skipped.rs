//! A test that ran is now skipped.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("test-skipped", include_str!("../../rules/test-skipped.md"));

/// `test-skipped`; its page tells the rest.
pub(super) struct TestSkipped;

impl Check for TestSkipped {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
