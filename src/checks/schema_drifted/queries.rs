//! A Supabase query or a generated type that names a column which no migration makes.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::change::{Change, FileChange, LineDiff, Tree, line_diff};
use crate::checks::{Finding, product};
use crate::ids::RepoPath;
use crate::read::flow::{self, chain::Chain, chain::Names, chain::Written};
use crate::read::migrations::{self, Form, Schema};
use crate::read::syntax::{self, Node};
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

use super::{RULE, tables};

/// Filters and orders of which the first argument is a column.
const BY_COLUMN: [&str; 16] = [
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "like",
    "ilike",
    "is",
    "in",
    "contains",
    "overlaps",
    "order",
    "not",
    "textSearch",
    "filter",
];

/// Whether a text may hold queries or types of Supabase.
pub(super) fn may_hold(text: &str) -> bool {
    (text.contains("supabase") || text.contains("Supabase"))
        && [".from(", ".table("].iter().any(|word| text.contains(word))
        || is_types(text)
}

/// Whether a client of the file asks a schema of its own: `db: { schema: 'billing' }`.
fn is_of_another_schema(text: &str) -> bool {
    let solid: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let schemas = solid.match_indices("db:{schema:").map(|(at, front)| &solid[at + front.len()..]);
    schemas.into_iter().any(|schema| !schema.trim_start_matches(['"', '\'', '`']).starts_with("public"))
}

fn is_types(text: &str) -> bool {
    text.contains("Tables: {") && (text.contains("type Database =") || text.contains("interface Database"))
}

/// The one folder of Supabase's migrations; `None` where there are several or none.
pub(super) fn root(tree: &Tree) -> Option<&str> {
    let is_one = |path: &&RepoPath| {
        let dir = path.dir();
        path.extension() == "sql"
            && migrations::form(path) == Some(Form::Sql)
            && (dir == "supabase/migrations" || dir.ends_with("/supabase/migrations"))
    };
    let mut dirs: Vec<&str> = tree.paths().filter(is_one).map(RepoPath::dir).collect();
    dirs.dedup();
    match dirs.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// Where a column is named.
struct Named {
    table: String,
    column: String,
    range: Range<usize>,
}

pub(super) fn find(
    change: &Change,
    file: &FileChange,
    known: &mut Option<Option<Schema>>,
) -> Result<Option<Finding>, Undecided> {
    let Some(path) = file.head.as_ref().filter(|p| flow::language(p).is_some()) else { return Ok(None) };
    let Some(head) = change.text(Side::Head, path)?.filter(|text| may_hold(text)) else { return Ok(None) };
    if !is_types(head) && (product::kind(path).is_some() || is_of_another_schema(head)) {
        return Ok(None);
    }
    let Some(root) = root(&change.head) else { return Ok(None) };
    let schema = known.get_or_insert_with(|| tables::whole_root(change, Side::Head, root));
    let Some(schema) = schema else { return Ok(None) };
    let base =
        file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    let diff = line_diff(base, head);
    if diff.hunks.is_empty() {
        return Ok(None);
    }
    let Some(language) = flow::language(path) else { return Ok(None) };
    let written = Written::parse(language, head)?;
    let types = is_types(head);
    let named = if types { in_types(&written) } else { in_queries(&written) };
    let lines = Lines::of(head);
    let missing = |named: &Named| {
        let columns = schema.columns(&named.table);
        touches(&diff, &lines, &named.range)
            && columns.is_some_and(|columns| !columns.contains_key(&named.column.to_lowercase()))
    };
    let found: Vec<Named> = named.into_iter().filter(missing).collect();
    let told: BTreeSet<(&str, &str)> = found.iter().map(|n| (n.table.as_str(), n.column.as_str())).collect();
    Ok(found.first().map(|first| tell(path, head, root, first, told.len() - 1, types)))
}

fn touches(diff: &LineDiff, lines: &Lines, range: &Range<usize>) -> bool {
    diff.touches_head(lines.at(range.start), lines.at(range.end.saturating_sub(1).max(range.start)))
}

fn tell(path: &RepoPath, text: &str, root: &str, named: &Named, more: usize, types: bool) -> Finding {
    let Named { table, column, range } = named;
    let more = match more {
        0 => String::new(),
        more => format!(" The same is true of {more} more columns in this file."),
    };
    let end = crate::span::line_start(text, crate::span::line_of(text, range.start) + 1).min(range.end);
    let shown = text.get(range.start..end).unwrap_or_default().trim_end().len();
    let at = Location::bytes(Side::Head, path, text, range.start..range.start + shown);
    let (does, why) = if types {
        ("is in the generated types", "The types were made from a database that someone changed by hand.")
    } else {
        ("is asked for", "The query fails on a database that only ran the migrations.")
    };
    let headline = format!("the column `{column}` of `{table}` {does}, and no migration makes it");
    Finding::new(&RULE, at.label("no migration makes it"), headline, &format!("column {table}.{column}"))
        .explain(format!("The migrations below `{root}` make `{table}` with other columns. {why}{more}"))
}

/// The columns that queries name, as far as both table and column are written out.
fn in_queries(written: &Written<'_>) -> Vec<Named> {
    let names = written.names();
    let mut found = Vec::new();
    for chain in written.chains() {
        if let Some((table, at)) = table(written, &names, &chain) {
            of_chain(written, &names, &chain, &table, at, &mut found);
        }
    }
    found
}

/// The table of `supabase.from("…")`, and the link.
fn table<'t>(
    written: &'t Written<'_>,
    names: &Names<'t, '_>,
    chain: &Chain<'t, '_>,
) -> Option<(String, usize)> {
    let at = chain.links.iter().position(|link| link.calls(&["from", "table"]))?;
    let before = chain.links[..at].iter().map(|link| link.name).chain([chain.root]);
    let mut before = before.filter(|name| !name.is_empty()).peekable();
    before.peek()?;
    let speaks = before.clone().any(|name| name.to_lowercase().contains("supabase"));
    // Another schema, or files in a bucket.
    let apart = chain.links[..at].iter().any(|link| matches!(link.name, "schema" | "storage" | "auth"));
    if !speaks || apart {
        return None;
    }
    let [one] = chain.links[at].arguments.as_deref()? else { return None };
    let table = written.plain(one.value).or_else(|| written.string(names, one.value))?;
    (!table.contains(flow::chain::HOLE)).then(|| (table.to_lowercase(), at))
}

