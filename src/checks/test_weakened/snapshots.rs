//! Snapshots that were rewritten in bulk: whatever the code gave was taken for what it should give.

use crate::change::{Change, FileChange};
use crate::checks::{Finding, Needs, Rule, product, suites};
use crate::claims::{ClaimKind, Claims};
use crate::ids::RepoPath;
use crate::span::{Location, Side};

/// So many rewritten stretches, or so many files with one at least, are more than somebody looks at one by one.
const MANY_STRETCHES: usize = 10;
const MANY_FILES: usize = 5;
const DISCLOSING: [&str; 4] = ["snapshot", "snapshots", "golden", "goldens"];
/// Files that a finding shows.
const MAX_SHOWN: usize = 3;

pub(super) fn needs(needs: &mut Needs) {
    needs.changed("**/*.{ambr,snap,storyshot}");
}

fn is_snapshot(path: &RepoPath) -> bool {
    matches!(path.extension(), "ambr" | "snap" | "storyshot")
}

/// The stretches of a file that hold something else than at base. What was only added or taken out is none.
fn rewritten(change: &Change, file: &FileChange) -> Vec<usize> {
    let (Some(_), Some(head)) = (&file.base, &file.head) else { return Vec::new() };
    if !is_snapshot(head) {
        return Vec::new();
    }
    let diff = change.diff(file).unwrap_or_default();
    let changed = diff.hunks.iter().filter(|hunk| !hunk.base.is_empty() && !hunk.head.is_empty());
    changed.map(|hunk| hunk.head.start).collect()
}

/// One finding for all of them, where the product changed with them.
pub(super) fn finding(rule: &'static Rule, change: &Change, claims: &Claims) -> Option<Finding> {
    let files: Vec<(&RepoPath, Vec<usize>)> = change
        .files
        .iter()
        .filter_map(|file| Some((file.head.as_ref()?, rewritten(change, file))))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    let stretches: usize = files.iter().map(|(_, lines)| lines.len()).sum();
    let is_product = |file: &FileChange| {
        file.head.as_ref().is_some_and(|path| !is_snapshot(path) && product::kind(path).is_none())
    };
    if stretches < MANY_STRETCHES && files.len() < MANY_FILES || !change.files.iter().any(is_product) {
        return None;
    }
    let place = |(path, lines): &(&RepoPath, Vec<usize>)| {
        let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
        Location::of_lines(Side::Head, path, text, lines[0], lines[0])
    };
    let headline = format!(
        "snapshots were rewritten at {} in {}",
        suites::counted(stretches, "place"),
        suites::counted(files.len(), "file")
    );
    let matter: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    let claim = claims.fullest(|kind| matches!(kind, ClaimKind::BehaviourUnchanged));
    let disclosed = claims.disclosure(None, &DISCLOSING);
    let mut finding = Finding::new(
        rule,
        place(files.first()?).label("the first of them"),
        headline,
        &matter.join("\n"),
    )
    .explain(
        "The code changed, and what the tests expect of it was written anew from what it gives. They pass, \
                 and say only that it gives what it gives.",
    )
    .gainsays(claim)
    .disclosed(disclosed);
    for file in files.iter().skip(1).take(MAX_SHOWN) {
        finding = finding.related(place(file).label("here too"));
    }
    Some(if claim.is_some() && disclosed.is_none() { finding } else { finding.note() })
}
