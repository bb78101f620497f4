//! The tables that migrations make, one after the other.

use std::collections::BTreeMap;

use super::sql::{Column, Deed, Kind, Step};

/// The tables with their columns; of an unclear table only the name is known.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    tables: BTreeMap<String, Option<Columns>>,
}

/// The columns of a table with their types, where all migrations say the same of one.
pub type Columns = BTreeMap<String, Option<Kind>>;

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
                let made = |made: &Vec<Column>| {
                    made.iter().map(|c| (c.name.clone(), Some(c.kind.clone()))).collect::<Columns>()
                };
                let made = columns.as_ref().map(made);
                // `IF NOT EXISTS` on a table that is there leaves it as it is; either may be so.
                match self.tables.get_mut(table) {
                    Some(known) => {
                        *known = match (known.take(), made) {
                            (Some(known), Some(made)) => Some(either(known, made)),
                            _ => None,
                        }
                    }
                    None => {
                        self.tables.insert(table.clone(), made);
                    }
                }
            }
            Deed::Add { table, column } => self.change(table, |columns| {
                columns.insert(column.name.clone(), Some(column.kind.clone()));
            }),
            Deed::DropColumn { table, column } => self.change(table, |columns| {
                columns.remove(column);
            }),
            Deed::RenameColumn { table, from, to } => self.change(table, |columns| {
                let kind = columns.remove(from).flatten();
                columns.insert(to.clone(), kind);
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
            Deed::Retype { table, column, kind, .. } => self.change(table, |columns| {
                columns.insert(column.clone(), Some(kind.clone()));
            }),
            Deed::Require { .. } | Deed::Default { .. } | Deed::Empty { .. } | Deed::Update { .. } => {}
        }
    }

    /// A table that no migration made is unclear from here on: others make it.
    fn change(&mut self, table: &str, change: impl FnOnce(&mut Columns)) {
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
    pub fn columns(&self, table: &str) -> Option<&Columns> {
        self.tables.get(table)?.as_ref()
    }
}

/// The columns of both; a type only where both have it.
fn either(known: Columns, made: Columns) -> Columns {
    let mut both = known;
    for (name, kind) in made {
        match both.get_mut(&name) {
            Some(own) if *own != kind => *own = None,
            Some(_) => {}
            None => {
                both.insert(name, kind);
            }
        }
    }
    both
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
        let columns: Vec<&str> = schema.columns("c").unwrap().keys().map(String::as_str).collect();
        assert_eq!(columns, ["w", "x", "z"]);
        assert!(schema.has_table("b") && schema.columns("b").is_none() && !schema.has_table("a"));
    }
}
