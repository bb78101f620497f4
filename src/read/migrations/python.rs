//! The operations of Django's and Alembic's migrations, and the words of Python and Ruby that say the same.

use std::ops::Range;

use crate::read::flow::chain::{Argument, Written};
use crate::read::syntax::{self, Language, Node};
use crate::undecided::Undecided;

/// One operation on a model (Django) or table (Alembic).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The function or class: `AddField`, `add_column`.
    pub name: String,
    /// The model or table, in lower case; empty where it is not written out.
    pub table: String,
    /// The fields or columns that it names; for a new table all of them.
    pub fields: Vec<String>,
    /// The new name, of a renaming.
    pub to: Option<String>,
    /// Its bytes.
    pub range: Range<usize>,
    /// The function that it stands in: `upgrade`, `downgrade`; empty outside of functions.
    pub function: String,
}

/// What a migration does.
#[derive(Debug, Clone, Default)]
pub struct Migration {
    /// Its operations in order.
    pub operations: Vec<Operation>,
    /// Whether it runs code or SQL that may do more.
    pub is_open: bool,
}

/// Reads a migration of Django; `None` where the text is none.
pub fn django(text: &str) -> Result<Option<Migration>, Undecided> {
    if !text.contains("migrations.Migration") && !text.contains("(Migration)") {
        return Ok(None);
    }
    let names = [
        "AddField",
        "RemoveField",
        "RenameField",
        "AlterField",
        "CreateModel",
        "DeleteModel",
        "RenameModel",
        "RunSQL",
        "RunPython",
    ];
    read(text, &names, &|written, name, arguments| {
        let argument = |key: &str, at: usize| named(arguments, key).or_else(|| placed(arguments, at));
        let plain = |key: &str, at: usize| argument(key, at).and_then(|node| written.plain(node));
        match name {
            "CreateModel" => {
                let fields = argument("fields", 1).map(|node| pairs(written, node)).unwrap_or_default();
                (plain("name", 0), fields, None)
            }
            "DeleteModel" => (plain("name", 0), Vec::new(), None),
            "RenameModel" => (plain("old_name", 0), Vec::new(), plain("new_name", 1)),
            "RenameField" => {
                (plain("model_name", 0), plain("old_name", 1).into_iter().collect(), plain("new_name", 2))
            }
            _ => (plain("model_name", 0), plain("name", 1).into_iter().collect(), None),
        }
    })
    .map(Some)
}

/// Reads a migration of Alembic; `None` where the text is none.
pub fn alembic(text: &str) -> Result<Option<Migration>, Undecided> {
    if !text.contains("alembic") || !text.contains("def upgrade") {
        return Ok(None);
    }
    let names = [
        "create_table",
        "drop_table",
        "add_column",
        "drop_column",
        "alter_column",
        "rename_table",
        "execute",
        "batch_alter_table",
    ];
    let mut migration = read(text, &names, &|written, name, arguments| {
        let plain = |at: usize| placed(arguments, at).and_then(|node| written.plain(node));
        let columns = || arguments.iter().filter_map(|a| column(written, a.value)).collect::<Vec<_>>();
        match name {
            "create_table" | "add_column" => (plain(0), columns(), None),
            "rename_table" => (plain(0), Vec::new(), plain(1)),
            "drop_column" | "alter_column" => {
                let to = named(arguments, "new_column_name").and_then(|node| written.plain(node));
                (plain(0), plain(1).or_else(|| plain(0)).into_iter().collect(), to)
            }
            _ => (plain(0), Vec::new(), None),
        }
    })?;
    // `with op.batch_alter_table("t") as batch_op: batch_op.add_column(…)`: the table is the block's.
    let blocks: Vec<(Range<usize>, String)> = blocks(text)?;
    for operation in &mut migration.operations {
        let block = blocks
            .iter()
            .find(|(range, _)| range.start < operation.range.start && operation.range.end <= range.end);
        if let Some((_, table)) = block {
            operation.table.clone_from(table);
        }
    }
    Ok(Some(migration))
}

/// The bytes of `with` blocks that alter a table, and the table.
fn blocks(text: &str) -> Result<Vec<(Range<usize>, String)>, Undecided> {
    if !text.contains("batch_alter_table") {
        return Ok(Vec::new());
    }
    let written = Written::parse(Language::Python, text)?;
    let mut found = Vec::new();
    for chain in written.chains() {
        let Some(link) = chain.call("batch_alter_table") else { continue };
        let arguments = link.arguments.as_deref().unwrap_or_default();
        let table = placed(arguments, 0).and_then(|node| written.plain(node)).unwrap_or_default();
        let block = written.around(chain.node).find(|node| node.kind() == "with_statement");
        found.extend(block.map(|block| (block.byte_range(), table.to_lowercase())));
    }
    Ok(found)
}

type Parts = (Option<String>, Vec<String>, Option<String>);

