//! The tables that the migrations of a tree make.

use crate::change::Change;
use crate::read::migrations::{Schema, trees};
use crate::span::Side;

/// The tables that the SQL migrations of a root make. One that can't be read makes every table that it names unclear.
pub(super) fn of_root(change: &Change, side: Side, root: &str) -> Schema {
    whole_root(change, side, root).unwrap_or_default()
}

/// The same; `None` where any migration can't be read, so that a column that is missing proves nothing.
pub(super) fn whole_root(change: &Change, side: Side, root: &str) -> Option<Schema> {
    let tree = change.tree(side);
    let mut schema = Schema::default();
    for path in trees::of_root(tree, root) {
        let steps = trees::steps(tree, path).ok()??;
        schema.apply(steps.as_ref().as_ref().ok()?);
    }
    Some(schema)
}
