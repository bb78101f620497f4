//! Leftovers of an edit stand in the tree: conflict markers, elision placeholders, a patch tool's own files,
//! scraps of the answer that the code was taken from.

use crate::change::tree::is_binary;
use crate::change::{Change, Content, FileChange, Kind, LineDiff, line_diff};
use crate::checks::{Check, Examination, Needs, Rule};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::span::Side;
use crate::undecided::Undecided;

mod elisions;
mod ground;
mod hollow;
mod leftovers;
mod markers;
mod scraps;

static RULE: Rule = Rule::new("patch-residue", include_str!("../../rules/patch-residue.md"));

/// `patch-residue`; its page tells the rest.
pub(super) struct PatchResidue;

impl Check for PatchResidue {
    fn rule(&self) -> &'static Rule {
        &RULE
    }

    fn needs(&self, needs: &mut Needs) {
        needs.changed("**");
    }

    fn run(&self, change: &Change, claims: &Claims) -> Examination {
        let mut examination = Examination::default();
        for file in &change.files {
            let Some(head) = &file.head else { continue };
            match Edited::read(change, file, head) {
                Ok(Some(edited)) => {
                    examination.findings.extend(markers::find(&edited, claims));
                    examination.findings.extend(elisions::find(&edited, claims));
                    examination.findings.extend(hollow::find(&edited, claims));
                    examination.findings.extend(leftovers::find(change, &edited, claims));
                    examination.findings.extend(scraps::find(&edited, claims));
                }
                Ok(None) => {}
                Err(undecided) => examination.undecided.push(undecided),
            }
        }
        examination
    }
}

/// A changed text file at head, with what it was.
struct Edited<'c> {
    path: &'c RepoPath,
    base_path: Option<&'c RepoPath>,
    base: String,
    head: String,
    diff: LineDiff,
}

impl<'c> Edited<'c> {
    /// `None` for what holds no text: binary files, links, submodules.
    fn read(change: &'c Change, file: &'c FileChange, path: &'c RepoPath) -> Result<Option<Self>, Undecided> {
        let Some(head) = text(change, Side::Head, path)? else { return Ok(None) };
        // A side that can't be read counts as empty: then every line of head is new.
        let base_path = file.base.as_ref();
        let base = base_path.and_then(|p| text(change, Side::Base, p).ok().flatten()).unwrap_or_default();
        let diff = line_diff(&base, &head);
        Ok(Some(Self { path, base_path, base, head, diff }))
    }
}

/// The text of a file with foreign bytes replaced: markers are plain ASCII in every encoding that git merges.
fn text(change: &Change, side: Side, path: &RepoPath) -> Result<Option<String>, Undecided> {
    let entry = change.tree(side).entry(path);
    if entry.is_some_and(|e| e.kind != Kind::File) {
        return Ok(None);
    }
    if let Some(Content::TooLarge(_)) = entry.map(|e| &e.content) {
        return change.tree(side).read(path).map(|_| None);
    }
    let bytes = change.tree(side).read(path)?;
    Ok(bytes.filter(|b| !is_binary(b)).map(|b| String::from_utf8_lossy(b).into_owned()))
}
