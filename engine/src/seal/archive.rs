//! What whoever archives sealed records by month asks of the trail (SPEC AUD-5).

use super::{Range, head};
use crate::db::{self, Db};
use crate::refusal::Failure;
use chrono::{DateTime, Utc};
use sea_orm::Value;
use std::collections::BTreeSet;

/// How many seals with late records one look finds; the next look finds the rest.
const MOST_SEALS: u64 = 1_000;

/// The position of the last seal; 0 before the first.
pub async fn position(db: &Db) -> Result<i64, Failure> {
    Ok(head(db.reader()).await?.map_or(0, |seal| seal.position))
}

/// When the oldest record is dated.
pub async fn first_at(db: &Db) -> Result<Option<DateTime<Utc>>, Failure> {
    let row = db::row(db.reader(), "SELECT at FROM audit_record ORDER BY at LIMIT 1", vec![]).await?;
    Ok(row.map(|row| row.try_get("", "at")).transpose()?)
}

/// Whether a record of a range is in no seal.
pub async fn has_unsealed(db: &Db, range: Range) -> Result<bool, Failure> {
    let mut sql = String::from("SELECT a.id FROM audit_record a WHERE (SELECT s.seal FROM audit_sealed s WHERE s.record_id = a.id) IS NULL");
    let mut values: Vec<Value> = vec![];
    for (condition, bound) in [(" AND a.at >= ?", range.from), (" AND a.at < ?", range.until)] {
        if let Some(bound) = bound {
            sql.push_str(condition);
            values.push(bound.into());
        }
    }
    sql.push_str(" LIMIT 1");
    Ok(db::row(db.reader(), &sql, values).await?.is_some())
}

/// Instants before `before` of records in seals after a position, each with its seal: what came late, when everything
/// up to that instant was thought to be sealed. A seal's first record is its earliest, so one look per seal is enough.
pub async fn late(db: &Db, after: i64, before: DateTime<Utc>) -> Result<BTreeSet<(i64, DateTime<Utc>)>, Failure> {
    let seals = format!(
        "SELECT p.position FROM audit_seal p JOIN audit_record a ON a.id = p.first_id WHERE p.position > ? AND a.at < ? ORDER BY p.position LIMIT {MOST_SEALS}"
    );
    let mut found = BTreeSet::new();
    for seal in db::rows(db.reader(), &seals, vec![after.into(), before.into()]).await? {
        let position: i64 = seal.try_get("", "position")?;
        let rows = "SELECT a.at FROM audit_sealed s JOIN audit_record a ON a.id = s.record_id WHERE s.seal = ? AND a.at < ?";
        for row in db::rows(db.reader(), rows, vec![position.into(), before.into()]).await? {
            found.insert((position, row.try_get("", "at")?));
        }
    }
    Ok(found)
}
