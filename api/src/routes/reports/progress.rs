//! The progress of siswa (SPEC REP-1): how many lessons were planned and held, who came, what was reported. A list of siswa for a
//! month, and one siswa through the months.
//!
//! A sesi counts to the month of its start at its office. Whoever is tied to a siswa sees only themselves, by the caller's [`Scope`].

use super::super::OurApp;
use crate::auth::scope::Scope;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{At, List, Page};
use crate::routes::ledger::filter;
use crate::view::{Coded, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Months, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::books::balance::Month;

/// How far back one siswa is shown, the present month included.
const MONTHS: u32 = 12;

/// Lessons by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ProgressCounts {
    /// All that were approved.
    planned: i64,
    /// Held, validated or not yet.
    held: i64,
    /// Of those held: the siswa came late.
    late: i64,
    no_show: i64,
    cancelled: i64,
    rescheduled: i64,
    /// Still to come, or under way.
    ahead: i64,
    /// Minutes of those held.
    minutes: i64,
    /// Of those held: with materi, and with a photo.
    with_materi: i64,
    with_photo: i64,
}

/// A siswa in the list of a month.
#[derive(Serialize, ToSchema)]
pub struct ProgressRow {
    siswa: Coded,
    tingkat: String,
    counts: ProgressCounts,
    #[schema(required)]
    last_held_at: Option<DateTime<Utc>>,
}

#[derive(Serialize, ToSchema)]
pub struct ProgressMonth {
    /// `2026-11`
    month: String,
    counts: ProgressCounts,
}

/// A subject and by whom it is taught, in the months shown.
#[derive(Serialize, ToSchema)]
pub struct ProgressSubject {
    subject: Named,
    tutor: Named,
    held: i64,
    last_held_at: DateTime<Utc>,
}

