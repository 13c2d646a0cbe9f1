//! Tutors: the list, one in full, made, edited, activated and archived (SPEC MD-1).

mod list;
mod read;

use super::OurApp;
use super::person::{FormCheck, PersonDocument, PersonStatusChange, documents, reason, reason_if_any, welcome, written};
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen, not_held};
use crate::view::{Coded, Named};
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
use workflows::people::slots::{self, Window};
use workflows::people::subjects::{self, Taught};
use workflows::people::{Kind, tutor};
use workflows::records::tutor::{Model, Status};

/// Everything about a tutor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TutorDetail {
    id: Uuid,
    code: String,
    name: String,
    /// E.164.
    phone: String,
    #[schema(required)]
    email: Option<String>,
    golongan: Coded,
    office: TutorOffice,
    /// `DRAFT`, `ACTIVE`, `SUSPENDED`, `TERMINATED` or `ARCHIVED`.
    status: String,
    #[schema(required)]
    suspended_until: Option<DateTime<Utc>>,
    #[schema(required)]
    address: Option<String>,
    #[schema(required)]
    lat: Option<f64>,
    #[schema(required)]
    long: Option<f64>,
    #[schema(required)]
    bio: Option<String>,
    contract_signed: bool,
    #[schema(required)]
    last_active_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// For `If-Match` of what is in the form, and of the status.
    etag: String,
    /// Good for five minutes.
    #[schema(required)]
    photo_url: Option<String>,
    /// No KTP: cannot become active.
    lacks_proof: bool,
    /// The newest first, replaced ones too.
    documents: Vec<PersonDocument>,
    subjects: Vec<TaughtSubject>,
    /// For `If-Match` of the subjects.
    subjects_etag: String,
    slots: Vec<SlotWindow>,
    /// For `If-Match` of the Slots.
    slots_etag: String,
    live_sesi: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TutorOffice {
    id: Uuid,
    code: String,
    name: String,
    /// The zone of the tutor's Slots.
    zone: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaughtSubject {
    subject: Named,
    /// Null: every level.
    #[schema(required)]
    level: Option<Named>,
}

/// A window of the week, in the zone of the tutor's office.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotWindow {
    /// 1 is Monday, 7 is Sunday.
    weekday: i64,
    /// Minutes from midnight.
    from_minute: i64,
    /// Minutes from midnight, exclusive, up to 1440.
    until_minute: i64,
}

