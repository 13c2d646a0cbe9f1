//! One correction in full: what it says beyond its row, the lines it credits, what was noted on its way, and its entries.

use super::super::OurApp;
use super::kind::Kind;
use super::list::{CorrectedSesi, CorrectionRow, read};
use crate::problem::Problem;
use crate::request::At;
use crate::view::entry::{self, Entry};
use crate::view::{InstanceRef, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A correction with all it says; what its kind does not know is null or empty.
#[derive(Serialize, ToSchema)]
pub struct CorrectionView {
    #[serde(flatten)]
    row: CorrectionRow,
    /// Of a credit note: what of it was still to be paid, what had been paid, and what becomes of that (`REFUND` or `DEPOSIT`).
    #[schema(required)]
    open_rp: Option<i64>,
    #[schema(required)]
    paid_rp: Option<i64>,
    #[schema(required)]
    keep: Option<String>,
    /// The refund of a credit note, or the credit note of a refund.
    #[schema(required)]
    related: Option<InstanceRef>,
    lines: Vec<CreditedLine>,
    /// Of a refund: since when it is owed (`CREDIT_NOTE` or `TITIPAN`), and how it was paid.
    #[schema(required)]
    source: Option<String>,
    #[schema(required)]
    paid_on: Option<NaiveDate>,
    #[schema(required)]
    method: Option<String>,
    #[schema(required)]
    reference: Option<String>,
    #[schema(required)]
    proof_document_id: Option<Uuid>,
    notes: Vec<RefundNote>,
    /// Of a write-off: whether the loss may be deducted, and on what ground.
    #[schema(required)]
    tax_compliant: Option<bool>,
    #[schema(required)]
    tax_note: Option<String>,
    entries: Vec<Entry>,
}

/// A line of the Tagihan, and what of it is credited.
#[derive(Serialize, ToSchema)]
pub struct CreditedLine {
    number: i64,
    kind: String,
    held_on: NaiveDate,
    #[schema(required)]
    sesi: Option<CorrectedSesi>,
    amount_rp: i64,
    credited_rp: i64,
}

/// What somebody noted on the way of a refund.
#[derive(Serialize, ToSchema)]
pub struct RefundNote {
    number: i64,
    at: DateTime<Utc>,
    by: Named,
    /// Null once the siswa has been erased.
    #[schema(required)]
    text: Option<String>,
}

pub async fn show_adjustment(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<CorrectionView>, Problem> {
    view(&app.engine.db, Kind::Adjustment, id).await
}

pub async fn show_credit_note(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<CorrectionView>, Problem> {
    view(&app.engine.db, Kind::CreditNote, id).await
}

pub async fn show_refund(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<CorrectionView>, Problem> {
    view(&app.engine.db, Kind::Refund, id).await
}

pub async fn show_write_off(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<CorrectionView>, Problem> {
    view(&app.engine.db, Kind::WriteOff, id).await
}

pub async fn show_reversal(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<CorrectionView>, Problem> {
    view(&app.engine.db, Kind::Reversal, id).await
}

const CREDIT_NOTE: &str = "c.open_rp, c.paid_rp, c.keep, r.id AS related_id, r.code AS related_code, 'refund' AS related_workflow";
const REFUND: &str =
    "c.source, c.paid_on, c.method, c.reference, c.proof_document_id, n.id AS related_id, n.code AS related_code, 'credit_note' AS related_workflow";
const WRITE_OFF: &str = "c.tax_compliant, c.tax_note";

async fn view(db: &Db, kind: Kind, id: Uuid) -> Result<Json<CorrectionView>, Problem> {
    let source = kind.source();
    let (more, join) = match kind {
        Kind::Adjustment | Kind::Reversal => ("", ""),
        Kind::CreditNote => (CREDIT_NOTE, " LEFT JOIN refund r ON r.id = c.refund_id"),
        Kind::Refund => (REFUND, ""),
        Kind::WriteOff => (WRITE_OFF, ""),
    };
    let comma = if more.is_empty() { "" } else { ", " };
    let sql = format!("SELECT {}{comma}{more} FROM {}{join} WHERE c.id = ?", source.select(), source.from);
    let row = db::row(db.reader(), &sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found(kind.word()))?;
    let mut view = plain(&row, db, id).await?;
    match kind {
        Kind::CreditNote => credited(&mut view, &row, db).await?,
        Kind::Refund => refunded(&mut view, &row, db).await?,
        Kind::WriteOff => (view.tax_compliant, view.tax_note) = tax(&row)?,
        Kind::Adjustment | Kind::Reversal => {}
    }
    Ok(Json(view))
}

async fn plain(row: &QueryResult, db: &Db, id: Uuid) -> Result<CorrectionView, Failure> {
    Ok(CorrectionView {
        row: read(row)?,
        open_rp: None,
        paid_rp: None,
        keep: None,
        related: None,
        lines: vec![],
        source: None,
        paid_on: None,
        method: None,
        reference: None,
        proof_document_id: None,
        notes: vec![],
        tax_compliant: None,
        tax_note: None,
        entries: entry::posted(db, id).await?,
    })
}

fn tax(row: &QueryResult) -> Result<(Option<bool>, Option<String>), Failure> {
    Ok((row.try_get("", "tax_compliant")?, row.try_get("", "tax_note")?))
}

fn related(row: &QueryResult) -> Result<Option<InstanceRef>, Failure> {
    let Some(id) = row.try_get("", "related_id")? else { return Ok(None) };
    Ok(Some(InstanceRef { id, workflow: row.try_get("", "related_workflow")?, code: row.try_get("", "related_code")? }))
}

async fn credited(view: &mut CorrectionView, row: &QueryResult, db: &Db) -> Result<(), Failure> {
    view.open_rp = row.try_get("", "open_rp")?;
    view.paid_rp = row.try_get("", "paid_rp")?;
    view.keep = row.try_get("", "keep")?;
    view.related = related(row)?;
    let sql = "SELECT l.number, l.kind, l.held_on, l.amount_rp, n.amount_rp AS credited_rp, e.id AS sesi_id, e.code AS sesi_code FROM credit_note_line n \
               JOIN credit_note c ON c.id = n.credit_note_id JOIN tagihan_line l ON l.tagihan_id = c.tagihan_id AND l.number = n.number \
               LEFT JOIN sesi e ON e.id = l.sesi_id WHERE c.id = ? ORDER BY l.number";
    for row in db::rows(db.reader(), sql, vec![view.row.id.into()]).await? {
        let sesi: Option<Uuid> = row.try_get("", "sesi_id")?;
        view.lines.push(CreditedLine {
            number: row.try_get("", "number")?,
            kind: row.try_get("", "kind")?,
            held_on: row.try_get("", "held_on")?,
            sesi: sesi.map(|id| Ok::<_, Failure>(CorrectedSesi { id, code: row.try_get("", "sesi_code")? })).transpose()?,
            amount_rp: row.try_get("", "amount_rp")?,
            credited_rp: row.try_get("", "credited_rp")?,
        });
    }
    Ok(())
}

async fn refunded(view: &mut CorrectionView, row: &QueryResult, db: &Db) -> Result<(), Failure> {
    view.source = row.try_get("", "source")?;
    view.paid_on = row.try_get("", "paid_on")?;
    view.method = row.try_get("", "method")?;
    view.reference = row.try_get("", "reference")?;
    view.proof_document_id = row.try_get("", "proof_document_id")?;
    view.related = related(row)?;
    let sql =
        "SELECT n.number, n.at, n.by_id, u.name, n.body FROM refund_note n LEFT JOIN user_account u ON u.id = n.by_id WHERE n.refund_id = ? ORDER BY n.number";
    for row in db::rows(db.reader(), sql, vec![view.row.id.into()]).await? {
        let name: Option<String> = row.try_get("", "name")?;
        view.notes.push(RefundNote {
            number: row.try_get("", "number")?,
            at: row.try_get("", "at")?,
            by: Named { id: row.try_get("", "by_id")?, name: name.unwrap_or_default() },
            text: row.try_get("", "body")?,
        });
    }
    Ok(())
}
