//! What the text says was done is not in the tree.

mod empty;
mod shown;
mod ticked;
mod trees;

use std::collections::HashSet;

use crate::change::Change;
use crate::checks::refuted::{self, words};
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::{self, ClaimKind, Claims, Source, Standing, Subject};
use crate::span::Side;

static RULE: Rule = Rule::new("patch-unlanded", include_str!("../../rules/patch-unlanded.md"));

/// `patch-unlanded`; its page tells the rest.
pub(super) struct PatchUnlanded;

impl Check for PatchUnlanded {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**");
        for glob in claims::files_at_base() {
            needs.side(Side::Base, glob);
        }
        needs.later(shown::named);
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        let mut said = HashSet::new();
        let mut told: Vec<&Source> = Vec::new();
        for (id, weighed) in claims::weigh_those(change, claims, ClaimKind::is_deed) {
            let claim = &claims.list[id];
            if weighed.judged.standing != Standing::Contradicted {
                continue;
            }
            told.push(&claim.at);
            // A body that repeats its commit's message says one thing, not two.
            if said.insert(words(claim)) {
                let headline = headline(&claim.kind);
                let finding = refuted::finding(&RULE, change, claim, weighed, headline);
                examination.findings.extend(finding.map(|finding| finding.gainsays(Some(id))));
            }
        }
        examination.findings.extend(empty::findings(change, claims));
        examination.findings.extend(shown::findings(change, claims));
        examination.findings.extend(ticked::findings(change, claims, &told));
        examination
    }
}

fn headline(kind: &ClaimKind) -> String {
    let named = |subject: &Subject| match subject {
        Subject::File(name) | Subject::Symbol(name) => format!("`{name}`"),
    };
    match kind {
        ClaimKind::Added(subject) => format!("{} is said to be added, and is not there", named(subject)),
        ClaimKind::Changed(subject) => format!("{} is said to be changed, and is as it was", named(subject)),
        ClaimKind::Removed(subject) => {
            format!("{} is said to be removed, and is still there", named(subject))
        }
        ClaimKind::Renamed { from, to } => {
            format!("{} is said to be renamed to {}, and still stands", named(from), named(to))
        }
        ClaimKind::Replaced { from, to } => {
            format!("`{from}` is said to be replaced with `{to}`, and is not")
        }
        _ => "the tree says otherwise".to_owned(),
    }
}
