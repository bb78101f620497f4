//! An environment variable is read that nothing declares.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("env-drifted", include_str!("../../rules/env-drifted.md"));

/// `env-drifted`; its page tells the rest.
pub(super) struct EnvDrifted;

impl Check for EnvDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
