//! What a sesi can be made of: dimensions, subjects, offices, settings; and, below, looking after them.

pub mod change;
pub mod shelves;
pub mod subjects;
pub mod usage;

use super::OurApp;
use crate::problem::Problem;
use crate::view::AnyObject;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::records::config::AppConfig;

#[derive(Serialize, ToSchema)]
pub struct Catalog {
    tingkat: Vec<Coded>,
    segmentasi: Vec<Coded>,
    kategori: Vec<Coded>,
    golongan: Vec<Coded>,
    subjects: Vec<Subject>,
    offices: Vec<Office>,
    /// The settings in force, by key.
    #[schema(value_type = AnyObject)]
    config: Map<String, Value>,
}

#[derive(Serialize, ToSchema)]
struct Subject {
    id: Uuid,
    code: String,
    name: String,
    kategori_id: Uuid,
    has_levels: bool,
    levels: Vec<Coded>,
}

#[derive(Serialize, ToSchema)]
struct Office {
    id: Uuid,
    code: String,
    name: String,
    /// IANA name, e.g. `Asia/Jakarta`.
    zone: String,
}

pub async fn show(State(app): OurApp) -> Result<Json<Catalog>, Problem> {
    let db = &app.engine.db;
    Ok(Json(Catalog {
        tingkat: dimension(db, "tingkat").await?,
        segmentasi: dimension(db, "segmentasi").await?,
        kategori: dimension(db, "kategori").await?,
        golongan: dimension(db, "golongan").await?,
        subjects: subjects(db).await?,
        offices: offices(db).await?,
        config: config(db).await?,
    }))
}

async fn dimension(db: &db::Db, table: &str) -> Result<Vec<Coded>, Failure> {
    let sql = format!("SELECT id, code, name FROM {table} WHERE status = 'ACTIVE' ORDER BY position, code");
    db::rows(db.reader(), &sql, vec![]).await?.iter().map(coded).collect()
}

fn coded(row: &QueryResult) -> Result<Coded, Failure> {
    Ok(Coded { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? })
}

async fn subjects(db: &db::Db) -> Result<Vec<Subject>, Failure> {
    let sql = "SELECT id, code, name, kategori_id, has_levels FROM subject WHERE status = 'ACTIVE' ORDER BY name, code";
    let rows = db::rows(db.reader(), sql, vec![]).await?;
    let levels = db::rows(db.reader(), "SELECT id, code, name, subject_id FROM subject_level WHERE status = 'ACTIVE' ORDER BY position, code", vec![]).await?;
    let levels = levels.iter().map(|row| Ok((row.try_get::<Uuid>("", "subject_id")?, coded(row)?))).collect::<Result<Vec<_>, Failure>>()?;
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            Ok(Subject {
                id,
                code: row.try_get("", "code")?,
                name: row.try_get("", "name")?,
                kategori_id: row.try_get("", "kategori_id")?,
                has_levels: row.try_get("", "has_levels")?,
                levels: levels.iter().filter(|(subject, _)| *subject == id).map(|(_, level)| level.clone()).collect(),
            })
        })
        .collect()
}

async fn offices(db: &db::Db) -> Result<Vec<Office>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, code, name, zone FROM office WHERE status = 'ACTIVE' ORDER BY name", vec![]).await?;
    rows.iter()
        .map(|row| Ok(Office { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")?, zone: row.try_get("", "zone")? }))
        .collect()
}

async fn config(db: &db::Db) -> Result<Map<String, Value>, Problem> {
    let config = AppConfig::load(db.reader()).await.map_err(|error| {
        tracing::error!(error = %crate::problem::chain(&error), "settings cannot be read");
        Problem::internal()
    })?;
    match serde_json::to_value(config) {
        Ok(Value::Object(map)) => Ok(map),
        _ => Err(Problem::internal()),
    }
}
