//! What happens to the record of a sesi, as recorded in its history; folding the changes gives the row.

use super::command::{Report, Way};
use super::state::State;
use crate::records::sesi::{AnomalyType, Materi, Mode, Model, Party};
use chrono::{DateTime, Utc};
use engine::refusal::Failure;
use engine::tag::Tag;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who, what, when, where: all that may be edited before approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Booked {
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    pub office_id: Uuid,
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub duration_minutes: i64,
    pub mode: Mode,
    pub place_address: Option<String>,
    pub place_lat: Option<f64>,
    pub place_long: Option<f64>,
    pub distance_m: Option<i64>,
    pub mode_surcharge_rp: i64,
    pub period_month: String,
}

/// What approval freezes for good (SPEC PRC-3, POL-4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    pub price_student_id: Uuid,
    pub price_tutor_id: Uuid,
    pub matrix_student_rp: i64,
    pub matrix_tutor_rp: i64,
    pub tagihan_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub pricing_version: i64,
    pub cancellation_tutor_version: i64,
    pub cancellation_siswa_version: i64,
    pub no_show_version: i64,
    pub reschedule_version: i64,
    pub approved_at: DateTime<Utc>,
    pub approved_by: Uuid,
    pub approved_by_name: String,
    pub outside_slots_reason: Option<String>,
}

engine::tags! {
    /// Why a settlement exists.
    pub enum SettlementKind { Completed => "COMPLETED", NoShowStudent => "NO_SHOW_STUDENT", Cancellation => "CANCELLATION", Reschedule => "RESCHEDULE" }
}

/// What a closed sesi leaves to settle. Zero amounts leave nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settlement {
    pub kind: SettlementKind,
    pub siswa_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub denda_rp: i64,
    pub strikes: i64,
    /// When the strikes decay, if there are any.
    pub decays_at: Option<DateTime<Utc>>,
}

/// Somebody else in the tutor's place: what that freezes anew, and what it costs the first one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Substitution {
    pub from_tutor_id: Uuid,
    pub to_tutor_id: Uuid,
    pub way: Way,
    pub at: DateTime<Utc>,
    /// From when the first tutor said so, or from now, to the start.
    pub lead_time_s: i64,
    pub denda_rp: i64,
    pub strikes: i64,
    pub distance_m: Option<i64>,
    pub price_tutor_id: Uuid,
    pub matrix_tutor_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub outside_slots_reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Requested { id: Uuid, code: String, booked: Booked, requested_by: Uuid, rescheduled_from_id: Option<Uuid>, at: DateTime<Utc> },
    Edited { booked: Booked },
    SlaRaised,
    Approved { frozen: Frozen },
    Rejected { reason: Option<String> },
    NotStartedFlagged,
    Announced { at: DateTime<Utc>, until: DateTime<Utc> },
    SeekingOver,
    Substituted { substitution: Substitution },
    Started { at: DateTime<Utc> },
    Reported { report: Report },
    Confirmed { at: DateTime<Utc> },
    SentBack,
    AnomalyFlagged { anomaly_type: AnomalyType, at: DateTime<Utc> },
    Validated { at: DateTime<Utc>, by: Uuid, settlement: Settlement },
    NoShow { party: Party, reason: Option<String>, settlement: Settlement },
    Cancelled { party: Party, at: DateTime<Utc>, lead_time_s: i64, reason: Option<String>, settlement: Settlement },
    Rescheduled { to_id: Uuid, at: DateTime<Utc>, lead_time_s: i64, reason: Option<String>, settlement: Settlement },
}

impl Change {
    /// What is left to settle, for the changes that close a sesi with money.
    pub fn settlement(&self) -> Option<&Settlement> {
        match self {
            Self::Validated { settlement, .. }
            | Self::NoShow { settlement, .. }
            | Self::Cancelled { settlement, .. }
            | Self::Rescheduled { settlement, .. } => Some(settlement),
            Self::Requested { .. }
            | Self::Edited { .. }
            | Self::SlaRaised
            | Self::Approved { .. }
            | Self::Rejected { .. }
            | Self::NotStartedFlagged
            | Self::Announced { .. }
            | Self::SeekingOver
            | Self::Substituted { .. }
            | Self::Started { .. }
            | Self::Reported { .. }
            | Self::Confirmed { .. }
            | Self::SentBack
            | Self::AnomalyFlagged { .. } => None,
        }
    }
}

