//! One Honorarium: what it comes to, every line with why, what was paid.

use super::list::HonorariumRow;
use crate::auth::scope::Scope;
use crate::problem::Problem;
use crate::request::At;
use crate::routes::OurApp;
use crate::view::{Coded, InstanceRef};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::Db;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::billing::honorarium::{self, Honorarium, Line, Other, Payment};

/// A Honorarium in full.
#[derive(Serialize, ToSchema)]
pub struct HonorariumDetail {
    #[serde(flatten)]
    head: HonorariumRow,
    /// As the tutor stands today.
    tutor_status: String,
    lines: Vec<HonorariumLine>,
    /// Oldest first.
    payments: Vec<HonorariumPayment>,
    /// The billing run that made it.
    run: InstanceRef,
    /// The Honorarium that has taken up what this one carried over.
    #[schema(required)]
    carried_to: Option<EarlierHonorarium>,
    #[schema(required)]
    proof_document_id: Option<Uuid>,
}

#[derive(Serialize, ToSchema)]
struct EarlierHonorarium {
    id: Uuid,
    number: String,
    period_month: String,
}

/// A line; below zero when it is deducted.
#[derive(Serialize, ToSchema)]
struct HonorariumLine {
    number: i64,
    /// `SESI`, `NO_SHOW`, `CANCELLATION`, `RESCHEDULE`, `TRANSPORT`, `ADJUSTMENT`, `DENDA`, `DENDA_RETURNED`, `REVERSED` or `CARRIED`.
    kind: String,
    /// The settlement of the sesi, the denda, the adjustment or the earlier Honorarium.
    source_id: Uuid,
    #[schema(required)]
    held_on: Option<NaiveDate>,
    #[schema(required)]
    sesi: Option<HonorariumSesi>,
    amount_rp: i64,
    voided: bool,
    /// The share that was taken, and of what.
    #[schema(required)]
    pct: Option<i64>,
    #[schema(required)]
    of_rp: Option<i64>,
    /// Seconds between a cancellation and the start.
    #[schema(required)]
    lead_time_s: Option<i64>,
    /// Somebody has put another amount in the place of the computed one.
    changed: bool,
    #[schema(required)]
    distance_m: Option<i64>,
    /// Of an adjustment; null once the tutor has been erased.
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    refers: Option<LineRefers>,
}

/// What a line comes from, when it is not a sesi itself.
#[derive(Serialize, ToSchema)]
#[schema(as = HonorariumLineRefers)]
struct LineRefers {
    /// `denda`, `money_adjustment` or `honorarium`.
    kind: String,
    id: Uuid,
    code: String,
    /// Of an earlier Honorarium.
    #[schema(required)]
    month: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct HonorariumSesi {
    id: Uuid,
    code: String,
    starts_at: DateTime<Utc>,
    zone: String,
    duration_minutes: i64,
    subject: String,
    #[schema(required)]
    level: Option<String>,
    siswa: String,
}

#[derive(Serialize, ToSchema)]
struct HonorariumPayment {
    id: Uuid,
    code: String,
    paid_on: NaiveDate,
    amount_rp: i64,
    pph_withheld_rp: i64,
    /// `TRANSFER`, `CASH` or `OTHER`.
    #[schema(required)]
    method: Option<String>,
    #[schema(required)]
    reference: Option<String>,
    #[schema(required)]
    proof_document_id: Option<Uuid>,
    /// The payment that took it back.
    #[schema(required)]
    reversed_by: Option<InstanceRef>,
}

pub async fn show(State(app): OurApp, scope: Scope, At(id): At<Uuid>) -> Result<Json<HonorariumDetail>, Problem> {
    Ok(Json(seen(&app.engine.db, scope, id).await?.into()))
}

/// One that the caller may see; whoever is tied to a tutor sees no draft.
pub(super) async fn seen(db: &Db, scope: Scope, id: Uuid) -> Result<Honorarium, Problem> {
    let found = honorarium::read(db.reader(), id).await?;
    let may = |one: &Honorarium| scope.sees_tutor(one.head.tutor_id) && (scope == Scope::All || one.head.status != "DRAFT");
    found.filter(may).ok_or_else(|| Problem::not_found("honorarium"))
}

impl From<Honorarium> for HonorariumDetail {
    fn from(one: Honorarium) -> Self {
        let Honorarium { head, lines, payments, carried_to } = one;
        Self {
            tutor_status: head.tutor_status.clone(),
            run: InstanceRef { id: head.run_id, workflow: "billing_run".into(), code: head.run_code.clone() },
            proof_document_id: head.proof_document_id,
            lines: lines.into_iter().map(HonorariumLine::from).collect(),
            payments: payments.into_iter().map(HonorariumPayment::from).collect(),
            carried_to: carried_to.map(|Other { id, number, period_month }| EarlierHonorarium { id, number, period_month }),
            head: HonorariumRow {
                id: head.id,
                open_rp: head.open_rp(),
                number: head.number,
                tutor: Coded { id: head.tutor_id, code: head.tutor_code, name: head.tutor_name },
                period_month: head.period_month,
                revision: head.revision,
                status: head.status,
                issued_on: head.issued_on,
                base_rp: head.base_rp,
                transport_rp: head.transport_rp,
                adjustment_rp: head.adjustment_rp,
                returned_rp: head.returned_rp,
                reversed_rp: head.reversed_rp,
                denda_rp: head.denda_rp,
                carried_in_rp: head.carried_in_rp,
                carried_out_rp: head.carried_out_rp,
                net_rp: head.net_rp,
                pph_withheld_rp: head.pph_withheld_rp,
                paid_rp: head.paid_rp,
            },
        }
    }
}

impl From<Line> for HonorariumLine {
    fn from(line: Line) -> Self {
        Self {
            number: line.number,
            kind: line.kind,
            source_id: line.source_id,
            held_on: line.held_on,
            amount_rp: line.amount_rp,
            voided: line.voided,
            pct: line.why.pct,
            of_rp: line.why.of_rp,
            lead_time_s: line.why.lead_time_s,
            changed: line.why.changed,
            distance_m: line.why.distance_m,
            reason: line.why.reason,
            refers: line.refers.map(|one| LineRefers { kind: one.kind.into(), id: one.id, code: one.code, month: one.month }),
            sesi: line.sesi.map(|sesi| HonorariumSesi {
                id: sesi.id,
                code: sesi.code,
                starts_at: sesi.starts_at,
                zone: sesi.zone,
                duration_minutes: sesi.duration_minutes,
                subject: sesi.subject,
                level: sesi.level,
                siswa: sesi.siswa_name,
            }),
        }
    }
}

impl From<Payment> for HonorariumPayment {
    fn from(payment: Payment) -> Self {
        Self {
            id: payment.id,
            code: payment.code,
            paid_on: payment.paid_on,
            amount_rp: payment.amount_rp,
            pph_withheld_rp: payment.pph_withheld_rp,
            method: payment.method,
            reference: payment.reference,
            proof_document_id: payment.proof_document_id,
            reversed_by: payment.reversed_by.map(|(id, code)| InstanceRef { id, workflow: "payment".into(), code }),
        }
    }
}
