//! The columns that a query names, where it is plain which table each is of: one table, no join, no subquery.

use sqlparser::ast::{
    AssignmentTarget, Expr, Ident, ObjectName, ObjectNamePart, Query, Select, SelectItem, SetExpr, Statement,
    TableFactor, TableObject, TableWithJoins,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::{column_name, operators, table};

/// Longer queries, in bytes, are not read.
const MAX_QUERY: usize = 20_000;
/// Queries with more operators are not parsed: the parser makes a tree as deep as a chain of them is long.
const MAX_OPERATORS: usize = 200;

/// A column and its table, both in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
}

/// The columns of a query in the order of its text; none where anything in it is not understood.
pub fn columns(text: &str) -> Vec<Named> {
    if text.len() > MAX_QUERY {
        return Vec::new();
    }
    let dialect = GenericDialect {};
    let Ok(tokens) = Tokenizer::new(&dialect, text).tokenize_with_location() else { return Vec::new() };
    let ends = tokens.iter().filter(|token| token.token == Token::SemiColon).count();
    let trailing = text.trim_end().ends_with(';');
    if ends > usize::from(trailing) || operators(&tokens) > MAX_OPERATORS {
        return Vec::new();
    }
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let Ok(statement) = parser.parse_statement() else { return Vec::new() };
    if !matches!(parser.next_token().token, Token::EOF | Token::SemiColon) {
        return Vec::new();
    }
    let mut found = Columns::default();
    let table = match &statement {
        Statement::Query(query) => of_query(query, &mut found),
        Statement::Insert(insert) => match &insert.table {
            TableObject::TableName(name) => {
                found.names.extend(insert.columns.iter().filter_map(last).map(column_name));
                Some(table(name))
            }
            _ => None,
        },
        Statement::Update(update) if update.from.is_none() => {
            let targets = update.assignments.iter().filter_map(|one| match &one.target {
                AssignmentTarget::ColumnName(name) => last(name),
                AssignmentTarget::Tuple(_) => None,
            });
            found.names.extend(targets.map(column_name));
            let own = only(std::slice::from_ref(&update.table));
            found.condition(update.selection.as_ref(), own.as_ref());
            own.map(|own| own.name)
        }
        Statement::Delete(_) => None,
        _ => None,
    };
    let Some(table) = table.filter(|_| !found.is_unclear) else { return Vec::new() };
    let columns = found.names.into_iter().filter(|column| !is_made_by_the_database(column));
    columns.map(|column| Named { table: table.clone(), column }).collect()
}

/// The one table of a query, and what else it is called there.
struct Own {
    name: String,
    alias: Option<String>,
}

#[derive(Default)]
struct Columns {
    names: Vec<String>,
    is_unclear: bool,
}

fn of_query(query: &Query, found: &mut Columns) -> Option<String> {
    if query.with.is_some() || !query.pipe_operators.is_empty() {
        return None;
    }
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let own = plain(select)?;
    for item in &select.projection {
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                found.column(expr, Some(&own));
            }
            _ => {}
        }
    }
    found.condition(select.selection.as_ref(), Some(&own));
    Some(own.name)
}

fn plain(select: &Select) -> Option<Own> {
    let is_plain = select.lateral_views.is_empty() && select.into.is_none() && select.connect_by.is_empty();
    only(&select.from).filter(|_| is_plain)
}

fn only(from: &[TableWithJoins]) -> Option<Own> {
    let [one] = from else { return None };
    match &one.relation {
        TableFactor::Table { name, alias, args: None, .. } if one.joins.is_empty() => {
            // New names for its columns.
            let alias = alias.as_ref();
            if alias.is_some_and(|alias| !alias.columns.is_empty()) {
                return None;
            }
            Some(Own { name: table(name), alias: alias.map(|alias| column_name(&alias.name)) })
        }
        _ => None,
    }
}

