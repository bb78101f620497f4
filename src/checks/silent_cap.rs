//! A service cuts the result short without a word.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("silent-cap", include_str!("../../rules/silent-cap.md"));

/// `silent-cap`; its page tells the rest.
pub(super) struct SilentCap;

impl Check for SilentCap {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
