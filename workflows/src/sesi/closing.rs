//! How a sesi ends: validated, no-show, cancelled or rescheduled, and what that costs whom (SPEC 6, 7).

use super::Sesi;
use super::approval::ask;
use super::change::{Change, Settlement, SettlementKind};
use super::command::{Place, Request, Reschedule};
use super::decide::{Decision, known, missing, row};
use super::facts::Booking;
use super::penalty::Penalty;
use super::rejection::Rejection;
use super::state::State;
use crate::books::{self, Parties, Worth};
use crate::records::sesi::{Model, Party};
use crate::records::strike::Cause;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use engine::ledger::JournalEntry;
use engine::plan::{Amount, AnyCommand, Effect, Plan};
use engine::policy::PolicyDecision;
use engine::workflow::{Case, PlanOf, Verdict};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct TutorPenalty {
    denda_rp: i64,
    strikes: i64,
}

#[derive(Deserialize)]
struct SiswaCharge {
    charge_rp: i64,
    honor_rp: i64,
}

#[derive(Deserialize)]
struct NoShow {
    charge_rp: i64,
    honor_rp: i64,
    transport_rp: i64,
    denda_rp: i64,
    strikes: i64,
}

#[derive(Deserialize)]
struct Moved {
    charge_rp: i64,
    honor_rp: i64,
    denda_rp: i64,
    strikes: i64,
}

/// Seconds from the cancel instant to the start; after the start it counts as 0.
pub fn lead_time_s(starts_at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    // Whole seconds, rounded up: an instant counts as the second the clock shows, as people read it afterwards.
    let micros = (starts_at - now).num_microseconds().unwrap_or(i64::MAX);
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.max(0).rem_euclid(1_000_000) > 0)
}

pub(super) fn validate(case: &Case<'_, Sesi>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    period_open(sesi, booking)?;
    let settlement = Settlement {
        siswa_rp: frozen(sesi.tagihan_rp)?,
        honorarium_rp: frozen(sesi.honorarium_rp)?,
        transport_rp: frozen(sesi.transport_rp)?,
        ..nothing(SettlementKind::Completed)
    };
    let change = Change::Validated { at: case.ctx.now, by: case.ctx.actor.id, settlement: settlement.clone() };
    Ok(settle(Plan::new(State::Completed, change), sesi, booking, &settlement))
}

pub(super) fn no_show_student(case: &Case<'_, Sesi>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    started(case, sesi)?;
    period_open(sesi, booking)?;
    let input = json!({
        "party": Party::Siswa, "mode": sesi.mode,
        "honorarium_rp": frozen(sesi.honorarium_rp)?, "tagihan_rp": frozen(sesi.tagihan_rp)?, "transport_rp": frozen(sesi.transport_rp)?,
    });
    let (answer, decision): (NoShow, _) = ask(case.ctx, "no_show", frozen(sesi.no_show_version)?, &input)?;
    let settlement = Settlement {
        siswa_rp: answer.charge_rp,
        honorarium_rp: answer.honor_rp,
        transport_rp: answer.transport_rp,
        denda_rp: answer.denda_rp,
        strikes: answer.strikes,
        ..nothing(SettlementKind::NoShowStudent)
    };
    no_show(case, Party::Siswa, settlement, decision)
}

/// A tutor who does not come is a tutor who cancels with no lead time (SES-7).
pub(super) fn no_show_tutor(case: &Case<'_, Sesi>) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    started(case, sesi)?;
    period_open(sesi, booking)?;
    let (settlement, decision) = tutor_penalty(case, sesi, booking, 0)?;
    no_show(case, Party::Tutor, settlement, decision)
}

fn no_show(case: &Case<'_, Sesi>, party: Party, settlement: Settlement, decision: PolicyDecision) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    let next = if party == Party::Siswa { State::NoShowStudent } else { State::NoShowTutor };
    let change = Change::NoShow { party, reason: case.ctx.reason.map(str::to_owned), settlement: settlement.clone() };
    let charged = charged(case, &settlement, Cause::NoShow)?;
    Ok(settle(Plan::new(next, change).effect(Effect::Decided(decision)), sesi, booking, &settlement).effects(charged))
}

