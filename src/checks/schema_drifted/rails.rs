//! Rails' `db/schema.rb` and `db/migrate` that do not agree: new databases are made from the first.

use crate::change::{Change, Status, Tree};
use crate::checks::{Examination, Finding};
use crate::ids::RepoPath;
use crate::read::flow::chain::Written;
use crate::read::migrations::{self, Form};
use crate::read::syntax::Language;
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use super::RULE;

pub(super) fn find(change: &Change, examination: &mut Examination) {
    let mut told: Vec<RepoPath> = Vec::new();
    for file in change.files.iter().filter(|file| file.status == Status::Added) {
        let path = file.path();
        let Some((number, schema)) = migration(path) else { continue };
        if told.contains(&schema) {
            continue;
        }
        match version(&change.head, &schema) {
            Ok(Some((declared, _))) if declared < number => {
                examination.findings.extend(left_behind(change, path, &schema, number, declared));
                told.push(schema);
            }
            Ok(_) => {}
            Err(undecided) => examination.undecided.push(undecided.at(&schema)),
        }
    }
    for file in &change.files {
        let Some(path) = file.head.as_ref().filter(|path| is_schema(path)) else { continue };
        match ahead(change, path, file.base.as_ref()) {
            Ok(finding) => examination.findings.extend(finding),
            Err(undecided) => examination.undecided.push(undecided.at(path)),
        }
    }
}

/// The number of a migration of Rails, and the schema that is made from it.
fn migration(path: &RepoPath) -> Option<(u64, RepoPath)> {
    if migrations::form(path) != Some(Form::Rails) {
        return None;
    }
    let number = path.name().split('_').next()?.parse().ok()?;
    let db = path.dir().strip_suffix("/migrate")?;
    Some((number, format!("{db}/schema.rb").parse().ok()?))
}

/// Whether the file is a schema that Rails writes.
pub(super) fn is_schema(path: &RepoPath) -> bool {
    path.name() == "schema.rb" && (path.dir() == "db" || path.dir().ends_with("/db"))
}

/// The schemas that new migrations belong to.
pub(super) fn schemas_wanted(change: &Change) -> impl Iterator<Item = RepoPath> + '_ {
    let added = change.files.iter().filter(|file| file.status == Status::Added);
    added.filter_map(|file| Some(migration(file.path())?.1))
}

/// The version that a schema declares, and where: `define(version: 2026_01_01_000000)`.
fn version(tree: &Tree, path: &RepoPath) -> Result<Option<(u64, std::ops::Range<usize>)>, Undecided> {
    let Some(text) = tree.text(path)? else { return Ok(None) };
    if !text.contains("ActiveRecord::Schema") {
        return Ok(None);
    }
    let written = Written::parse(Language::Ruby, text)?;
    for chain in written.chains() {
        let Some(link) = chain.call("define") else { continue };
        let version = link.arguments.iter().flatten().find(|a| a.name.as_deref() == Some("version"));
        let Some(version) = version else { continue };
        let digits: String = written.text(version.value).chars().filter(|c| *c != '_').collect();
        return Ok(digits.parse().ok().map(|number| (number, version.value.byte_range())));
    }
    Ok(None)
}

fn left_behind(
    change: &Change,
    path: &RepoPath,
    schema: &RepoPath,
    number: u64,
    declared: u64,
) -> Option<Finding> {
    let text = change.text(Side::Head, path).ok()??;
    let at = Location::of_lines(Side::Head, path, text, 1, 1).label("the schema is older than this");
    let other = change.text(Side::Head, schema).ok()??;
    let (_, range) = version(&change.head, schema).ok()??;
    let related = Location::bytes(Side::Head, schema, other, range).label("it declares this version");
    let headline = format!("the migration `{number}` is new, and `{schema}` was not made from it");
    let finding = Finding::new(&RULE, at, headline, "schema left behind").related(related);
    Some(finding.explain(format!(
        "The schema is that of the version {declared}. A database that is made from it, as tests and new servers do, \
         lacks what the migration makes, and Rails refuses to run the tests while a migration is pending."
    )))
}

/// A schema whose new version no migration has.
fn ahead(change: &Change, path: &RepoPath, base: Option<&RepoPath>) -> Result<Option<Finding>, Undecided> {
    let Some((declared, range)) = version(&change.head, path)? else { return Ok(None) };
    // Only a version that was never there is this change's.
    let before = base.map(|base| version(&change.base, base)).transpose()?.flatten();
    if before.is_none_or(|(before, _)| before >= declared) {
        return Ok(None);
    }
    let folder = format!("{}/migrate", path.dir());
    let mut numbers = change.head.under(&folder).filter_map(|path| Some(migration(path)?.0)).peekable();
    if numbers.peek().is_none() || numbers.any(|number| number >= declared) {
        return Ok(None);
    }
    let Some(text) = change.text(Side::Head, path)? else { return Ok(None) };
    let at = Location::bytes(Side::Head, path, text, range).label("no migration has this number");
    let headline = format!("`{path}` is of the version {declared}, and no migration has that number");
    Ok(Some(Finding::new(&RULE, at, headline, "schema ahead").explain(format!(
        "The newest migration below `{folder}` is older. A database that ran them all lacks what this schema has more: \
         the migration was left out, or the schema was made where another branch's had run."
    ))))
}
