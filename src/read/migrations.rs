//! Database migrations: which files are some, in what order they run, and what they do to tables.

pub mod python;
pub mod schema;
pub mod sql;
pub mod trees;

use std::sync::LazyLock;

use regex::Regex;

use crate::ids::RepoPath;

pub use schema::Schema;

/// What a migration is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// SQL: Supabase, Flyway, Prisma, Drizzle, sqlx, dbmate, goose, golang-migrate and others.
    Sql,
    /// A Python file in a folder named `migrations`: Django's, if its text says so.
    Django,
    /// A Python file in a folder named `versions`: Alembic's, if its text says so.
    Alembic,
    /// Ruby below `db/migrate`.
    Rails,
}

const FOLDERS: [&str; 8] =
    ["migrations", "migration", "migrate", "drizzle", "dbmigrations", "db_migrations", "flyway", "versions"];

static FLYWAY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[VU]\d[\d._]*__.+\.sql$").expect("literal"));
static DJANGO: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\d{4}_\w+\.py$").expect("literal"));
static RAILS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\d{8,14}_\w+(?:\.\w+)?\.rb$").expect("literal"));

/// The form of a file that is a migration by its place and name.
pub fn form(path: &RepoPath) -> Option<Form> {
    if !matches!(path.extension(), "sql" | "py" | "rb") {
        return None;
    }
    let folders: Vec<&str> = path.dir().split('/').collect();
    let last = folders.last().copied().unwrap_or_default();
    let apart = |folder: &&str| {
        let lower = folder.to_lowercase();
        [
            "test",
            "fixture",
            "example",
            "sample",
            "vendor",
            "node_modules",
            "third_party",
            "demo",
            "tutorial",
            "template",
            "docs",
            "testdata",
        ]
        .iter()
        .any(|word| lower.contains(word))
    };
    // Prisma's folders have the names of their migrations.
    let places = folders.len() - usize::from(path.name() == "migration.sql");
    if folders[..places].iter().any(apart) {
        return None;
    }
    match path.extension() {
        "sql" => {
            // What is repeated (`R__`) is meant to be edited.
            let repeated = path.name().starts_with("R__");
            let numbered =
                path.name().starts_with(|c: char| c.is_ascii_digit()) || path.name() == "migration.sql";
            let placed = folders.iter().any(|folder| FOLDERS.contains(folder)) && numbered;
            (!repeated && (placed || FLYWAY.is_match(path.name()))).then_some(Form::Sql)
        }
        "py" if last == "migrations" => DJANGO.is_match(path.name()).then_some(Form::Django),
        "py" if last == "versions" => (path.name() != "__init__.py").then_some(Form::Alembic),
        "rb" if path.dir() == "db/migrate" || path.dir().ends_with("/db/migrate") => {
            RAILS.is_match(path.name()).then_some(Form::Rails)
        }
        _ => None,
    }
}

/// The folder whose migrations run in one order: up to the last folder named for them.
pub fn root(path: &RepoPath) -> &str {
    let dir = path.dir();
    let mut end = None;
    let mut at = 0;
    for folder in dir.split('/') {
        at += folder.len();
        if FOLDERS.contains(&folder) {
            end = Some(at);
        }
        at += 1;
    }
    end.map_or(dir, |end| &dir[..end])
}

/// A key by which migrations sort in the order in which they run: numbers by their value.
pub fn order(path: &RepoPath) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in path.as_str().chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            key += &format!("{:0>24}", digits.trim_start_matches('0'));
            digits.clear();
        }
        key.push(c);
    }
    key
}

/// Whether a migration takes another one back: `0001_a.down.sql`.
pub fn is_down(path: &RepoPath) -> bool {
    let name = path.name().to_lowercase();
    name.ends_with(".down.sql")
        || name.ends_with("_down.sql")
        || name == "down.sql"
        || name.contains("rollback")
        || (name.starts_with('u') && FLYWAY.is_match(path.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_told_by_place_and_name() {
        let form = |path: &str| form(&path.parse().unwrap());
        for path in [
            "supabase/migrations/20260101000000_a.sql",
            "prisma/migrations/20260101_a/migration.sql",
            "prisma/migrations/20260101_first_test/migration.sql",
            "db/V2__a.sql",
            "drizzle/0001_a.sql",
            "migrations/000001_a.up.sql",
        ] {
            assert_eq!(form(path), Some(Form::Sql), "{path}");
        }
        assert_eq!(form("shop/migrations/0001_initial.py"), Some(Form::Django));
        assert_eq!(form("alembic/versions/ab12_a.py"), Some(Form::Alembic));
        assert_eq!(form("db/migrate/20260101000000_a.rb"), Some(Form::Rails));
        // An engine's name stands behind that of a migration copied from it.
        assert_eq!(form("db/migrate/20260101000000_a.billing.rb"), Some(Form::Rails));
        for path in [
            "tests/migrations/0001_a.sql",
            "sql/report.sql",
            "db/R__views.sql",
            "shop/migrations/__init__.py",
            "migrations/seed.sql",
        ] {
            assert_eq!(form(path), None, "{path}");
        }
    }

    #[test]
    fn migrations_sort_by_the_value_of_their_numbers() {
        let mut paths =
            ["db/V10__c.sql", "db/V2__b.sql", "db/V1__a.sql"].map(|p| p.parse::<RepoPath>().unwrap());
        paths.sort_by_key(order);
        assert_eq!(paths.map(|p| p.name().to_owned()), ["V1__a.sql", "V2__b.sql", "V10__c.sql"]);
        assert_eq!(root(&"a/prisma/migrations/1_x/migration.sql".parse().unwrap()), "a/prisma/migrations");
    }
}
