//! Copies of one text have drifted apart.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("copy-drifted", include_str!("../../rules/copy-drifted.md"));

/// `copy-drifted`; its page tells the rest.
pub(super) struct CopyDrifted;

impl Check for CopyDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
