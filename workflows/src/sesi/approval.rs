//! Approving a sesi: checks, price, and what is frozen for good (SES-4, PRC-3, PRC-4).

use super::Sesi;
use super::change::{Change, Frozen};
use super::decide::{Decision, NOT_STARTED_AFTER, known, missing, row};
use super::facts::{Booking, Market, Price};
use super::rejection::{MissingPrice, Rejection};
use super::state::State;
use crate::records::price::Cell;
use crate::records::sesi::{Mode, Model};
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::policy::{self, PolicyDecision};
use engine::refusal::{Failure, Params};
use engine::workflow::{Case, Ctx, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// What the pricing policy answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priced {
    pub tagihan_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
}

pub(super) fn approve(case: &Case<'_, Sesi>, outside_slots_reason: Option<&str>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    let market = case.facts.market.as_ref().ok_or_else(|| missing("market"))?;
    check_people(sesi, booking)?;
    if booking.locked_months.contains(&sesi.period_month) {
        return Err(Verdict::Rejected(Rejection::PeriodLocked { month: sesi.period_month.clone() }));
    }
    if let Some(first) = market.overlaps.first() {
        return Err(Verdict::Rejected(Rejection::SlotTaken { who: first.who, blocking: market.blocking() }));
    }
    let reason = outside_slots_reason.map(str::trim).filter(|reason| !reason.is_empty());
    if !market.inside_slots && reason.is_none() {
        return Err(Verdict::Rejected(Rejection::OutsideSlots));
    }
    let (frozen, decision) = freeze(case.ctx, sesi, booking, market, reason)?;
    let amounts = [Amount::rp("tagihan", frozen.tagihan_rp), Amount::rp("honorarium", frozen.honorarium_rp), Amount::rp("transport", frozen.transport_rp)];
    let due_at = sesi.ends_at + NOT_STARTED_AFTER;
    Ok(Plan::new(State::Approved, Change::Approved { frozen })
        .effect(Effect::CloseTask("approve"))
        .effect(Effect::DisarmTimer("sla"))
        .effect(Effect::ArmTimer { name: "not_started", due_at })
        .effect(Effect::Decided(decision))
        .amounts(amounts)
        .warnings((!market.inside_slots).then(|| Notice { code: "outside_slots".into(), params: Params::new() })))
}

pub(super) fn check_people(sesi: &Model, booking: &Booking) -> Result<(), Verdict<Rejection>> {
    let no = |rejection| Err(Verdict::Rejected(rejection));
    if booking.siswa_status != "ACTIVE" {
        return no(Rejection::SiswaInactive);
    }
    match booking.tutor_status.as_str() {
        "ACTIVE" => Ok(()),
        "SUSPENDED" if !booking.suspended_at(sesi.starts_at) => Ok(()),
        "SUSPENDED" => no(Rejection::TutorSuspended { until: booking.tutor_suspended_until }),
        status => no(Rejection::TutorInactive { status: status.into() }),
    }
}

fn freeze(ctx: Ctx<'_>, sesi: &Model, booking: &Booking, market: &Market, reason: Option<&str>) -> Result<(Frozen, PolicyDecision), Verdict<Rejection>> {
    let (student, tutor) = prices(sesi, booking, market).map_err(|missing| Verdict::Rejected(Rejection::PriceMissing(missing)))?;
    let version = |kind: &str| {
        market.policies.get(kind).copied().ok_or_else(|| Verdict::Failed(Failure::Policy(policy::PolicyError::NotFound { kind: kind.into(), number: 0 })))
    };
    let pricing_version = version("pricing")?;
    let (priced, decision) = price(ctx, pricing_version, sesi, student.amount_rp, tutor.amount_rp)?;
    let frozen = Frozen {
        price_student_id: student.id,
        price_tutor_id: tutor.id,
        matrix_student_rp: student.amount_rp,
        matrix_tutor_rp: tutor.amount_rp,
        tagihan_rp: priced.tagihan_rp,
        honorarium_rp: priced.honorarium_rp,
        transport_rp: priced.transport_rp,
        pricing_version,
        cancellation_tutor_version: version("cancellation.tutor")?,
        cancellation_siswa_version: version("cancellation.siswa")?,
        no_show_version: version("no_show")?,
        reschedule_version: version("reschedule")?,
        approved_at: ctx.now,
        approved_by: ctx.actor.id,
        approved_by_name: ctx.actor.name.clone(),
        outside_slots_reason: reason.map(str::to_owned),
    };
    Ok((frozen, decision))
}

/// Both rows of the matrix, or the combination that has none.
pub(super) fn prices(sesi: &Model, booking: &Booking, market: &Market) -> Result<(Price, Price), Box<MissingPrice>> {
    let student = market.student.ok_or_else(|| missing_price(sesi, booking, "STUDENT", None))?;
    Ok((student, tutor_price(sesi, booking, market)?))
}

/// The row of the tutor's matrix, or the combination that has none.
pub(super) fn tutor_price(sesi: &Model, booking: &Booking, market: &Market) -> Result<Price, Box<MissingPrice>> {
    market.tutor.ok_or_else(|| missing_price(sesi, booking, "TUTOR", Some(booking.golongan_id)))
}

fn missing_price(sesi: &Model, booking: &Booking, audience: &'static str, golongan_id: Option<Uuid>) -> Box<MissingPrice> {
    Box::new(MissingPrice {
        audience,
        subject: booking.subject.clone(),
        level: booking.level.clone(),
        tingkat: booking.tingkat.clone(),
        segmentasi: booking.segmentasi.clone(),
        golongan: golongan_id.map(|_| booking.golongan.clone()),
        cell: Cell {
            subject_id: sesi.subject_id,
            subject_level_id: sesi.subject_level_id,
            tingkat_id: booking.tingkat_id,
            segmentasi_id: booking.segmentasi_id,
            golongan_id,
        },
        day: sesi.starts_at.with_timezone(&booking.zone).date_naive(),
    })
}

/// Asks the pricing policy for the amounts of a sesi.
pub fn price(ctx: Ctx<'_>, version: i64, sesi: &Model, matrix_student_rp: i64, matrix_tutor_rp: i64) -> Result<(Priced, PolicyDecision), Verdict<Rejection>> {
    let input = json!({
        "matrix_student_rp": matrix_student_rp,
        "matrix_tutor_rp": matrix_tutor_rp,
        "mode": sesi.mode,
        "mode_surcharge_rp": sesi.mode_surcharge_rp,
        "duration_minutes": sesi.duration_minutes,
        "distance_m": if sesi.mode == Mode::Online { None } else { sesi.distance_m },
    });
    ask(ctx, "pricing", version, &input)
}

/// Evaluates a policy and reads its typed answer.
pub(super) fn ask<A: serde::de::DeserializeOwned>(
    ctx: Ctx<'_>,
    kind: &str,
    version: i64,
    input: &serde_json::Value,
) -> Result<(A, PolicyDecision), Verdict<Rejection>> {
    let decision = policy::evaluate(&ctx.policies.get(kind, version)?, input)?;
    let answer = serde_json::from_value(decision.output.clone())
        .map_err(|source| Verdict::Failed(Failure::Stored { what: format!("output of policy {kind} v{version}"), source }))?;
    Ok((answer, decision))
}
