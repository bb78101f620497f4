//! A query in a string of the code that names a column which no migration makes.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::change::{Change, FileChange, LineDiff, Tree, line_diff};
use crate::checks::{Finding, product};
use crate::ids::RepoPath;
use crate::read::flow::{self, chain::HOLE, chain::Written};
use crate::read::migrations::sql::query::{self, Named};
use crate::read::migrations::{self, Form, Schema};
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

use super::{RULE, tables};

static BEGINNINGS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = ["select ", "insert into ", "update ", "select\n", "insert or "];
    let built = AhoCorasick::builder().ascii_case_insensitive(true).build(words);
    built.expect("the words are few and short")
});

/// Whether a text may hold a query.
pub(super) fn may_hold(path: &RepoPath, text: &str) -> bool {
    flow::language(path).is_some() && product::kind(path).is_none() && BEGINNINGS.is_match(text)
}

/// The one folder of SQL migrations of a tree in which nothing else migrates.
struct Root(Option<String>);

/// That folder, where there is one and no other.
pub(super) fn root(tree: &Tree) -> Option<String> {
    let root = tree.derived(|tree| {
        let mut roots = BTreeSet::new();
        for path in tree.paths() {
            match migrations::form(path) {
                Some(Form::Sql) if !migrations::is_down(path) => roots.insert(migrations::root(path)),
                Some(Form::Sql) | None => false,
                Some(_) => roots.insert(path.as_str()),
            };
        }
        let one = roots.first().filter(|root| roots.len() == 1 && !root.contains('.'));
        Root(one.map(|root| (*root).to_owned()))
    });
    root.0.clone()
}

/// Whether a file belongs to the package in which the migrations stand: others may ask another database.
fn is_of_package(tree: &Tree, root: &str, path: &RepoPath) -> bool {
    const MANIFESTS: [&str; 5] = ["package.json", "go.mod", "pyproject.toml", "Cargo.toml", "Gemfile"];
    let holds = |dir: &str| {
        MANIFESTS.iter().any(|name| format!("{dir}/{name}").parse().is_ok_and(|path| tree.contains(&path)))
    };
    let mut dir = root;
    while !dir.is_empty() && !holds(dir) {
        dir = dir.rsplit_once('/').map_or("", |(above, _)| above);
    }
    dir.is_empty() || path.as_str().strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

pub(super) fn find(
    change: &Change,
    file: &FileChange,
    known: &mut Option<Option<Schema>>,
) -> Result<Option<Finding>, Undecided> {
    let Some(path) = file.head.as_ref() else { return Ok(None) };
    let Some(language) = flow::language(path) else { return Ok(None) };
    let Some(root) = root(&change.head).filter(|root| is_of_package(&change.head, root, path)) else {
        return Ok(None);
    };
    let Some(head) = change.text(Side::Head, path)?.filter(|text| may_hold(path, text)) else {
        return Ok(None);
    };
    let base =
        file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    let diff = line_diff(base, head);
    let added = diff.hunks.iter().any(|hunk| !hunk.head.is_empty());
    if !added {
        return Ok(None);
    }
    let schema = known.get_or_insert_with(|| tables::whole_root(change, Side::Head, &root));
    let Some(schema) = schema else { return Ok(None) };
    let written = Written::parse(language, head)?;
    let lines = Lines::of(head);
    let mut found: Vec<(Named, Range<usize>)> = Vec::new();
    for (range, text) in written.strings(&written.names()) {
        if !touches(&diff, &lines, &range) || text.contains(HOLE) || !begins(&text) {
            continue;
        }
        // Python's and psycopg's marks for values.
        let text = text.replace("%s", "?");
        for named in query::columns(&text) {
            let columns = schema.columns(&named.table);
            let missing = columns.is_some_and(|columns| !columns.contains_key(&named.column));
            if missing && !base.contains(&named.column) {
                found.push((named, range.clone()));
            }
        }
    }
    let told: BTreeSet<String> = found.iter().map(|(n, _)| format!("{}.{}", n.table, n.column)).collect();
    Ok(found.first().map(|(named, range)| tell(path, head, &root, named, range, told.len() - 1)))
}

fn begins(text: &str) -> bool {
    let text = text.trim_start();
    BEGINNINGS.find(text).is_some_and(|found| found.start() == 0)
}

fn touches(diff: &LineDiff, lines: &Lines, range: &Range<usize>) -> bool {
    diff.touches_head(lines.at(range.start), lines.at(range.end.saturating_sub(1).max(range.start)))
}

fn tell(
    path: &RepoPath,
    text: &str,
    root: &str,
    named: &Named,
    range: &Range<usize>,
    more: usize,
) -> Finding {
    let Named { table, column } = named;
    let more = match more {
        0 => String::new(),
        more => format!(" The same is true of {more} more columns in this file."),
    };
    let written = text.get(range.clone()).unwrap_or_default();
    let at = written.to_lowercase().find(column.as_str()).filter(|_| written.is_ascii());
    let shown = match at {
        Some(at) => range.start + at..range.start + at + column.len(),
        None => range.start..range.start + written.lines().next().unwrap_or_default().len(),
    };
    let at = Location::bytes(Side::Head, path, text, shown).label("no migration makes it");
    let headline = format!("the column `{column}` of `{table}` is asked for, and no migration makes it");
    Finding::new(&RULE, at, headline, &format!("column {table}.{column}")).explain(format!(
        "The migrations below `{root}` make `{table}` with other columns. The query fails on a database that only \
         ran the migrations.{more}"
    ))
}
