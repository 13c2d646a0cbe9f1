//! One payment: what it has paid, its proof, the line of the bank, what it has booked, and whether it was taken back.

use super::{COLUMNS, FROM, PaidDocument, PaymentRow};
use crate::problem::Problem;
use crate::request::At;
use crate::routes::OurApp;
use crate::routes::documents::{self, Document};
use crate::view::Named;
use crate::view::entry::{self, Entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct PaymentView {
    #[serde(flatten)]
    row: PaymentRow,
    posted_on: NaiveDate,
    allocated_rp: i64,
    /// The rate PPh was worked out by, in hundredths of a percent.
    #[schema(required)]
    pph_bps: Option<i64>,
    /// What it pays of each Tagihan.
    allocations: Vec<PaymentAllocation>,
    #[schema(required)]
    proof: Option<Document>,
    #[schema(required)]
    bank_line: Option<PaymentLine>,
    /// The payment it takes back, and why. The reason is null once whoever it tells about has been erased.
    #[schema(required)]
    reverses: Option<OtherPayment>,
    #[schema(required)]
    reason: Option<String>,
    /// The payment that takes it back.
    #[schema(required)]
    reversed_by: Option<OtherPayment>,
    recorded_by: Named,
    entries: Vec<Entry>,
}

#[derive(Serialize, ToSchema)]
struct PaymentAllocation {
    tagihan: PaidDocument,
    period_month: String,
    amount_rp: i64,
    /// Of the Tagihan now.
    status: String,
    open_rp: i64,
}

/// The line of a statement it is found on.
#[derive(Serialize, ToSchema)]
struct PaymentLine {
    id: Uuid,
    booked_on: NaiveDate,
    description: String,
    statement: String,
}

#[derive(Serialize, ToSchema)]
struct OtherPayment {
    id: Uuid,
    code: String,
    #[schema(required)]
    reason: Option<String>,
    recorded_by: Named,
    recorded_at: DateTime<Utc>,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<PaymentView>, Problem> {
    let db = &app.engine.db;
    let sql = format!(
        "SELECT {COLUMNS}, p.posted_on, p.allocated_rp, p.pph_bps, p.proof_document_id, p.reverses_id, p.reason, p.recorded_by, u.name AS recorded_by_name \
         FROM {FROM} LEFT JOIN user_account u ON u.id = p.recorded_by WHERE p.id = ?"
    );
    let found = db::row(db.reader(), &sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("payment"))?;
    let reverses: Option<Uuid> = found.try_get("", "reverses_id")?;
    let proof: Option<Uuid> = found.try_get("", "proof_document_id")?;
    Ok(Json(PaymentView {
        row: super::read(&found)?,
        posted_on: found.try_get("", "posted_on")?,
        allocated_rp: found.try_get("", "allocated_rp")?,
        pph_bps: found.try_get("", "pph_bps")?,
        allocations: allocations(db, reverses.unwrap_or(id)).await?,
        proof: documents::some(db, &proof.into_iter().collect::<Vec<_>>()).await?.pop(),
        bank_line: line(db, id).await?,
        reverses: match reverses {
            Some(reverses) => other(db, "p.id = ?", reverses).await?,
            None => None,
        },
        reason: found.try_get("", "reason")?,
        reversed_by: other(db, "p.reverses_id = ?", id).await?,
        recorded_by: by(&found)?,
        entries: entry::posted(db, id).await?,
    }))
}

fn by(row: &QueryResult) -> Result<Named, Failure> {
    Ok(Named { id: row.try_get("", "recorded_by")?, name: row.try_get::<Option<String>>("", "recorded_by_name")?.unwrap_or_default() })
}

async fn allocations(db: &Db, payment: Uuid) -> Result<Vec<PaymentAllocation>, Failure> {
    let sql = "SELECT a.tagihan_id, t.number, t.period_month, a.amount_rp, t.status, t.total_rp - t.credited_rp + t.refunded_rp - t.paid_rp - t.written_off_rp AS open_rp \
               FROM payment_allocation a JOIN tagihan t ON t.id = a.tagihan_id WHERE a.payment_id = ? ORDER BY t.due_on, t.number";
    let rows = db::rows(db.reader(), sql, vec![payment.into()]).await?;
    let read = rows.iter().map(|row| {
        Ok(PaymentAllocation {
            tagihan: PaidDocument { id: row.try_get("", "tagihan_id")?, number: row.try_get("", "number")? },
            period_month: row.try_get("", "period_month")?,
            amount_rp: row.try_get("", "amount_rp")?,
            status: row.try_get("", "status")?,
            open_rp: row.try_get("", "open_rp")?,
        })
    });
    read.collect()
}

async fn line(db: &Db, payment: Uuid) -> Result<Option<PaymentLine>, Failure> {
    let sql = "SELECT l.id, l.booked_on, l.description, s.name FROM bank_line l JOIN bank_statement s ON s.id = l.statement_id WHERE l.payment_id = ?";
    let row = db::row(db.reader(), sql, vec![payment.into()]).await?;
    let read = |row: QueryResult| {
        Ok(PaymentLine {
            id: row.try_get("", "id")?,
            booked_on: row.try_get("", "booked_on")?,
            description: row.try_get("", "description")?,
            statement: row.try_get("", "name")?,
        })
    };
    row.map(read).transpose()
}

async fn other(db: &Db, condition: &str, id: Uuid) -> Result<Option<OtherPayment>, Failure> {
    let sql = format!(
        "SELECT p.id, p.code, p.reason, p.recorded_by, p.recorded_at, u.name AS recorded_by_name FROM payment p LEFT JOIN user_account u ON u.id = p.recorded_by WHERE {condition}"
    );
    let row = db::row(db.reader(), &sql, vec![id.into()]).await?;
    let read = |row: QueryResult| {
        Ok(OtherPayment {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            reason: row.try_get("", "reason")?,
            recorded_by: by(&row)?,
            recorded_at: row.try_get("", "recorded_at")?,
        })
    };
    row.map(read).transpose()
}