/// One siswa through the months.
#[derive(Serialize, ToSchema)]
pub struct Progress {
    siswa: Coded,
    tingkat: String,
    /// Those with a lesson, oldest first.
    months: Vec<ProgressMonth>,
    total: ProgressCounts,
    /// The most frequent first.
    subjects: Vec<ProgressSubject>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ProgressFilter {
    /// `2026-11`; the present month in Jakarta unless named.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
}

static KEYS: [SortKey; 2] = [SortKey { name: "name", sql: "w.name", sort: Sort::Text }, SortKey { name: "code", sql: "w.code", sort: Sort::Text }];
const PLANNED: &str = "s.approved_at IS NOT NULL";
/// One sum for each of [`ProgressCounts`], by its name.
const SUMS: [(&str, &str); 10] = [
    ("planned", "1"),
    ("held", "CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') THEN 1 ELSE 0 END"),
    ("late", "CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') AND s.attendance = 'LATE' THEN 1 ELSE 0 END"),
    ("no_show", "CASE WHEN s.state = 'NO_SHOW_STUDENT' THEN 1 ELSE 0 END"),
    ("cancelled", "CASE WHEN s.state IN ('CANCELLED','NO_SHOW_TUTOR') THEN 1 ELSE 0 END"),
    ("rescheduled", "CASE WHEN s.state = 'RESCHEDULED' THEN 1 ELSE 0 END"),
    ("ahead", "CASE WHEN s.state IN ('APPROVED','IN_PROGRESS') THEN 1 ELSE 0 END"),
    ("minutes", "CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') THEN s.duration_minutes ELSE 0 END"),
    ("with_materi", "CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') AND s.materi IS NOT NULL THEN 1 ELSE 0 END"),
    ("with_photo", "CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') AND s.photo_document_id IS NOT NULL THEN 1 ELSE 0 END"),
];
const HELD_AT: &str = "max(CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED') THEN s.starts_at END) AS held_at";

fn sums() -> String {
    SUMS.map(|(name, one)| format!("CAST(sum({one}) AS BIGINT) AS {name}")).join(", ")
}

pub async fn list(State(app): OurApp, scope: Scope, list: List<ProgressFilter>) -> Result<Json<Page<ProgressRow>>, Problem> {
    let db = &app.engine.db;
    let month = match &list.filter.month {
        Some(text) => filter::month("filter[month]", text)?.to_string(),
        None => app.engine.clock.now().with_timezone(&Jakarta).format("%Y-%m").to_string(),
    };
    let mut wanted = Where::default();
    scope.only_siswa("w.id", &mut wanted);
    let mut lessons = Where::default();
    lessons.and(format!("s.period_month = ? AND {PLANNED}"), [month.as_str().into()]);
    wanted.exists("sesi s", "s.siswa_id = w.id", lessons);
    wanted.search(&["w.code", "w.name"], list.q.as_deref());
    let listing = Listing {
        select: "w.id, w.code, w.name, k.name AS tingkat",
        from: "siswa w JOIN tingkat k ON k.id = w.tingkat_id",
        id: "w.id",
        filter: wanted,
        order: Order::of(list.sort.as_deref(), "name", &KEYS)?,
    };
    let page = listing.page(db, &list, head).await?;
    let mut counts = of_month(db, &month, &page.items).await?;
    let rows = page.items.into_iter().map(|(siswa, tingkat)| {
        let (counts, last_held_at) = counts.remove(&siswa.id).unwrap_or_default();
        ProgressRow { siswa, tingkat, counts, last_held_at }
    });
    Ok(Json(Page { items: rows.collect(), next_cursor: page.next_cursor, total: page.total }))
}

fn head(row: &QueryResult) -> Result<(Coded, String), Failure> {
    Ok((Coded { id: row.try_get("", "id")?, code: row.try_get("", "code")?, name: row.try_get("", "name")? }, row.try_get("", "tingkat")?))
}

type Counted = HashMap<Uuid, (ProgressCounts, Option<DateTime<Utc>>)>;

/// The month of the siswa on a page.
async fn of_month(db: &Db, month: &str, page: &[(Coded, String)]) -> Result<Counted, Failure> {
    if page.is_empty() {
        return Ok(Counted::new());
    }
    let ids: Vec<Value> = page.iter().map(|(siswa, _)| siswa.id.into()).collect();
    let sql = format!(
        "SELECT s.siswa_id, {}, {HELD_AT} FROM sesi s WHERE s.siswa_id IN ({}) AND s.period_month = ? AND {PLANNED} GROUP BY s.siswa_id",
        sums(),
        vec!["?"; ids.len()].join(",")
    );
    let values = ids.into_iter().chain([month.into()]).collect();
    let rows = db::rows(db.reader(), &sql, values).await?;
    rows.iter().map(|row| Ok((row.try_get("", "siswa_id")?, (ProgressCounts::read(row)?, row.try_get("", "held_at")?)))).collect()
}

pub async fn show(State(app): OurApp, scope: Scope, At(id): At<Uuid>) -> Result<Json<Progress>, Problem> {
    let unknown = || Problem::not_found("siswa");
    if !scope.sees_siswa(id) {
        return Err(unknown());
    }
    let db = &app.engine.db;
    let sql = "SELECT w.id, w.code, w.name, k.name AS tingkat FROM siswa w JOIN tingkat k ON k.id = w.tingkat_id WHERE w.id = ?";
    let row = db::row(db.reader(), sql, vec![id.into()]).await?.ok_or_else(unknown)?;
    let (siswa, tingkat) = head(&row)?;
    let today = app.engine.clock.now().with_timezone(&Jakarta).date_naive();
    let first = today.checked_sub_months(Months::new(MONTHS - 1)).and_then(Month::of).ok_or_else(Problem::internal)?.to_string();
    let months = months(db, id, &first).await?;
    let mut total = ProgressCounts::default();
    months.iter().for_each(|month| total.add(&month.counts));
    Ok(Json(Progress { siswa, tingkat, months, total, subjects: subjects(db, id, &first).await? }))
}

async fn months(db: &Db, siswa: Uuid, first: &str) -> Result<Vec<ProgressMonth>, Failure> {
    let sql = format!(
        "SELECT s.period_month AS month, {} FROM sesi s WHERE s.siswa_id = ? AND s.period_month >= ? AND {PLANNED} GROUP BY s.period_month ORDER BY s.period_month",
        sums()
    );
    let rows = db::rows(db.reader(), &sql, vec![siswa.into(), first.into()]).await?;
    rows.iter().map(|row| Ok(ProgressMonth { month: row.try_get("", "month")?, counts: ProgressCounts::read(row)? })).collect()
}

async fn subjects(db: &Db, siswa: Uuid, first: &str) -> Result<Vec<ProgressSubject>, Failure> {
    let sql = "SELECT s.subject_id, b.name AS subject, s.tutor_id, t.name AS tutor, count(*) AS held, max(s.starts_at) AS held_at FROM sesi s \
               JOIN subject b ON b.id = s.subject_id JOIN tutor t ON t.id = s.tutor_id WHERE s.siswa_id = ? AND s.period_month >= ? \
               AND s.state IN ('AWAITING_VALIDATION','COMPLETED') GROUP BY s.subject_id, b.name, s.tutor_id, t.name ORDER BY held DESC, held_at DESC LIMIT 20";
    let rows = db::rows(db.reader(), sql, vec![siswa.into(), first.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(ProgressSubject {
                subject: Named { id: row.try_get("", "subject_id")?, name: row.try_get("", "subject")? },
                tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor")? },
                held: row.try_get("", "held")?,
                last_held_at: row.try_get("", "held_at")?,
            })
        })
        .collect()
}

impl ProgressCounts {
    fn read(row: &QueryResult) -> Result<Self, Failure> {
        let of = |name: &str| row.try_get::<i64>("", name);
        Ok(Self {
            planned: of("planned")?,
            held: of("held")?,
            late: of("late")?,
            no_show: of("no_show")?,
            cancelled: of("cancelled")?,
            rescheduled: of("rescheduled")?,
            ahead: of("ahead")?,
            minutes: of("minutes")?,
            with_materi: of("with_materi")?,
            with_photo: of("with_photo")?,
        })
    }

    fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.held += other.held;
        self.late += other.late;
        self.no_show += other.no_show;
        self.cancelled += other.cancelled;
        self.rescheduled += other.rescheduled;
        self.ahead += other.ahead;
        self.minutes += other.minutes;
        self.with_materi += other.with_materi;
        self.with_photo += other.with_photo;
    }
}