/// Folds a change into the row. Pure.
pub fn apply(record: Option<Model>, change: &Change) -> Result<Model, Failure> {
    if let Change::Requested { id, code, booked, requested_by, rescheduled_from_id, at } = change {
        let mut model = blank(*id, code.clone(), *requested_by, *at);
        model.rescheduled_from_id = *rescheduled_from_id;
        book(&mut model, booked);
        return Ok(model);
    }
    let mut model = record.ok_or_else(|| Failure::Broken { workflow: "sesi".into(), rule: "a change came before the request".into() })?;
    match change {
        Change::Requested { .. } | Change::NotStartedFlagged | Change::SeekingOver => {}
        Change::Announced { at, until } => {
            model.announced_at = Some(*at);
            model.seeking_until = Some(*until);
        }
        Change::Substituted { substitution } => stand_in(&mut model, substitution),
        Change::Edited { booked } => book(&mut model, booked),
        Change::SlaRaised => model.sla_flagged = true,
        Change::Approved { frozen } => freeze(&mut model, frozen),
        Change::Rejected { reason } => close(&mut model, State::Rejected, reason),
        Change::Started { at } => {
            model.started_at = Some(*at);
            enter(&mut model, State::InProgress);
        }
        Change::Reported { report } => note(&mut model, report),
        Change::Confirmed { at } => {
            model.confirmed_at = Some(*at);
            enter(&mut model, State::AwaitingValidation);
        }
        Change::SentBack => enter(&mut model, State::InProgress),
        Change::AnomalyFlagged { anomaly_type, at } => {
            model.anomaly_flag = true;
            model.anomaly_type = Some(*anomaly_type);
            model.anomaly_flagged_at = Some(*at);
        }
        Change::Validated { at, by, .. } => {
            if model.anomaly_flag {
                model.anomaly_resolved_at = Some(*at);
                model.anomaly_resolved_by = Some(*by);
            }
            enter(&mut model, State::Completed);
        }
        Change::NoShow { party, reason, .. } => close(&mut model, if *party == Party::Siswa { State::NoShowStudent } else { State::NoShowTutor }, reason),
        Change::Cancelled { party, at, lead_time_s, reason, .. } => {
            model.cancelled_party = Some(*party);
            model.cancelled_at = Some(*at);
            model.lead_time_s = Some(*lead_time_s);
            close(&mut model, State::Cancelled, reason);
        }
        Change::Rescheduled { to_id, at, lead_time_s, reason, .. } => {
            model.rescheduled_to_id = Some(*to_id);
            model.cancelled_at = Some(*at);
            model.lead_time_s = Some(*lead_time_s);
            close(&mut model, State::Rescheduled, reason);
        }
    }
    Ok(model)
}

fn enter(model: &mut Model, state: State) {
    model.state = state.as_str().into();
}

fn close(model: &mut Model, state: State, reason: &Option<String>) {
    model.closing_reason.clone_from(reason);
    enter(model, state);
}

fn book(model: &mut Model, booked: &Booked) {
    let Booked { siswa_id, tutor_id, office_id, subject_id, subject_level_id, starts_at, ends_at, duration_minutes, mode, .. } = booked.clone();
    *model = Model { siswa_id, tutor_id, office_id, subject_id, subject_level_id, starts_at, ends_at, duration_minutes, mode, ..model.clone() };
    model.place_address.clone_from(&booked.place_address);
    model.place_lat = booked.place_lat;
    model.place_long = booked.place_long;
    model.distance_m = booked.distance_m;
    model.mode_surcharge_rp = booked.mode_surcharge_rp;
    model.period_month.clone_from(&booked.period_month);
}

