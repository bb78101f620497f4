//! A field of Prisma's schema that no migration makes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::change::{Change, FileChange, Tree, line_diff};
use crate::checks::Finding;
use crate::ids::RepoPath;
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

use super::{RULE, tables};

/// A model with its columns.
struct Model {
    table: String,
    /// The names in the code and in the database, and the bytes.
    fields: Vec<(String, String, Range<usize>)>,
    name: String,
    range: Range<usize>,
}

/// The folder of the migrations that belong to a schema: beside it, or beside its folder.
pub(super) fn root(tree: &Tree, schema: &RepoPath) -> Option<String> {
    let dir = schema.dir();
    let above = dir.rsplit_once('/').map_or("", |(above, _)| above);
    [dir, above].into_iter().find_map(|dir| {
        let root = if dir.is_empty() { "migrations".to_owned() } else { format!("{dir}/migrations") };
        let holds = tree.under(&root).any(|path| path.name() == "migration.sql");
        holds.then_some(root)
    })
}

pub(super) fn find(change: &Change, file: &FileChange) -> Result<Option<Finding>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|path| path.extension() == "prisma") else { return Ok(None) };
    let Some(root) = root(&change.head, path) else { return Ok(None) };
    let Some(head) = change.text(Side::Head, path)? else { return Ok(None) };
    let base =
        file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    let diff = line_diff(base, head);
    let Some(schema) = tables::whole_root(change, Side::Head, &root) else { return Ok(None) };
    let before = models(base);
    let lines = Lines::of(head);
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    for model in models(head) {
        let table = model.table.to_lowercase();
        let old = before.iter().find(|old| old.name == model.name);
        let Some(columns) = schema.columns(&table) else {
            let unknown = schema.has_table(&table) || table.contains('.') || model.fields.is_empty();
            if !unknown && old.is_none() && diff.is_added(lines.at(model.range.start)) {
                found.push((format!("the model `{}`", model.name), model.range.clone()));
            }
            continue;
        };
        for (name, column, range) in &model.fields {
            let is_new = diff.is_added(lines.at(range.start))
                && old.is_none_or(|old| !old.fields.iter().any(|(_, known, _)| known == column));
            if is_new && !columns.contains_key(&column.to_lowercase()) {
                found.push((format!("`{}.{name}`", model.name), range.clone()));
            }
        }
    }
    let Some((what, range)) = found.first() else { return Ok(None) };
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" The same is true of {more} more in this file."),
    };
    let at = Location::bytes(Side::Head, path, head, range.clone()).label("no migration makes it");
    let headline = format!("{what} is in the schema, and no migration makes it");
    Ok(Some(Finding::new(&RULE, at, headline, &format!("missing {what}")).explain(format!(
        "The migrations below `{root}` make the other tables and columns of this schema, and not this. `migrate deploy` \
         leaves it out, and the first query that names it fails.{more}"
    ))))
}

const SCALARS: [&str; 9] =
    ["String", "Int", "BigInt", "Float", "Decimal", "Boolean", "DateTime", "Json", "Bytes"];

fn models(text: &str) -> Vec<Model> {
    let enums: BTreeSet<&str> =
        text.lines().filter_map(|line| line.trim().strip_prefix("enum ")?.split([' ', '{']).next()).collect();
    let mut found: Vec<Model> = Vec::new();
    let mut open: Option<Model> = None;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.split("//").next().unwrap_or_default().trim();
        let indent = raw.len() - raw.trim_start().len();
        let range = start + indent..start + indent + line.len();
        if let Some(name) = line.strip_prefix("model ").and_then(|rest| rest.split([' ', '{']).next()) {
            open = Some(Model { table: name.to_owned(), fields: Vec::new(), name: name.to_owned(), range });
            continue;
        }
        if line == "}" {
            found.extend(open.take());
            continue;
        }
        let Some(model) = &mut open else { continue };
        if let Some(mapped) = argument(line, "@@map(") {
            model.table = mapped;
        } else if let Some(schema) = argument(line, "@@schema(").filter(|schema| schema != "public") {
            model.table = format!("{schema}.{}", model.table);
        } else if !line.starts_with("@@") && !line.contains("@ignore") {
            let mut words = line.split_whitespace();
            let (Some(name), Some(kind)) = (words.next(), words.next()) else { continue };
            let bare = kind.trim_end_matches(['?', '[', ']']);
            if SCALARS.contains(&bare) || enums.contains(bare) {
                let column = argument(line, "@map(").unwrap_or_else(|| name.to_owned());
                model.fields.push((name.to_owned(), column, range));
            }
        }
    }
    found
}

/// The text between quotes behind `front`.
fn argument(line: &str, front: &str) -> Option<String> {
    let at = line.find(front)?;
    let rest = line[at + front.len()..].trim_start().trim_start_matches("name:").trim_start();
    rest.strip_prefix('"')?.split('"').next().map(str::to_owned)
}
