//! One sesi in full: what was agreed, what was frozen, how it ended, and what it left to settle.

mod read;

use super::super::OurApp;
use super::super::documents::Document;
use super::super::instances::Link;
use super::WORKFLOW;
use crate::problem::Problem;
use crate::request::At;
use crate::view::{Named, Place};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Sesi {
    id: Uuid,
    code: String,
    state: String,
    revision: i64,
    siswa: SesiSiswa,
    tutor: SesiTutor,
    office: SesiOffice,
    subject: Named,
    #[schema(required)]
    level: Option<Named>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    duration_minutes: i64,
    mode: String,
    #[schema(required)]
    place: Option<Place>,
    #[schema(required)]
    distance_m: Option<i64>,
    mode_surcharge_rp: i64,
    #[schema(required)]
    frozen: Option<Frozen>,
    /// `PRESENT` or `LATE`.
    #[schema(required)]
    attendance: Option<String>,
    #[schema(required)]
    started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    materi: Option<Materi>,
    #[schema(required)]
    photo_document_id: Option<Uuid>,
    documents: Vec<Document>,
    #[schema(required)]
    cancelled: Option<Cancelled>,
    #[schema(required)]
    anomaly: Option<Anomaly>,
    #[schema(required)]
    settlement: Option<Settlement>,
    denda: Vec<Denda>,
    /// When its tutor said that somebody else has to stand in; null once somebody does.
    #[schema(required)]
    announced_at: Option<DateTime<Utc>>,
    /// Until when a substitute whom the tutor finds costs the tutor nothing.
    #[schema(required)]
    seeking_until: Option<DateTime<Utc>>,
    /// Who stood in for whom, the oldest first.
    substitutions: Vec<Substitution>,
    /// Strike points this sesi gave its tutor, revoked ones left out.
    strikes: i64,
    #[schema(required)]
    rescheduled_from: Option<SesiRef>,
    #[schema(required)]
    rescheduled_to: Option<SesiRef>,
}

#[derive(Serialize, ToSchema)]
struct SesiSiswa {
    id: Uuid,
    code: String,
    name: String,
    tingkat: String,
    segmentasi: String,
}

#[derive(Serialize, ToSchema)]
struct SesiTutor {
    id: Uuid,
    code: String,
    name: String,
    golongan: String,
}

#[derive(Serialize, ToSchema)]
struct SesiOffice {
    id: Uuid,
    name: String,
    zone: String,
}

/// What approval fixed for good.
#[derive(Serialize, ToSchema)]
struct Frozen {
    tagihan_rp: i64,
    honorarium_rp: i64,
    transport_rp: i64,
    approved_at: DateTime<Utc>,
    approved_by: String,
}

#[derive(Serialize, ToSchema)]
struct Materi {
    #[schema(required)]
    topic: Option<String>,
    #[schema(required)]
    sub_topic: Option<String>,
    #[schema(required)]
    pages: Option<String>,
    #[schema(required)]
    homework: Option<String>,
    #[schema(required)]
    next_target: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Cancelled {
    /// `SISWA`, `TUTOR` or `ADMIN`.
    party: String,
    reason: String,
    at: DateTime<Utc>,
    /// Seconds from the cancel to the start, never negative.
    lead_time_s: i64,
}

#[derive(Serialize, ToSchema)]
struct Anomaly {
    #[serde(rename = "type")]
    kind: String,
    flagged_at: DateTime<Utc>,
    #[schema(required)]
    resolved_at: Option<DateTime<Utc>>,
}

/// What each side settles; null where nothing is due.
#[derive(Serialize, ToSchema)]
struct Settlement {
    #[schema(required)]
    siswa: Option<SiswaSettlement>,
    #[schema(required)]
    tutor: Option<TutorSettlement>,
}

#[derive(Serialize, ToSchema)]
struct SiswaSettlement {
    id: Uuid,
    amount_rp: i64,
    status: String,
}

#[derive(Serialize, ToSchema)]
struct TutorSettlement {
    id: Uuid,
    honorarium_rp: i64,
    transport_rp: i64,
    status: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SesiDenda)]
struct Denda {
    id: Uuid,
    code: String,
    tutor: Named,
    amount_rp: i64,
    /// `APPLIED`, `HELD`, `FINAL` or `REVERSED`.
    status: String,
}

/// Somebody else in the tutor's place, and what that changed.
#[derive(Serialize, ToSchema)]
#[schema(as = SesiSubstitution)]
struct Substitution {
    from: Named,
    to: Named,
    /// `SELF`, `DISPATCH` or `REASSIGN`.
    way: String,
    at: DateTime<Utc>,
    /// What the first tutor was charged with.
    denda_rp: i64,
    strikes: i64,
    honorarium_before_rp: i64,
    transport_before_rp: i64,
    honorarium_rp: i64,
    transport_rp: i64,
}

#[derive(Serialize, ToSchema)]
struct SesiRef {
    id: Uuid,
    code: String,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Sesi>, Problem> {
    let sesi = read::sesi(&app.engine.db, id).await?;
    Ok(Json(sesi.ok_or_else(|| Problem::not_found("sesi"))?))
}

/// The sesi this one took the place of, and the one that took its place.
pub async fn links(db: &Db, id: Uuid) -> Result<Vec<Link>, Failure> {
    let sql = "SELECT CASE WHEN o.rescheduled_to_id = ? THEN 'rescheduled_from' ELSE 'rescheduled_to' END AS rel, o.id, o.code FROM sesi o \
               WHERE o.rescheduled_to_id = ? OR o.rescheduled_from_id = ? ORDER BY o.created_at";
    let rows = db::rows(db.reader(), sql, vec![id.into(), id.into(), id.into()]).await?;
    rows.iter()
        .map(|row| Ok(Link { rel: row.try_get("", "rel")?, id: row.try_get("", "id")?, workflow: WORKFLOW.into(), code: row.try_get("", "code")? }))
        .collect()
}
