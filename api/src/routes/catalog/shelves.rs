//! The dimensions and the levels of subjects: rows in an order, for people who look after them (SPEC MD-3).

use super::super::OurApp;
use super::change::{reason, refused, shown, status};
use super::usage::{self, Usage};
use crate::answer::{Created, NoContent};
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen};
use axum::Json;
use axum::extract::State;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::catalog::shelf::{Edit, Line, Shelf};
use workflows::changes::Written;
use workflows::held::etag;
use workflows::records::catalog::subject;

/// A row of a dimension, or a level of a subject.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogRow {
    id: Uuid,
    code: String,
    name: String,
    position: i64,
    /// `ACTIVE` or `ARCHIVED`; archived rows cannot be picked for new work.
    status: String,
    /// For `If-Match`.
    etag: String,
    usage: Usage,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogRowNew {
    /// Letters, digits and `_`; it never changes.
    code: String,
    name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogRowEdit {
    name: Option<String>,
    /// `ACTIVE` or `ARCHIVED`.
    status: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogOrder {
    /// Every row, archived ones too, each once.
    ids: Vec<Uuid>,
}

/// All rows in their order, archived ones too.
pub async fn list(State(app): OurApp, At(name): At<String>) -> Result<Json<Vec<CatalogRow>>, Problem> {
    rows(&app, named(&name)?).await.map(Json)
}

/// 422 `invalid` at `code` (`required`, `code_malformed`, `taken`, `too_long`) or `name`.
pub async fn create(State(app): OurApp, who: SignedIn, At(name): At<String>, Body(new): Body<CatalogRowNew>) -> Result<Created<CatalogRow>, Problem> {
    make(&app, &who, named(&name)?, &new).await
}

/// 422 `invalid` at `name`; 412 `stale_revision`.
pub async fn edit(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At((name, id)): At<(String, Uuid)>,
    Body(edit): Body<CatalogRowEdit>,
) -> Result<Json<CatalogRow>, Problem> {
    change(&app, &who, (named(&name)?, id), seen, edit).await
}

/// 422 `invalid` at `ids` (`incomplete`) when a row is missing or unknown.
pub async fn order(State(app): OurApp, who: SignedIn, At(name): At<String>, Body(order): Body<CatalogOrder>) -> Result<NoContent, Problem> {
    put_in_order(&app, &who, named(&name)?, &order).await
}

pub async fn create_level(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(new): Body<CatalogRowNew>) -> Result<Created<CatalogRow>, Problem> {
    make(&app, &who, levels(&app, id).await?, &new).await
}

pub async fn edit_level(
    State(app): OurApp,
    who: SignedIn,
    seen: Seen,
    At((id, level)): At<(Uuid, Uuid)>,
    Body(edit): Body<CatalogRowEdit>,
) -> Result<Json<CatalogRow>, Problem> {
    change(&app, &who, (levels(&app, id).await?, level), seen, edit).await
}

pub async fn order_levels(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(order): Body<CatalogOrder>) -> Result<NoContent, Problem> {
    put_in_order(&app, &who, levels(&app, id).await?, &order).await
}

/// The rows of a shelf with what depends on them.
pub async fn rows(app: &App, shelf: Shelf) -> Result<Vec<CatalogRow>, Problem> {
    let db = &app.engine.db;
    let usage = usage::of_shelf(db, app.engine.clock.as_ref(), shelf).await?;
    Ok(shelf.lines(db.reader()).await?.into_iter().map(|line| row(line, &usage)).collect())
}

fn row(line: Line, usage: &HashMap<Uuid, Usage>) -> CatalogRow {
    let (etag, usage) = (etag(&line), usage.get(&line.id).copied().unwrap_or_default());
    CatalogRow { id: line.id, code: line.code, name: line.name, position: line.position, status: shown(line.status).into(), etag, usage }
}

fn named(name: &str) -> Result<Shelf, Problem> {
    Shelf::named(name).ok_or_else(|| Problem::not_found("catalog"))
}

async fn levels(app: &App, id: Uuid) -> Result<Shelf, Problem> {
    let subject = subject::Entity::find_by_id(id).one(app.engine.db.reader()).await?;
    subject.map(|_| Shelf::Levels(id)).ok_or_else(|| Problem::not_found("subject"))
}

async fn make(app: &App, who: &SignedIn, shelf: Shelf, new: &CatalogRowNew) -> Result<Created<CatalogRow>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: None };
    let id = shelf.create(&app.engine.db, (&new.code, &new.name), &by).await.map_err(|error| refused(error, shelf.table()))?;
    one(app, shelf, id).await.map(Created)
}

async fn change(app: &App, who: &SignedIn, (shelf, id): (Shelf, Uuid), seen: Seen, edit: CatalogRowEdit) -> Result<Json<CatalogRow>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: reason(edit.reason.as_deref())? };
    let status = status(edit.status.as_deref())?;
    let edit = Edit { name: edit.name, status };
    shelf.edit(&app.engine.db, id, seen.0.as_deref(), edit, &by).await.map_err(|error| refused(error, shelf.table()))?;
    one(app, shelf, id).await.map(Json)
}

async fn put_in_order(app: &App, who: &SignedIn, shelf: Shelf, order: &CatalogOrder) -> Result<NoContent, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: None };
    shelf.order(&app.engine.db, &order.ids, &by).await.map_err(|error| refused(error, shelf.table()))?;
    Ok(NoContent)
}

async fn one(app: &App, shelf: Shelf, id: Uuid) -> Result<CatalogRow, Problem> {
    rows(app, shelf).await?.into_iter().find(|row| row.id == id).ok_or_else(|| Problem::not_found(shelf.table()))
}
