//! Requesting a new sesi.

use super::super::{OurApp, commands};
use super::WORKFLOW;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::view::outcome::{Outcome, Warning};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::execute::Target;
use engine::id::new_id;
use engine::refusal::{FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::records::price::Cell;
use workflows::sesi::command::Request;
use workflows::sesi::quote::{Quote, quote};
use workflows::sesi::rejection::MissingPrice;

/// The command that starts a sesi.
const REQUEST: &str = "request";

/// What is agreed when a sesi is requested. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewSesi {
    siswa_id: Uuid,
    tutor_id: Uuid,
    subject_id: Uuid,
    /// Required when the subject has levels.
    subject_level_id: Option<Uuid>,
    starts_at: DateTime<Utc>,
    /// The setting `session_default_duration_minutes` unless given.
    duration_minutes: Option<i64>,
    mode: SesiMode,
    /// Where; for `OFFLINE_RUMAH_SISWA` the address on file unless given.
    place: Option<NewPlace>,
    mode_surcharge_rp: Option<i64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum SesiMode {
    Online,
    OfflineRumahSiswa,
    OfflineCustom,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct NewPlace {
    address: String,
    lat: f64,
    long: f64,
}

/// What approval would say now.
#[derive(Serialize, ToSchema)]
pub struct SesiPreview {
    #[schema(required)]
    tagihan_rp: Option<i64>,
    #[schema(required)]
    honorarium_rp: Option<i64>,
    #[schema(required)]
    transport_rp: Option<i64>,
    pub(super) warnings: Vec<Warning>,
    pub(super) conflicts: Vec<Conflict>,
    #[schema(required)]
    pub(super) price_missing: Option<PriceMissing>,
}

/// Another sesi at the same time.
#[derive(Serialize, ToSchema)]
pub struct Conflict {
    pub(super) id: Uuid,
    code: String,
    label: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// The combination no price is in force for.
#[derive(Serialize, ToSchema)]
pub struct PriceMissing {
    /// `STUDENT` or `TUTOR`.
    audience: String,
    subject: String,
    #[schema(required)]
    level: Option<String>,
    tingkat: String,
    segmentasi: String,
    #[schema(required)]
    golongan: Option<String>,
    cell: MissingCell,
    /// The day of the sesi, on which it is missed.
    day: NaiveDate,
}

/// Where it would stand in the matrix.
#[derive(Serialize, ToSchema)]
struct MissingCell {
    subject_id: Uuid,
    #[schema(required)]
    subject_level_id: Option<Uuid>,
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    #[schema(required)]
    golongan_id: Option<Uuid>,
}

pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewSesi>) -> Result<Created<Outcome>, Problem> {
    let id = new_id(app.engine.clock.now());
    let mut request = commands::request(WORKFLOW, Target::New(id), REQUEST, body, who.actor)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map, .. }: Fields<NewSesi>) -> Result<Json<SesiPreview>, Problem> {
    let engine = &app.engine;
    let spec = engine.registry.definition(WORKFLOW).and_then(|definition| definition.command(REQUEST)).ok_or_else(Problem::internal)?;
    let faults = spec.check(&map, None);
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults).into());
    }
    let given = map.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let asked: Request = serde_json::from_value(Value::Object(given))
        .map_err(|error| Problem::invalid(FieldError::new("body", "malformed").with("message", error.to_string())))?;
    let now = engine.clock.now();
    let ctx = Ctx { id: new_id(now), now, received_at: now, actor: &who.actor, reason: None, policies: &engine.policies };
    let tx = engine.db.begin().await?;
    let quoted = quote(&tx, &asked, ctx).await;
    tx.rollback().await?;
    match quoted {
        Ok(quote) => Ok(Json(quote.into())),
        // The form shows what is in the way and goes on.
        Err(Halt::Refused(Refusal::Rejected(rejected))) => Ok(Json(SesiPreview::warning(Warning { code: rejected.code, params: rejected.params }))),
        Err(halt) => Err(halt.into()),
    }
}

impl SesiPreview {
    pub(super) fn warning(warning: Warning) -> Self {
        Self { tagihan_rp: None, honorarium_rp: None, transport_rp: None, warnings: vec![warning], conflicts: vec![], price_missing: None }
    }
}

impl From<Quote> for SesiPreview {
    fn from(quote: Quote) -> Self {
        let conflicts = quote.conflicts.into_iter().map(|other| Conflict {
            id: other.id,
            code: other.code,
            label: other.label,
            starts_at: other.starts_at,
            ends_at: other.ends_at,
        });
        Self {
            tagihan_rp: quote.priced.map(|priced| priced.tagihan_rp),
            honorarium_rp: quote.priced.map(|priced| priced.honorarium_rp),
            transport_rp: quote.priced.map(|priced| priced.transport_rp),
            warnings: quote.warnings.into_iter().map(Into::into).collect(),
            conflicts: conflicts.collect(),
            price_missing: quote.price_missing.map(Into::into),
        }
    }
}

impl From<MissingPrice> for PriceMissing {
    fn from(missing: MissingPrice) -> Self {
        let MissingPrice { audience, subject, level, tingkat, segmentasi, golongan, cell, day } = missing;
        let Cell { subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id } = cell;
        let cell = MissingCell { subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id };
        Self { audience: audience.into(), subject, level, tingkat, segmentasi, golongan, cell, day }
    }
}
