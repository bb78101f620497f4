//! Claims that hardly anything measures: each says what would tell.

use super::super::{ClaimKind, Weighed};
use super::docs_only::Rest;
use super::{paths, supported, unproven};
use crate::change::Change;

/// That the behaviour is the same, or that others can go on as before.
pub(super) fn of_behaviour(change: &Change, rest: &Rest<'_>) -> Weighed {
    if change.files.is_empty() {
        return unproven("nothing changed");
    }
    if rest.nothing() {
        return supported("every changed file is documentation, or changed in its comments only");
    }
    if change.files.iter().all(|file| paths::is_test(file.path()) || paths::is_documentation(file.path())) {
        return supported("only tests and documentation changed");
    }
    let code = change
        .files
        .iter()
        .find(|file| !paths::is_test(file.path()) && !paths::is_documentation(file.path()));
    match code {
        Some(file) => {
            unproven(format!("{} changed, and nothing that was given compares what it does", file.path()))
        }
        None => unproven("nothing that was given compares the behaviour"),
    }
}

/// The rest.
pub(super) fn of(kind: &ClaimKind) -> Weighed {
    unproven(match kind {
        ClaimKind::Fixes(number) => format!("only the issue #{number} itself tells what closes it"),
        ClaimKind::Faster => "no benchmark of this commit was given".to_owned(),
        ClaimKind::VerifiedByHand => {
            "what somebody tried by hand leaves no evidence on this commit".to_owned()
        }
        _ => "no evidence that was given speaks of it".to_owned(),
    })
}
