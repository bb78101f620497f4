//! Files that a patch or merge tool, or an editor, put beside the file it worked on.

use super::ground::{self, Ground};
use crate::change::Change;
use crate::checks::Finding;
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::span::{Location, Side};

use super::{Edited, RULE};

pub(super) fn find(change: &Change, edited: &Edited<'_>, claims: &Claims) -> Option<Finding> {
    let (path, name) = (edited.path, edited.path.name());
    let suffix =
        [".orig", ".rej", ".bak", "~"].into_iter().find(|s| name.ends_with(s) && name.len() > s.len())?;
    let kept = change.base.paths().any(|p| p.name().ends_with(suffix));
    if kept
        || edited.base_path.is_some_and(|p| p.name().ends_with(suffix))
        || ground::of(path) == Ground::Sample
    {
        return None;
    }
    let what = match suffix {
        ".orig" => "the copy that a merge or patch tool kept of the file before its edit",
        ".rej" => "the part of a patch that could not be applied",
        _ => "an editor's or tool's backup",
    };
    let stem = path.as_str()[..path.as_str().len() - suffix.len()].parse::<RepoPath>().ok();
    let beside = stem.filter(|stem| change.head.contains(stem));
    let certain = match suffix {
        // Cargo packs this one on purpose.
        ".orig" => beside.is_some() && name != "Cargo.toml.orig",
        ".rej" => is_reject(&edited.head),
        _ => false,
    };
    let at = Location::of_lines(Side::Head, path, &edited.head, 1, 1).label(what);
    let beside = beside.map(|stem| format!(" It stands beside {stem}.")).unwrap_or_default();
    let finding = Finding::new(&RULE, at, format!("{name} was added: a leftover of an edit"), suffix)
        .explain(format!(
            "A file ending in `{suffix}` is {what}.{beside} No such file was in the tree before this change."
        ))
        .disclosed(claims.disclosure(None, &[&path.name().to_lowercase()]));
    Some(if certain { finding } else { finding.note() })
}

/// Whether it reads like what `patch` writes: hunks, unified or in context form.
fn is_reject(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|l| l.starts_with("@@ ") || l.starts_with("***************") || l.starts_with("diff a/"))
}
