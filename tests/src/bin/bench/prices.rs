//! The price matrix with 45,000 prices: a page of it opened, its coverage counted, cells saved, the year cloned.

use crate::company::Company;
use crate::percentiles;
use api::app::App;
use chrono::NaiveDate;
use engine::db;
use engine::id::new_id;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use std::time::Instant;
use uuid::Uuid;
use workflows::prices::clone::{self as cloning, Clone as Asked};
use workflows::prices::coverage;
use workflows::prices::edit::{self, Edit, Wanted};
use workflows::prices::matrix::{self, Page};
use workflows::prices::year::{self, NewYear};
use workflows::records::catalog::{Status, subject};
use workflows::records::price::{Audience, Cell, Entity, Model};

const PRICES: usize = 45_000;
const ROWS_PER_STATEMENT: usize = 500;
const PAGES: usize = 200;
const CELLS: usize = 100;

pub async fn measure(app: &App, company: &Company) -> Value {
    let (db, now, actor) = (&app.engine.db, app.engine.clock.now(), &company.actor);
    // Far ahead, where no other measurement has prices.
    let source = year::create(db, &of_year(2090), actor, now).await.expect("a year");
    let cells = cells(app).await;
    for chunk in cells.chunks(ROWS_PER_STATEMENT) {
        let rows = chunk.iter().map(|cell| row(app, cell, source.id, source.starts_on).into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(db.writer()).await.expect("prices");
    }
    let day = source.starts_on;
    let mut opened = vec![];
    for cell in cells.iter().step_by(PRICES / PAGES).take(PAGES) {
        let page = Page { audience: cell.audience(), subject_id: cell.subject_id, subject_level_id: cell.subject_level_id };
        let begun = Instant::now();
        assert!(!matrix::read(db.reader(), page, day).await.expect("a page").is_empty());
        opened.push(begun.elapsed());
    }
    let begun = Instant::now();
    coverage::read(db.reader(), Audience::Tutor, day).await.expect("coverage");
    let covered = begun.elapsed();
    let saved = save(app, company, source.id, day, &cells).await;
    let asked = Asked { source_id: source.id, target: of_year(2091), bump_basis_points: 550, step_rp: 500, seen: None };
    let begun = Instant::now();
    let (_, outcome) = cloning::clone(db, &asked, actor, now).await.expect("a clone");
    assert_eq!(outcome.copied, i64::try_from(PRICES).unwrap_or_default());
    let cloned = begun.elapsed();
    json!({ "prices": PRICES, "page": percentiles(opened), "coverage_ms": covered.as_millis(), "save_100_cells_ms": saved, "clone_ms": cloned.as_millis() })
}

fn of_year(first: i32) -> NewYear {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    NewYear { code: format!("{first}/{}", first + 1), starts_on: day(first, 7, 1), ends_on: day(first + 1, 6, 30) }
}

async fn save(app: &App, company: &Company, year: Uuid, day: NaiveDate, cells: &[Cell]) -> u128 {
    let some = &cells[..CELLS];
    let mut wanted = vec![];
    for cell in some {
        let seen = workflows::records::price::in_force(app.engine.db.reader(), *cell, day).await.expect("a price").expect("in force");
        wanted.push(Wanted { cell: *cell, seen_id: Some(seen.id), amount_rp: Some(seen.amount_rp + 500) });
    }
    let edit = Edit { tahun_ajaran_id: year, effective_from: day, reason: None, cells: wanted };
    let begun = Instant::now();
    edit::save(&app.engine.db, &edit, &company.actor, app.engine.clock.now()).await.expect("a save");
    begun.elapsed().as_millis()
}

/// Every combination of as many subjects as it takes.
async fn cells(app: &App) -> Vec<Cell> {
    let (tingkat, segmentasi, golongan) = (ids(app, "tingkat").await, ids(app, "segmentasi").await, ids(app, "golongan").await);
    let kategori_id = ids(app, "kategori").await[0];
    let golongan: Vec<Option<Uuid>> = std::iter::once(None).chain(golongan.into_iter().map(Some)).collect();
    let of_subject = tingkat.len() * segmentasi.len() * golongan.len();
    let mut cells = vec![];
    for n in 0..PRICES.div_ceil(of_subject) {
        let subject_id = new_id(app.engine.clock.now());
        let made =
            subject::Model { id: subject_id, code: format!("BENCH_{n}"), name: format!("Bench {n}"), kategori_id, has_levels: false, status: Status::Active };
        subject::Entity::insert(made.into_active_model().reset_all()).exec_without_returning(app.engine.db.writer()).await.expect("a subject");
        for tingkat_id in &tingkat {
            for segmentasi_id in &segmentasi {
                cells.extend(golongan.iter().map(|golongan_id| Cell {
                    subject_id,
                    subject_level_id: None,
                    tingkat_id: *tingkat_id,
                    segmentasi_id: *segmentasi_id,
                    golongan_id: *golongan_id,
                }));
            }
        }
    }
    cells.truncate(PRICES);
    cells
}

fn row(app: &App, cell: &Cell, year: Uuid, from: NaiveDate) -> Model {
    let now = app.engine.clock.now();
    Model {
        id: new_id(now),
        audience: cell.audience(),
        tahun_ajaran_id: year,
        subject_id: cell.subject_id,
        subject_level_id: None,
        tingkat_id: cell.tingkat_id,
        segmentasi_id: cell.segmentasi_id,
        golongan_id: cell.golongan_id,
        amount_rp: 150_000,
        effective_from: from,
        effective_until: None,
        created_at: now,
        created_by: "bench".into(),
    }
}

async fn ids(app: &App, table: &str) -> Vec<Uuid> {
    let rows = db::rows(app.engine.db.reader(), &format!("SELECT id FROM {table} ORDER BY code"), vec![]).await.expect("rows");
    rows.iter().map(|row| row.try_get_by_index(0).expect("an id")).collect()
}