pub(super) fn cancel(case: &Case<'_, Sesi>, party: Party) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    period_open(sesi, booking)?;
    // Who has said in time that somebody else has to stand in is judged by that (CAN-2).
    let from = if party == Party::Tutor { sesi.announced_at } else { None };
    let lead = lead_time_s(sesi.starts_at, from.unwrap_or(case.ctx.now));
    let (settlement, decision) = match party {
        Party::Tutor => tutor_penalty(case, sesi, booking, lead).map(|(settlement, decision)| (settlement, Some(decision)))?,
        Party::Siswa => siswa_charge(case, sesi, lead).map(|(settlement, decision)| (settlement, Some(decision)))?,
        // On the company's account: no charge, no denda (CAN-4).
        Party::Admin => (nothing(SettlementKind::Cancellation), None),
    };
    let reason = case.ctx.reason.map(str::to_owned);
    let change = Change::Cancelled { party, at: case.ctx.now, lead_time_s: lead, reason, settlement: settlement.clone() };
    let charged = charged(case, &settlement, Cause::Cancellation)?;
    let plan = Plan::new(State::Cancelled, change).effects(decision.map(Effect::Decided)).effects(charged);
    Ok(Plan { on_behalf_of: booking.party(party), done_for: sesi.party(party), ..settle(plan, sesi, booking, &settlement) })
}

pub(super) fn reschedule(case: &Case<'_, Sesi>, asked: &Reschedule) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    period_open(sesi, booking)?;
    let lead = lead_time_s(sesi.starts_at, case.ctx.now);
    let input =
        json!({ "initiator": asked.initiator, "lead_time_s": lead, "honorarium_rp": frozen(sesi.honorarium_rp)?, "tagihan_rp": frozen(sesi.tagihan_rp)? });
    let (moved, decision): (Moved, _) = ask(case.ctx, "reschedule", frozen(sesi.reschedule_version)?, &input)?;
    let settlement = Settlement {
        siswa_rp: moved.charge_rp,
        honorarium_rp: moved.honor_rp,
        denda_rp: moved.denda_rp,
        strikes: moved.strikes,
        decays_at: decay(case, booking),
        ..nothing(SettlementKind::Reschedule)
    };
    let to_id = case.facts.fresh_id.ok_or_else(|| missing("fresh id"))?;
    let reason = case.ctx.reason.map(str::to_owned);
    let change = Change::Rescheduled { to_id, at: case.ctx.now, lead_time_s: lead, reason, settlement: settlement.clone() };
    let mut command = AnyCommand::with("request_rescheduled", &continued(sesi, asked));
    command.body.insert("rescheduled_from_id".into(), json!(sesi.id));
    command.reason = case.ctx.reason.map(str::to_owned);
    let charged = charged(case, &settlement, Cause::Reschedule)?;
    let continued = Effect::Start { workflow: "sesi", id: to_id, command };
    let plan = Plan::new(State::Rescheduled, change).effect(Effect::Decided(decision)).effect(continued).effects(charged);
    Ok(Plan { on_behalf_of: booking.party(asked.initiator), done_for: sesi.party(asked.initiator), ..settle(plan, sesi, booking, &settlement) })
}

/// The request of the sesi that takes this one's place.
fn continued(sesi: &Model, asked: &Reschedule) -> Request {
    let place = match (&sesi.place_address, sesi.place_lat, sesi.place_long) {
        (Some(address), Some(lat), Some(long)) => Some(Place { address: address.clone(), lat, long }),
        _ => None,
    };
    Request {
        siswa_id: sesi.siswa_id,
        tutor_id: asked.tutor_id.unwrap_or(sesi.tutor_id),
        subject_id: sesi.subject_id,
        subject_level_id: sesi.subject_level_id,
        starts_at: asked.starts_at,
        duration_minutes: Some(asked.duration_minutes.unwrap_or(sesi.duration_minutes)),
        mode: sesi.mode,
        place,
        mode_surcharge_rp: Some(sesi.mode_surcharge_rp),
    }
}

pub(super) fn tutor_penalty(
    case: &Case<'_, Sesi>,
    sesi: &Model,
    booking: &Booking,
    lead_time_s: i64,
) -> Result<(Settlement, PolicyDecision), Verdict<Rejection>> {
    let input = json!({ "lead_time_s": lead_time_s, "honorarium_rp": frozen(sesi.honorarium_rp)?, "tagihan_rp": frozen(sesi.tagihan_rp)? });
    let (penalty, decision): (TutorPenalty, _) = ask(case.ctx, "cancellation.tutor", frozen(sesi.cancellation_tutor_version)?, &input)?;
    let settlement =
        Settlement { denda_rp: penalty.denda_rp, strikes: penalty.strikes, decays_at: decay(case, booking), ..nothing(SettlementKind::Cancellation) };
    Ok((settlement, decision))
}

fn siswa_charge(case: &Case<'_, Sesi>, sesi: &Model, lead_time_s: i64) -> Result<(Settlement, PolicyDecision), Verdict<Rejection>> {
    let input = json!({ "lead_time_s": lead_time_s, "honorarium_rp": frozen(sesi.honorarium_rp)?, "tagihan_rp": frozen(sesi.tagihan_rp)? });
    let (charge, decision): (SiswaCharge, _) = ask(case.ctx, "cancellation.siswa", frozen(sesi.cancellation_siswa_version)?, &input)?;
    Ok((Settlement { siswa_rp: charge.charge_rp, honorarium_rp: charge.honor_rp, ..nothing(SettlementKind::Cancellation) }, decision))
}

