//! What the text says of the tests that went.

use crate::checks::suites;
use crate::claims::{ClaimId, ClaimKind, Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::identifiers;

const DEEDS: [&str; 40] = [
    "remove",
    "removes",
    "removed",
    "removing",
    "removal",
    "delete",
    "deletes",
    "deleted",
    "deleting",
    "drop",
    "drops",
    "dropped",
    "dropping",
    "prune",
    "pruned",
    "prunes",
    "pruning",
    "trim",
    "trimmed",
    "consolidate",
    "consolidated",
    "consolidates",
    "consolidating",
    "merge",
    "merged",
    "rewrite",
    "rewritten",
    "rewrote",
    "replace",
    "replaced",
    "replaces",
    "redundant",
    "duplicate",
    "duplicated",
    "obsolete",
    "outdated",
    "stale",
    "no longer",
    "revert",
    "reverts",
];
const OBJECTS: [&str; 14] = [
    "test",
    "tests",
    "testing",
    "spec",
    "specs",
    "suite",
    "suites",
    "coverage",
    "e2e",
    "unittest",
    "unittests",
    "assertion",
    "assertions",
    "testcase",
];

/// The claim that the loss contradicts.
pub(super) fn contradicted(claims: &Claims) -> Option<ClaimId> {
    claims
        .fullest(|kind| matches!(kind, ClaimKind::TestsPass { .. }))
        .or_else(|| claims.fullest(|kind| matches!(kind, ClaimKind::BehaviourUnchanged)))
}

/// The sentence that says that tests went, or names what went as removed.
pub(super) fn admission<'c>(claims: &'c Claims, path: &RepoPath, names: &[String]) -> Option<&'c Sentence> {
    let general = suites::admission(claims, &DEEDS, &OBJECTS);
    general.or_else(|| {
        claims.sentences.iter().find(|sentence| {
            let text = sentence.text.to_lowercase();
            let names_it = text.contains(&path.name().to_lowercase())
                || names
                    .iter()
                    .filter_map(|name| name.rsplit(" > ").next())
                    .any(|name| name.len() > 4 && sentence.text.contains(name));
            names_it && DEEDS.iter().any(|deed| identifiers::holds(&text, deed))
        })
    })
}