/// The whole form.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct TutorForm {
    name: String,
    /// In any spelling.
    phone: String,
    email: Option<String>,
    golongan_id: Option<Uuid>,
    office_id: Option<Uuid>,
    address: Option<String>,
    lat: Option<f64>,
    long: Option<f64>,
    bio: Option<String>,
    contract_signed: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TutorCheck {
    /// The tutor the form is about; left out for a new one.
    id: Option<Uuid>,
    tutor: TutorForm,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTutor {
    tutor: TutorForm,
    /// Whether to send the welcome mail; needs `notification.send`.
    #[serde(default)]
    welcome: bool,
    /// Why this is not one of those it looks like.
    duplicate_reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TutorChange {
    tutor: TutorForm,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotsChange {
    /// All of them.
    slots: Vec<SlotWindow>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectsChange {
    /// All of them.
    subjects: Vec<SubjectChoice>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectChoice {
    subject_id: Uuid,
    /// Left out: every level.
    level_id: Option<Uuid>,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<TutorDetail>, Problem> {
    Ok(Json(read::one(&app, id).await?))
}

/// What would be said of a form, without saving anything.
pub async fn check(State(app): OurApp, Body(body): Body<TutorCheck>) -> Result<Json<FormCheck>, Problem> {
    let (db, now) = (app.engine.db.reader(), app.engine.clock.now());
    let before = match body.id {
        Some(id) => Some(read::row(&app, id).await?),
        None => None,
    };
    let checked = tutor::check(db, &body.tutor.into(), before.as_ref(), now).await?;
    Ok(Json(FormCheck::new(checked.findings, checked.duplicates)))
}

/// Makes a draft. 422 `invalid` at the fields, `possible_duplicate` with `blocking` without a reason; 403 `forbidden`
/// when the mail may not be sent.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<NewTutor>) -> Result<Created<TutorDetail>, Problem> {
    let reason = reason_if_any("duplicate_reason", new.duplicate_reason.as_deref())?;
    let tx = app.engine.db.begin().await?;
    let row = tutor::create(&tx, &new.tutor.into(), &written(&app, &who, reason)).await?;
    let mail = if new.welcome { Some(welcome(&app, &who, &tx, (RecipientKind::Tutor, row.id, row.email.as_deref())).await?) } else { None };
    tx.commit().await.map_err(Failure::from)?;
    if let Some(mail) = mail {
        app.engine.ring(&mail);
    }
    Ok(Created(read::one(&app, row.id).await?))
}

/// 422 `invalid` at the fields; 412 `stale_revision` with `params.now`; 409 `not_allowed` when archived.
pub async fn edit(State(app): OurApp, who: SignedIn, seen: Seen, At(id): At<Uuid>, Body(change): Body<TutorChange>) -> Result<Json<TutorDetail>, Problem> {
    let reason = reason_if_any("reason", change.reason.as_deref())?;
    let edited = tutor::edit(&app.engine.db, id, seen.0.as_deref(), &change.tutor.into(), &written(&app, &who, reason)).await;
    answer(&app, id, edited).await
}

/// 422 `invalid` at `ktp`, `live_sesi` with `blocking`; 412 `stale_revision`; 409 `not_allowed`.
pub async fn set_status(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At(id): At<Uuid>,
    Body(change): Body<PersonStatusChange>,
) -> Result<Json<TutorDetail>, Problem> {
    let reason = reason(&change.reason)?;
    let to = Status::try_from_value(&change.status).map_err(|_| Problem::invalid(FieldError::new("status", "not_a_choice")))?;
    let changed = tutor::set_status(&app.engine.db, id, seen.0.as_deref(), to, &written(&app, &who, Some(reason))).await;
    answer(&app, id, changed).await
}

/// Replaces the Slots. 422 `invalid` at `slots.<place>.<field>`; 412 `stale_revision`.
pub async fn set_slots(State(app): OurApp, who: SignedIn, seen: Seen, At(id): At<Uuid>, Body(change): Body<SlotsChange>) -> Result<Json<TutorDetail>, Problem> {
    let windows: Vec<Window> = change.slots.into_iter().map(Into::into).collect();
    let changed = slots::replace(&app.engine.db, id, seen.0.as_deref(), &windows, &written(&app, &who, None)).await;
    changed.map_err(|error| not_held(error, "tutor", |now| json!({ "slots": now, "etag": etag(now) })))?;
    Ok(Json(read::one(&app, id).await?))
}

/// Replaces what the tutor teaches. 422 `invalid` at `subjects.<place>`; 412 `stale_revision`.
pub async fn set_subjects(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At(id): At<Uuid>,
    Body(change): Body<SubjectsChange>,
) -> Result<Json<TutorDetail>, Problem> {
    let taught: Vec<Taught> = change.subjects.iter().map(|one| Taught { subject_id: one.subject_id, subject_level_id: one.level_id }).collect();
    let changed = subjects::replace(&app.engine.db, id, seen.0.as_deref(), &taught, &written(&app, &who, None)).await;
    changed.map_err(|error| not_held(error, "tutor", |now| json!({ "subjects": now, "etag": etag(now) })))?;
    Ok(Json(read::one(&app, id).await?))
}

pub async fn upload_photo(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, form: Multipart) -> Result<Created<PersonDocument>, Problem> {
    documents::upload(&app, &who, (Kind::Tutor, id, Role::Photo), form).await
}

pub async fn upload_document(
    State(app): OurApp,
    who: SignedIn,
    At((id, role)): At<(Uuid, String)>,
    form: Multipart,
) -> Result<Created<PersonDocument>, Problem> {
    documents::upload_identity(&app, &who, (Kind::Tutor, id, &role), form).await
}

pub async fn open_document(State(app): OurApp, who: SignedIn, At((id, document)): At<(Uuid, Uuid)>) -> Result<Json<documents::OpenedDocument>, Problem> {
    documents::open(&app, &who, (Kind::Tutor, id, document)).await
}

async fn answer(app: &App, id: Uuid, changed: Result<(), NotHeld<Model>>) -> Result<Json<TutorDetail>, Problem> {
    changed.map_err(|error| not_held(error, "tutor", stale))?;
    Ok(Json(read::one(app, id).await?))
}

/// The row that is there now, as the form has it.
fn stale(now: &Model) -> Value {
    json!({
        "name": now.name, "phone": now.phone, "email": now.email, "golongan_id": now.golongan_id, "office_id": now.office_id, "address": now.address,
        "lat": now.lat, "long": now.long, "bio": now.bio, "contract_signed": now.contract_signed, "status": now.status, "etag": etag(now),
    })
}

impl From<TutorForm> for tutor::Draft {
    fn from(form: TutorForm) -> Self {
        let TutorForm { name, phone, email, golongan_id, office_id, address, lat, long, bio, contract_signed } = form;
        Self { name, phone, email, golongan_id, office_id, address, lat, long, bio, contract_signed }
    }
}

impl From<SlotWindow> for Window {
    fn from(SlotWindow { weekday, from_minute, until_minute }: SlotWindow) -> Self {
        Self { weekday, from_minute, until_minute }
    }
}

impl From<Window> for SlotWindow {
    fn from(Window { weekday, from_minute, until_minute }: Window) -> Self {
        Self { weekday, from_minute, until_minute }
    }
}