fn of_chain<'t>(
    written: &'t Written<'_>,
    names: &Names<'t, '_>,
    chain: &Chain<'t, '_>,
    table: &str,
    at: usize,
    found: &mut Vec<Named>,
) {
    for link in &chain.links[at + 1..] {
        let Some(arguments) = link.arguments.as_deref() else { continue };
        let Some(first) = arguments.first() else { continue };
        let mut name = |column: &str, range: Range<usize>| {
            found.push(Named { table: table.to_owned(), column: column.to_owned(), range });
        };
        match link.name {
            "select" => {
                if let Some(list) = written.plain(first.value) {
                    for column in selected(&list) {
                        name(&column, first.value.byte_range());
                    }
                }
            }
            "insert" | "update" | "upsert" => {
                for field in written.record(names, first.value).unwrap_or_default() {
                    if let Some(field_name) = field.name.as_deref().filter(|n| is_plain(n)) {
                        name(field_name, field.value.byte_range());
                    }
                }
            }
            filter if BY_COLUMN.contains(&filter) => {
                // With options an order may be that of another table.
                let foreign = arguments.len() > 1
                    && written.text(arguments[arguments.len() - 1].value).to_lowercase().contains("table");
                if let Some(column) = written.plain(first.value).filter(|c| is_plain(c) && !foreign) {
                    name(&column, first.value.byte_range());
                }
            }
            _ => {}
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The plain columns of a list such as `id, name:full_name, owner(id), total::text`.
fn selected(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut items = vec![String::new()];
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    let plain = |item: String| {
        if item.contains(['(', '!', '.']) {
            return None;
        }
        // Casts first: a single colon gives another name.
        let item = item.split("::").next().unwrap_or_default().split("->").next().unwrap_or_default();
        let column = item.rsplit(':').next().unwrap_or_default().trim().to_owned();
        is_plain(&column).then_some(column)
    };
    items.into_iter().filter_map(plain).collect()
}

/// The columns of the rows of generated types: `Tables: { orders: { Row: { … } } }`.
fn in_types(written: &Written<'_>) -> Vec<Named> {
    let mut found = Vec::new();
    let key = |node: Node<'_>| {
        let name =
            node.child_by_field_name("name").map(|n| written.text(n).trim_matches(['"', '\'']).to_owned());
        name.filter(|_| node.kind() == "property_signature")
    };
    let inner = |node: Node<'_>, wanted: Option<&str>| -> Vec<(String, Range<usize>)> {
        let body = node.child_by_field_name("type").and_then(|t| syntax::parts(t).next());
        let fields = body.into_iter().flat_map(syntax::parts);
        fields
            .filter_map(|field| Some((key(field)?, field.byte_range())))
            .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == name))
            .collect()
    };
    let root = written.tree().root();
    let node_at = |range: &Range<usize>| root.descendant_for_byte_range(range.start, range.end);
    for node in written.tree().nodes().filter(|node| key(*node).as_deref() == Some("public")) {
        for (_, tables) in inner(node, Some("Tables")) {
            for (table, at) in node_at(&tables).map(|n| inner(n, None)).unwrap_or_default() {
                for (_, row) in node_at(&at).map(|n| inner(n, Some("Row"))).unwrap_or_default() {
                    for (column, range) in node_at(&row).map(|n| inner(n, None)).unwrap_or_default() {
                        found.push(Named { table: table.to_lowercase(), column, range });
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_columns_are_told_from_what_else_a_selection_holds() {
        let list =
            "id, full:name, *, owner(id, note), total::text, data->x, items!inner(a), count(), amount.sum()";
        assert_eq!(selected(list), ["id", "name", "total", "data"]);
    }
}