fn read(
    text: &str,
    names: &[&str],
    parts: &dyn Fn(&Written<'_>, &str, &[Argument<'_, '_>]) -> Parts,
) -> Result<Migration, Undecided> {
    let written = Written::parse(Language::Python, text)?;
    let mut migration = Migration::default();
    for chain in written.chains() {
        let Some(link) = chain.last_call() else { continue };
        let called = chain.called_name(link);
        // Projects derive operations of their own: `RiskyAddField`.
        let Some(name) = names.iter().find(|name| called.ends_with(**name)).copied() else { continue };
        if matches!(name, "RunSQL" | "RunPython" | "execute") {
            migration.is_open |= name != "RunPython";
            continue;
        }
        let (table, fields, to) = parts(&written, name, link.arguments.as_deref().unwrap_or_default());
        let function = written.around(chain.node).find(|node| written.is_function(*node));
        let function = function.and_then(|node| node.child_by_field_name("name")).map(|n| written.text(n));
        migration.operations.push(Operation {
            name: name.to_owned(),
            table: table.unwrap_or_default().to_lowercase(),
            fields,
            to,
            range: chain.node.byte_range(),
            function: function.unwrap_or_default().to_owned(),
        });
    }
    Ok(migration)
}

fn named<'t>(arguments: &[Argument<'t, '_>], name: &str) -> Option<Node<'t>> {
    arguments.iter().find(|a| a.name.as_deref() == Some(name)).map(|a| a.value)
}

fn placed<'t>(arguments: &[Argument<'t, '_>], at: usize) -> Option<Node<'t>> {
    arguments.get(at).filter(|a| a.name.is_none()).map(|a| a.value)
}

/// The names of `[("id", …), ("title", …)]`.
fn pairs(written: &Written<'_>, list: Node<'_>) -> Vec<String> {
    let firsts = syntax::parts(list).filter_map(|pair| syntax::parts(pair).next());
    firsts.filter_map(|node| written.plain(node)).collect()
}

/// The name of `sa.Column("name", …)`.
fn column(written: &Written<'_>, node: Node<'_>) -> Option<String> {
    let chain = written.chain(node);
    let link = chain.last_call().filter(|link| chain.called_name(link) == "Column")?;
    written.plain(placed(link.arguments.as_deref()?, 0)?)
}

/// The words of a Python or Ruby text without comments, documentation strings, trailing commas and imports, to tell
/// whether two texts do the same.
pub fn words(language: Language, text: &str) -> Result<Vec<String>, Undecided> {
    let tree = syntax::parse(language, text)?;
    let mut words = Vec::new();
    let mut nodes = tree.nodes();
    while let Some(node) = nodes.next() {
        let is_docstring =
            node.kind() == "expression_statement" && syntax::parts(node).all(|part| part.kind() == "string");
        if node.kind() == "comment" || is_docstring || node.kind().starts_with("import") {
            nodes.skip_children();
            continue;
        }
        if node.kind() == "string" {
            nodes.skip_children();
            words.push(syntax::text(node, text).replace('"', "'"));
        } else if node.child_count() == 0 && node.kind() != "," {
            words.push(syntax::text(node, text).to_owned());
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_django_name_models_and_fields() {
        let text = "from django.db import migrations, models\n\nclass Migration(migrations.Migration):\n    operations = [\n        migrations.CreateModel(name='Order', fields=[('id', models.AutoField()), ('total', models.IntegerField())]),\n        migrations.AddField('order', 'note', models.TextField()),\n        migrations.RenameField(model_name='Order', old_name='note', new_name='remark'),\n    ]\n";
        let migration = django(text).unwrap().unwrap();
        let told: Vec<String> = migration
            .operations
            .iter()
            .map(|o| format!("{} {} {} {:?}", o.name, o.table, o.fields.join(","), o.to))
            .collect();
        assert_eq!(
            told,
            [
                "CreateModel order id,total None",
                "AddField order note None",
                "RenameField order note Some(\"remark\")"
            ]
        );
        assert!(django("x = 1\n").unwrap().is_none());
    }

    #[test]
    fn operations_of_alembic_name_tables_columns_and_the_way() {
        let text = "from alembic import op\nimport sqlalchemy as sa\n\ndef upgrade():\n    op.create_table('a', sa.Column('x', sa.Integer()), sa.Column('y', sa.Text()))\n    with op.batch_alter_table('b') as batch_op:\n        batch_op.add_column(sa.Column('z', sa.Text()))\n\ndef downgrade():\n    op.drop_table('a')\n";
        let migration = alembic(text).unwrap().unwrap();
        let told: Vec<String> = migration
            .operations
            .iter()
            .filter(|o| o.name != "batch_alter_table")
            .map(|o| format!("{} {} {} {}", o.function, o.name, o.table, o.fields.join(",")))
            .collect();
        assert_eq!(told, ["upgrade create_table a x,y", "upgrade add_column b z", "downgrade drop_table a "]);
    }

    #[test]
    fn comments_and_layout_say_nothing() {
        let one = words(Language::Python, "'''doc'''\nx = [1, 2]  # a\n").unwrap();
        let other = words(Language::Python, "x = [\n    1,\n    2,\n]\n").unwrap();
        assert_eq!(one, other);
    }
}
