//! Who could stand in at a sesi: the nearest first, and on demand why others cannot.

use super::super::OurApp;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, List};
use crate::view::Place;
use crate::view::outcome::Warning;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::refusal::FieldError;
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::sesi::finder::{self, Candidate, Excluded, Found, Person, Reason};

/// How many of each are told; the search narrows them down.
const MOST: usize = 200;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SubstituteFilter {
    /// `excluded`: name also those who cannot, and why.
    #[serde(rename = "filter[show]")]
    show: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Substitutes {
    /// Whom they would stand in for, and what that tutor would get now.
    first: FirstTutor,
    centre: Centre,
    /// How many there are that match the search; `items` holds at most 200.
    total: usize,
    items: Vec<SubstituteCandidate>,
    excluded_total: usize,
    /// Empty unless asked for.
    excluded: Vec<ExcludedTutor>,
}

#[derive(Serialize, ToSchema)]
struct FirstTutor {
    id: Uuid,
    honorarium_rp: i64,
    transport_rp: i64,
    #[schema(required)]
    announced_at: Option<DateTime<Utc>>,
    #[schema(required)]
    seeking_until: Option<DateTime<Utc>>,
}

/// From where distances are measured.
#[derive(Serialize, ToSchema)]
struct Centre {
    lat: f64,
    long: f64,
    /// The office, because the lesson has no place.
    office: bool,
}

#[derive(Serialize, ToSchema)]
struct SubstituteTutor {
    id: Uuid,
    code: String,
    name: String,
    golongan: String,
    distance_m: i64,
    place: Place,
    /// Whether `place` is the tutor's home; else it is the office.
    at_home: bool,
    #[schema(required)]
    last_active_at: Option<DateTime<Utc>>,
    /// Whether the siswa likes this tutor.
    preferred: bool,
}

#[derive(Serialize, ToSchema)]
struct SubstituteCandidate {
    tutor: SubstituteTutor,
    honorarium_rp: i64,
    transport_rp: i64,
    /// What both are more than the first tutor's.
    difference_rp: i64,
    inside_slots: bool,
}

#[derive(Serialize, ToSchema)]
struct ExcludedTutor {
    tutor: SubstituteTutor,
    /// The codes are those of a refused substitution.
    reasons: Vec<Warning>,
}

/// 422 `sesi_not_approved` with the state.
pub async fn substitutes(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, list: List<SubstituteFilter>) -> Result<Json<Substitutes>, Problem> {
    let show_excluded = match list.filter.show.as_deref() {
        None => false,
        Some("excluded") => true,
        Some(_) => return Err(Problem::invalid(FieldError::new("filter[show]", "not_a_choice").with("choices", vec!["excluded"]))),
    };
    let engine = &app.engine;
    let now = engine.clock.now();
    let ctx = Ctx { id, now, received_at: now, actor: &who.actor, reason: None, policies: &engine.policies };
    let found = finder::find(engine.db.reader(), id, ctx).await?.ok_or_else(|| Problem::not_found("sesi"))?;
    Ok(Json(told(found, list.q.as_deref(), show_excluded)))
}

fn told(found: Found, q: Option<&str>, show_excluded: bool) -> Substitutes {
    let Found { sesi, centre, candidates, excluded } = found;
    let (honorarium_rp, transport_rp) = (sesi.honorarium_rp.unwrap_or(0), sesi.transport_rp.unwrap_or(0));
    let wanted: Vec<Candidate> = candidates.into_iter().filter(|one| matches(&one.person, q)).collect();
    let unfit: Vec<Excluded> = excluded.into_iter().filter(|one| matches(&one.person, q)).collect();
    let candidate = |one: Candidate| SubstituteCandidate {
        difference_rp: one.honorarium_rp + one.transport_rp - honorarium_rp - transport_rp,
        honorarium_rp: one.honorarium_rp,
        transport_rp: one.transport_rp,
        inside_slots: one.inside_slots,
        tutor: tutor(one.person),
    };
    Substitutes {
        first: FirstTutor { id: sesi.tutor_id, honorarium_rp, transport_rp, announced_at: sesi.announced_at, seeking_until: sesi.seeking_until },
        centre: Centre { lat: centre.lat, long: centre.long, office: sesi.place_lat.is_none() },
        total: wanted.len(),
        items: wanted.into_iter().take(MOST).map(candidate).collect(),
        excluded_total: unfit.len(),
        excluded: unfit.into_iter().take(if show_excluded { MOST } else { 0 }).map(excluded_tutor).collect(),
    }
}

fn matches(person: &Person, q: Option<&str>) -> bool {
    let Some(q) = q.map(str::to_lowercase) else { return true };
    person.name.to_lowercase().contains(&q) || person.code.to_lowercase().contains(&q)
}

fn tutor(person: Person) -> SubstituteTutor {
    let Person { id, code, name, golongan, place, at_home, distance_m, last_active_at, preferred } = person;
    let place = Place { address: None, lat: place.lat, long: place.long };
    SubstituteTutor { id, code, name, golongan, distance_m, place, at_home, last_active_at, preferred }
}

fn excluded_tutor(one: Excluded) -> ExcludedTutor {
    ExcludedTutor { tutor: tutor(one.person), reasons: one.reasons.into_iter().map(reason).collect() }
}

fn reason(reason: Reason) -> Warning {
    let (code, params) = match reason {
        Reason::TutorInactive { status } => ("tutor_inactive", json!({ "status": status })),
        Reason::TutorSuspended { until } => ("tutor_suspended", json!({ "until": until })),
        Reason::TutorDoesNotTeach => ("tutor_does_not_teach", json!({})),
        Reason::SlotTaken { id, code } => ("slot_taken", json!({ "who": "TUTOR", "sesi_id": id, "code": code })),
        Reason::PriceMissing { golongan } => ("price_missing", json!({ "audience": "TUTOR", "golongan": golongan })),
    };
    let params = match params {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    Warning { code: code.into(), params }
}
