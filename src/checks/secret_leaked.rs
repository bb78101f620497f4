//! A credential was committed.

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;

static RULE: Rule = Rule::new("secret-leaked", include_str!("../../rules/secret-leaked.md"));

/// `secret-leaked`; its page tells the rest.
pub(super) struct SecretLeaked;

impl Check for SecretLeaked {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, _needs: &mut Needs) {}

    fn run(&self, _change: &Change, _claims: &Claims) -> Examination {
        Examination::default()
    }
}
