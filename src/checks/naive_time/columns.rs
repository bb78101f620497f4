//! Columns without a zone in new SQL migrations, where those of the project's other migrations have one.

use std::ops::Range;

use crate::change::{Change, FileChange, Status, Tree};
use crate::checks::{Examination, Finding, Wanted};
use crate::claims::Claims;
use crate::ids::RepoPath;
use crate::read::migrations::sql::kind::{Holds, Zone};
use crate::read::migrations::sql::{Deed, Kind, Step};
use crate::read::migrations::{self, Form, trees};
use crate::span::{Location, Side};
use crate::undecided::Undecided;

use super::{DISCLOSING, Fresh, RULE};

/// Fewer columns with a zone are no usage.
const MIN_ZONED: usize = 2;

/// A column of a migration that is a timestamp without a zone.
struct Naive {
    table: String,
    column: String,
    shown: String,
    range: Range<usize>,
}

/// How many timestamps have a zone and how many have none.
#[derive(Default)]
struct Usage {
    zoned: usize,
    naive: usize,
}

/// The migrations of base that a new one with timestamps is to be set against.
pub(super) fn migrations_wanted(change: &Change) -> Wanted {
    let mut wanted = Wanted::default();
    for path in change.files.iter().filter_map(new_migration) {
        let text = change.text(Side::Head, path).ok().flatten().unwrap_or_default();
        if may_be_naive(text) {
            wanted.base.extend(trees::of_root(&change.base, migrations::root(path)).into_iter().cloned());
        }
    }
    wanted
}

pub(super) fn find(change: &Change, claims: &Claims, fresh: &[Fresh<'_>], examination: &mut Examination) {
    // The migration that a tool wrote for a model says the same once more.
    if fresh.iter().any(|one| one.columns().is_some()) {
        return;
    }
    for path in change.files.iter().filter_map(new_migration) {
        match of_migration(change, path) {
            Ok(found) => examination
                .findings
                .extend(found.map(|finding| finding.disclosed(claims.disclosure(Some(path), &DISCLOSING)))),
            Err(undecided) => examination.undecided.push(undecided.at(path)),
        }
    }
}

fn new_migration(file: &FileChange) -> Option<&RepoPath> {
    let path = file.head.as_ref().filter(|_| file.status == Status::Added)?;
    (migrations::form(path) == Some(Form::Sql) && !migrations::is_down(path)).then_some(path)
}

fn may_be_naive(text: &str) -> bool {
    memchr::memmem::find(text.to_ascii_lowercase().as_bytes(), b"timestamp").is_some()
}

fn of_migration(change: &Change, path: &RepoPath) -> Result<Option<Finding>, Undecided> {
    let Some(text) = change.text(Side::Head, path)?.filter(|text| may_be_naive(text)) else {
        return Ok(None);
    };
    let Some(steps) = trees::steps(&change.head, path)? else { return Ok(None) };
    let steps = steps.as_ref().as_ref().map_err(Clone::clone)?;
    let naive = naive(steps);
    let Some(first) = naive.first() else { return Ok(None) };
    let mut usage = Usage::default();
    for other in trees::of_root(&change.base, migrations::root(path)) {
        usage.take(&change.base, other);
    }
    let mut own = Usage::default();
    steps.iter().for_each(|step| own.count(&step.deed));
    // The first migration of all is set against itself.
    if usage.zoned + usage.naive == 0 {
        usage = Usage { zoned: own.zoned, naive: own.naive };
    }
    let is_usual = usage.zoned >= MIN_ZONED && usage.zoned > usage.naive && usage.zoned > own.naive;
    Ok(is_usual.then(|| tell(path, text, first, naive.len() - 1, usage.zoned)))
}

impl Usage {
    /// What can't be read says nothing.
    fn take(&mut self, tree: &Tree, path: &RepoPath) {
        if let Ok(Some(steps)) = trees::steps(tree, path)
            && let Ok(steps) = steps.as_ref()
        {
            steps.iter().for_each(|step| self.count(&step.deed));
        }
    }

    fn count(&mut self, deed: &Deed) {
        match deed {
            Deed::Create { columns: Some(columns), .. } => {
                columns.iter().for_each(|column| self.count_one(&column.kind));
            }
            Deed::Add { column, .. } => self.count_one(&column.kind),
            Deed::Retype { kind, .. } => {
                self.count_one(kind);
                if kind.holds == Holds::Timestamp(Zone::With) {
                    // It had none so far.
                    self.naive = self.naive.saturating_sub(1);
                }
            }
            _ => {}
        }
    }

    fn count_one(&mut self, kind: &Kind) {
        match kind.holds {
            Holds::Timestamp(Zone::With) => self.zoned += 1,
            Holds::Timestamp(_) => self.naive += 1,
            _ => {}
        }
    }
}

/// The columns that nothing is said of: `WITHOUT TIME ZONE` was thought of.
fn naive(steps: &[Step]) -> Vec<Naive> {
    let mut found: Vec<Naive> = Vec::new();
    let mut take = |table: &str, column: &str, kind: &Kind, range: &Range<usize>| {
        if kind.holds == Holds::Timestamp(Zone::Unsaid) && !is_wall_clock(column) {
            let (table, column) = (table.to_owned(), column.to_owned());
            found.push(Naive { table, column, shown: kind.shown.clone(), range: range.clone() });
        }
    };
    for step in steps {
        match &step.deed {
            Deed::Create { table, columns: Some(columns) } => {
                columns.iter().for_each(|c| take(table, &c.name, &c.kind, &c.range));
            }
            Deed::Add { table, column } => take(table, &column.name, &column.kind, &column.range),
            Deed::Retype { table, column, kind, range } => take(table, column, kind, range),
            _ => {}
        }
    }
    found
}

/// Whether a column's name says that it keeps what a clock on the wall showed.
pub(super) fn is_wall_clock(name: &str) -> bool {
    const WORDS: [&str; 5] = ["local", "wall", "naive", "floating", "utc"];
    let mut words = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            words.push('_');
        }
        words.extend(c.to_lowercase());
    }
    words.split('_').any(|word| WORDS.contains(&word))
}

fn tell(path: &RepoPath, text: &str, first: &Naive, more: usize, zoned: usize) -> Finding {
    let Naive { table, column, shown, range } = first;
    let at = Location::bytes(Side::Head, path, text, range.clone()).label("no zone");
    let headline = format!(
        "the column `{column}` of `{table}` is a `{shown}`, and the others of these migrations have a zone"
    );
    let more = super::tell::alike(more);
    Finding::new(&RULE, at, headline, &format!("column {table}.{column}")).explain(format!(
        "{zoned} columns of these migrations are declared with a time zone. Of this one the database keeps the \
         digits alone, and drivers read them in whatever zone they are set to.{more}\nDeclare it with a time zone, \
         or say in the column's name that it is a wall clock's."
    ))
}
