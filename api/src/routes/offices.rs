//! Offices, for people who look after them (SPEC MD-9).

use super::OurApp;
use super::catalog::change::{reason, refused, shown, status};
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, Seen};
use axum::Json;
use axum::extract::State;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{EntityTrait, QueryOrder};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::catalog::office::{self, Edit, New};
use workflows::changes::Written;
use workflows::held::etag;
use workflows::records::office::{Column, Entity, Model};
use workflows::records::place::Point;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfficeRow {
    id: Uuid,
    code: String,
    name: String,
    /// IANA name, e.g. `Asia/Jakarta`.
    zone: String,
    lat: f64,
    long: f64,
    /// Outside is unusual, not wrong.
    in_indonesia: bool,
    /// `ACTIVE` or `ARCHIVED`.
    status: String,
    /// For `If-Match`.
    etag: String,
    /// Tutors who are not gone.
    tutor: i64,
    /// Active siswa.
    siswa: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeNew {
    /// Letters, digits and `_`; it never changes.
    code: String,
    name: String,
    zone: String,
    lat: f64,
    long: f64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeEdit {
    name: Option<String>,
    /// Days and months of its sesi are counted in it: another one needs a reason.
    zone: Option<String>,
    lat: Option<f64>,
    long: Option<f64>,
    /// `ACTIVE` or `ARCHIVED`.
    status: Option<String>,
    reason: Option<String>,
}

/// All offices by name, archived ones too.
pub async fn list(State(app): OurApp) -> Result<Json<Vec<OfficeRow>>, Problem> {
    rows(&app).await.map(Json)
}

/// 422 `invalid` at `code`, `name`, `zone` (`zone_unknown`), `lat` or `long`.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<OfficeNew>) -> Result<Created<OfficeRow>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: None };
    let new = New { code: new.code, name: new.name, zone: new.zone, lat: new.lat, long: new.long };
    let id = office::create(&app.engine.db, new, &by).await.map_err(|error| refused(error, "office"))?;
    one(&app, id).await.map(Created)
}

/// 422 `invalid`, or `office_in_use` with how many tutors and siswa; 412 `stale_revision`.
pub async fn edit(State(app): OurApp, who: SignedIn, seen: Seen, At(id): At<Uuid>, Body(edit): Body<OfficeEdit>) -> Result<Json<OfficeRow>, Problem> {
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: reason(edit.reason.as_deref())? };
    let status = status(edit.status.as_deref())?;
    let edit = Edit { name: edit.name, zone: edit.zone, lat: edit.lat, long: edit.long, status };
    office::edit(&app.engine.db, id, seen.0.as_deref(), edit, &by).await.map_err(|error| refused(error, "office"))?;
    one(&app, id).await.map(Json)
}

pub async fn rows(app: &App) -> Result<Vec<OfficeRow>, Problem> {
    let db = &app.engine.db;
    let tutors = people(db, "tutor", "status IN ('DRAFT','ACTIVE','SUSPENDED')").await?;
    let siswa = people(db, "siswa", "status = 'ACTIVE'").await?;
    let of = |counts: &HashMap<Uuid, i64>, id| counts.get(&id).copied().unwrap_or(0);
    let offices = Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Code).all(db.reader()).await?;
    Ok(offices.into_iter().map(|office| (of(&tutors, office.id), of(&siswa, office.id), office)).map(row).collect())
}

fn row((tutor, siswa, office): (i64, i64, Model)) -> OfficeRow {
    let etag = etag(&office);
    let in_indonesia = Point::new(office.lat, office.long).is_ok_and(|point| point.is_in_indonesia());
    let Model { id, code, name, zone, lat, long, status, .. } = office;
    OfficeRow { id, code, name, zone, lat, long, in_indonesia, status: shown(status).into(), etag, tutor, siswa }
}

async fn people(db: &Db, table: &str, condition: &str) -> Result<HashMap<Uuid, i64>, Failure> {
    let sql = format!("SELECT office_id, count(*) AS n FROM {table} WHERE {condition} GROUP BY office_id");
    let rows = db::rows(db.reader(), &sql, vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "office_id")?, row.try_get("", "n")?))).collect()
}

async fn one(app: &App, id: Uuid) -> Result<OfficeRow, Problem> {
    rows(app).await?.into_iter().find(|row| row.id == id).ok_or_else(|| Problem::not_found("office"))
}
