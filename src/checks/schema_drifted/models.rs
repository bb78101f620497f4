//! A field of a model in Python that no migration makes: Django's models, SQLAlchemy's with Alembic.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::change::{Change, FileChange, LineDiff, Tree, line_diff};
use crate::checks::{Examination, Finding, product};
use crate::ids::RepoPath;
use crate::read::flow::chain::Written;
use crate::read::migrations::{self, Form, python};
use crate::read::syntax::{self, Language, Node};
use crate::span::{Lines, Location, Side};
use crate::undecided::Undecided;

use super::RULE;

/// A model as its class declares it.
struct Model {
    /// The class.
    class: String,
    /// The table, where it is SQLAlchemy's.
    table: Option<String>,
    /// Its fields: the name in the database, and the bytes.
    fields: Vec<(String, Range<usize>)>,
    /// Whether its own class makes a table: neither abstract nor managed elsewhere.
    is_plain: bool,
    /// Whether its only base is Django's own.
    is_direct: bool,
    range: Range<usize>,
}

/// What migrations know: models or tables in lower case, with all fields that were ever made.
#[derive(Default)]
struct Known {
    fields: BTreeMap<String, BTreeSet<String>>,
    /// The texts that run SQL of their own.
    open: Vec<String>,
}

/// Whether a file may hold Django's models.
pub(super) fn is_django(path: &RepoPath) -> bool {
    path.extension() == "py"
        && (path.name() == "models.py" || path.dir() == "models" || path.dir().ends_with("/models"))
}

/// The migrations that belong to a file of models, at head.
pub(super) fn of_app<'c>(tree: &'c Tree, path: &RepoPath) -> impl Iterator<Item = &'c RepoPath> + use<'c> {
    let dir = path.dir();
    let app = if path.name() == "models.py" { dir } else { dir.strip_suffix("models").unwrap_or(dir) };
    let app = app.trim_end_matches('/');
    let folder = if app.is_empty() { "migrations".to_owned() } else { format!("{app}/migrations") };
    let own = folder.clone();
    let paths = tree.under(&folder).filter(move |path| path.dir() == own);
    paths.filter(|path| migrations::form(path) == Some(Form::Django))
}

/// Alembic's migrations of a tree.
pub(super) fn of_alembic(tree: &Tree) -> impl Iterator<Item = &RepoPath> {
    tree.paths().filter(|path| migrations::form(path) == Some(Form::Alembic))
}

pub(super) fn find(change: &Change, examination: &mut Examination) {
    let mut alembic: Option<Known> = None;
    for file in &change.files {
        let Some(path) = file.head.as_ref() else { continue };
        // `migrations` would make every Django migration foreign; models never stand there.
        if path.extension() != "py" || product::kind(path).is_some() {
            continue;
        }
        match of_file(change, file, path, &mut alembic) {
            Ok(found) => examination.findings.extend(found),
            Err(undecided) => examination.undecided.push(undecided.at(path)),
        }
    }
}

fn of_file(
    change: &Change,
    file: &FileChange,
    path: &RepoPath,
    alembic: &mut Option<Known>,
) -> Result<Option<Finding>, Undecided> {
    let Some(head) = change.text(Side::Head, path)? else { return Ok(None) };
    let tables = head.contains("__tablename__");
    if !tables && !is_django(path) {
        return Ok(None);
    }
    let base =
        file.base.as_ref().and_then(|path| change.text(Side::Base, path).ok().flatten()).unwrap_or_default();
    let diff = line_diff(base, head);
    if diff.hunks.is_empty() {
        return Ok(None);
    }
    let before = models(base, tables).unwrap_or_default();
    let now = models(head, tables)?;
    if tables {
        let known = match alembic {
            Some(known) => known,
            None => alembic.insert(known_to_alembic(change)?),
        };
        return Ok(missing(path, head, &diff, &before, &now, known));
    }
    let mut migrations = of_app(&change.head, path).peekable();
    if migrations.peek().is_none() {
        return Ok(None);
    }
    let mut known = Known::default();
    for migration in migrations {
        let Some(text) = change.text(Side::Head, migration)? else { continue };
        let Some(read) = python::django(text).map_err(|u| u.at(migration))? else { continue };
        known.take(read.operations);
    }
    Ok(missing(path, head, &diff, &before, &now, &known))
}

fn known_to_alembic(change: &Change) -> Result<Known, Undecided> {
    let mut known = Known::default();
    for path in of_alembic(&change.head) {
        let Some(text) = change.text(Side::Head, path)? else { continue };
        let Some(read) = python::alembic(text).map_err(|u| u.at(path))? else { continue };
        if read.is_open {
            known.open.push(text.to_lowercase());
        }
        known.take(read.operations);
    }
    Ok(known)
}

impl Known {
    fn take(&mut self, operations: Vec<python::Operation>) {
        for operation in operations {
            if matches!(operation.name.as_str(), "RenameModel" | "rename_table") {
                let fields = self.fields.get(&operation.table).cloned().unwrap_or_default();
                self.fields
                    .entry(operation.to.unwrap_or_default().to_lowercase())
                    .or_default()
                    .extend(fields);
                continue;
            }
            let known = self.fields.entry(operation.table).or_default();
            known.extend(operation.fields);
            known.extend(operation.to);
        }
    }
}

