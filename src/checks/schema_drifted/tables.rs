//! The tables that the migrations of a tree make.

use crate::change::Change;
use crate::ids::RepoPath;
use crate::read::migrations::{self, Form, Schema, sql};
use crate::span::Side;

/// The SQL migrations of a root that are loaded, in the order in which they run.
pub(super) fn migrations<'c>(change: &'c Change, side: Side, root: &str) -> Vec<&'c RepoPath> {
    let tree = change.tree(side);
    let is_one = |path: &&RepoPath| {
        migrations::form(path) == Some(Form::Sql)
            && migrations::root(path) == root
            && !migrations::is_down(path)
    };
    let mut paths: Vec<&RepoPath> = tree.under(root).filter(is_one).collect();
    paths.sort_by_cached_key(|path| migrations::order(path));
    paths
}

/// The tables that the SQL migrations of a root make. One that can't be read makes every table that it names unclear.
pub(super) fn of_root(change: &Change, side: Side, root: &str) -> Schema {
    whole_root(change, side, root).unwrap_or_default()
}

/// The same; `None` where any migration can't be read, so that a column that is missing proves nothing.
pub(super) fn whole_root(change: &Change, side: Side, root: &str) -> Option<Schema> {
    let mut schema = Schema::default();
    for path in migrations(change, side, root) {
        let text = change.text(side, path).ok()??;
        schema.apply(&sql::steps(sql::forwards(text)).ok()?);
    }
    Some(schema)
}
