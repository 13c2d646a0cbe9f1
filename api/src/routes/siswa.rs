//! Siswa: the list, one in full, made, edited and archived (SPEC MD-2).

mod list;
mod read;

use super::OurApp;
use super::person::{FormCheck, PersonDocument, PersonStatusChange, documents, reason, reason_if_any, welcome, written};
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen, not_held};
use crate::view::Coded;
use axum::Json;
use axum::extract::{Multipart, State};
use chrono::{DateTime, Utc};
use engine::refusal::{Failure, FieldError};
pub use list::{csv, list, xlsx};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::held::{NotHeld, etag};
use workflows::notification::log::RecipientKind;
use workflows::people::documents::Role;
use workflows::people::{Kind, preferred, siswa};
use workflows::records::catalog::Status;
use workflows::records::siswa::Model;

/// Everything about a siswa.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiswaDetail {
    id: Uuid,
    code: String,
    name: String,
    tingkat: Coded,
    segmentasi: Coded,
    office: Coded,
    parent_name: String,
    /// E.164.
    parent_phone: String,
    parent_relation: String,
    #[schema(required)]
    email: Option<String>,
    #[schema(required)]
    address: Option<String>,
    #[schema(required)]
    lat: Option<f64>,
    #[schema(required)]
    long: Option<f64>,
    /// `ACTIVE` or `ARCHIVED`.
    status: String,
    created_at: DateTime<Utc>,
    /// For `If-Match` of what is in the form, and of the status.
    etag: String,
    /// Good for five minutes.
    #[schema(required)]
    photo_url: Option<String>,
    /// Neither KTP nor akta is there.
    lacks_proof: bool,
    /// The newest first, replaced ones too.
    documents: Vec<PersonDocument>,
    /// The dearest first.
    preferred_tutors: Vec<PreferredTutor>,
    /// For `If-Match` of the preferred tutors.
    preferred_etag: String,
    live_sesi: i64,
}

/// A tutor that a siswa prefers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreferredTutor {
    id: Uuid,
    code: String,
    name: String,
    status: String,
}

