//! A part of a run: a range of siswa or of tutors, and what each of them is to be billed.
//!
//! While it is read and written nobody else changes what is billed: on Postgres the tables are held against other writers for
//! that long, so that the lines written are exactly the ones that were summed up. (SQLite has one writer anyway.)

use super::items;
use super::record::Model;
use super::state::Side;
use super::zones::Zones;
use chrono::{DateTime, Utc};
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::tag::Tag;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Everybody behind one id up to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub side: Side,
    pub after_id: Uuid,
    pub last_id: Uuid,
}

/// What is billed next. Whom and how much is not kept with the decision: the documents themselves tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub range: Range,
    /// How many siswa or tutors of the range have something to be billed.
    pub parties: i64,
    /// The next number of the series.
    pub next: i64,
    #[serde(skip)]
    pub(super) due: Vec<Due>,
    #[serde(skip)]
    pub(super) zones: Zones,
}

/// What somebody is to be billed, and the id of the document it would go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Due {
    pub party_id: Uuid,
    pub document_id: Uuid,
    pub revision: i64,
    /// Lines but those carried over.
    pub fresh: i64,
    pub sums: Sums,
}

/// What the lines come to, none below zero but adjustments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub sesi_rp: i64,
    pub transport_rp: i64,
    pub adjustment_rp: i64,
    pub denda_rp: i64,
    pub returned_rp: i64,
    pub reversed_rp: i64,
    pub carried_in_rp: i64,
}

impl Range {
    /// Ranges of so many ids each, in their order, that leave nobody out, whoever comes to be meanwhile.
    pub fn over(side: Side, ids: &[Uuid], size: usize) -> Vec<Self> {
        let ends: Vec<Uuid> = ids.chunks(size).filter_map(|chunk| chunk.last().copied()).collect();
        let mut ranges: Vec<Self> = vec![];
        for last_id in ends {
            let after_id = ranges.last().map_or(Uuid::nil(), |before| before.last_id);
            ranges.push(Self { side, after_id, last_id });
        }
        if let Some(last) = ranges.last_mut() {
            last.last_id = Uuid::max();
        }
        ranges
    }
}

impl Part {
    /// None when the run has no such part.
    pub(super) async fn read(tx: &Tx, run: &Model, number: i64, now: DateTime<Utc>) -> Result<Option<Self>, Failure> {
        let sql = "SELECT side, first_id, last_id FROM billing_part WHERE run_id = ? AND number = ?";
        let Some(row) = db::row(tx, sql, vec![run.id.into(), number.into()]).await? else { return Ok(None) };
        let text: String = row.try_get("", "side")?;
        let side = Side::parse(&text).ok_or(Failure::Unknown { what: "side", text })?;
        let range = Range { side, after_id: row.try_get("", "first_id")?, last_id: row.try_get("", "last_id")? };
        hold(tx, side).await?;
        let due = due(tx, &run.period_month, &range, now).await?;
        let parties = i64::try_from(due.len()).unwrap_or(i64::MAX);
        let next = match due.is_empty() {
            true => 1,
            false => next_number(tx, &series(side, &run.period_month)).await?,
        };
        Ok(Some(Self { range, parties, next, due, zones: Zones::read(tx, now).await? }))
    }
}

/// The series a month's documents are numbered in.
pub(super) fn series(side: Side, month: &str) -> String {
    let prefix = match side {
        Side::Siswa => "TAG",
        Side::Tutor => "HON",
    };
    format!("{prefix}-{month}")
}

/// For this transaction: planned for how large the tables are now, not for how they were when the month began.
pub(super) const PLANNED_ANEW: &str = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)";

/// In the order in which a sesi writes them, so that nobody waits for each other.
async fn hold(tx: &Tx, side: Side) -> Result<(), Failure> {
    let tables = match side {
        Side::Siswa => "siswa_settlement, money_adjustment",
        Side::Tutor => "tutor_settlement, denda, money_adjustment",
    };
    if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
        db::run(tx, PLANNED_ANEW, vec![]).await?;
        db::run(tx, &format!("LOCK TABLE {tables} IN EXCLUSIVE MODE"), vec![]).await?;
    }
    Ok(())
}

async fn next_number(tx: &Tx, series: &str) -> Result<i64, Failure> {
    let row = db::locked_row(tx, "SELECT next FROM document_series WHERE series = ?", vec![series.into()]).await?;
    Ok(row.map(|row| row.try_get("", "next")).transpose()?.unwrap_or(1))
}

async fn due(tx: &Tx, month: &str, range: &Range, now: DateTime<Utc>) -> Result<Vec<Due>, Failure> {
    let items = items::of(range.side, month, Some(range));
    let (document, party) = match range.side {
        Side::Siswa => ("tagihan", "siswa_id"),
        Side::Tutor => ("honorarium", "tutor_id"),
    };
    let sum = |name: &str, kinds: &str, sign: &str| format!("CAST({sign}sum(CASE WHEN i.kind IN ({kinds}) THEN i.amount_rp ELSE 0 END) AS BIGINT) AS {name}");
    let sums = [
        sum("sesi_rp", "'SESI','NO_SHOW','CANCELLATION','RESCHEDULE'", ""),
        sum("transport_rp", "'TRANSPORT'", ""),
        sum("adjustment_rp", "'ADJUSTMENT'", ""),
        sum("denda_rp", "'DENDA'", "-"),
        sum("returned_rp", "'DENDA_RETURNED'", ""),
        sum("reversed_rp", "'REVERSED'", "-"),
        sum("carried_in_rp", "'CARRIED'", "-"),
    ]
    .join(", ");
    let sql = format!(
        "SELECT i.party_id, sum(CASE WHEN i.kind = 'CARRIED' THEN 0 ELSE 1 END) AS fresh, {sums}, \
         (SELECT COALESCE(max(r.revision), 0) + 1 FROM {document} r WHERE r.{party} = i.party_id AND r.period_month = ?) AS revision \
         FROM ({}) i GROUP BY i.party_id ORDER BY i.party_id",
        items.sql
    );
    let values = std::iter::once(month.into()).chain(items.values).collect();
    let rows = db::rows(tx, &sql, values).await?;
    rows.iter().map(|row| read(row, now)).collect()
}

fn read(row: &QueryResult, now: DateTime<Utc>) -> Result<Due, Failure> {
    Ok(Due {
        party_id: row.try_get("", "party_id")?,
        document_id: new_id(now),
        revision: row.try_get("", "revision")?,
        fresh: row.try_get("", "fresh")?,
        sums: Sums {
            sesi_rp: row.try_get("", "sesi_rp")?,
            transport_rp: row.try_get("", "transport_rp")?,
            adjustment_rp: row.try_get("", "adjustment_rp")?,
            denda_rp: row.try_get("", "denda_rp")?,
            returned_rp: row.try_get("", "returned_rp")?,
            reversed_rp: row.try_get("", "reversed_rp")?,
            carried_in_rp: row.try_get("", "carried_in_rp")?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_one_another_and_leave_nobody_out() {
        let ids: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let ranges = Range::over(Side::Siswa, &ids, 2);
        let bounds: Vec<(u128, u128)> = ranges.iter().map(|range| (range.after_id.as_u128(), range.last_id.as_u128())).collect();
        assert_eq!(bounds, [(0, 2), (2, 4), (4, u128::MAX)]);
        assert_eq!(Range::over(Side::Siswa, &[], 2), []);
    }
}
