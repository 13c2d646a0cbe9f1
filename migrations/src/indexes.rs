//! Indexes in the words of the migrations: plain, unique, and unique among some rows.
//!
//! Plain SQL, because the builder knows no partial index and the text is the same for SQLite and Postgres.
//! Names are `ix_<table>_<columns>` and `ux_<table>_<columns>` unless the caller names the index.

use sea_orm_migration::prelude::*;

/// An index to find rows by `columns`.
pub async fn index(manager: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    let name = format!("ix_{table}_{}", columns.join("_"));
    let sql = format!("CREATE INDEX \"{name}\" ON \"{table}\" ({})", quoted(columns));
    run(manager, &sql).await
}

/// No two rows alike in `columns`.
pub async fn unique(manager: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    let name = format!("ux_{table}_{}", columns.join("_"));
    let sql = format!("CREATE UNIQUE INDEX \"{name}\" ON \"{table}\" ({})", quoted(columns));
    run(manager, &sql).await
}

/// No two rows alike in `columns` among those that meet `condition`.
pub async fn unique_where(manager: &SchemaManager<'_>, (name, table): (&str, &str), columns: &[&str], condition: &str) -> Result<(), DbErr> {
    let sql = format!("CREATE UNIQUE INDEX \"{name}\" ON \"{table}\" ({}) WHERE {condition}", quoted(columns));
    run(manager, &sql).await
}

fn quoted(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}
