//! What SQL does to tables; `sqlparser` is used here only. A statement that it can't read makes its tables unclear.

pub mod deed;
pub mod kind;
pub mod query;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use sqlparser::ast::{
    AlterColumnOperation, AlterTableOperation, ColumnDef, ColumnOption, FromTable, Ident, ObjectName,
    ObjectNamePart, ObjectType, RenameTableNameKind, Statement, TableFactor,
};
use sqlparser::dialect::{
    Dialect, GenericDialect, MsSqlDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect,
};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use crate::undecided::Undecided;

pub use deed::{Column, Deed, Step};
pub use kind::Kind;

/// Longer texts, in bytes, are not read.
const MAX_TEXT: usize = 2 * 1024 * 1024;
/// Statements of more tokens are not parsed.
const MAX_TOKENS: usize = 20_000;
/// Statements with more operators are not parsed: the parser makes a tree as deep as a chain of them is long.
const MAX_OPERATORS: usize = 1_000;

/// The part of a migration that runs forwards: some tools keep the way back in the same file.
pub fn forwards(text: &str) -> &str {
    static DOWN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?mi)^[ \t]*--[ \t]*(?:\+goose[ \t]+down|migrate:down|\+migrate[ \t]+down|down[ \t]+migration|\+micrate[ \t]+down|rollback\b|\s*@down)")
            .expect("literal")
    });
    DOWN.find(text).map_or(text, |down| &text[..down.start()])
}

/// What the statements of a text do to tables, in their order.
pub fn steps(text: &str) -> Result<Vec<Step>, Undecided> {
    let (tokens, dialect) = tokenize(text)?;
    let places = Places::of(text);
    let mut steps = Vec::new();
    for statement in tokens.split(|token| token.token == Token::SemiColon) {
        let mut solid = statement.iter().filter(|t| !matches!(t.token, Token::Whitespace(_)));
        let Some(first) = solid.next() else { continue };
        let last = solid.next_back().unwrap_or(first);
        let range = places.offset(first.span.start)..places.offset(last.span.end);
        let deeds = deeds(statement, dialect.as_ref(), &places);
        steps.extend(deeds.into_iter().map(|deed| Step { deed, range: range.clone() }));
    }
    Ok(steps)
}

/// The tokens without comments and white space, to tell whether two texts say the same.
pub fn words(text: &str) -> Result<Vec<String>, Undecided> {
    let (tokens, _) = tokenize(text)?;
    let solid = tokens.into_iter().filter(|t| !matches!(t.token, Token::Whitespace(_)));
    Ok(solid.map(|token| token.token.to_string()).collect())
}

fn tokenize(text: &str) -> Result<(Vec<TokenWithSpan>, Box<dyn Dialect>), Undecided> {
    if text.len() > MAX_TEXT {
        return Err(Undecided::new(format!(
            "has {} bytes; SQL over {MAX_TEXT} bytes is not read",
            text.len()
        )));
    }
    let dialect: Box<dyn Dialect> = if text.contains('`') {
        Box::new(MySqlDialect {})
    } else if text.contains("AUTOINCREMENT") || text.contains("PRAGMA ") {
        Box::new(SQLiteDialect {})
    } else if text.contains("].[") || text.contains("\nGO\n") {
        Box::new(MsSqlDialect {})
    } else {
        Box::new(PostgreSqlDialect {})
    };
    let read = Tokenizer::new(dialect.as_ref(), text).tokenize_with_location();
    match read {
        Ok(tokens) => Ok((tokens, dialect)),
        Err(_) => {
            let dialect: Box<dyn Dialect> = Box::new(GenericDialect {});
            let tokens = Tokenizer::new(dialect.as_ref(), text).tokenize_with_location();
            let tokens = tokens.map_err(|e| Undecided::new(format!("can't be read as SQL ({e})")))?;
            Ok((tokens, dialect))
        }
    }
}

/// Where the lines of a text begin.
struct Places<'t> {
    text: &'t str,
    lines: Vec<usize>,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, lines: std::iter::once(0).chain(ends).collect() }
    }

    fn offset(&self, at: Location) -> usize {
        let line = (at.line as usize).saturating_sub(1);
        let Some(start) = self.lines.get(line).copied() else { return self.text.len() };
        let chars = (at.column as usize).saturating_sub(1);
        self.text[start..].char_indices().nth(chars).map_or(self.text.len(), |(n, _)| start + n)
    }

    fn of_name(&self, name: &Ident) -> Range<usize> {
        let start = self.offset(name.span.start);
        start..self.offset(name.span.end).max(start)
    }
}

