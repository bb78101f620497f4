//! A new migration that destroys data or fails where there is any, of which the text says nothing.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::change::{Change, Status};
use crate::checks::{Examination, Finding};
use crate::claims::{Claims, Sentence};
use crate::ids::RepoPath;
use crate::read::flow::chain::Written;
use crate::read::migrations::{self, Form, python, sql};
use crate::read::syntax::Language;
use crate::span::{Location, Side, line_of, line_start};
use crate::undecided::Undecided;

use super::{RULE, tables};
use sql::Deed;

/// What is destroyed, and where.
struct Loss {
    range: Range<usize>,
    /// What happens, to be read after the file's name.
    what: String,
    /// The names that a text that tells of it would use.
    names: Vec<String>,
    why: &'static str,
    /// Further words that a text which tells of it would use.
    deeds: &'static [&'static str],
}

const GONE: &str = "What stands in it is gone once the migration ran, and no later one brings it back.";
const FAILS: &str =
    "Where the table has rows without a value, the migration fails on that database, and only there.";

const NARROWED: &str = "Where a row holds more, the migration fails on that database, or the rest of the value is cut \
                        off, as the database is set.";

/// Words for making a type narrower.
const NARROWING: [&str; 9] =
    ["narrow", "shorten", "shrink", "reduc", "smaller", "length", "limit", "type", "chang"];

pub(super) fn find(change: &Change, claims: &Claims, examination: &mut Examination) {
    let made = made_here(change);
    for file in change.files.iter().filter(|file| file.status == Status::Added) {
        let path = file.path();
        let Some(form) = migrations::form(path).filter(|_| !migrations::is_down(path)) else { continue };
        match losses(change, path, form, &made) {
            Ok(losses) => {
                let untold: Vec<&Loss> = losses.iter().filter(|loss| told(claims, loss).is_none()).collect();
                examination.findings.extend(tell(change, path, &untold));
            }
            Err(undecided) => examination.undecided.push(undecided.at(path)),
        }
    }
}

