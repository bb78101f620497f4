//! What a statement does to a table.

use std::ops::Range;

use super::kind::Kind;

/// One thing that a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub deed: Deed,
    /// The statement's bytes.
    pub range: Range<usize>,
}

/// What is done to a table. Names are in lower case and without quotes; a schema stands before a table only where it
/// is not the default one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It is made; its columns, where they are written out.
    Create {
        /// The table.
        table: String,
        /// Its columns.
        columns: Option<Vec<Column>>,
    },
    /// A column is added.
    Add {
        /// The table.
        table: String,
        /// The column.
        column: Column,
    },
    /// A column is dropped.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column is renamed.
    RenameColumn {
        /// The table.
        table: String,
        /// Its name so far.
        from: String,
        /// Its new name.
        to: String,
    },
    /// The table is renamed.
    RenameTable {
        /// Its name so far.
        from: String,
        /// Its new name.
        to: String,
    },
    /// The table is dropped.
    DropTable {
        /// The table.
        table: String,
        /// Whether only if it exists.
        guarded: bool,
    },
    /// A column gets another type.
    Retype {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The new type.
        kind: Kind,
        /// The bytes of the column's name.
        range: Range<usize>,
    },
    /// A column may not be null any more.
    Require {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column gets a default.
    Default {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// All rows are deleted.
    Empty {
        /// The table.
        table: String,
    },
    /// Rows are changed.
    Update {
        /// The table.
        table: String,
    },
    /// Something that can't be read.
    Unclear {
        /// The table.
        table: String,
    },
}

/// A column as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Whether it may not be null.
    pub is_required: bool,
    /// Whether rows that are there already get a value: a default, or one that the database makes.
    pub is_filled: bool,
    /// Its type.
    pub kind: Kind,
    /// The bytes of its name.
    pub range: Range<usize>,
}