fn freeze(model: &mut Model, frozen: &Frozen) {
    let f = frozen.clone();
    *model = Model {
        price_student_id: Some(f.price_student_id),
        price_tutor_id: Some(f.price_tutor_id),
        matrix_student_rp: Some(f.matrix_student_rp),
        matrix_tutor_rp: Some(f.matrix_tutor_rp),
        tagihan_rp: Some(f.tagihan_rp),
        honorarium_rp: Some(f.honorarium_rp),
        transport_rp: Some(f.transport_rp),
        pricing_version: Some(f.pricing_version),
        cancellation_tutor_version: Some(f.cancellation_tutor_version),
        cancellation_siswa_version: Some(f.cancellation_siswa_version),
        no_show_version: Some(f.no_show_version),
        reschedule_version: Some(f.reschedule_version),
        approved_at: Some(f.approved_at),
        approved_by: Some(f.approved_by),
        approved_by_name: Some(f.approved_by_name),
        outside_slots_reason: f.outside_slots_reason,
        ..model.clone()
    };
    enter(model, State::Approved);
}

/// The new tutor begins with nothing announced; the siswa's side stays.
fn stand_in(model: &mut Model, substitution: &Substitution) {
    let new = substitution.clone();
    *model = Model {
        tutor_id: new.to_tutor_id,
        substituted_from_id: Some(new.from_tutor_id),
        substitutions: model.substitutions + 1,
        announced_at: None,
        seeking_until: None,
        distance_m: new.distance_m,
        price_tutor_id: Some(new.price_tutor_id),
        matrix_tutor_rp: Some(new.matrix_tutor_rp),
        honorarium_rp: Some(new.honorarium_rp),
        transport_rp: Some(new.transport_rp),
        outside_slots_reason: new.outside_slots_reason,
        ..model.clone()
    };
}

fn note(model: &mut Model, report: &Report) {
    model.attendance = report.attendance.or(model.attendance);
    model.photo_document_id = report.photo_document_id.or(model.photo_document_id);
    let told = |new: &Option<String>, old: Option<String>| new.clone().or(old);
    let before = model.materi.take();
    let topic = report.topic.clone().or_else(|| before.as_ref().map(|materi| materi.topic.clone()));
    let before = before.unwrap_or_default();
    model.materi = topic.map(|topic| Materi {
        topic,
        sub_topic: told(&report.sub_topic, before.sub_topic),
        pages: told(&report.pages, before.pages),
        homework: told(&report.homework, before.homework),
        next_target: told(&report.next_target, before.next_target),
    });
}

fn blank(id: Uuid, code: String, requested_by: Uuid, at: DateTime<Utc>) -> Model {
    Model {
        id,
        code,
        siswa_id: Uuid::nil(),
        tutor_id: Uuid::nil(),
        office_id: Uuid::nil(),
        subject_id: Uuid::nil(),
        subject_level_id: None,
        starts_at: at,
        ends_at: at,
        duration_minutes: 0,
        mode: Mode::Online,
        place_address: None,
        place_lat: None,
        place_long: None,
        distance_m: None,
        mode_surcharge_rp: 0,
        state: State::Requested.as_str().into(),
        period_month: String::new(),
        requested_by,
        price_student_id: None,
        price_tutor_id: None,
        matrix_student_rp: None,
        matrix_tutor_rp: None,
        tagihan_rp: None,
        honorarium_rp: None,
        transport_rp: None,
        pricing_version: None,
        cancellation_tutor_version: None,
        cancellation_siswa_version: None,
        no_show_version: None,
        reschedule_version: None,
        approved_at: None,
        approved_by: None,
        approved_by_name: None,
        outside_slots_reason: None,
        started_at: None,
        attendance: None,
        materi: None,
        photo_document_id: None,
        confirmed_at: None,
        cancelled_at: None,
        cancelled_party: None,
        closing_reason: None,
        lead_time_s: None,
        anomaly_flag: false,
        anomaly_type: None,
        anomaly_flagged_at: None,
        anomaly_resolved_at: None,
        anomaly_resolved_by: None,
        rescheduled_from_id: None,
        rescheduled_to_id: None,
        sla_flagged: false,
        created_at: at,
        announced_at: None,
        seeking_until: None,
        substituted_from_id: None,
        substitutions: 0,
    }
}
