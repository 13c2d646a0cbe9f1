//! Another tutor in the place of the first: searching for one, and putting one there (SPEC CAN-2, CAN-3, CAN-7).
//!
//! The siswa's side stays as approval froze it, and so do office, month and all rule versions. The tutor's side is
//! frozen anew: the row of the matrix for the new tutor's Golongan, and transport from the new tutor's office.

use super::Sesi;
use super::approval::{check_people, price, tutor_price};
use super::change::{Change, Settlement, SettlementKind, Substitution};
use super::closing::{charged, frozen, lead_time_s, nothing, period_open, tutor_penalty};
use super::command::{Substitute, Way};
use super::decide::{Decision, known, missing, row};
use super::facts::{Booking, Market};
use super::rejection::Rejection;
use super::state::State;
use crate::records::place::Point;
use crate::records::sesi::{Model, Party};
use crate::records::strike::Cause;
use chrono::{DateTime, TimeDelta, Utc};
use engine::plan::{Amount, Effect, Notice, Plan};
use engine::policy::PolicyDecision;
use engine::refusal::Params;
use engine::workflow::{Case, Verdict};

/// The task of a search, and the timer that ends the time in which it costs the tutor nothing.
const TASK: &str = "find_substitute";
const TIMER: &str = "substitute_deadline";

pub(super) fn seek(case: &Case<'_, Sesi>) -> Decision {
    let (sesi, booking, now) = (row(case)?, known(case)?, case.ctx.now);
    if let Some(until) = sesi.seeking_until {
        return Err(Verdict::Rejected(Rejection::AlreadySeeking { until }));
    }
    if now >= sesi.starts_at {
        return Err(Verdict::Rejected(Rejection::AlreadyBegun { at: sesi.starts_at }));
    }
    let until = sesi.starts_at.min(now + TimeDelta::hours(booking.self_sub_window_hours));
    let plan = Plan::new(State::Approved, Change::Announced { at: now, until })
        .effect(Effect::OpenTask { name: TASK, due_at: Some(until) })
        .effect(Effect::ArmTimer { name: TIMER, due_at: until });
    Ok(Plan { on_behalf_of: booking.party(Party::Tutor), done_for: sesi.party(Party::Tutor), ..plan })
}

pub(super) fn flag() -> Decision {
    Ok(Plan::new(State::Approved, Change::SeekingOver).effect(Effect::FlagTask(TASK)))
}

/// Nobody is looked for any more.
pub(super) fn over() -> [Effect; 2] {
    [Effect::CloseTask(TASK), Effect::DisarmTimer(TIMER)]
}

pub(super) fn substitute(case: &Case<'_, Sesi>, asked: &Substitute) -> Decision {
    let (sesi, booking) = (row(case)?, known(case)?);
    let market = case.facts.market.as_ref().ok_or_else(|| missing("market"))?;
    in_time(sesi, asked.way, case.ctx.received_at)?;
    period_open(sesi, booking)?;
    fits(sesi, booking, market, asked)?;
    let lead = lead_time_s(sesi.starts_at, sesi.announced_at.unwrap_or(case.ctx.now));
    let (settlement, cancelling) = match asked.way {
        // On the first tutor's account, as a cancellation of the same instant would be (CAN-3).
        Way::Dispatch => tutor_penalty(case, sesi, booking, lead).map(|(settlement, decision)| (settlement, Some(decision)))?,
        Way::SelfFound | Way::Reassign => (nothing(SettlementKind::Cancellation), None),
    };
    let (substitution, pricing) = freeze(case, sesi, asked, (lead, &settlement))?;
    let amounts = amounts(sesi, &substitution)?;
    let charged = charged(case, &settlement, Cause::Substitution)?;
    let plan = Plan::new(State::Approved, Change::Substituted { substitution })
        .effects(over())
        .effect(Effect::Decided(pricing))
        .effects(cancelling.map(Effect::Decided))
        .effects(charged)
        .amounts(amounts)
        .warnings((!market.inside_slots).then(|| Notice { code: "outside_slots".into(), params: Params::new() }));
    let first = case.facts.first_tutor.as_ref().filter(|_| asked.way == Way::SelfFound);
    Ok(Plan { on_behalf_of: first.map(|name| format!("Tutor {name}")), done_for: first.map(|_| sesi.tutor_id), ..plan })
}

