//! The tables that migrations make, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::sql::{Deed, Step};

/// The tables with their columns; of an unclear table only the name is known.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    tables: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Schema {
    /// Does the steps of one migration.
    pub fn apply(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(&step.deed);
        }
    }

    fn step(&mut self, deed: &Deed) {
        match deed {
            Deed::Create { table, columns } => {
                let names = columns.as_ref().map(|c| c.iter().map(|c| c.name.clone()).collect());
                // `IF NOT EXISTS` on a table that is there leaves it as it is; either may be so.
                match self.tables.get_mut(table) {
                    Some(known) => {
                        *known = match (known.take(), names) {
                            (Some(known), Some(new)) => Some(&known | &new),
                            _ => None,
                        }
                    }
                    None => {
                        self.tables.insert(table.clone(), names);
                    }
                }
            }
            Deed::Add { table, column } => self.change(table, |columns| {
                columns.insert(column.name.clone());
            }),
            Deed::DropColumn { table, column } => self.change(table, |columns| {
                columns.remove(column);
            }),
            Deed::RenameColumn { table, from, to } => self.change(table, |columns| {
                columns.remove(from);
                columns.insert(to.clone());
            }),
            Deed::RenameTable { from, to } => {
                if let Some(columns) = self.tables.remove(from) {
                    self.tables.insert(to.clone(), columns);
                }
            }
            Deed::DropTable { table, .. } => {
                self.tables.remove(table);
            }
            Deed::Unclear { table } => {
                self.tables.insert(table.clone(), None);
            }
            Deed::Require { .. } | Deed::Default { .. } | Deed::Empty { .. } | Deed::Update { .. } => {}
        }
    }

    /// A table that no migration made is unclear from here on: others make it.
    fn change(&mut self, table: &str, change: impl FnOnce(&mut BTreeSet<String>)) {
        match self.tables.get_mut(table) {
            Some(Some(columns)) => change(columns),
            Some(None) => {}
            None => {
                self.tables.insert(table.to_owned(), None);
            }
        }
    }

    /// Whether a table of that name is there.
    pub fn has_table(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// The columns of a table, where all of them are known.
    pub fn columns(&self, table: &str) -> Option<&BTreeSet<String>> {
        self.tables.get(table)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::super::sql::steps;
    use super::*;

    #[test]
    fn migrations_add_up() {
        let mut schema = Schema::default();
        schema.apply(&steps("CREATE TABLE a (x int, y int); ALTER TABLE a RENAME COLUMN y TO z;").unwrap());
        schema.apply(
            &steps("ALTER TABLE a ADD w int; ALTER TABLE b ADD v int; ALTER TABLE a RENAME TO c;").unwrap(),
        );
        let columns: Vec<&str> = schema.columns("c").unwrap().iter().map(String::as_str).collect();
        assert_eq!(columns, ["w", "x", "z"]);
        assert!(schema.has_table("b") && schema.columns("b").is_none() && !schema.has_table("a"));
    }
}
