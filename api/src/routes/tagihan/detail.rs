//! A Tagihan in full: its lines with why, what was paid, what was credited, where it came from.

use super::super::OurApp;
use super::{TagihanRow, seen, today};
use crate::app::App;
use crate::auth::scope::Scope;
use crate::problem::Problem;
use crate::request::At;
use crate::routes::documents::{self, Document};
use crate::view::InstanceRef;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::billing::tagihan::{Credit, Line, Payment, Tagihan, Why, WriteOff};

#[derive(Serialize, ToSchema)]
pub struct TagihanView {
    #[serde(flatten)]
    row: TagihanRow,
    parent_name: String,
    /// The billing run that made it; null for the siswa.
    #[schema(required)]
    run: Option<InstanceRef>,
    lines: Vec<TagihanLine>,
    /// The oldest first, those taken back too.
    payments: Vec<TagihanPayment>,
    credits: Vec<TagihanCredit>,
    write_offs: Vec<TagihanWriteOff>,
    /// What the siswa has sent as proof, of it or of its payments.
    proofs: Vec<Document>,
}

#[derive(Serialize, ToSchema)]
struct TagihanLine {
    number: i64,
    /// `SESI`, `NO_SHOW`, `CANCELLATION`, `RESCHEDULE` or `ADJUSTMENT`.
    kind: String,
    held_on: NaiveDate,
    #[schema(required)]
    sesi: Option<TagihanSesi>,
    amount_rp: i64,
    credited_rp: i64,
    /// It no longer counts: its Tagihan is void.
    voided: bool,
    why: TagihanWhy,
}

#[derive(Serialize, ToSchema)]
struct TagihanSesi {
    id: Uuid,
    code: String,
    starts_at: DateTime<Utc>,
    /// The office's, e.g. `Asia/Jakarta`.
    zone: String,
    duration_minutes: i64,
    subject: String,
    #[schema(required)]
    level: Option<String>,
    tutor_name: String,
}

/// Why an amount is what it is; what does not apply is null.
#[derive(Serialize, ToSchema)]
struct TagihanWhy {
    /// The share of the price that is charged.
    #[schema(required)]
    pct: Option<i64>,
    #[schema(required)]
    of_rp: Option<i64>,
    /// How long before the start it was cancelled or moved.
    #[schema(required)]
    lead_time_s: Option<i64>,
    /// Who moved it: `SISWA`, `TUTOR` or `ADMIN`.
    #[schema(required)]
    party: Option<String>,
    /// Somebody has put another amount in the place of the computed one.
    changed: bool,
    /// Of an adjustment.
    #[schema(required)]
    code: Option<String>,
    #[schema(required)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct TagihanPayment {
    id: Uuid,
    code: String,
    /// `SISWA`, or `DEPOSIT` when it came out of the Titipan.
    kind: String,
    paid_on: NaiveDate,
    amount_rp: i64,
    #[schema(required)]
    method: Option<String>,
    #[schema(required)]
    reference: Option<String>,
    /// The payment that took it back.
    #[schema(required)]
    reversed_by: Option<InstanceRef>,
}

#[derive(Serialize, ToSchema)]
struct TagihanCredit {
    id: Uuid,
    code: String,
    /// Given when it is issued.
    #[schema(required)]
    number: Option<String>,
    state: String,
    #[schema(required)]
    issued_on: Option<NaiveDate>,
    amount_rp: i64,
    /// What becomes of the part that was paid: `REFUND` or `DEPOSIT`.
    keep: String,
    #[schema(required)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct TagihanWriteOff {
    id: Uuid,
    code: String,
    state: String,
    amount_rp: i64,
    #[schema(required)]
    written_off_on: Option<NaiveDate>,
    #[schema(required)]
    reason: Option<String>,
}

pub async fn show(State(app): OurApp, scope: Scope, At(id): At<Uuid>) -> Result<Json<TagihanView>, Problem> {
    let found = seen(&app, scope, id).await?;
    let mut shown = view(&app, found).await?;
    if scope != Scope::All {
        // What goes on inside the company about it.
        shown.run = None;
        shown.write_offs.clear();
        shown.credits.retain(|credit| credit.state == "ISSUED");
        shown.proofs.clear();
    }
    Ok(Json(shown))
}

pub(super) async fn view(app: &App, found: Tagihan) -> Result<TagihanView, Failure> {
    let Tagihan { head, lines, payments, credits, write_offs, proofs } = found;
    Ok(TagihanView {
        row: TagihanRow::new(&head, today(app)),
        parent_name: head.parent_name,
        run: Some(InstanceRef { id: head.run_id, workflow: "billing_run".into(), code: head.run_code }),
        lines: lines.into_iter().map(Into::into).collect(),
        payments: payments.into_iter().map(Into::into).collect(),
        credits: credits.into_iter().map(Into::into).collect(),
        write_offs: write_offs.into_iter().map(Into::into).collect(),
        proofs: documents::some(&app.engine.db, &proofs).await?,
    })
}

impl From<Line> for TagihanLine {
    fn from(line: Line) -> Self {
        let Line { number, kind, source_id: _, sesi, held_on, amount_rp, credited_rp, voided, why } = line;
        let sesi = sesi.map(|sesi| TagihanSesi {
            id: sesi.id,
            code: sesi.code,
            starts_at: sesi.starts_at,
            zone: sesi.zone,
            duration_minutes: sesi.duration_minutes,
            subject: sesi.subject,
            level: sesi.level,
            tutor_name: sesi.tutor_name,
        });
        Self { number, kind, held_on, sesi, amount_rp, credited_rp, voided, why: why.into() }
    }
}

impl From<Why> for TagihanWhy {
    fn from(why: Why) -> Self {
        let Why { pct, of_rp, lead_time_s, party, changed, code, reason } = why;
        Self { pct, of_rp, lead_time_s, party, changed, code, reason }
    }
}

impl From<Payment> for TagihanPayment {
    fn from(payment: Payment) -> Self {
        let reversed_by = payment.reversed_by.map(|(id, code)| InstanceRef { id, workflow: "payment".into(), code });
        let Payment { id, code, kind, paid_on, amount_rp, method, reference, .. } = payment;
        Self { id, code, kind, paid_on, amount_rp, method, reference, reversed_by }
    }
}

impl From<Credit> for TagihanCredit {
    fn from(credit: Credit) -> Self {
        let Credit { id, code, number, state, issued_on, amount_rp, keep, reason } = credit;
        Self { id, code, number, state, issued_on, amount_rp, keep, reason }
    }
}

impl From<WriteOff> for TagihanWriteOff {
    fn from(write_off: WriteOff) -> Self {
        let WriteOff { id, code, state, amount_rp, written_off_on, reason } = write_off;
        Self { id, code, state, amount_rp, written_off_on, reason }
    }
}
