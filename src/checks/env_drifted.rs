//! An environment variable is read that nothing declares.

mod fresh;
mod survey;
mod tell;

use crate::change::Change;
use crate::checks::{Check, Examination, Needs, Rule, Wanted};
use crate::claims::Claims;
use crate::undecided::Undecided;

use survey::Survey;

static RULE: Rule = Rule::new("env-drifted", include_str!("../../rules/env-drifted.md"));

/// `env-drifted`; its page tells the rest.
pub(super) struct EnvDrifted;

impl Check for EnvDrifted {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**");
        needs.later(whole_tree);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let (fresh, undecided) = fresh::of(change);
        examination.undecided = undecided;
        if fresh.is_empty() {
            return examination;
        }
        if let Some(why) = &change.head.truncated {
            examination.undecided.push(Undecided::new(why.clone()));
            return examination;
        }
        let survey = match Survey::of(change, &fresh) {
            Ok(survey) => survey,
            Err(undecided) => {
                examination.undecided.push(undecided);
                return examination;
            }
        };
        let mut notes = tell::Notes::default();
        for file in &fresh {
            for read in file.reads.iter().filter(|read| !survey.knows(&read.name)) {
                match survey.meant(file, &read.name) {
                    Some(meant) => examination.findings.push(tell::block(change, file, read, &meant, claims)),
                    None => notes.add(&survey, file, read),
                }
            }
        }
        examination.findings.extend(notes.findings(claims));
        examination
    }
}

/// Only a whole tree tells that nothing declares a name: it is loaded where there is a new name to ask for.
fn whole_tree(change: &Change) -> Wanted {
    let (fresh, _) = fresh::of(change);
    if fresh.is_empty() || change.head.truncated.is_some() {
        return Wanted::default();
    }
    let head = change.head.entries().filter(|(path, entry)| survey::is_searched(path, entry));
    Wanted { base: Default::default(), head: head.map(|(path, _)| path.clone()).collect() }
}
