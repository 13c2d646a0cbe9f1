//! What moving many sesi would do, sesi by sesi; nothing is written.

use super::super::new::{Conflict, PriceMissing, SesiPreview};
use super::{Reassign, ReassignCommand, ReassignItem, limited};
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::{Problem, ProblemBody};
use crate::request::Body;
use crate::routes::OurApp;
use crate::view::outcome::{Amount, Warning};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::refusal::{FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::records::sesi::{self, Model};
use workflows::sesi::command::{Place, Request};
use workflows::sesi::quote::quote;

/// No move is longer than a year.
const MOST_MINUTES: i64 = 366 * 24 * 60;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReassignTry {
    /// At most 200.
    ids: Vec<Uuid>,
    /// To whom; or `shift_minutes`, or both.
    tutor_id: Option<Uuid>,
    /// By how much later (or, below 0, earlier).
    shift_minutes: Option<i64>,
    outside_slots_reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct ReassignPreview {
    rows: Vec<ReassignRow>,
}

/// What would become of one sesi: `command` when it can be moved, else `problem`.
#[derive(Default, Serialize, ToSchema)]
struct ReassignRow {
    id: Uuid,
    ok: bool,
    #[schema(required)]
    command: Option<ReassignCommand>,
    /// Its new start, when the time moves.
    #[schema(required)]
    starts_at: Option<DateTime<Utc>>,
    #[schema(required)]
    outcome: Option<String>,
    amounts: Vec<Amount>,
    warnings: Vec<Warning>,
    /// Sesi at that time; approving what becomes a request would be refused.
    conflicts: Vec<Conflict>,
    #[schema(required)]
    price_missing: Option<PriceMissing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<ProblemBody>)]
    problem: Option<Problem>,
}

pub async fn preview(State(app): OurApp, who: SignedIn, Body(asked): Body<ReassignTry>) -> Result<Json<ReassignPreview>, Problem> {
    limited(asked.ids.len(), "ids")?;
    match (asked.tutor_id, asked.shift_minutes) {
        (None, None | Some(0)) => return Err(Problem::invalid(FieldError::new("tutor_id", "required"))),
        (_, Some(shift)) if shift.abs() > MOST_MINUTES => {
            return Err(Problem::invalid(FieldError::new("shift_minutes", "out_of_range").with("min", -MOST_MINUTES).with("max", MOST_MINUTES)));
        }
        (_, _) => {}
    }
    let mut rows = Vec::with_capacity(asked.ids.len());
    for id in &asked.ids {
        rows.push(row(&app, &who.actor, &asked, *id).await?);
    }
    Ok(Json(ReassignPreview { rows }))
}

async fn row(app: &App, actor: &Actor, asked: &ReassignTry, id: Uuid) -> Result<ReassignRow, Problem> {
    let refused = |problem: Problem| Ok(ReassignRow { id, problem: Some(problem), ..ReassignRow::default() });
    let Some(sesi) = sesi::Entity::find_by_id(id).one(app.engine.db.reader()).await.map_err(engine::refusal::Failure::from)? else {
        return refused(Problem::not_found("sesi"));
    };
    let shift = asked.shift_minutes.filter(|minutes| *minutes != 0);
    let command = match (sesi.state.as_str(), shift) {
        ("REQUESTED", _) => ReassignCommand::Edit,
        ("APPROVED", None) => ReassignCommand::Substitute,
        ("APPROVED", Some(_)) => ReassignCommand::Reschedule,
        (state, _) => return refused(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "sesi_not_open").with("state", state)),
    };
    let starts_at = shift.map(|minutes| sesi.starts_at + TimeDelta::minutes(minutes));
    let item = ReassignItem { id, command, starts_at, expected_outcome: None };
    // Any reason will do for looking.
    let given = Reassign { items: vec![], tutor_id: asked.tutor_id, reason: "-".into(), outside_slots_reason: asked.outside_slots_reason.clone() };
    let shown = match app.engine.preview(&given.request(&item, actor.clone())?).await {
        Ok(shown) => shown,
        Err(Halt::Failed(failure)) => return Err(failure.into()),
        Err(halt) => return refused(halt.into()),
    };
    let mut row = ReassignRow {
        id,
        ok: true,
        command: Some(command),
        starts_at,
        outcome: Some(shown.outcome),
        amounts: shown.amounts.into_iter().map(Into::into).collect(),
        warnings: shown.warnings.into_iter().map(Into::into).collect(),
        ..ReassignRow::default()
    };
    if command != ReassignCommand::Substitute {
        // What becomes a request is looked at as approval would.
        let quoted = approval_of(app, actor, &sesi, asked.tutor_id, starts_at).await?;
        row.conflicts = quoted.conflicts.into_iter().filter(|other| !asked.ids.contains(&other.id)).collect();
        row.price_missing = quoted.price_missing;
        row.warnings.extend(quoted.warnings);
    }
    Ok(row)
}

async fn approval_of(app: &App, actor: &Actor, sesi: &Model, tutor_id: Option<Uuid>, starts_at: Option<DateTime<Utc>>) -> Result<SesiPreview, Problem> {
    let place = match (&sesi.place_address, sesi.place_lat, sesi.place_long) {
        (Some(address), Some(lat), Some(long)) => Some(Place { address: address.clone(), lat, long }),
        _ => None,
    };
    let request = Request {
        siswa_id: sesi.siswa_id,
        tutor_id: tutor_id.unwrap_or(sesi.tutor_id),
        subject_id: sesi.subject_id,
        subject_level_id: sesi.subject_level_id,
        starts_at: starts_at.unwrap_or(sesi.starts_at),
        duration_minutes: Some(sesi.duration_minutes),
        mode: sesi.mode,
        place,
        mode_surcharge_rp: Some(sesi.mode_surcharge_rp),
    };
    let now = app.engine.clock.now();
    // Under its own id, so that it is not in its own way.
    let ctx = Ctx { id: sesi.id, now, received_at: now, actor, reason: None, policies: &app.engine.policies };
    let tx = app.engine.db.begin().await?;
    let quoted = quote(&tx, &request, ctx).await;
    tx.rollback().await?;
    match quoted {
        Ok(quote) => Ok(quote.into()),
        Err(Halt::Refused(Refusal::Rejected(rejected))) => Ok(SesiPreview::warning(Warning { code: rejected.code, params: rejected.params })),
        Err(halt) => Err(halt.into()),
    }
}
