//! What a siswa has open, for the form of a payment.

use crate::problem::Problem;
use crate::request::At;
use crate::routes::OurApp;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::payment::facts;

#[derive(Serialize, ToSchema)]
pub struct OpenBills {
    siswa: Coded,
    /// The Titipan.
    deposit_rp: i64,
    open_rp: i64,
    /// The one that is due first first.
    bills: Vec<OpenBill>,
}

#[derive(Serialize, ToSchema)]
struct OpenBill {
    id: Uuid,
    number: String,
    period_month: String,
    status: String,
    issued_on: NaiveDate,
    due_on: NaiveDate,
    total_rp: i64,
    open_rp: i64,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<OpenBills>, Problem> {
    let conn = app.engine.db.reader();
    let row = db::row(conn, "SELECT id, code, name FROM siswa WHERE id = ?", vec![id.into()]).await?.ok_or_else(|| Problem::not_found("siswa"))?;
    let sql = "SELECT id, number, period_month, status, issued_on, due_on, total_rp, total_rp - credited_rp + refunded_rp - paid_rp - written_off_rp AS open_rp \
               FROM tagihan WHERE siswa_id = ? AND status IN ('ISSUED', 'PARTIALLY_PAID') ORDER BY due_on, number";
    let bills = db::rows(conn, sql, vec![id.into()]).await?.iter().map(bill).collect::<Result<Vec<_>, Failure>>()?;
    Ok(Json(OpenBills {
        siswa: Coded { id, code: row.try_get("", "code")?, name: row.try_get("", "name")? },
        deposit_rp: facts::deposit(conn, id).await?,
        open_rp: bills.iter().map(|bill| bill.open_rp).sum(),
        bills,
    }))
}

fn bill(row: &QueryResult) -> Result<OpenBill, Failure> {
    Ok(OpenBill {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        period_month: row.try_get("", "period_month")?,
        status: row.try_get("", "status")?,
        issued_on: row.try_get("", "issued_on")?,
        due_on: row.try_get("", "due_on")?,
        total_rp: row.try_get("", "total_rp")?,
        open_rp: row.try_get("", "open_rp")?,
    })
}
