//! The sesi behind a figure, as a list and taken out.

use super::super::super::OurApp;
use super::super::super::person::export::{self, Sheet, text};
use super::filter::{self, CancellationFilter};
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Csv, Line, Table, Xlsx};
use crate::listing::{Listing, Order, Sort, SortKey};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A sesi that did not take place as planned.
#[derive(Serialize, ToSchema)]
pub struct CancelledSesi {
    id: Uuid,
    code: String,
    starts_at: DateTime<Utc>,
    zone: String,
    subject: String,
    tutor: Named,
    siswa: Named,
    state: String,
    #[schema(required)]
    party: Option<String>,
    #[schema(required)]
    lead_time_s: Option<i64>,
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    category: Option<String>,
    denda_rp: i64,
}

static KEYS: [SortKey; 2] = [SortKey { name: "starts_at", sql: "s.starts_at", sort: Sort::Instant }, SortKey { name: "code", sql: "s.code", sort: Sort::Text }];
const SELECT: &str = "s.id, s.code, s.starts_at, o.zone, b.name AS subject, s.tutor_id, t.name AS tutor, s.siswa_id, w.name AS siswa, s.state, \
    s.cancelled_party AS party, s.lead_time_s, s.closing_reason AS reason, \
    (SELECT c.category FROM fm_claim c WHERE c.sesi_id = s.id AND c.state <> 'WITHDRAWN' ORDER BY c.filed_at DESC, c.id DESC LIMIT 1) AS category, \
    COALESCE((SELECT CAST(sum(d.amount_rp) AS bigint) FROM denda d WHERE d.sesi_id = s.id AND d.status <> 'REVERSED'), 0) AS denda_rp";
const FROM: &str = "sesi s JOIN siswa w ON w.id = s.siswa_id JOIN tutor t ON t.id = s.tutor_id JOIN office o ON o.id = s.office_id \
    JOIN subject b ON b.id = s.subject_id";

pub async fn list(State(app): OurApp, list: List<CancellationFilter>) -> Result<Json<Page<CancelledSesi>>, Problem> {
    let listing = listing(&app, &list).await?;
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

pub async fn csv(State(app): OurApp, who: SignedIn, list: List<CancellationFilter>) -> Result<Csv, Problem> {
    Ok(Csv::of(table(&app, &who, &list, "csv").await?))
}

pub async fn xlsx(State(app): OurApp, who: SignedIn, list: List<CancellationFilter>) -> Result<Xlsx, Problem> {
    Xlsx::of(table(&app, &who, &list, "xlsx").await?).await
}

async fn table(app: &crate::app::App, who: &SignedIn, list: &List<CancellationFilter>, format: &str) -> Result<Table, Problem> {
    export::table(app, who, &SHEET, listing(app, list).await?, (list.q.as_deref(), list.filter.lang.as_deref(), format)).await
}

async fn listing(app: &crate::app::App, list: &List<CancellationFilter>) -> Result<Listing<'static>, Problem> {
    let mut filter = filter::behind(&app.engine.db, &list.filter, app.engine.clock.now()).await?;
    filter.search(&["s.code", "w.name", "t.name"], list.q.as_deref());
    Ok(Listing { select: SELECT, from: FROM, id: "s.id", filter, order: Order::of(list.sort.as_deref(), "-starts_at", &KEYS)? })
}

fn read(row: &QueryResult) -> Result<CancelledSesi, Failure> {
    Ok(CancelledSesi {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        starts_at: row.try_get("", "starts_at")?,
        zone: row.try_get("", "zone")?,
        subject: row.try_get("", "subject")?,
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor")? },
        siswa: Named { id: row.try_get("", "siswa_id")?, name: row.try_get("", "siswa")? },
        state: row.try_get("", "state")?,
        party: row.try_get("", "party")?,
        lead_time_s: row.try_get("", "lead_time_s")?,
        reason: row.try_get("", "reason")?,
        category: row.try_get("", "category")?,
        denda_rp: row.try_get("", "denda_rp")?,
    })
}

static SHEET: Sheet = Sheet {
    name: "cancellations",
    columns: &[
        ("Kode", "Code", 18),
        ("Mulai", "Start", 20),
        ("Subject", "Subject", 20),
        ("Tutor", "Tutor", 24),
        ("Siswa", "Siswa", 24),
        ("Status", "State", 18),
        ("Pihak", "Party", 10),
        ("Jeda (jam)", "Lead time (hours)", 14),
        ("Kategori FM", "FM category", 14),
        ("Alasan", "Reason", 40),
        ("Denda", "Denda", 14),
    ],
    line,
};

fn line(row: &QueryResult) -> Result<Line, Failure> {
    let lead: Option<i64> = row.try_get("", "lead_time_s")?;
    Ok(vec![
        text(row, "code")?,
        Cell::Instant(row.try_get("", "starts_at")?),
        text(row, "subject")?,
        text(row, "tutor")?,
        text(row, "siswa")?,
        text(row, "state")?,
        text(row, "party")?,
        lead.map_or(Cell::Nothing, |lead| Cell::Number((lead as f64 / 36.0).round() / 100.0)),
        text(row, "category")?,
        text(row, "reason")?,
        Cell::Rupiah(row.try_get("", "denda_rp")?),
    ])
}
