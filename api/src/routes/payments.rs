//! Payments (SPEC FIN-4): what has moved, between whom, and what it has paid. They begin as commands of the workflow `payment`
//! ([`commands`]), one or many at a time ([`bulk`]).

pub mod bulk;
pub mod commands;
pub mod detail;
pub mod open;
pub mod pph;

use super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use engine::refusal::{Failure, FieldError};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A payment in a list.
#[derive(Serialize, ToSchema)]
pub struct PaymentRow {
    pub id: Uuid,
    code: String,
    /// `SISWA`, `DEPOSIT` (a Titipan pays), `HONORARIUM`, `PPH` or `REVERSAL`.
    kind: String,
    /// The siswa or the tutor; nobody of PPh that goes to the state.
    #[schema(required)]
    who: Option<Coded>,
    /// The month whose PPh goes to the state.
    #[schema(required)]
    pph_month: Option<String>,
    /// What moved.
    amount_rp: i64,
    /// Of it, what stands as Titipan.
    deposit_rp: i64,
    pph_withheld_rp: i64,
    paid_on: NaiveDate,
    /// `TRANSFER`, `CASH` or `OTHER`; null of a Titipan.
    #[schema(required)]
    method: Option<String>,
    #[schema(required)]
    reference: Option<String>,
    /// The first Tagihan it pays, or the Honorarium.
    #[schema(required)]
    document: Option<PaidDocument>,
    /// How many it pays.
    documents: i64,
    /// Whether somebody has taken it back.
    reversed: bool,
    /// Whether it is found on a bank statement, and whether a proof is there.
    on_statement: bool,
    has_proof: bool,
    recorded_at: DateTime<Utc>,
}

/// A Tagihan or an Honorarium by its number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaidDocument {
    id: Uuid,
    number: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PaymentFilter {
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
    #[serde(rename = "filter[method]")]
    method: Option<String>,
    /// `LIVE` or `REVERSED`.
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    /// Of the day it was paid, `YYYY-MM`.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    #[serde(rename = "filter[tagihan_id]")]
    tagihan_id: Option<String>,
    #[serde(rename = "filter[honorarium_id]")]
    honorarium_id: Option<String>,
}

static KEYS: [SortKey; 2] =
    [SortKey { name: "paid_on", sql: "p.paid_on", sort: Sort::Day }, SortKey { name: "recorded_at", sql: "p.recorded_at", sort: Sort::Instant }];

const REVERSED: &str = "EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)";
const COLUMNS: &str = "p.id, p.code, p.kind, p.pph_month, p.amount_rp, p.deposit_rp, p.pph_withheld_rp, p.paid_on, p.method, p.reference, p.recorded_at, \
    COALESCE(p.siswa_id, p.tutor_id) AS who_id, COALESCE(s.code, t.code) AS who_code, COALESCE(s.name, t.name) AS who_name, \
    p.honorarium_id, h.number AS honorarium_number, p.proof_document_id IS NOT NULL AS has_proof, \
    (SELECT count(*) FROM payment_allocation a WHERE a.payment_id = COALESCE(p.reverses_id, p.id)) AS allocations, \
    (SELECT min(g.number) FROM payment_allocation a JOIN tagihan g ON g.id = a.tagihan_id WHERE a.payment_id = COALESCE(p.reverses_id, p.id)) AS tagihan_number, \
    (SELECT a.tagihan_id FROM payment_allocation a JOIN tagihan g ON g.id = a.tagihan_id WHERE a.payment_id = COALESCE(p.reverses_id, p.id) ORDER BY g.number LIMIT 1) AS tagihan_id, \
    EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id) AS reversed, EXISTS (SELECT 1 FROM bank_line l WHERE l.payment_id = p.id) AS on_statement";
const FROM: &str = "payment p LEFT JOIN siswa s ON s.id = p.siswa_id LEFT JOIN tutor t ON t.id = p.tutor_id LEFT JOIN honorarium h ON h.id = p.honorarium_id";

