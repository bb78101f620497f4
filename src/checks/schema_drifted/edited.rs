//! A migration that is merged already and says something else at head.

use std::collections::BTreeMap;

use crate::change::{Change, FileChange, Status, line_diff};
use crate::checks::{Examination, Finding};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::flow::chain::Written;
use crate::read::migrations::{self, Form, python, sql};
use crate::read::syntax::{self, Language};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use super::RULE;

/// Where more migrations of one folder changed at once, a tool rewrote them.
const MAX_EDITED: usize = 3;

pub(super) fn find(change: &Change, claims: &Claims, examination: &mut Examination) {
    let mut edited: BTreeMap<&str, Vec<&FileChange>> = BTreeMap::new();
    let mut squashed: Vec<&str> = Vec::new();
    for file in &change.files {
        let Some(path) = file.base.as_ref().filter(|path| migrations::form(path).is_some()) else { continue };
        match file.status {
            Status::Deleted => squashed.push(migrations::root(path)),
            _ if file.head.as_ref() == Some(path) && !migrations::is_down(path) => {
                edited.entry(migrations::root(path)).or_default().push(file);
            }
            _ => {}
        }
    }
    edited.retain(|root, _| !squashed.contains(root));
    for files in edited.into_values() {
        let mut found = Vec::new();
        for file in files {
            match says_otherwise(change, file.path()) {
                Ok(true) => found.push(file.path()),
                Ok(false) => {}
                Err(undecided) => examination.undecided.push(undecided.at(file.path())),
            }
        }
        if found.len() <= MAX_EDITED {
            examination.findings.extend(found.into_iter().filter_map(|path| tell(change, claims, path)));
        }
    }
}

fn says_otherwise(change: &Change, path: &RepoPath) -> Result<bool, Undecided> {
    let side = |side: Side| change.text(side, path).map(Option::unwrap_or_default);
    let (base, head) = (side(Side::Base)?, side(Side::Head)?);
    Ok(substance(path, base)? != substance(path, head)?)
}

/// What a migration does, as words: nothing where the file is none.
fn substance(path: &RepoPath, text: &str) -> Result<Vec<String>, Undecided> {
    match migrations::form(path) {
        Some(Form::Sql) => sql::words(sql::forwards(text)),
        Some(Form::Rails) => python::words(Language::Ruby, text),
        Some(Form::Django) if text.contains("Migration)") => part(text, "assignment", "left", "operations"),
        Some(Form::Alembic) if text.contains("alembic") => {
            part(text, "function_definition", "name", "upgrade")
        }
        _ => Ok(Vec::new()),
    }
}

/// The words of the first node of a kind that has a name.
fn part(text: &str, kind: &str, field: &str, name: &str) -> Result<Vec<String>, Undecided> {
    let written = Written::parse(Language::Python, text)?;
    let is_part = |node: &syntax::Node<'_>| {
        node.kind() == kind && node.child_by_field_name(field).is_some_and(|n| written.text(n) == name)
    };
    match written.tree().nodes().find(is_part) {
        Some(node) => python::words(Language::Python, written.text(node)),
        None => Ok(Vec::new()),
    }
}

fn tell(change: &Change, claims: &Claims, path: &RepoPath) -> Option<Finding> {
    let head = change.text(Side::Head, path).ok()??;
    let base = change.text(Side::Base, path).ok()??;
    let diff = line_diff(base, head);
    let hunk = diff.hunks.first()?;
    let at = if hunk.head.is_empty() {
        Location::of_lines(Side::Base, path, base, hunk.base.start, hunk.base.end - 1)
            .label("this was taken out")
    } else {
        Location::of_lines(Side::Head, path, head, hunk.head.start, hunk.head.end - 1)
            .label("this is not what ran")
    };
    let headline = format!("the migration `{}` is merged already and is edited here", path.name());
    let finding = Finding::new(&RULE, at, headline, "edited").explain(
        "Databases that ran it do not run it again: they keep what it did before, and a new one gets what it says \
         now. Some tools refuse to go on where the checksum differs. What is to change belongs in a new migration.",
    );
    let words = [
        "existing migration",
        "edit the migration",
        "edited the migration",
        "amend",
        "amends",
        "fix migration",
        "migration file",
    ];
    Some(finding.disclosed(claims.disclosure(Some(path), &words)))
}
