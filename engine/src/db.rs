//! The database: one writer and many readers on SQLite, one pool on Postgres.
//!
//! SQLite allows one writing transaction at a time; a single write connection turns that limit
//! into a fair queue, so no command is ever refused because the database was busy.

use crate::refusal::Failure;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sea_orm::sqlx::{Connection, Executor};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, QueryResult, SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector,
    Statement, TransactionOptions, TransactionTrait, Value,
};
use std::str::FromStr;
use std::time::Duration;

/// How long a command waits for its turn at the database before it fails as retryable.
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(60);
const SQLITE_READERS: u32 = 4;
/// Wide enough to hide the commit's wait for the disk, small enough not to crowd the server.
pub const POSTGRES_CONNECTIONS: u32 = 8;

/// A connection unused for this long is tried before it is lent: the server may have been restarted meanwhile.
const IDLE_BEFORE_TEST: Duration = Duration::from_secs(1);
/// Statements are few and prepared once for each connection: one plan for all values spares planning the first five anew.
const SETTINGS: &str = "SET plan_cache_mode = force_generic_plan";

/// A transaction; every write of a command goes through one.
pub type Tx = DatabaseTransaction;

/// Handles to the database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
}

impl Db {
    /// Opens `sqlite://path` (made when missing) or `postgres://…`.
    pub async fn connect(url: &str) -> Result<Self, Failure> {
        if url.starts_with("sqlite:") { Self::connect_sqlite(url).await } else { Self::connect_postgres(url).await }
    }

    async fn connect_sqlite(url: &str) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(Failure::connect)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(30))
            .foreign_keys(true)
            .statement_cache_capacity(500)
            .pragma("temp_store", "memory");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_with(options.clone())
            .await
            .map_err(Failure::connect)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .test_before_acquire(false)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_lazy_with(options.pragma("query_only", "1"));
        Ok(Self { writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer), reader: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers) })
    }

    async fn connect_postgres(url: &str) -> Result<Self, Failure> {
        let options = PgConnectOptions::from_str(url).map_err(Failure::connect)?.application_name("alur").statement_cache_capacity(500);
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for >= IDLE_BEFORE_TEST {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| Box::pin(async move { connection.execute(SETTINGS).await.map(|_| ()) }))
            .connect_with(options)
            .await
            .map_err(Failure::connect)?;
        let both = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        Ok(Self { writer: both.clone(), reader: both })
    }

    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// The connection that may write. Never begin a second transaction inside one: on SQLite it would wait for itself.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// A connection for reads outside a transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a writing transaction (`BEGIN IMMEDIATE` on SQLite).
    pub async fn begin(&self) -> Result<Tx, Failure> {
        let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        Ok(self.writer.begin_with_options(options).await?)
    }
}

/// Rows of a query written with `?` placeholders, on either database.
pub async fn rows(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Failure> {
    Ok(conn.query_all_raw(statement(conn.get_database_backend(), sql, values)).await?)
}

/// The first row of a query written with `?` placeholders, on either database.
pub async fn row(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, Failure> {
    Ok(conn.query_one_raw(statement(conn.get_database_backend(), sql, values)).await?)
}

/// The one row of a query without joins, held against other transactions (SQLite has one writer anyway).
pub async fn locked_row(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, Failure> {
    match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => row(tx, &format!("{sql} FOR UPDATE"), values).await,
        _ => row(tx, sql, values).await,
    }
}

/// As [`locked_row`], all rows of the query. Whoever locks many orders them by id, so that no two wait for each other.
pub async fn locked_rows(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Failure> {
    match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => rows(tx, &format!("{sql} FOR UPDATE"), values).await,
        _ => rows(tx, sql, values).await,
    }
}

/// Executes a statement written with `?` placeholders, on either database; returns the rows affected.
pub async fn run(conn: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64, Failure> {
    Ok(conn.execute_raw(statement(conn.get_database_backend(), sql, values)).await?.rows_affected())
}

fn statement(backend: DbBackend, sql: &str, values: Vec<Value>) -> Statement {
    let sql = if backend == DbBackend::Postgres { numbered(sql, &mut 0) } else { sql.to_owned() };
    Statement::from_sql_and_values(backend, sql, values)
}

/// Turns each `?` into `$n`, counting on from `count`. Our SQL never holds a `?` inside a literal.
pub(crate) fn numbered(sql: &str, count: &mut usize) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    for piece in sql.split_inclusive('?') {
        match piece.strip_suffix('?') {
            Some(before) => {
                *count += 1;
                out.push_str(before);
                out.push('$');
                out.push_str(&count.to_string());
            }
            None => out.push_str(piece),
        }
    }
    out
}