/// The tutor's side for the new tutor, by the pricing version of the approval.
fn freeze(case: &Case<'_, Sesi>, sesi: &Model, asked: &Substitute, first: (i64, &Settlement)) -> Result<(Substitution, PolicyDecision), Verdict<Rejection>> {
    let (booking, market) = (known(case)?, case.facts.market.as_ref().ok_or_else(|| missing("market"))?);
    let in_place = Model { tutor_id: asked.tutor_id, distance_m: distance_m(sesi, booking), ..sesi.clone() };
    let row = tutor_price(&in_place, booking, market).map_err(|missing| Verdict::Rejected(Rejection::PriceMissing(missing)))?;
    let (priced, pricing) = price(case.ctx, frozen(sesi.pricing_version)?, &in_place, frozen(sesi.matrix_student_rp)?, row.amount_rp)?;
    let (lead_time_s, settlement) = first;
    let substitution = Substitution {
        from_tutor_id: sesi.tutor_id,
        to_tutor_id: asked.tutor_id,
        way: asked.way,
        at: case.ctx.now,
        lead_time_s,
        denda_rp: settlement.denda_rp,
        strikes: settlement.strikes,
        distance_m: in_place.distance_m,
        price_tutor_id: row.id,
        matrix_tutor_rp: row.amount_rp,
        honorarium_rp: priced.honorarium_rp,
        transport_rp: priced.transport_rp,
        outside_slots_reason: reason(asked).map(str::to_owned),
    };
    Ok((substitution, pricing))
}

fn reason(asked: &Substitute) -> Option<&str> {
    asked.outside_slots_reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty())
}

/// A substitute of the tutor's own finding costs nothing only within the window, and before the lesson.
fn in_time(sesi: &Model, way: Way, now: DateTime<Utc>) -> Result<(), Verdict<Rejection>> {
    if way != Way::SelfFound {
        return Ok(());
    }
    // Who announces it and names somebody at once needs no search.
    let until = sesi.seeking_until.unwrap_or(sesi.starts_at);
    if now > until || now >= sesi.starts_at {
        return Err(Verdict::Rejected(Rejection::WindowOver { until }));
    }
    Ok(())
}

/// What approval asks of a tutor, asked of the new one.
fn fits(sesi: &Model, booking: &Booking, market: &Market, asked: &Substitute) -> Result<(), Verdict<Rejection>> {
    if asked.tutor_id == sesi.tutor_id {
        return Err(Verdict::Rejected(Rejection::SameTutor));
    }
    check_people(sesi, booking)?;
    if !booking.teaches {
        return Err(Verdict::Rejected(Rejection::TutorDoesNotTeach { subject: booking.subject.clone() }));
    }
    if let Some(first) = market.overlaps.first() {
        return Err(Verdict::Rejected(Rejection::SlotTaken { who: first.who, blocking: market.blocking() }));
    }
    if !market.inside_slots && reason(asked).is_none() {
        return Err(Verdict::Rejected(Rejection::OutsideSlots));
    }
    Ok(())
}

/// From the new tutor's office to the place; online has none.
fn distance_m(sesi: &Model, booking: &Booking) -> Option<i64> {
    let (lat, long) = (sesi.place_lat?, sesi.place_long?);
    Some(Point { lat, long }.distance_m(booking.office_place))
}

fn amounts(sesi: &Model, substitution: &Substitution) -> Result<Vec<Amount>, Verdict<Rejection>> {
    let before = frozen(sesi.honorarium_rp)? + frozen(sesi.transport_rp)?;
    let after = substitution.honorarium_rp + substitution.transport_rp;
    let mut amounts = vec![
        Amount::rp("honorarium", substitution.honorarium_rp),
        Amount::rp("transport", substitution.transport_rp),
        Amount::rp("honorarium_difference", after - before),
    ];
    if substitution.way == Way::Dispatch {
        amounts.push(Amount::rp("denda", substitution.denda_rp));
        amounts.push(Amount::count("strikes", substitution.strikes));
    }
    Ok(amounts)
}
