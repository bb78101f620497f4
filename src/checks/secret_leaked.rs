//! A credential was committed: in any commit of the range, at head, in a file's name or in the pull request's words.

mod allowed;
mod gather;
mod tell;

use crate::change::Change;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::Claims;
use crate::undecided::Undecided;

use gather::Leaks;

static RULE: Rule = Rule::new("secret-leaked", include_str!("../../rules/secret-leaked.md"));

/// `secret-leaked`; its page tells the rest.
pub(super) struct SecretLeaked;

impl Check for SecretLeaked {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.additions();
        needs.changed("**");
    }

    fn run(&self, change: &Change, _claims: &Claims) -> Examination {
        let mut leaks = Leaks::new(change);
        leaks.read_head();
        leaks.read_commits();
        leaks.read_names();
        leaks.read_words();
        let (leaks, mut undecided) = leaks.finish();
        let leaked = leaks.iter().filter_map(|leak| match tell::finding(change, leak) {
            Some(finding) => Some(finding),
            None => {
                let why = format!(
                    "{} stands in {}, and no file exists to show it at",
                    leak.rule.name, leak.places[0]
                );
                undecided.push(Undecided::new(why).decisive());
                None
            }
        });
        let mut findings: Vec<Finding> = leaked.collect();
        findings.extend(allowed::findings(change));
        Examination { findings, undecided }
    }
}

#[cfg(test)]
mod tests;
