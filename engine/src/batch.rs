//! Many writes in one round trip.
//!
//! On SQLite the statements run in order as one multi-statement query; on Postgres they become one
//! statement of data-modifying CTEs. So an author pushes statements in dependency order, never two
//! that touch the same row, and a command costs one round trip for all its effects.

use crate::audit::{self, Entry};
use crate::db::{self, Tx};
use crate::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend, QueryTrait, Statement, Value};

/// Statements written with `?` placeholders, with their values.
#[derive(Default, Debug)]
pub struct Batch {
    statements: Vec<(String, Vec<Value>)>,
    /// Records that are sealed once everything else is written: the keys of new people come with their rows.
    audited: Vec<Entry>,
}

impl Batch {
    pub fn push(&mut self, sql: impl Into<String>, values: Vec<Value>) {
        self.statements.push((sql.into(), values));
    }

    /// Adds a query made by the query builder.
    pub fn push_query(&mut self, query: &impl QueryTrait) {
        // SQLite's dialect writes `?`, which `run` numbers for Postgres.
        let statement = query.build(DbBackend::Sqlite);
        self.push(statement.sql, statement.values.map(|values| values.0).unwrap_or_default());
    }

    pub(crate) fn audit(&mut self, entry: Entry) {
        self.audited.push(entry);
    }

    pub fn append(&mut self, other: Self) {
        self.statements.extend(other.statements);
        self.audited.extend(other.audited);
    }

    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.audited.is_empty()
    }

    /// Executes everything, all or nothing with the transaction.
    pub async fn run(mut self, tx: &Tx) -> Result<(), Failure> {
        let audited = std::mem::take(&mut self.audited);
        self.execute(tx).await?;
        if audited.is_empty() { Ok(()) } else { audit::sealed(audited, tx).await?.execute(tx).await }
    }

    async fn execute(self, tx: &Tx) -> Result<(), Failure> {
        let backend = ConnectionTrait::get_database_backend(tx);
        if self.is_empty() {
            return Ok(());
        }
        let (sqls, values): (Vec<String>, Vec<Vec<Value>>) = self.statements.into_iter().unzip();
        let values: Vec<Value> = values.into_iter().flatten().collect();
        let sql = match backend {
            DbBackend::Postgres => as_ctes(&sqls),
            _ => sqls.join(";"),
        };
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        Ok(())
    }
}

fn as_ctes(sqls: &[String]) -> String {
    let mut count = 0;
    let parts: Vec<String> = sqls.iter().enumerate().map(|(position, sql)| format!("w{position} AS ({})", db::numbered(sql, &mut count))).collect();
    format!("WITH {} SELECT 1", parts.join(", "))
}

/// `(?, ?, …), (?, ?, …)`: placeholders for `rows` rows of `columns` values.
pub(crate) fn placeholders(rows: usize, columns: usize) -> String {
    let one = format!("({})", vec!["?"; columns].join(","));
    vec![one; rows].join(",")
}
