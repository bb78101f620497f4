//! "The migration is included" against the changed files.

use std::sync::LazyLock;

use regex::Regex;

use super::super::Weighed;
use super::texts::Texts;
use super::{contradicted, supported, unproven};
use crate::change::{Change, Status};
use crate::span::Side;

/// Where the usual tools keep migrations: Rails, Django, Alembic, Prisma, Drizzle, Supabase, Knex, Flyway, Liquibase,
/// Laravel, Entity Framework, Diesel, sqlx, goose.
static MIGRATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|/)(?:migrations?|migrate|drizzle|changelogs?|db/versions|alembic/versions)/[^/].*|(?:^|/)[VUR]\d*__[^/]+\.(?:sql|java|kt)$|(?:^|/)\d{8,}[^/]*\.sql$|\.(?:up|down)\.sql$|migration[^/]*\.\w+$")
        .expect("literal")
});
/// Words without which hardly any migration is written. They only ever acquit.
const WORDS: [&str; 8] =
    ["migration", "migrate", "altertable", "createtable", "addcolumn", "schema", "createindex", "dropcolumn"];

pub(super) fn weigh(change: &Change, texts: &Texts<'_>) -> Weighed {
    let there = change.files.iter().filter(|file| file.status != Status::Deleted);
    if let Some(file) = there.clone().find(|file| MIGRATION.is_match(file.path().as_str())) {
        return supported(format!("{} is part of the change", file.path()));
    }
    let speaks = WORDS.iter().any(|word| texts.hints_at(word));
    let sql = there.clone().any(|file| file.path().extension().eq_ignore_ascii_case("sql"));
    if speaks || sql || texts.incomplete || change.head.truncated.is_some() {
        return unproven("no changed file stands where migrations are kept, but some speak of one");
    }
    match there.clone().next() {
        Some(file) => contradicted("no changed file is a migration").at_file(Side::Head, file.path()),
        None => unproven("nothing was added or changed"),
    }
}
