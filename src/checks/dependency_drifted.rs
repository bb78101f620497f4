//! Manifest, lock file and text disagree about dependencies.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("dependency-drifted", include_str!("../../rules/dependency-drifted.md"));

/// `dependency-drifted`; its page tells the rest.
pub(super) struct DependencyDrifted;

impl Check for DependencyDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