/// The tables that this change makes, and their columns as `table.column`.
fn made_here(change: &Change) -> BTreeSet<String> {
    let mut made = BTreeSet::new();
    for file in change.files.iter().filter(|file| file.status == Status::Added) {
        let path = file.path();
        let Some(text) = change.text(Side::Head, path).ok().flatten() else { continue };
        match migrations::form(path) {
            Some(Form::Sql) => {
                for step in sql::steps(sql::forwards(text)).unwrap_or_default() {
                    match step.deed {
                        Deed::Create { table, .. } => made.insert(table),
                        Deed::Add { table, column } => made.insert(format!("{table}.{}", column.name)),
                        Deed::RenameTable { to, .. } => made.insert(to),
                        _ => false,
                    };
                }
            }
            Some(form @ (Form::Django | Form::Alembic)) => {
                for operation in operations(form, text).unwrap_or_default() {
                    match operation.name.as_str() {
                        "CreateModel" | "create_table" => {
                            made.insert(operation.table);
                        }
                        "AddField" | "add_column" => {
                            made.extend(operation.fields.iter().map(|f| format!("{}.{f}", operation.table)));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    made
}

fn operations(form: Form, text: &str) -> Result<Vec<python::Operation>, Undecided> {
    let read = match form {
        Form::Django => python::django(text)?,
        _ => python::alembic(text)?,
    };
    let mut operations = read.unwrap_or_default().operations;
    if form == Form::Alembic {
        operations.retain(|operation| operation.function == "upgrade");
    }
    Ok(operations)
}

fn losses(
    change: &Change,
    path: &RepoPath,
    form: Form,
    made: &BTreeSet<String>,
) -> Result<Vec<Loss>, Undecided> {
    let Some(text) = change.text(Side::Head, path)? else { return Ok(Vec::new()) };
    match form {
        Form::Sql => of_sql(change, path, text, made),
        Form::Rails => of_rails(text),
        Form::Django | Form::Alembic => Ok(operations(form, text)?
            .into_iter()
            .filter_map(|operation| of_operation(operation, made))
            .collect()),
    }
}

fn of_operation(operation: python::Operation, made: &BTreeSet<String>) -> Option<Loss> {
    let table = operation.table;
    if made.contains(&table) {
        return None;
    }
    let kind =
        if operation.name.starts_with(char::is_uppercase) { ("model", "field") } else { ("table", "column") };
    let shown = if table.is_empty() { String::new() } else { format!(" of `{table}`") };
    match operation.name.as_str() {
        "DeleteModel" | "drop_table" => Some(Loss {
            range: operation.range,
            what: format!("drops the {} `{table}`", kind.0),
            names: vec![table],
            why: GONE,
            deeds: &[],
        }),
        "RemoveField" | "drop_column" => {
            let field = operation.fields.first()?.clone();
            if made.contains(&format!("{table}.{field}")) && kind.0 == "table" {
                return None;
            }
            Some(Loss {
                range: operation.range,
                what: format!("drops the {} `{field}`{shown}", kind.1),
                names: vec![field, table],
                why: GONE,
                deeds: &[],
            })
        }
        _ => None,
    }
}

fn of_sql(
    change: &Change,
    path: &RepoPath,
    text: &str,
    made: &BTreeSet<String>,
) -> Result<Vec<Loss>, Undecided> {
    let steps = sql::steps(sql::forwards(text))?;
    let base = tables::of_root(change, Side::Base, migrations::root(path));
    // MySQL fills a required column by itself.
    let lower = path.as_str().to_lowercase();
    let fills_itself = text.contains('`') || lower.contains("mysql") || lower.contains("mariadb");
    let returns = |table: &str| {
        steps.iter().any(|step| matches!(&step.deed, Deed::RenameTable { to, .. } if to == table))
    };
    let filled = |upto: usize, table: &str, column: &str| {
        steps[..upto].iter().any(|step| match &step.deed {
            Deed::Update { table: t } | Deed::Empty { table: t } => t == table,
            Deed::Default { table: t, column: c } => t == table && c == column,
            _ => false,
        })
    };
    let mut losses = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let range = step.range.clone();
        let loss = match &step.deed {
            Deed::DropTable { table, guarded } if !made.contains(table) && !returns(table) => {
                let unknown = *guarded && !base.has_table(table);
                (!unknown).then(|| (format!("drops the table `{table}`"), vec![table.clone()], GONE))
            }
            Deed::DropColumn { table, column } if !made.contains(table) => {
                let own = made.contains(&format!("{table}.{column}"));
                let names = vec![column.clone(), table.clone()];
                (!own).then(|| (format!("drops the column `{column}` of `{table}`"), names, GONE))
            }
            Deed::Empty { table } if !made.contains(table) => {
                Some((format!("deletes every row of `{table}`"), vec![table.clone()], GONE))
            }
            Deed::Require { table, column } if !made.contains(table) && !filled(at, table, column) => {
                let names = vec![column.clone(), table.clone()];
                Some((format!("requires `{column}` of `{table}` without filling it first"), names, FAILS))
            }
            Deed::Add { table, column }
                if column.is_required
                    && !column.is_filled
                    && !fills_itself
                    && !made.contains(table)
                    && !filled(at, table, &column.name) =>
            {
                let what = format!("adds `{}` to `{table}` as required and without a default", column.name);
                Some((what, vec![column.name.clone(), table.clone()], FAILS))
            }
            Deed::Retype { table, column, kind, .. } if !made.contains(table) => {
                let before = base.columns(table).and_then(|columns| columns.get(column)?.as_ref());
                let before = before.filter(|before| kind.is_narrower_than(before));
                before.map(|before| {
                    let what = format!(
                        "narrows `{column}` of `{table}` from `{}` to `{}`",
                        before.shown, kind.shown
                    );
                    (what, vec![column.clone(), table.clone()], NARROWED)
                })
            }
            _ => None,
        };
        let deeds: &[&str] =
            if loss.as_ref().is_some_and(|loss| loss.2 == NARROWED) { &NARROWING } else { &[] };
        losses.extend(loss.map(|(what, names, why)| Loss { range, what, names, why, deeds }));
    }
    Ok(losses)
}

fn of_rails(text: &str) -> Result<Vec<Loss>, Undecided> {
    let written = Written::parse(Language::Ruby, text)?;
    let mut losses = Vec::new();
    for chain in written.chains() {
        let Some(link) = chain.last_call() else { continue };
        let method = written.around(chain.node).find(|node| node.kind() == "method");
        let method = method.and_then(|m| m.child_by_field_name("name")).map_or("", |n| written.text(n));
        if !matches!(method, "change" | "up") {
            continue;
        }
        let arguments = link.arguments.as_deref().unwrap_or_default();
        let symbol = |at: usize| {
            let text = written.text(arguments.get(at)?.value);
            Some(text.trim_matches([':', '"', '\'']).to_owned())
        };
        let (what, names) = match chain.called_name(link) {
            "drop_table" => match symbol(0) {
                Some(table) => (format!("drops the table `{table}`"), vec![table]),
                None => continue,
            },
            "remove_column" => match (symbol(0), symbol(1)) {
                (Some(table), Some(column)) => {
                    (format!("drops the column `{column}` of `{table}`"), vec![column, table])
                }
                _ => continue,
            },
            _ => continue,
        };
        losses.push(Loss { range: chain.node.byte_range(), what, names, why: GONE, deeds: &[] });
    }
    Ok(losses)
}

/// The sentence that tells of a loss: by a name, or by what is done to what.
fn told<'c>(claims: &'c Claims, loss: &Loss) -> Option<&'c Sentence> {
    const DEEDS: [&str; 15] = [
        "drop", "remov", "delet", "truncat", "wipe", "purg", "destruct", "clean", "obsolete", "deprecat",
        "renam", "replac", "required", "not null", "not-null",
    ];
    const THINGS: [&str; 12] = [
        "table",
        "column",
        "field",
        "model",
        "schema",
        "migration",
        "data",
        "database",
        "index",
        "legacy",
        "unused",
        "attribute",
    ];
    claims.sentences.iter().find(|sentence| {
        let text = sentence.text.to_lowercase();
        let named = loss.names.iter().any(|name| {
            let name = name.to_lowercase();
            name.len() > 3 && (text.contains(&name) || text.contains(&name.replace('_', " ")))
        });
        let deed = DEEDS.iter().chain(loss.deeds).any(|word| text.contains(word));
        deed && (named || THINGS.iter().any(|word| text.contains(word)))
    })
}

fn tell(change: &Change, path: &RepoPath, losses: &[&Loss]) -> Option<Finding> {
    let first = losses.first()?;
    let text = change.text(Side::Head, path).ok()??;
    let end = line_start(text, line_of(text, first.range.start) + 1).min(first.range.end);
    let shown = text.get(first.range.start..end).unwrap_or_default().trim_end().len();
    let range = first.range.start..first.range.start + shown;
    let at = Location::bytes(Side::Head, path, text, range).label("the text says nothing of it");
    let more = match losses.len() - 1 {
        0 => String::new(),
        1 => " The migration does one more thing of the kind.".to_owned(),
        more => format!(" The migration does {more} more things of the kind."),
    };
    let headline = format!("the migration {} and the text does not say so", first.what);
    Some(Finding::new(&RULE, at, headline, &first.what).explain(format!(
        "{}{more} Nothing in the pull request's text speaks of it, so nobody who reads it knows to look.",
        first.why
    )))
}
