//! Column definitions the tables share: choices with their CHECK, references with their FOREIGN KEY.
//!
//! Called by the migrations only. They stand on the builders of sea-orm-migration, so that one definition
//! serves SQLite and Postgres. Landed migrations depend on them: add functions here, never change one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, double_null, text, text_null};
use sea_orm_migration::sea_orm::DatabaseBackend;

/// A text that takes one of `values`.
pub fn choice(name: &'static str, values: &[&'static str]) -> ColumnDef {
    text(name).check(is_one_of(name, values)).take()
}

/// As [`choice`], or empty.
pub fn choice_null(name: &'static str, values: &[&'static str]) -> ColumnDef {
    text_null(name).check(is_one_of(name, values)).take()
}

fn is_one_of(name: &'static str, values: &[&'static str]) -> Expr {
    Expr::col(name).is_in(values.iter().copied())
}

/// A whole number that is never below `least`.
pub fn at_least(name: &'static str, least: i64) -> ColumnDef {
    big_integer(name).check(Expr::col(name).gte(least)).take()
}

/// The column as a foreign key to the `id` of `table`, checked with the statement.
pub fn references(mut column: ColumnDef, table: &str) -> ColumnDef {
    column.extra(format!("REFERENCES \"{table}\" (\"id\")")).take()
}

/// As [`references`], checked when the transaction commits: both rows may be written in any order.
pub fn references_at_commit(mut column: ColumnDef, table: &str) -> ColumnDef {
    column.extra(format!("REFERENCES \"{table}\" (\"id\") DEFERRABLE INITIALLY DEFERRED")).take()
}

/// The pair (`subject_id`, `subject_level_id`): a level can only stand beside its own subject.
pub fn level_of_subject(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, ("subject_id", "subject_level_id")).to("subject_level", ("subject_id", "id")).to_owned()
}

/// A latitude in degrees, or empty; `lat` goes with [`longitude_null`].
pub fn latitude_null(name: &'static str) -> ColumnDef {
    within_degrees(name, 90)
}

/// A longitude in degrees, or empty.
pub fn longitude_null(name: &'static str) -> ColumnDef {
    within_degrees(name, 180)
}

fn within_degrees(name: &'static str, limit: i32) -> ColumnDef {
    double_null(name).check(Expr::col(name).between(-limit, limit)).take()
}

/// A month as `YYYY-MM`.
pub fn month(name: &'static str, backend: DatabaseBackend) -> ColumnDef {
    let check = match backend {
        DatabaseBackend::Postgres => format!("\"{name}\" ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])$'"),
        _ => format!("\"{name}\" GLOB '[0-9][0-9][0-9][0-9]-0[1-9]' OR \"{name}\" GLOB '[0-9][0-9][0-9][0-9]-1[0-2]'"),
    };
    text(name).check(Expr::cust(check)).take()
}