impl Columns {
    fn column(&mut self, expr: &Expr, own: Option<&Own>) {
        match expr {
            Expr::Identifier(ident) => self.names.push(column_name(ident)),
            Expr::CompoundIdentifier(parts) => {
                if let [of, column] = parts.as_slice()
                    && own.is_some_and(|own| {
                        let of = column_name(of);
                        own.alias.as_ref().map_or(own.name == of, |alias| *alias == of)
                    })
                {
                    self.names.push(column_name(column));
                }
            }
            _ => {}
        }
    }

    /// The columns that comparisons set against something. A name in double quotes is a text to some databases.
    fn condition(&mut self, condition: Option<&Expr>, own: Option<&Own>) {
        let quoted = |expr: &Expr| match expr {
            Expr::Identifier(ident) => ident.quote_style.is_some(),
            _ => false,
        };
        let mut open: Vec<&Expr> = condition.into_iter().collect();
        while let Some(expr) = open.pop() {
            match expr {
                Expr::BinaryOp { left, right, .. } => open.extend([right.as_ref(), left.as_ref()]),
                Expr::Nested(inner)
                | Expr::IsNull(inner)
                | Expr::IsNotNull(inner)
                | Expr::UnaryOp { expr: inner, .. }
                | Expr::InList { expr: inner, .. }
                | Expr::Like { expr: inner, .. }
                | Expr::ILike { expr: inner, .. }
                | Expr::Between { expr: inner, .. } => open.push(inner),
                Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => self.is_unclear = true,
                name if !quoted(name) => self.column(name, own),
                _ => {}
            }
        }
    }
}

fn last(name: &ObjectName) -> Option<&Ident> {
    match name.0.last()? {
        ObjectNamePart::Identifier(ident) => Some(ident),
        ObjectNamePart::Function(_) => None,
    }
}

/// Names that every table answers to, or that are no columns.
fn is_made_by_the_database(column: &str) -> bool {
    const NAMES: [&str; 17] = [
        "rowid",
        "_rowid_",
        "oid",
        "ctid",
        "xmin",
        "xmax",
        "cmin",
        "cmax",
        "tableoid",
        "rownum",
        "user",
        "session_user",
        "localtime",
        "localtimestamp",
        "excluded",
        "default",
        "value",
    ];
    NAMES.contains(&column) || column.starts_with("current_") || column.starts_with('@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        columns(text).into_iter().map(|one| format!("{}.{}", one.table, one.column)).collect()
    }

    #[test]
    fn the_columns_of_one_table_are_named() {
        assert_eq!(
            shown(
                "SELECT id, o.total AS sum, count(*) FROM orders o WHERE o.paid = $1 AND (note IS NULL OR at > now())"
            ),
            ["orders.id", "orders.total", "orders.paid", "orders.note", "orders.at"]
        );
        assert_eq!(shown("INSERT INTO orders (id, total) VALUES (?, ?)"), ["orders.id", "orders.total"]);
        assert_eq!(
            shown("update public.orders set total = 1 where id in (1, 2);"),
            ["orders.total", "orders.id"]
        );
    }

    #[test]
    fn what_may_be_of_another_table_is_left_alone() {
        for text in [
            "SELECT a FROM t JOIN u ON t.id = u.id",
            "SELECT a FROM t, u",
            "WITH t AS (SELECT 1 AS a) SELECT a FROM t",
            "SELECT a FROM (SELECT b AS a FROM t) t",
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = y)",
            "SELECT a FROM generate_series(1, 2)",
            "SELECT a FROM t UNION SELECT b FROM u",
            "SELECT a FROM t; SELECT b FROM u",
            "SELECT ctid, CURRENT_DATE, u.x FROM t",
            "SELECT one of these from the list",
            "Update the table set of things",
        ] {
            assert_eq!(shown(text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(shown("SELECT a FROM t WHERE b = \"text\" AND lower(c) = 'x'"), ["t.a", "t.b"]);
    }

    #[test]
    fn long_chains_of_operators_end() {
        assert_eq!(
            shown(&format!("SELECT a FROM t WHERE a = 1{}", " OR a = 1".repeat(2_000))),
            Vec::<String>::new()
        );
        assert_eq!(
            shown(&format!("SELECT {}a{} FROM t", "(".repeat(4_000), ")".repeat(4_000))),
            Vec::<String>::new()
        );
    }
}
