//! Requesting and editing a sesi (SES-2, SES-3).

use super::Sesi;
use super::change::{Booked, Change};
use super::command::{Edit, Place, Request};
use super::decide::{Decision, known, missing, row};
use super::facts::{Booking, edited_level};
use super::rejection::Rejection;
use super::state::State;
use crate::records::place::Point;
use crate::records::sesi::{Mode, Model};
use chrono::{SubsecRound, TimeDelta};
use engine::plan::{Effect, Notice, Plan};
use engine::refusal::Params;
use engine::workflow::{Case, Verdict};
use uuid::Uuid;

pub(super) fn request(case: &Case<'_, Sesi>, request: &Request, rescheduled_from_id: Option<Uuid>) -> Decision {
    let booking = known(case)?;
    let booked = book(request, booking)?;
    let code = case.facts.code.clone().ok_or_else(|| missing("code"))?;
    let sla = case.ctx.now + TimeDelta::hours(booking.sla_request_hours);
    let late = booked.starts_at < case.ctx.now;
    let change = Change::Requested { id: case.ctx.id, code, booked, requested_by: case.ctx.actor.id, rescheduled_from_id, at: case.ctx.now };
    Ok(Plan::new(State::Requested, change)
        .effect(Effect::OpenTask { name: "approve", due_at: Some(sla) })
        .effect(Effect::ArmTimer { name: "sla", due_at: sla })
        .warnings(late.then(|| Notice { code: "starts_in_past".into(), params: Params::new() })))
}

pub(super) fn edit(case: &Case<'_, Sesi>, edit: &Edit) -> Decision {
    if *edit == Edit::default() {
        return Err(Verdict::Rejected(Rejection::NothingToChange));
    }
    let booked = book(&edited(row(case)?, edit), known(case)?)?;
    Ok(Plan::new(State::Requested, Change::Edited { booked }))
}

/// The request that the row and the edit amount to.
fn edited(sesi: &Model, edit: &Edit) -> Request {
    let old_place = match (&sesi.place_address, sesi.place_lat, sesi.place_long) {
        (Some(address), Some(lat), Some(long)) => Some(Place { address: address.clone(), lat, long }),
        _ => None,
    };
    let mode = edit.mode.unwrap_or(sesi.mode);
    // A place goes with its mode: moving online drops it, moving to the siswa's home looks it up anew.
    let kept_place = if mode == sesi.mode { old_place } else { None };
    Request {
        siswa_id: edit.siswa_id.unwrap_or(sesi.siswa_id),
        tutor_id: edit.tutor_id.unwrap_or(sesi.tutor_id),
        subject_id: edit.subject_id.unwrap_or(sesi.subject_id),
        subject_level_id: edited_level(edit, sesi),
        starts_at: edit.starts_at.unwrap_or(sesi.starts_at),
        duration_minutes: Some(edit.duration_minutes.unwrap_or(sesi.duration_minutes)),
        mode,
        place: edit.place.clone().or(kept_place),
        mode_surcharge_rp: Some(edit.mode_surcharge_rp.unwrap_or(sesi.mode_surcharge_rp)),
    }
}

/// Checks what is asked for and works out the rest: end, place, distance, month.
pub(super) fn book(request: &Request, booking: &Booking) -> Result<Booked, Verdict<Rejection>> {
    let no = |rejection| Err(Verdict::Rejected(rejection));
    if booking.siswa_status != "ACTIVE" {
        return no(Rejection::SiswaInactive);
    }
    if !matches!(booking.tutor_status.as_str(), "ACTIVE" | "SUSPENDED") {
        return no(Rejection::TutorInactive { status: booking.tutor_status.clone() });
    }
    if booking.suspended_at(request.starts_at) {
        return no(Rejection::TutorSuspended { until: booking.tutor_suspended_until });
    }
    if booking.subject_archived {
        return no(Rejection::Archived { field: "subject_id" });
    }
    if booking.level_archived {
        return no(Rejection::Archived { field: "subject_level_id" });
    }
    match (booking.has_levels, request.subject_level_id) {
        (true, None) => return no(Rejection::LevelRequired),
        (false, Some(_)) => return no(Rejection::LevelNotAllowed),
        (true, Some(_)) | (false, None) => {}
    }
    if !booking.teaches {
        return no(Rejection::TutorDoesNotTeach { subject: booking.subject.clone() });
    }
    let place = place(request, booking)?;
    let duration_minutes = request.duration_minutes.unwrap_or(booking.default_duration_minutes);
    let starts_at = request.starts_at.trunc_subsecs(0);
    let period_month = booking.month(starts_at);
    if booking.locked_months.contains(&period_month) {
        return no(Rejection::PeriodLocked { month: period_month });
    }
    Ok(Booked {
        siswa_id: request.siswa_id,
        tutor_id: request.tutor_id,
        office_id: booking.office_id,
        subject_id: request.subject_id,
        subject_level_id: request.subject_level_id,
        starts_at,
        ends_at: starts_at + TimeDelta::minutes(duration_minutes),
        duration_minutes,
        mode: request.mode,
        distance_m: place.as_ref().map(|place| Point { lat: place.lat, long: place.long }.distance_m(booking.office_place)),
        place_lat: place.as_ref().map(|place| place.lat),
        place_long: place.as_ref().map(|place| place.long),
        place_address: place.map(|place| place.address),
        mode_surcharge_rp: request.mode_surcharge_rp.unwrap_or(0),
        period_month,
    })
}

/// Online has no place; at the siswa's home it defaults to the address on file; elsewhere it must be given.
fn place(request: &Request, booking: &Booking) -> Result<Option<Place>, Verdict<Rejection>> {
    let home = || booking.siswa_place.map(|point| Place { address: booking.siswa_address.clone().unwrap_or_default(), lat: point.lat, long: point.long });
    let place = match (request.mode, &request.place) {
        (Mode::Online, None) => return Ok(None),
        (Mode::Online, Some(_)) => return Err(Verdict::Rejected(Rejection::PlaceNotAllowed)),
        (Mode::OfflineRumahSiswa, None) => home(),
        (Mode::OfflineCustom, None) => None,
        (Mode::OfflineRumahSiswa | Mode::OfflineCustom, Some(place)) => Some(place.clone()),
    };
    let place = place.ok_or(Verdict::Rejected(Rejection::PlaceRequired))?;
    if Point::new(place.lat, place.long).is_err() {
        return Err(Verdict::Rejected(Rejection::PlaceOffTheGlobe));
    }
    Ok(Some(place))
}