/// The denda and the strike that the end of the sesi brings its tutor.
pub(super) fn charged(case: &Case<'_, Sesi>, settlement: &Settlement, cause: Cause) -> Result<Vec<Effect>, Verdict<Rejection>> {
    if settlement.denda_rp == 0 && settlement.strikes == 0 {
        return Ok(vec![]);
    }
    let (sesi, booking, now) = (row(case)?, known(case)?, case.ctx.now);
    let penalty = Penalty {
        sesi_id: sesi.id,
        tutor_id: sesi.tutor_id,
        denda_rp: settlement.denda_rp,
        strikes: settlement.strikes,
        cause,
        contest_until: now + TimeDelta::days(booking.claim_window_days),
        decays_at: now + TimeDelta::days(booking.strike_decay_days),
    };
    Ok(penalty.effects(case.facts.penalty.ok_or_else(|| missing("penalty ids"))?))
}

fn decay(case: &Case<'_, Sesi>, booking: &Booking) -> Option<DateTime<Utc>> {
    Some(case.ctx.now + TimeDelta::days(booking.strike_decay_days))
}

pub(super) fn nothing(kind: SettlementKind) -> Settlement {
    Settlement { kind, siswa_rp: 0, honorarium_rp: 0, transport_rp: 0, denda_rp: 0, strikes: 0, decays_at: None }
}

/// A figure or version that approval froze; a sesi past APPROVED always has it.
pub(super) fn frozen(value: Option<i64>) -> Result<i64, Verdict<Rejection>> {
    value.ok_or_else(|| missing("frozen terms"))
}

fn started(case: &Case<'_, Sesi>, sesi: &Model) -> Result<(), Verdict<Rejection>> {
    if case.ctx.now < sesi.starts_at { Err(Verdict::Rejected(Rejection::TooEarly { from: sesi.starts_at })) } else { Ok(()) }
}

pub(super) fn period_open(sesi: &Model, booking: &Booking) -> Result<(), Verdict<Rejection>> {
    if booking.locked_months.contains(&sesi.period_month) {
        return Err(Verdict::Rejected(Rejection::PeriodLocked { month: sesi.period_month.clone() }));
    }
    Ok(())
}

/// Adds the amounts and the journal entry of a settlement.
fn settle(plan: PlanOf<Sesi>, sesi: &Model, booking: &Booking, settlement: &Settlement) -> PlanOf<Sesi> {
    let completed = settlement.kind == SettlementKind::Completed;
    let (charge, honor) = if completed { ("tagihan", "honorarium") } else { ("siswa_charge", "tutor_honor") };
    let mut amounts = vec![Amount::rp(charge, settlement.siswa_rp), Amount::rp(honor, settlement.honorarium_rp)];
    if completed || settlement.transport_rp != 0 {
        amounts.push(Amount::rp("transport", settlement.transport_rp));
    }
    if !completed {
        amounts.push(Amount::rp("denda", settlement.denda_rp));
        amounts.push(Amount::count("strikes", settlement.strikes));
    }
    let on = sesi.starts_at.with_timezone(&booking.zone).date_naive();
    plan.amounts(amounts).effects(entry(sesi, on, settlement).map(Effect::Post))
}

/// The journal entry of the lesson, if it is worth anything; a denda posts its own.
fn entry(sesi: &Model, on: NaiveDate, settlement: &Settlement) -> Option<JournalEntry> {
    let parties = Parties { siswa_id: sesi.siswa_id, tutor_id: sesi.tutor_id };
    let worth = Worth { siswa_rp: settlement.siswa_rp, honorarium_rp: settlement.honorarium_rp, transport_rp: settlement.transport_rp };
    let lesson = books::lesson(format!("sesi:{}:lesson", sesi.id), on, settlement.kind, parties, worth);
    (!lesson.postings.is_empty()).then_some(lesson)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lead_time_is_whole_seconds_rounded_up_and_never_negative() {
        let start: DateTime<Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
        for (now, lead) in [
            ("2026-11-21T04:00:00Z", 14_400),
            ("2026-11-21T03:59:59Z", 14_401),
            ("2026-11-21T04:00:00.5Z", 14_400),
            ("2026-11-21T04:00:01Z", 14_399),
            ("2026-11-21T08:00:00Z", 0),
            ("2026-11-21T09:00:00Z", 0),
        ] {
            assert_eq!(lead_time_s(start, now.parse().unwrap()), lead, "{now}");
        }
    }
}