/// The whole form.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiswaForm {
    name: String,
    tingkat_id: Option<Uuid>,
    segmentasi_id: Option<Uuid>,
    office_id: Option<Uuid>,
    parent_name: String,
    /// In any spelling.
    parent_phone: String,
    parent_relation: String,
    email: Option<String>,
    address: Option<String>,
    lat: Option<f64>,
    long: Option<f64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiswaCheck {
    /// The siswa the form is about; left out for a new one.
    id: Option<Uuid>,
    siswa: SiswaForm,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSiswa {
    siswa: SiswaForm,
    /// Whether to send the welcome mail; needs `notification.send`.
    #[serde(default)]
    welcome: bool,
    /// Why this is not one of those it looks like.
    duplicate_reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiswaChange {
    siswa: SiswaForm,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferredChange {
    /// All of them, the dearest first.
    tutors: Vec<Uuid>,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<SiswaDetail>, Problem> {
    Ok(Json(read::one(&app, id).await?))
}

/// What would be said of a form, without saving anything.
pub async fn check(State(app): OurApp, Body(body): Body<SiswaCheck>) -> Result<Json<FormCheck>, Problem> {
    let (db, now) = (app.engine.db.reader(), app.engine.clock.now());
    let before = match body.id {
        Some(id) => Some(read::row(&app, id).await?),
        None => None,
    };
    let checked = siswa::check(db, &body.siswa.into(), before.as_ref(), now).await?;
    Ok(Json(FormCheck::new(checked.findings, checked.duplicates)))
}

/// 422 `invalid` at the fields, `possible_duplicate` with `blocking` without a reason; 403 `forbidden` when the mail
/// may not be sent.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<NewSiswa>) -> Result<Created<SiswaDetail>, Problem> {
    let reason = reason_if_any("duplicate_reason", new.duplicate_reason.as_deref())?;
    let tx = app.engine.db.begin().await?;
    let row = siswa::create(&tx, &new.siswa.into(), &written(&app, &who, reason)).await?;
    let mail = if new.welcome { Some(welcome(&app, &who, &tx, (RecipientKind::Siswa, row.id, row.email.as_deref())).await?) } else { None };
    tx.commit().await.map_err(Failure::from)?;
    if let Some(mail) = mail {
        app.engine.ring(&mail);
    }
    Ok(Created(read::one(&app, row.id).await?))
}

/// 422 `invalid` at the fields; 412 `stale_revision` with `params.now`; 409 `not_allowed` when archived.
pub async fn edit(State(app): OurApp, who: SignedIn, seen: Seen, At(id): At<Uuid>, Body(change): Body<SiswaChange>) -> Result<Json<SiswaDetail>, Problem> {
    let reason = reason_if_any("reason", change.reason.as_deref())?;
    let edited = siswa::edit(&app.engine.db, id, seen.0.as_deref(), &change.siswa.into(), &written(&app, &who, reason)).await;
    answer(&app, id, edited).await
}

/// 422 `live_sesi` with `blocking`; 412 `stale_revision`.
pub async fn set_status(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At(id): At<Uuid>,
    Body(change): Body<PersonStatusChange>,
) -> Result<Json<SiswaDetail>, Problem> {
    let reason = reason(&change.reason)?;
    let to = Status::try_from_value(&change.status).map_err(|_| Problem::invalid(FieldError::new("status", "not_a_choice")))?;
    let changed = siswa::set_status(&app.engine.db, id, seen.0.as_deref(), to, &written(&app, &who, Some(reason))).await;
    answer(&app, id, changed).await
}

/// Replaces the preferred tutors. 422 `invalid` at `tutors.<place>`; 412 `stale_revision`.
pub async fn set_preferred(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At(id): At<Uuid>,
    Body(change): Body<PreferredChange>,
) -> Result<Json<SiswaDetail>, Problem> {
    let changed = preferred::replace(&app.engine.db, id, seen.0.as_deref(), &change.tutors, &written(&app, &who, None)).await;
    changed.map_err(|error| not_held(error, "siswa", |now| json!({ "tutors": now, "etag": etag(now) })))?;
    Ok(Json(read::one(&app, id).await?))
}

pub async fn upload_photo(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, form: Multipart) -> Result<Created<PersonDocument>, Problem> {
    documents::upload(&app, &who, (Kind::Siswa, id, Role::Photo), form).await
}

pub async fn upload_document(
    State(app): OurApp,
    who: SignedIn,
    At((id, role)): At<(Uuid, String)>,
    form: Multipart,
) -> Result<Created<PersonDocument>, Problem> {
    documents::upload_identity(&app, &who, (Kind::Siswa, id, &role), form).await
}

pub async fn open_document(State(app): OurApp, who: SignedIn, At((id, document)): At<(Uuid, Uuid)>) -> Result<Json<documents::OpenedDocument>, Problem> {
    documents::open(&app, &who, (Kind::Siswa, id, document)).await
}

async fn answer(app: &App, id: Uuid, changed: Result<(), NotHeld<Model>>) -> Result<Json<SiswaDetail>, Problem> {
    changed.map_err(|error| not_held(error, "siswa", stale))?;
    Ok(Json(read::one(app, id).await?))
}

/// The row that is there now, as the form has it.
fn stale(now: &Model) -> Value {
    json!({
        "name": now.name, "tingkat_id": now.tingkat_id, "segmentasi_id": now.segmentasi_id, "office_id": now.office_id, "parent_name": now.parent_name,
        "parent_phone": now.parent_phone, "parent_relation": now.parent_relation, "email": now.email, "address": now.address, "lat": now.lat,
        "long": now.long, "status": now.status, "etag": etag(now),
    })
}

impl From<SiswaForm> for siswa::Draft {
    fn from(form: SiswaForm) -> Self {
        let SiswaForm { name, tingkat_id, segmentasi_id, office_id, parent_name, parent_phone, parent_relation, email, address, lat, long } = form;
        Self { name, tingkat_id, segmentasi_id, office_id, parent_name, parent_phone, parent_relation, email, address, lat, long }
    }
}