/// The first words of a statement in capitals.
fn keywords(statement: &[TokenWithSpan]) -> Vec<String> {
    let words = statement.iter().filter_map(|token| match &token.token {
        Token::Word(word) => Some(word.value.to_uppercase()),
        _ => None,
    });
    words.take(6).collect()
}

fn deeds(statement: &[TokenWithSpan], dialect: &dyn Dialect, places: &Places<'_>) -> Vec<Deed> {
    let keywords = keywords(statement);
    let words: Vec<&str> = keywords.iter().map(String::as_str).collect();
    let is_table = match words.as_slice() {
        ["CREATE", rest @ ..] => {
            let kind = rest.iter().find(|w| {
                !matches!(**w, "OR" | "REPLACE" | "GLOBAL" | "LOCAL" | "UNLOGGED" | "MATERIALIZED")
            });
            match kind.copied() {
                Some("TEMP" | "TEMPORARY") => return Vec::new(),
                Some("TABLE" | "FOREIGN" | "VIRTUAL") => true,
                Some("VIEW") => {
                    let table = named(statement, "VIEW");
                    return table.map(|table| Deed::Create { table, columns: None }).into_iter().collect();
                }
                _ => false,
            }
        }
        ["ALTER" | "DROP", "TABLE", ..] | ["TRUNCATE", ..] | ["DELETE", "FROM", ..] => true,
        ["UPDATE", ..] => {
            let table = named(statement, "UPDATE");
            return table.map(|table| Deed::Update { table }).into_iter().collect();
        }
        _ => false,
    };
    if !is_table {
        return within_texts(statement);
    }
    let unclear = || {
        let word = if matches!(words[0], "DELETE") { "FROM" } else { "TABLE" };
        named(statement, word).map(|table| Deed::Unclear { table }).into_iter().collect()
    };
    if statement.len() > MAX_TOKENS || operators(statement) > MAX_OPERATORS {
        return unclear();
    }
    let mut parser = Parser::new(dialect).with_tokens_with_locations(statement.to_vec());
    match parser.parse_statement() {
        Ok(parsed) if parser.peek_token().token == Token::EOF => read(parsed, places),
        _ => unclear(),
    }
}

fn operators(statement: &[TokenWithSpan]) -> usize {
    let plain = |token: &Token| match token {
        Token::Word(word) => !matches!(word.value.to_uppercase().as_str(), "AND" | "OR" | "NOT"),
        Token::Whitespace(_)
        | Token::Comma
        | Token::LParen
        | Token::RParen
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::DoubleQuotedString(_)
        | Token::Period => true,
        _ => false,
    };
    statement.iter().filter(|token| !plain(&token.token)).count()
}

/// The name that follows a keyword, with what may stand between left out.
fn named(statement: &[TokenWithSpan], keyword: &str) -> Option<String> {
    let solid: Vec<&Token> =
        statement.iter().map(|t| &t.token).filter(|t| !matches!(t, Token::Whitespace(_))).collect();
    let is = |token: &Token, words: &[&str]| match token {
        Token::Word(word) => {
            words.iter().any(|w| word.quote_style.is_none() && word.value.eq_ignore_ascii_case(w))
        }
        _ => false,
    };
    let at = solid.iter().position(|token| is(token, &[keyword]))?;
    let mut rest = solid[at + 1..].iter().skip_while(|t| is(t, &["IF", "NOT", "EXISTS", "ONLY"])).peekable();
    let mut parts = Vec::new();
    while let Some(Token::Word(word)) = rest.next() {
        parts.push(word.value.to_lowercase());
        if rest.next_if(|t| matches!(t, Token::Period)).is_none() {
            break;
        }
    }
    (!parts.is_empty()).then(|| joined(parts))
}

/// The tables that procedural code, or SQL which is put together to be run, alters: what comes of it is not known.
fn within_texts(statement: &[TokenWithSpan]) -> Vec<Deed> {
    let bodies = statement.iter().filter_map(|token| match &token.token {
        Token::DollarQuotedString(quoted) => Some(quoted.value.as_str()),
        Token::SingleQuotedString(text) => Some(text.as_str()),
        _ => None,
    });
    let mut found = Vec::new();
    for body in bodies.filter(|body| body.len() < MAX_TEXT) {
        let Ok(tokens) = Tokenizer::new(&PostgreSqlDialect {}, body).tokenize_with_location() else {
            continue;
        };
        for (at, token) in tokens.iter().enumerate() {
            if let Token::Word(word) = &token.token
                && word.value.eq_ignore_ascii_case("TABLE")
                && let Some(table) = named(&tokens[at..(at + 24).min(tokens.len())], "TABLE")
            {
                found.push(Deed::Unclear { table });
            }
        }
    }
    found
}

