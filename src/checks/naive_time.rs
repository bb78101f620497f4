//! A time has no zone.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("naive-time", include_str!("../../rules/naive-time.md"));

/// `naive-time`; its page tells the rest.
pub(super) struct NaiveTime;

impl Check for NaiveTime {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
