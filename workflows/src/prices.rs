//! The price matrix (SPEC PRC-1 to PRC-7): what is in force on a day, changing cells of it, and cloning a year of it.
//!
//! A price is never edited: whoever changes a cell closes the row in force and opens another. Who changes prices takes
//! a [`turn`], so that what an editor or a clone has read is still true when it writes.

pub mod clone;
pub mod coverage;
pub mod edit;
pub mod history;
pub mod list;
pub mod matrix;
pub mod year;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Waits until nobody else changes prices, and keeps others from it until the transaction ends. Reading and approving
/// go on. SQLite has one writer anyway.
pub async fn turn(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("LOCK TABLE price IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// The day prices are spoken of today, in the zone of the head office.
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Jakarta).date_naive()
}

/// The latest month whose books are closed: no price may begin in it or before it.
pub async fn last_locked_month(conn: &impl ConnectionTrait) -> Result<Option<String>, Failure> {
    let row = db::row(conn, "SELECT max(month) AS month FROM period WHERE state = 'LOCKED'", vec![]).await?;
    Ok(row.map(|row| row.try_get("", "month")).transpose()?.flatten())
}

/// The names of these accounts; who was erased has none.
pub(crate) async fn names(conn: &impl ConnectionTrait, ids: HashSet<Uuid>) -> Result<HashMap<Uuid, String>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places = vec!["?"; ids.len()].join(",");
    let values: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let rows = db::rows(conn, &format!("SELECT id, name FROM user_account WHERE id IN ({places})"), values).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect()
}