fn joined(mut parts: Vec<String>) -> String {
    if parts.len() > 1 && matches!(parts[parts.len() - 2].as_str(), "public" | "dbo" | "main") {
        parts = parts.split_off(parts.len() - 1);
    }
    parts.join(".")
}

fn table(name: &ObjectName) -> String {
    let part = |part: &ObjectNamePart| match part {
        ObjectNamePart::Identifier(ident) => column_name(ident),
        ObjectNamePart::Function(function) => function.name.value.to_lowercase(),
    };
    joined(name.0.iter().map(part).collect())
}

fn column_name(ident: &Ident) -> String {
    ident.value.to_lowercase()
}

fn column(def: &ColumnDef, places: &Places<'_>) -> Column {
    let written = def.data_type.to_string().to_uppercase();
    let has = |is: fn(&ColumnOption) -> bool| def.options.iter().any(|option| is(&option.option));
    let is_filled = written.contains("SERIAL")
        || has(|o| {
            matches!(o, ColumnOption::Default(_) | ColumnOption::Generated { .. } | ColumnOption::Identity(_))
        })
        || has(|o| matches!(o, ColumnOption::DialectSpecific(_)));
    let is_required = has(|o| matches!(o, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
    let kind = Kind::of(&def.data_type);
    Column { name: column_name(&def.name), is_required, is_filled, kind, range: places.of_name(&def.name) }
}

fn read(statement: Statement, places: &Places<'_>) -> Vec<Deed> {
    match statement {
        Statement::CreateTable(create) => {
            let elsewhere = create.query.is_some()
                || create.like.is_some()
                || create.clone.is_some()
                || create.inherits.is_some()
                || create.partition_of.is_some()
                || create.columns.is_empty();
            let columns = (!elsewhere).then(|| create.columns.iter().map(|c| column(c, places)).collect());
            vec![Deed::Create { table: table(&create.name), columns }]
        }
        Statement::AlterTable(alter) => {
            let name = table(&alter.name);
            alter.operations.iter().flat_map(|operation| altered(&name, operation, places)).collect()
        }
        Statement::Drop { object_type: ObjectType::Table, names, if_exists, .. } => {
            names.iter().map(|name| Deed::DropTable { table: table(name), guarded: if_exists }).collect()
        }
        Statement::Truncate(truncate) => {
            truncate.table_names.iter().map(|target| Deed::Empty { table: table(&target.name) }).collect()
        }
        Statement::Delete(delete) if delete.selection.is_none() && delete.using.is_none() => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            let tables =
                from.iter().filter(|from| from.joins.is_empty()).filter_map(|from| match &from.relation {
                    TableFactor::Table { name, .. } => Some(table(name)),
                    _ => None,
                });
            tables.map(|table| Deed::Empty { table }).collect()
        }
        _ => Vec::new(),
    }
}

fn altered(name: &str, operation: &AlterTableOperation, places: &Places<'_>) -> Vec<Deed> {
    let table_name = name.to_owned();
    let one = |deed: Deed| vec![deed];
    match operation {
        AlterTableOperation::AddColumn { column_def, .. } => {
            one(Deed::Add { table: table_name, column: column(column_def, places) })
        }
        AlterTableOperation::DropColumn { column_names, .. } => column_names
            .iter()
            .map(|ident| Deed::DropColumn { table: table_name.clone(), column: column_name(ident) })
            .collect(),
        AlterTableOperation::RenameColumn { old_column_name, new_column_name } => one(Deed::RenameColumn {
            table: table_name,
            from: column_name(old_column_name),
            to: column_name(new_column_name),
        }),
        AlterTableOperation::ChangeColumn { old_name, new_name, data_type, .. } => {
            let (from, to) = (column_name(old_name), column_name(new_name));
            let renamed =
                (from != to).then(|| Deed::RenameColumn { table: table_name.clone(), from, to: to.clone() });
            let (kind, range) = (Kind::of(data_type), places.of_name(new_name));
            renamed.into_iter().chain([Deed::Retype { table: table_name, column: to, kind, range }]).collect()
        }
        AlterTableOperation::ModifyColumn { col_name, data_type, .. } => one(Deed::Retype {
            table: table_name,
            column: column_name(col_name),
            kind: Kind::of(data_type),
            range: places.of_name(col_name),
        }),
        AlterTableOperation::RenameTable { table_name: new } => {
            let (RenameTableNameKind::As(new) | RenameTableNameKind::To(new)) = new;
            one(Deed::RenameTable { from: table_name, to: table(new) })
        }
        AlterTableOperation::AlterColumn { column_name: ident, op } => {
            let (table, column) = (table_name, column_name(ident));
            match op {
                AlterColumnOperation::SetNotNull => one(Deed::Require { table, column }),
                AlterColumnOperation::SetDefault { .. } => one(Deed::Default { table, column }),
                AlterColumnOperation::SetDataType { data_type, .. } => {
                    let (kind, range) = (Kind::of(data_type), places.of_name(ident));
                    one(Deed::Retype { table, column, kind, range })
                }
                _ => Vec::new(),
            }
        }
        AlterTableOperation::SwapWith { .. } => one(Deed::Unclear { table: table_name }),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Vec<String> {
        steps(text).unwrap().into_iter().map(|step| format!("{:?}", step.deed)).collect()
    }

    #[test]
    fn statements_are_read_for_what_they_do_to_tables() {
        let text = "-- é\nCREATE TABLE public.\"Orders\" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), total int NOT NULL);\nALTER TABLE orders ADD COLUMN note text, DROP COLUMN IF EXISTS total;\nDROP TABLE IF EXISTS old CASCADE;\nDELETE FROM logs;\nDELETE FROM logs WHERE id = 1;\nTRUNCATE a, b;\n";
        let found = steps(text).unwrap();
        assert_eq!(found.len(), 7);
        assert!(
            matches!(&found[0].deed, Deed::Create { table, columns: Some(c) } if table == "orders" && c.len() == 2)
        );
        assert_eq!(&text[found[3].range.clone()], "DROP TABLE IF EXISTS old CASCADE");
        assert_eq!(found[4].deed, Deed::Empty { table: "logs".to_owned() });
    }

    #[test]
    fn what_cannot_be_read_makes_its_table_unclear() {
        let text = "ALTER TABLE orders FROB THE KNOB;\nDO $$ BEGIN ALTER TABLE items ADD COLUMN a int; END $$;\nCREATE TABLE x AS SELECT 1 AS a;\nCREATE VIEW v AS SELECT 1;\nSET @sql = IF(@n = 0, 'ALTER TABLE lines ADD COLUMN a int', 'SELECT 1');\n";
        let found = shown(text);
        assert_eq!(found[0], "Unclear { table: \"orders\" }");
        assert_eq!(found[1], "Unclear { table: \"items\" }");
        assert_eq!(found[2], "Create { table: \"x\", columns: None }");
        assert_eq!(found[3], "Create { table: \"v\", columns: None }");
        assert_eq!(found[4], "Unclear { table: \"lines\" }");
    }

    #[test]
    fn the_way_back_is_left_out() {
        assert_eq!(forwards("-- +goose Up\nA;\n-- +goose Down\nB;\n"), "-- +goose Up\nA;\n");
        assert_eq!(forwards("A;\n-- migrate:down\nB;\n"), "A;\n");
    }

    #[test]
    fn comments_and_white_space_say_nothing() {
        assert_eq!(words("a  -- x\n b;").unwrap(), words("a b /* y */;").unwrap());
        assert_ne!(words("a b;").unwrap(), words("a c;").unwrap());
    }

    #[test]
    fn long_chains_of_operators_end() {
        let chain = format!("CREATE TABLE a (b int CHECK (b = 1{}));", " OR b = 1".repeat(50_000));
        assert_eq!(shown(&chain), ["Unclear { table: \"a\" }"]);
        let deep = format!("CREATE TABLE a (b int CHECK ({}1{}));", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(shown(&deep), ["Unclear { table: \"a\" }"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_undecided(words in "(create |table |alter |add |column |drop |\\(|\\)|,|;|a |b |int |not null |default |'|\"|\\$\\$|do |é|--|\n|1 ){0,80}") {
            if let Ok(steps) = steps(&words) {
                for step in steps {
                    prop_assert!(words.get(step.range).is_some());
                }
            }
        }
    }
}
