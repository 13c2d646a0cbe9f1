//! Beginning a correction, and what that would do. The engine checks the fields against the command's form.

use super::super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::workflow::Workflow;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::credit_note::CreditNote;
use workflows::money_adjustment::MoneyAdjustment;
use workflows::refund::Refund;
use workflows::settlement_reversal::SettlementReversal;
use workflows::write_off::WriteOff;

/// The command that starts each of them.
const REQUEST: &str = "request";

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum CorrectedSide {
    Siswa,
    Tutor,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum KeptAs {
    Refund,
    Deposit,
}

/// Whose, how much (below zero it takes away), and what about: a sesi, a month, or neither.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewAdjustment {
    side: CorrectedSide,
    /// Needed unless a sesi says who.
    siswa_id: Option<Uuid>,
    tutor_id: Option<Uuid>,
    sesi_id: Option<Uuid>,
    amount_rp: i64,
    /// `2026-11`; today's without it.
    month: Option<String>,
    reason: String,
}

/// What of which lines, and what becomes of the part that was paid.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewCreditNote {
    tagihan_id: Uuid,
    lines: Vec<NewCreditedLine>,
    /// `REFUND` unless said otherwise.
    keep: Option<KeptAs>,
    reason: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct NewCreditedLine {
    number: i64,
    amount_rp: i64,
}

/// How much of a Titipan goes back.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewRefund {
    siswa_id: Uuid,
    amount_rp: i64,
    reason: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewWriteOff {
    tagihan_id: Uuid,
    /// Whether the loss may be deducted from the taxable profit.
    tax_compliant: bool,
    tax_note: String,
    reason: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewReversal {
    side: CorrectedSide,
    settlement_id: Uuid,
    reason: String,
}

/// 422 `required`, `not_of_sesi`, `tutor_left`, `adjustment_zero`, `not_a_month`, `month_in_future`, `period_locked`.
pub async fn adjust(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map, .. }: Fields<NewAdjustment>) -> Result<Created<Outcome>, Problem> {
    begin(&app.engine, asked::<MoneyAdjustment>(&app.engine, map, who)?, key).await
}

pub async fn preview_adjust(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewAdjustment>) -> Result<Json<Preview>, Problem> {
    shown(&app.engine, asked::<MoneyAdjustment>(&app.engine, map, who)?).await
}

/// 422 `tagihan_not_live`, `credit_no_lines`, `credit_not_positive`, `credit_line_twice`, `credit_line_unknown`, `credit_above_line`,
/// `credit_above_tagihan`, `period_locked`; `credit_requested` names the other one under `blocking`.
pub async fn credit(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map, .. }: Fields<NewCreditNote>) -> Result<Created<Outcome>, Problem> {
    begin(&app.engine, asked::<CreditNote>(&app.engine, map, who)?, key).await
}

pub async fn preview_credit(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewCreditNote>) -> Result<Json<Preview>, Problem> {
    shown(&app.engine, asked::<CreditNote>(&app.engine, map, who)?).await
}

/// 422 `above_titipan`, `period_locked`.
pub async fn refund(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map, .. }: Fields<NewRefund>) -> Result<Created<Outcome>, Problem> {
    begin(&app.engine, asked::<Refund>(&app.engine, map, who)?, key).await
}

pub async fn preview_refund(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewRefund>) -> Result<Json<Preview>, Problem> {
    shown(&app.engine, asked::<Refund>(&app.engine, map, who)?).await
}

/// 422 `tagihan_not_live`, `tagihan_nothing_open`, `period_locked`; `write_off_requested` names the other one under `blocking`.
pub async fn write_off(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map, .. }: Fields<NewWriteOff>) -> Result<Created<Outcome>, Problem> {
    begin(&app.engine, asked::<WriteOff>(&app.engine, map, who)?, key).await
}

pub async fn preview_write_off(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewWriteOff>) -> Result<Json<Preview>, Problem> {
    shown(&app.engine, asked::<WriteOff>(&app.engine, map, who)?).await
}

/// 422 `settlement_reversed`, `settlement_paid`, `tutor_left`, `period_locked`; `settlement_billed` and `override_requested` name what
/// is in the way under `blocking`.
pub async fn reverse(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map, .. }: Fields<NewReversal>) -> Result<Created<Outcome>, Problem> {
    begin(&app.engine, asked::<SettlementReversal>(&app.engine, map, who)?, key).await
}

pub async fn preview_reverse(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewReversal>) -> Result<Json<Preview>, Problem> {
    shown(&app.engine, asked::<SettlementReversal>(&app.engine, map, who)?).await
}

fn asked<W: Workflow>(engine: &Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    commands::request(W::NAME, Target::New(new_id(engine.clock.now())), REQUEST, body, who.actor)
}

async fn begin(engine: &Engine, mut request: Request, key: String) -> Result<Created<Outcome>, Problem> {
    request.idempotency_key = Some(key);
    Ok(Created(engine.execute(&request).await?.into()))
}

async fn shown(engine: &Engine, request: Request) -> Result<Json<Preview>, Problem> {
    let preview = engine.preview(&request).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&engine.db).await?)))
}
