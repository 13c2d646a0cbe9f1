//! What a decision about a credit note looks at: the Tagihan with what its lines may still be credited, held against others,
//! and the number that comes next.

use super::command::Command;
use super::record::{Asked, Model};
use crate::records::code;
use crate::records::config::AppConfig;
use crate::records::day::Days;
use crate::records::tagihan::Tagihan;
use chrono::Datelike;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request and of an approval; a rejection needs none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub tagihan: Option<Tagihan>,
    pub siswa_code: String,
    pub lines: Vec<Creditable>,
    /// What was asked for, when it waits for approval.
    pub asked: Vec<Asked>,
    /// Another one of the same Tagihan that waits.
    pub open: Option<Blocking>,
    /// What was credited of it already without anybody senior.
    pub before_rp: i64,
    pub days: Days,
    pub senior_above_rp: i64,
    pub sla_hours: i64,
    /// Of the series of the year.
    pub next_number: i64,
    pub refund_id: Uuid,
}

/// A line with what it may still be credited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Creditable {
    pub number: i64,
    pub left_rp: i64,
}

/// Numbers begin anew each year.
pub(super) fn series(days: &Days) -> String {
    format!("KN-{}", days.today.year())
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let id = match (command, record) {
        (Command::Request { tagihan_id, .. }, _) => *tagihan_id,
        (Command::Approve, Some(record)) => record.tagihan_id,
        _ => return Ok(Facts::default()),
    };
    let Some(tagihan) = Tagihan::held(tx, id).await? else {
        return Err(Refusal::Invalid(vec![FieldError::new("tagihan_id", "unknown")]).into());
    };
    let settings = AppConfig::load(tx).await.map_err(Failure::from)?;
    let days = Days::read(tx, ctx.now).await?;
    let asked = match record {
        Some(record) => asked(tx, record.id).await?,
        None => vec![],
    };
    let code = match command {
        Command::Request { .. } => Some(code::yearly(tx, "credit_note", "CRN", ctx.now).await?),
        _ => None,
    };
    Ok(Facts {
        code,
        siswa_code: siswa_code(tx, tagihan.siswa_id).await?,
        lines: lines(tx, id).await?,
        asked,
        open: open(tx, id, ctx.id).await?,
        before_rp: before(tx, id).await?,
        senior_above_rp: settings.credit_note_senior_above_rp,
        sla_hours: settings.sla_request_hours,
        next_number: next(tx, &series(&days)).await?,
        refund_id: new_id(ctx.now),
        days,
        tagihan: Some(tagihan),
    })
}

pub(crate) async fn siswa_code(tx: &Tx, id: Uuid) -> Result<String, Failure> {
    let row = db::row(tx, "SELECT code FROM siswa WHERE id = ?", vec![id.into()]).await?;
    Ok(row.map(|row| row.try_get("", "code")).transpose()?.unwrap_or_default())
}

async fn lines(tx: &Tx, tagihan: Uuid) -> Result<Vec<Creditable>, Failure> {
    let sql = "SELECT number, amount_rp - credited_rp AS left_rp FROM tagihan_line WHERE tagihan_id = ? AND voided_at IS NULL ORDER BY number";
    let rows = db::rows(tx, sql, vec![tagihan.into()]).await?;
    rows.iter().map(|row| Ok(Creditable { number: row.try_get("", "number")?, left_rp: row.try_get("", "left_rp")? })).collect()
}

async fn asked(tx: &Tx, id: Uuid) -> Result<Vec<Asked>, Failure> {
    let rows = db::rows(tx, "SELECT number, amount_rp FROM credit_note_line WHERE credit_note_id = ? ORDER BY number", vec![id.into()]).await?;
    rows.iter().map(|row| Ok(Asked { number: row.try_get("", "number")?, amount_rp: row.try_get("", "amount_rp")? })).collect()
}

async fn open(tx: &Tx, tagihan: Uuid, itself: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT i.id, i.code, i.label FROM credit_note c JOIN workflow_instance i ON i.id = c.id WHERE c.tagihan_id = ? AND c.state = 'REQUESTED' AND c.id <> ?";
    let row = db::row(tx, sql, vec![tagihan.into(), itself.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "credit_note".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
        .transpose()
}

async fn before(tx: &Tx, tagihan: Uuid) -> Result<i64, Failure> {
    let sql = "SELECT CAST(COALESCE(sum(amount_rp), 0) AS BIGINT) AS rp FROM credit_note WHERE tagihan_id = ? AND state = 'ISSUED' AND decided_by IS NULL";
    let row = db::row(tx, sql, vec![tagihan.into()]).await?;
    Ok(row.map(|row| row.try_get("", "rp")).transpose()?.unwrap_or(0))
}

/// Held, so that no number is given twice; it is used up only with the credit note itself.
async fn next(tx: &Tx, series: &str) -> Result<i64, Failure> {
    let row = db::locked_row(tx, "SELECT next FROM document_series WHERE series = ?", vec![series.into()]).await?;
    Ok(row.map(|row| row.try_get("", "next")).transpose()?.unwrap_or(1))
}
