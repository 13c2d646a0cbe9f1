//! Siswa and tutor, to search and to pick.

use super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use axum::Json;
use axum::extract::State;
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Siswa {
    id: Uuid,
    code: String,
    name: String,
    tingkat: String,
    segmentasi: String,
    parent_name: String,
    #[schema(required)]
    address: Option<String>,
    #[schema(required)]
    lat: Option<f64>,
    #[schema(required)]
    long: Option<f64>,
    status: String,
}

#[derive(Serialize, ToSchema)]
pub struct Tutor {
    id: Uuid,
    code: String,
    name: String,
    golongan: String,
    office_zone: String,
    status: String,
    subjects: Vec<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SiswaFilter {
    #[serde(rename = "filter[status]")]
    status: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TutorFilter {
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    /// Who teaches one of these subjects.
    #[serde(rename = "filter[subject_id]")]
    subject_id: Option<String>,
}

static SISWA_KEYS: [SortKey; 2] = [SortKey { name: "name", sql: "lower(s.name)", sort: Sort::Text }, SortKey { name: "code", sql: "s.code", sort: Sort::Text }];
static TUTOR_KEYS: [SortKey; 2] = [SortKey { name: "name", sql: "lower(t.name)", sort: Sort::Text }, SortKey { name: "code", sql: "t.code", sort: Sort::Text }];

pub async fn siswa(State(app): OurApp, list: List<SiswaFilter>) -> Result<Json<Page<Siswa>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["s.name", "s.code", "s.parent_name"], list.q.as_deref());
    filter.one_of("s.status", list.filter.status.as_deref());
    let listing = Listing {
        select: "s.id, s.code, s.name, s.parent_name, s.address, s.lat, s.long, s.status, t.name AS tingkat, g.code AS segmentasi",
        from: "siswa s JOIN tingkat t ON t.id = s.tingkat_id JOIN segmentasi g ON g.id = s.segmentasi_id",
        id: "s.id",
        filter,
        order: Order::of(list.sort.as_deref(), "name", &SISWA_KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read_siswa).await?))
}

fn read_siswa(row: &QueryResult) -> Result<Siswa, Failure> {
    Ok(Siswa {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        tingkat: row.try_get("", "tingkat")?,
        segmentasi: row.try_get("", "segmentasi")?,
        parent_name: row.try_get("", "parent_name")?,
        address: row.try_get("", "address")?,
        lat: row.try_get("", "lat")?,
        long: row.try_get("", "long")?,
        status: row.try_get("", "status")?,
    })
}

pub async fn tutor(State(app): OurApp, list: List<TutorFilter>) -> Result<Json<Page<Tutor>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["t.name", "t.code"], list.q.as_deref());
    filter.one_of("t.status", list.filter.status.as_deref());
    let mut teaches = Where::default();
    teaches.one_of_ids("ts.subject_id", "filter[subject_id]", list.filter.subject_id.as_deref())?;
    filter.exists("tutor_subject ts", "ts.tutor_id = t.id", teaches);
    let listing = Listing {
        select: "t.id, t.code, t.name, t.status, g.code AS golongan, o.zone AS office_zone",
        from: "tutor t JOIN golongan g ON g.id = t.golongan_id JOIN office o ON o.id = t.office_id",
        id: "t.id",
        filter,
        order: Order::of(list.sort.as_deref(), "name", &TUTOR_KEYS)?,
    };
    let mut page = listing.page(&app.engine.db, &list, read_tutor).await?;
    add_subjects(&app.engine.db, &mut page.items).await?;
    Ok(Json(page))
}

fn read_tutor(row: &QueryResult) -> Result<Tutor, Failure> {
    Ok(Tutor {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        golongan: row.try_get("", "golongan")?,
        office_zone: row.try_get("", "office_zone")?,
        status: row.try_get("", "status")?,
        subjects: vec![],
    })
}

/// The subjects of these tutors, in one query for the page.
async fn add_subjects(db: &db::Db, tutors: &mut [Tutor]) -> Result<(), Failure> {
    if tutors.is_empty() {
        return Ok(());
    }
    let places = vec!["?"; tutors.len()].join(",");
    let sql = format!(
        "SELECT DISTINCT ts.tutor_id, s.name FROM tutor_subject ts JOIN subject s ON s.id = ts.subject_id WHERE ts.tutor_id IN ({places}) ORDER BY s.name"
    );
    for row in db::rows(db.reader(), &sql, tutors.iter().map(|tutor| tutor.id.into()).collect()).await? {
        let (id, name): (Uuid, String) = (row.try_get("", "tutor_id")?, row.try_get("", "name")?);
        if let Some(tutor) = tutors.iter_mut().find(|tutor| tutor.id == id) {
            tutor.subjects.push(name);
        }
    }
    Ok(())
}
