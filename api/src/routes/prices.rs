//! The price matrix: one page of it on a day, coverage, a cell's history, changing cells, academic years, export.

mod clone;
mod edit;
mod export;
mod filter;
mod history;
mod years;

pub use clone::{clone, preview_clone};
pub use edit::{preview, save};
pub use export::csv;
pub use history::history;
pub use years::{create_year, years};

use super::OurApp;
use crate::problem::Problem;
use crate::request::List;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use engine::db;
use engine::refusal::{Failure, FieldError};
use filter::{Place, PriceFilter};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::prices::matrix::{self, Filled};
use workflows::prices::{coverage as covered, last_locked_month, today};
use workflows::records::price::{Audience, Model};
use years::Year;

/// The prices of a Subject, or of one of its levels, in force on a day.
#[derive(Serialize, ToSchema)]
pub struct PriceMatrix {
    tahun_ajaran: Year,
    day: NaiveDate,
    today: NaiveDate,
    /// `STUDENT` or `TUTOR`.
    audience: String,
    tingkat: Vec<Coded>,
    segmentasi: Vec<Coded>,
    /// Empty for siswa.
    golongan: Vec<Coded>,
    /// Those that have a price, or get one after the day.
    cells: Vec<PriceCell>,
    /// No price may begin in this month or before it.
    #[schema(required)]
    last_locked_month: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct PriceCell {
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    #[schema(required)]
    golongan_id: Option<Uuid>,
    #[schema(required)]
    price: Option<Price>,
    /// The first price after it.
    #[schema(required)]
    next: Option<Price>,
}

/// A row of the matrix. It never changes but for the day it ends.
#[derive(Serialize, ToSchema)]
pub struct Price {
    id: Uuid,
    amount_rp: i64,
    /// The code of its Tahun Ajaran.
    tahun_ajaran: String,
    effective_from: NaiveDate,
    /// The first day no longer in force.
    #[schema(required)]
    effective_until: Option<NaiveDate>,
}

/// How much of the matrix has a price on a day.
#[derive(Serialize, ToSchema)]
pub struct PriceCoverage {
    day: NaiveDate,
    /// `STUDENT` or `TUTOR`.
    audience: String,
    pages: Vec<CoveredPage>,
}

#[derive(Serialize, ToSchema)]
struct CoveredPage {
    subject_id: Uuid,
    #[schema(required)]
    subject_level_id: Option<Uuid>,
    filled: i64,
    total: i64,
}

/// 422 `invalid` at `subject_id`, `tahun_ajaran_id` or `day` (`outside_tahun_ajaran`, `no_tahun_ajaran`).
pub async fn show(State(app): OurApp, list: List<PriceFilter>) -> Result<Json<PriceMatrix>, Problem> {
    let (conn, now) = (app.engine.db.reader(), app.engine.clock.now());
    let page = list.filter.page()?;
    let Place { year, years, day } = list.filter.place(conn, now).await?;
    if db::row(conn, "SELECT id FROM subject WHERE id = ?", vec![page.subject_id.into()]).await?.is_none() {
        return Err(Problem::invalid(FieldError::new("subject_id", "unknown")));
    }
    let codes: HashMap<Uuid, String> = years.iter().map(|year| (year.id, year.code.clone())).collect();
    let (tingkat, segmentasi) = (dimension(conn, "tingkat").await?, dimension(conn, "segmentasi").await?);
    let golongan = if page.audience == Audience::Tutor { dimension(conn, "golongan").await? } else { vec![] };
    let shown: HashSet<Uuid> = [&tingkat, &segmentasi, &golongan].into_iter().flatten().map(|row| row.id).collect();
    let is_shown = |cell: &Filled| {
        let Filled { cell, .. } = cell;
        [Some(cell.tingkat_id), Some(cell.segmentasi_id), cell.golongan_id].into_iter().flatten().all(|id| shown.contains(&id))
    };
    let cells = matrix::read(conn, page, day).await?.into_iter().filter(is_shown).map(|cell| PriceCell::of(cell, &codes)).collect();
    Ok(Json(PriceMatrix {
        tahun_ajaran: year.into(),
        day,
        today: today(now),
        audience: filter::word(page.audience).into(),
        tingkat,
        segmentasi,
        golongan,
        cells,
        last_locked_month: last_locked_month(conn).await?,
    }))
}

pub async fn coverage(State(app): OurApp, list: List<PriceFilter>) -> Result<Json<PriceCoverage>, Problem> {
    let (conn, now) = (app.engine.db.reader(), app.engine.clock.now());
    let audience = list.filter.audience()?;
    let day = list.filter.place(conn, now).await?.day;
    let pages = covered::read(conn, audience, day).await?.into_iter().map(|page| CoveredPage {
        subject_id: page.subject_id,
        subject_level_id: page.subject_level_id,
        filled: page.filled,
        total: page.total,
    });
    Ok(Json(PriceCoverage { day, audience: filter::word(audience).into(), pages: pages.collect() }))
}

async fn dimension(conn: &impl ConnectionTrait, table: &str) -> Result<Vec<Coded>, Failure> {
    let rows = db::rows(conn, &format!("SELECT id, code, name FROM {table} WHERE status = 'ACTIVE' ORDER BY position, code"), vec![]).await?;
    rows.iter().map(|row| Ok(Coded { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? })).collect()
}

impl PriceCell {
    fn of(Filled { cell, price, next }: Filled, codes: &HashMap<Uuid, String>) -> Self {
        let price_of = |row: Model| Price::of(row, codes);
        let (price, next) = (price.map(price_of), next.map(price_of));
        Self { tingkat_id: cell.tingkat_id, segmentasi_id: cell.segmentasi_id, golongan_id: cell.golongan_id, price, next }
    }
}

impl Price {
    fn of(row: Model, codes: &HashMap<Uuid, String>) -> Self {
        Self {
            id: row.id,
            amount_rp: row.amount_rp,
            tahun_ajaran: codes.get(&row.tahun_ajaran_id).cloned().unwrap_or_default(),
            effective_from: row.effective_from,
            effective_until: row.effective_until,
        }
    }
}
