//! A block was applied twice: the same lines again, the same definition in one scope, the same key in one mapping.

use crate::change::{Change, FileChange, Kind, LineDiff};
use crate::checks::product;
use crate::checks::{Check, Examination, Finding, Needs, Rule};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::repeated;
use crate::span::Side;
use crate::undecided::Undecided;

mod blocks;
mod ground;
mod names;

use ground::Ground;

static RULE: Rule = Rule::new("patch-doubled", include_str!("../../rules/patch-doubled.md"));

/// `patch-doubled`; its page tells the rest.
pub(super) struct PatchDoubled;

impl Check for PatchDoubled {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed(blocks::FILES);
        for glob in repeated::FILES {
            needs.changed(glob);
        }
    }

    fn run(&self, change: &Change, _claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        for file in &change.files {
            let found = judge(change, file, &mut examination.undecided);
            examination.absorb(found);
        }
        examination
    }
}

/// A changed text at head beside what it was.
struct Edited<'c> {
    path: &'c RepoPath,
    base_path: Option<&'c RepoPath>,
    base: &'c str,
    head: &'c str,
    diff: LineDiff,
    ground: Ground,
}

fn judge(
    change: &Change,
    file: &FileChange,
    undecided: &mut Vec<Undecided>,
) -> Result<Vec<Finding>, Undecided> {
    let Some(path) = file.head.as_ref() else { return Ok(Vec::new()) };
    let ground = ground::of(path);
    let is_file = change.head.entry(path).is_some_and(|entry| entry.kind == Kind::File);
    let is_read = names::reads(path) || blocks::reads(path);
    if ground == Ground::Foreign || !is_file || !is_read {
        return Ok(Vec::new());
    }
    let Some(head) = change.text(Side::Head, path)? else { return Ok(Vec::new()) };
    // Two texts with the marks of a conflict are what another rule reports.
    if product::is_machine_made(head) || head.contains("\n>>>>>>> ") {
        return Ok(Vec::new());
    }
    let base = file.base.as_ref().map(|base| change.text(Side::Base, base)).transpose()?.flatten();
    let edited = Edited {
        path,
        base_path: file.base.as_ref(),
        base: base.unwrap_or_default(),
        head,
        diff: change.diff(file)?,
        ground,
    };
    // Without an added line nothing came twice.
    if edited.diff.added().next().is_none() {
        return Ok(Vec::new());
    }
    let mut found: Vec<Finding> = blocks::find(&edited).map_err(|u| u.at(path))?.into_iter().collect();
    let told = found.first().map(|finding| finding.primary.line..=finding.primary.end_line);
    match names::find(&edited, told.as_ref()) {
        Ok(names) => found.extend(names),
        Err(why) => undecided.push(why.at(path)),
    }
    Ok(found)
}
