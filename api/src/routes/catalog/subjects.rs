//! Subjects with their levels, for people who look after them (SPEC MD-3).

use super::super::OurApp;
use super::change::{reason, refused, shown, status};
use super::shelves::{self, CatalogRow};
use super::usage::{self, Usage};
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen};
use axum::Json;
use axum::extract::State;
use sea_orm::{EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::catalog::shelf::Shelf;
use workflows::catalog::subject::{self, Edit, New};
use workflows::changes::Written;
use workflows::held::etag;
use workflows::records::catalog::subject::{Column, Entity, Model};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubjectRow {
    id: Uuid,
    code: String,
    name: String,
    kategori_id: Uuid,
    /// A sesi of this subject names one of its levels.
    has_levels: bool,
    /// `ACTIVE` or `ARCHIVED`; archived subjects cannot be picked for new work.
    status: String,
    /// For `If-Match`.
    etag: String,
    usage: Usage,
    level_count: i64,
}

/// A subject with its levels in their order, archived ones too.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubjectWithLevels {
    #[serde(flatten)]
    subject: SubjectRow,
    levels: Vec<CatalogRow>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectNew {
    /// Letters, digits and `_`; it never changes.
    code: String,
    name: String,
    kategori_id: Uuid,
    #[serde(default)]
    has_levels: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectEdit {
    name: Option<String>,
    kategori_id: Option<Uuid>,
    /// Only while no price of today or later and no live sesi is about the subject.
    has_levels: Option<bool>,
    /// `ACTIVE` or `ARCHIVED`.
    status: Option<String>,
    reason: Option<String>,
}

/// All subjects by name, archived ones too.
pub async fn list(State(app): OurApp) -> Result<Json<Vec<SubjectRow>>, Problem> {
    rows(&app).await.map(Json)
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<SubjectWithLevels>, Problem> {
    with_levels(&app, id).await.map(Json)
}

/// 422 `invalid` at `code`, `name` or `kategori_id`.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<SubjectNew>) -> Result<Created<SubjectWithLevels>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: None };
    let new = New { code: new.code, name: new.name, kategori_id: new.kategori_id, has_levels: new.has_levels };
    let id = subject::create(&app.engine.db, new, &by).await.map_err(|error| refused(error, "subject"))?;
    with_levels(&app, id).await.map(Created)
}

/// 422 `invalid`, or `has_levels_in_use` with how many prices and sesi; 412 `stale_revision`.
pub async fn edit(State(app): OurApp, who: SignedIn, seen: Seen, At(id): At<Uuid>, Body(edit): Body<SubjectEdit>) -> Result<Json<SubjectWithLevels>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: reason(edit.reason.as_deref())? };
    let status = status(edit.status.as_deref())?;
    let edit = Edit { name: edit.name, kategori_id: edit.kategori_id, has_levels: edit.has_levels, status };
    subject::edit(&app.engine.db, id, seen.0.as_deref(), edit, &by).await.map_err(|error| refused(error, "subject"))?;
    with_levels(&app, id).await.map(Json)
}

pub async fn rows(app: &App) -> Result<Vec<SubjectRow>, Problem> {
    let db = &app.engine.db;
    let usage = usage::of_subjects(db, app.engine.clock.as_ref()).await?;
    let levels = levels_each(app).await?;
    let row = |model: Model| {
        let usage = usage.get(&model.id).copied().unwrap_or_default();
        let level_count = levels.iter().filter(|subject| **subject == model.id).count();
        row(model, usage, i64::try_from(level_count).unwrap_or(i64::MAX))
    };
    Ok(Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Code).all(db.reader()).await?.into_iter().map(row).collect())
}

/// The subject of each active level.
async fn levels_each(app: &App) -> Result<Vec<Uuid>, Problem> {
    use workflows::records::catalog::{Status, subject_level};
    let levels = subject_level::Entity::find().all(app.engine.db.reader()).await?;
    Ok(levels.into_iter().filter(|level| level.status == Status::Active).map(|level| level.subject_id).collect())
}

fn row(model: Model, usage: Usage, level_count: i64) -> SubjectRow {
    let etag = etag(&model);
    let Model { id, code, name, kategori_id, has_levels, status } = model;
    SubjectRow { id, code, name, kategori_id, has_levels, status: shown(status).into(), etag, usage, level_count }
}

async fn with_levels(app: &App, id: Uuid) -> Result<SubjectWithLevels, Problem> {
    let subject = rows(app).await?.into_iter().find(|row| row.id == id).ok_or_else(|| Problem::not_found("subject"))?;
    Ok(SubjectWithLevels { subject, levels: shelves::rows(app, Shelf::Levels(id)).await? })
}