/// The added fields that no migration knows, as one finding.
fn missing(
    path: &RepoPath,
    text: &str,
    diff: &LineDiff,
    before: &[Model],
    now: &[Model],
    known: &Known,
) -> Option<Finding> {
    let lines = Lines::of(text);
    let mut found: Vec<(String, Range<usize>)> = Vec::new();
    for model in now.iter().filter(|model| model.is_plain) {
        let old = before.iter().find(|m| m.class == model.class);
        let key = model.table.clone().unwrap_or_else(|| model.class.clone()).to_lowercase();
        if known.open.iter().any(|text| text.contains(&key)) {
            continue;
        }
        let Some(fields) = known.fields.get(&key) else {
            let made_elsewhere = match &model.table {
                // Tables that no migration ever made may be made by the code; those beside them are not.
                Some(_) => !now
                    .iter()
                    .any(|m| m.table.as_ref().is_some_and(|t| known.fields.contains_key(&t.to_lowercase()))),
                None => known.fields.is_empty() || !model.is_direct,
            };
            if old.is_none() && !made_elsewhere && !model.fields.is_empty() {
                let end =
                    text[model.range.clone()].find('\n').map_or(model.range.end, |n| model.range.start + n);
                found.push((format!("the model `{}`", model.class), model.range.start..end));
            }
            continue;
        };
        for (name, range) in &model.fields {
            let is_new = diff.is_added(lines.at(range.start))
                && old.is_none_or(|old| !old.fields.iter().any(|(known, _)| known == name));
            if is_new && !fields.contains(name) && !fields.contains(&format!("{name}_id")) {
                found.push((format!("`{}.{name}`", model.class), range.clone()));
            }
        }
    }
    let (what, range) = found.first()?;
    let at = Location::bytes(Side::Head, path, text, range.clone()).label("no migration makes it");
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(" The same is true of {more} more in this file."),
    };
    let headline = format!("{what} is in the code, and no migration makes it");
    Some(Finding::new(&RULE, at, headline, &format!("missing {what}")).explain(format!(
        "The migrations at head make this file's other tables and columns, and not this. A database that ran them \
         all lacks it, and the first query that names it fails.{more}"
    )))
}

/// The models of a text.
fn models(text: &str, tables: bool) -> Result<Vec<Model>, Undecided> {
    let written = Written::parse(Language::Python, text)?;
    let mut found = Vec::new();
    for node in written.tree().nodes().filter(|node| node.kind() == "class_definition") {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body"))
        else {
            continue;
        };
        let bases = node.child_by_field_name("superclasses").map_or("", |bases| written.text(bases));
        let mut model = Model {
            class: written.text(name).to_owned(),
            table: None,
            fields: Vec::new(),
            is_plain: true,
            is_direct: bases.trim_matches(['(', ')']) == "models.Model",
            range: node.byte_range(),
        };
        for statement in syntax::parts(body) {
            match statement.kind() {
                "expression_statement" => {
                    if let Some(assigned) = syntax::parts(statement).find(|n| n.kind() == "assignment") {
                        assign(&written, assigned, &mut model, tables);
                    }
                }
                "class_definition" => {
                    let meta = written.text(statement);
                    let off = |word: &str| {
                        meta.lines().any(|line| line.split_whitespace().collect::<String>() == word)
                    };
                    if off("abstract=True") || off("managed=False") || off("proxy=True") {
                        model.is_plain = false;
                    }
                }
                _ => {}
            }
        }
        model.is_plain &= model.table.is_some() == tables && !bases.is_empty();
        found.push(model);
    }
    Ok(found)
}

fn assign(written: &Written<'_>, node: Node<'_>, model: &mut Model, tables: bool) {
    let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right"))
    else {
        return;
    };
    let name = written.text(left);
    match name {
        "__tablename__" => model.table = written.plain(right),
        "__abstract__" => model.is_plain = false,
        _ => {}
    }
    let chain = written.chain(right);
    let Some(link) =
        chain.last_call().filter(|link| chain.links.last().is_some_and(|l| l.node.id() == link.node.id()))
    else {
        return;
    };
    let called = chain.called_name(link);
    let arguments = link.arguments.as_deref().unwrap_or_default();
    if tables {
        if matches!(called, "Column" | "mapped_column") {
            let first = arguments.first().filter(|a| a.name.is_none());
            let own = first.and_then(|argument| written.plain(argument.value));
            let own = own.or_else(|| {
                arguments
                    .iter()
                    .find(|a| a.name.as_deref() == Some("name"))
                    .and_then(|a| written.plain(a.value))
            });
            model.fields.push((own.unwrap_or_else(|| name.to_owned()), node.byte_range()));
        }
        return;
    }
    let relation = matches!(called, "ForeignKey" | "OneToOneField" | "ManyToManyField");
    let field = called.ends_with("Field") && chain.root == "models" && called != "Field";
    if relation || field {
        model.fields.push((name.to_owned(), node.byte_range()));
    }
}