pub async fn list(State(app): OurApp, list: List<PaymentFilter>) -> Result<Json<Page<PaymentRow>>, Problem> {
    let wanted = &list.filter;
    let mut filter = Where::default();
    filter.search(&["p.code", "s.code", "s.name", "t.code", "t.name", "p.reference"], list.q.as_deref());
    filter.one_of("p.kind", wanted.kind.as_deref());
    filter.one_of("p.method", wanted.method.as_deref());
    filter.one_of_ids("p.siswa_id", "filter[siswa_id]", wanted.siswa_id.as_deref())?;
    filter.one_of_ids("p.tutor_id", "filter[tutor_id]", wanted.tutor_id.as_deref())?;
    filter.one_of_ids("p.honorarium_id", "filter[honorarium_id]", wanted.honorarium_id.as_deref())?;
    match wanted.state.as_deref() {
        Some("LIVE") => filter.and(format!("p.kind <> 'REVERSAL' AND NOT {REVERSED}"), []),
        Some("REVERSED") => filter.and(REVERSED, []),
        _ => {}
    }
    if let Some(month) = wanted.month.as_deref() {
        let (from, to) = days_of(month).ok_or_else(|| Problem::invalid(FieldError::new("filter[month]", "not_month")))?;
        filter.and("p.paid_on >= ? AND p.paid_on < ?", [from.into(), to.into()]);
    }
    let mut of_tagihan = Where::default();
    of_tagihan.one_of_ids("a.tagihan_id", "filter[tagihan_id]", wanted.tagihan_id.as_deref())?;
    filter.exists("payment_allocation a", "a.payment_id = COALESCE(p.reverses_id, p.id)", of_tagihan);
    let listing = Listing { select: COLUMNS, from: FROM, id: "p.id", filter, order: Order::of(list.sort.as_deref(), "-paid_on", &KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

/// The first day of a month and of the next.
pub(super) fn days_of(month: &str) -> Option<(NaiveDate, NaiveDate)> {
    let first = format!("{month}-01").parse::<NaiveDate>().ok()?;
    let (year, next) = if first.month() == 12 { (first.year() + 1, 1) } else { (first.year(), first.month() + 1) };
    Some((first, NaiveDate::from_ymd_opt(year, next, 1)?))
}

fn read(row: &QueryResult) -> Result<PaymentRow, Failure> {
    let who: Option<Uuid> = row.try_get("", "who_id")?;
    let text = |column: &str| -> Result<Option<String>, Failure> { Ok(row.try_get("", column)?) };
    let documents: i64 = row.try_get("", "allocations")?;
    let (number, tagihan): (Option<String>, Option<Uuid>) = (text("tagihan_number")?, row.try_get("", "tagihan_id")?);
    let (slip, slip_number): (Option<Uuid>, Option<String>) = (row.try_get("", "honorarium_id")?, text("honorarium_number")?);
    let document = tagihan.zip(number).or_else(|| slip.zip(slip_number)).map(|(id, number)| PaidDocument { id, number });
    Ok(PaymentRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        kind: row.try_get("", "kind")?,
        who: match who {
            Some(id) => Some(Coded { id, code: text("who_code")?.unwrap_or_default(), name: text("who_name")?.unwrap_or_default() }),
            None => None,
        },
        pph_month: text("pph_month")?,
        amount_rp: row.try_get("", "amount_rp")?,
        deposit_rp: row.try_get("", "deposit_rp")?,
        pph_withheld_rp: row.try_get("", "pph_withheld_rp")?,
        paid_on: row.try_get("", "paid_on")?,
        method: text("method")?,
        reference: text("reference")?,
        documents: documents.max(i64::from(document.is_some())),
        document,
        reversed: row.try_get("", "reversed")?,
        on_statement: row.try_get("", "on_statement")?,
        has_proof: row.try_get("", "has_proof")?,
        recorded_at: row.try_get("", "recorded_at")?,
    })
}
