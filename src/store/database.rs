//! The two databases behind one set of statements: `sqlx`'s drivers are told apart here and nowhere else.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, Executor, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction};

use super::{Result, StoreError};

/// How long a statement waits for a lock or a connection. GitHub gives up on a delivery after ten seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// Readers beside SQLite's one writer; PostgreSQL's connections of one process.
const CONNECTIONS: u32 = 8;

/// A parameter of a statement. Both databases have whole numbers of 64 bits, text and bytes in common; a lack must be
/// typed for PostgreSQL.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

/// Neither database has unsigned numbers; GitHub's ids stay far below.
impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Some(value).into()
    }
}

impl From<Option<u64>> for Value {
    fn from(value: Option<u64>) -> Self {
        Self::Int(value.map(|value| i64::try_from(value).unwrap_or(i64::MAX)))
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(value: jiff::Timestamp) -> Self {
        Self::Int(Some(value.as_millisecond()))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        Self::Text(value)
    }
}

/// A statement with its parameters, for whichever driver the place asks.
macro_rules! bound {
    ($sql:expr, $values:expr) => {
        $values.into_iter().fold(sqlx::query($sql), |query, value| match value {
            Value::Int(value) => query.bind(value),
            Value::Text(value) => query.bind(value),
        })
    };
}

/// A database. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) enum Database {
    /// SQLite has one writer: waiting for its connection is cheaper than for a lock. Readers are never held up.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Database {
    /// Opens the database at a URL, makes it where it is missing and can be made, and brings its tables up to date.
    pub(super) async fn open(url: &str, migrations: &[(i64, &'static str, &'static str)]) -> Result<Self> {
        let database = Self::connect(url, true).await?;
        let one = |(version, name, text): &(i64, &'static str, &'static str)| {
            let text = match &database {
                Self::Sqlite { .. } => (*text).to_owned(),
                Self::Postgres(_) => text.replace("INTEGER", "BIGINT"),
            };
            let sql = AssertSqlSafe(text).into_sql_str();
            Migration::new(*version, (*name).into(), MigrationType::Simple, sql, false)
        };
        let migrator = Migrator::with_migrations(migrations.iter().map(one).collect());
        let ran = match &database {
            Self::Sqlite { writer, .. } => migrator.run(writer).await,
            Self::Postgres(pool) => migrator.run(pool).await,
        };
        ran.map_err(|e| StoreError::Open(e.to_string()))?;
        Ok(database)
    }

    /// Opens a database that is there already, to read it; its tables are taken as they are.
    pub(super) async fn open_existing(url: &str) -> Result<Self> {
        Self::connect(url, false).await
    }

    async fn connect(url: &str, create: bool) -> Result<Self> {
        let open = |e: sqlx::Error| StoreError::Open(e.to_string());
        if is_postgres(url) {
            let options = PgConnectOptions::from_str(url).map_err(open)?.application_name("gainsay");
            let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            return Ok(Self::Postgres(pool.connect_with(options).await.map_err(open)?));
        }
        let options = SqliteConnectOptions::from_str(url).map_err(open)?.busy_timeout(PATIENCE);
        let pool = SqlitePoolOptions::new().acquire_timeout(PATIENCE);
        if !create {
            let one = pool.max_connections(1).connect_with(options.create_if_missing(false));
            let readers = one.await.map_err(open)?;
            return Ok(Self::Sqlite { writer: readers.clone(), readers });
        }
        let writing = options.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal);
        let writing = writing.synchronous(SqliteSynchronous::Full);
        let writer = pool.clone().max_connections(1).connect_with(writing).await.map_err(open)?;
        // A database in memory belongs to its connection.
        let in_memory = options.get_filename() == Path::new(":memory:") || url.contains("mode=memory");
        let readers = if in_memory || url.trim_end_matches('/') == "sqlite:" {
            writer.clone()
        } else {
            pool.max_connections(CONNECTIONS)
                .connect_lazy_with(options.create_if_missing(false).read_only(true))
        };
        Ok(Self::Sqlite { writer, readers })
    }

    /// What a query finds. On SQLite it must write nothing.
    pub(super) async fn rows(
        &self,
        sql: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>> {
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                readers.fetch_all(bound!(sql, values)).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                pool.fetch_all(bound!(sql, values)).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs a statement by itself; returns how many rows it touched.
    pub(super) async fn execute(
        &self,
        sql: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64> {
        Ok(match self {
            Self::Sqlite { writer, .. } => writer.execute(bound!(sql, values)).await?.rows_affected(),
            Self::Postgres(pool) => pool.execute(bound!(sql, values)).await?.rows_affected(),
        })
    }

    /// Begins to write. Dropped before [`Tx::commit`], nothing was done.
    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Closes all connections, so that the files are whole.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whether a URL names a PostgreSQL database.
pub(super) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres:") || url.starts_with("postgresql:")
}

/// Statements that are done together or not at all.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) async fn rows(
        &mut self,
        sql: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>> {
        Ok(match self {
            Self::Sqlite(tx) => {
                tx.fetch_all(bound!(sql, values)).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                tx.fetch_all(bound!(sql, values)).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(super) async fn execute(
        &mut self,
        sql: &'static str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64> {
        Ok(match self {
            Self::Sqlite(tx) => tx.execute(bound!(sql, values)).await?.rows_affected(),
            Self::Postgres(tx) => tx.execute(bound!(sql, values)).await?.rows_affected(),
        })
    }

    /// The one of two statements that the database at hand takes, where they can't be the same.
    pub(super) fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    pub(super) async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A row that a query found.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn maybe_int(&self, column: &str) -> Result<Option<i64>> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(super) fn maybe_text(&self, column: &str) -> Result<Option<String>> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(super) fn int(&self, column: &str) -> Result<i64> {
        let lack = || StoreError::Broken(format!("{column} is empty"));
        self.maybe_int(column)?.ok_or_else(lack)
    }

    pub(super) fn text(&self, column: &str) -> Result<String> {
        let lack = || StoreError::Broken(format!("{column} is empty"));
        self.maybe_text(column)?.ok_or_else(lack)
    }

    /// A number that was written from an unsigned one.
    pub(super) fn id(&self, column: &str) -> Result<u64> {
        Ok(u64::try_from(self.int(column)?).unwrap_or_default())
    }

    /// The same where there may be none.
    pub(super) fn maybe_id(&self, column: &str) -> Result<Option<u64>> {
        Ok(self.maybe_int(column)?.and_then(|id| u64::try_from(id).ok()))
    }

    /// A time, kept as milliseconds since 1970.
    pub(super) fn time(&self, column: &str) -> Result<jiff::Timestamp> {
        let broken = |e: jiff::Error| StoreError::Broken(format!("{column}: {e}"));
        jiff::Timestamp::from_millisecond(self.int(column)?).map_err(broken)
    }

    /// A text that some type was written as.
    pub(super) fn parsed<T: FromStr>(&self, column: &str) -> Result<T>
    where
        T::Err: std::fmt::Display,
    {
        let broken = |e: T::Err| StoreError::Broken(format!("{column}: {e}"));
        self.text(column)?.parse().map_err(broken)
    }
}
