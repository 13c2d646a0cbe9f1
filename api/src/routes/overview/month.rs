//! How far the month that is being closed is (SPEC REP-6, FIN-7): over, billed, paid by the siswa, paid to the tutors, closed. It is the oldest
//! month with something in it that is not locked, the present one only when none is left before it.

use chrono::{Months, NaiveDate};
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::books::balance::Month;

#[derive(Serialize, ToSchema)]
pub struct MonthProgress {
    /// `2026-10`
    month: String,
    /// It has ended in Jakarta.
    over: bool,
    /// Nothing more is posted in it.
    locked: bool,
    /// The step-through that is under way.
    #[schema(required)]
    close: Option<MonthClose>,
    /// The newest billing run of it.
    #[schema(required)]
    run: Option<MonthRun>,
    tagihan: MonthDocuments,
    honorarium: MonthDocuments,
}

#[derive(Serialize, ToSchema)]
pub struct MonthClose {
    id: Uuid,
    code: String,
    /// `OPEN` or `SEALING`.
    state: String,
}

#[derive(Serialize, ToSchema)]
pub struct MonthRun {
    id: Uuid,
    code: String,
    /// `SCHEDULED`, `PREFLIGHT`, `HALTED`, `RUNNING`, `DONE`, `CANCELLED` or `FAILED`.
    state: String,
    parts: i64,
    parts_done: i64,
    parked: i64,
}

/// Documents of the month that count.
#[derive(Default, Serialize, ToSchema)]
pub struct MonthDocuments {
    issued: i64,
    /// Paid, or nothing is left to pay.
    settled: i64,
    total_rp: i64,
    open_rp: i64,
}

/// The present month and the one before it.
pub fn this_and_before(today: NaiveDate) -> Option<(String, String)> {
    let month = Month::of(today)?;
    let before = Month::of(month.first.checked_sub_months(Months::new(1))?)?;
    Some((month.to_string(), before.to_string()))
}

pub async fn of(db: &Db, today: NaiveDate) -> Result<Option<MonthProgress>, Failure> {
    let Some((present, _)) = this_and_before(today) else { return Ok(None) };
    let oldest = "SELECT min(s.period_month) AS month FROM sesi s WHERE s.period_month < ? AND s.approved_at IS NOT NULL \
                  AND NOT EXISTS (SELECT 1 FROM period p WHERE p.month = s.period_month AND p.state = 'LOCKED')";
    let row = db::row(db.reader(), oldest, vec![present.clone().into()]).await?;
    let waiting: Option<String> = row.map(|row| row.try_get("", "month")).transpose()?.flatten();
    let month = waiting.unwrap_or_else(|| present.clone());
    let locked = db::row(db.reader(), "SELECT 1 AS one FROM period WHERE month = ? AND state = 'LOCKED'", vec![month.clone().into()]).await?.is_some();
    Ok(Some(MonthProgress {
        over: month < present,
        locked,
        close: close(db, &month).await?,
        run: run(db, &month).await?,
        tagihan: documents(db, &month, TAGIHAN).await?,
        honorarium: documents(db, &month, HONORARIUM).await?,
        month,
    }))
}

async fn close(db: &Db, month: &str) -> Result<Option<MonthClose>, Failure> {
    let sql = "SELECT id, code, state FROM period_close WHERE period_month = ? AND state IN ('OPEN','SEALING')";
    let row = db::row(db.reader(), sql, vec![month.into()]).await?;
    row.map(|row| Ok(MonthClose { id: row.try_get("", "id")?, code: row.try_get("", "code")?, state: row.try_get("", "state")? })).transpose()
}

async fn run(db: &Db, month: &str) -> Result<Option<MonthRun>, Failure> {
    let sql = "SELECT id, code, state, parts, parts_done, parked_count FROM billing_run WHERE period_month = ? ORDER BY number DESC LIMIT 1";
    let row = db::row(db.reader(), sql, vec![month.into()]).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok(MonthRun {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            state: row.try_get("", "state")?,
            parts: row.try_get("", "parts")?,
            parts_done: row.try_get("", "parts_done")?,
            parked: row.try_get("", "parked_count")?,
        })
    };
    row.map(read).transpose()
}

const TAGIHAN: &str = "SELECT count(*) AS issued, CAST(COALESCE(sum(CASE WHEN status IN ('PAID','WRITTEN_OFF') THEN 1 ELSE 0 END), 0) AS BIGINT) AS settled, \
    CAST(COALESCE(sum(total_rp - credited_rp), 0) AS BIGINT) AS total, \
    CAST(COALESCE(sum(total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp), 0) AS BIGINT) AS open FROM tagihan \
    WHERE period_month = ? AND status NOT IN ('DRAFT','VOID')";
const HONORARIUM: &str = "SELECT count(*) AS issued, CAST(COALESCE(sum(CASE WHEN status = 'PAID' THEN 1 ELSE 0 END), 0) AS BIGINT) AS settled, \
    CAST(COALESCE(sum(net_rp), 0) AS BIGINT) AS total, CAST(COALESCE(sum(net_rp - pph_withheld_rp - paid_rp), 0) AS BIGINT) AS open FROM honorarium \
    WHERE period_month = ? AND status NOT IN ('DRAFT','VOID')";

async fn documents(db: &Db, month: &str, sql: &str) -> Result<MonthDocuments, Failure> {
    let Some(row) = db::row(db.reader(), sql, vec![month.into()]).await? else { return Ok(MonthDocuments::default()) };
    Ok(MonthDocuments {
        issued: row.try_get("", "issued")?,
        settled: row.try_get("", "settled")?,
        total_rp: row.try_get("", "total")?,
        open_rp: row.try_get("", "open")?,
    })
}
