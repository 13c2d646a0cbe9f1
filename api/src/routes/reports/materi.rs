//! What was taught (SPEC REP-4): the lessons of a siswa with their materi, attendance and photo, searched in the words of the
//! materi; and all lessons of a month as a workbook. No amount stands in any of it.
//!
//! Whoever is tied to a siswa finds only their own lessons, by the caller's [`Scope`].

use super::super::OurApp;
use super::super::exports::workbook::{self, Part, Taken, Titled, number, text};
use crate::auth::guard::SignedIn;
use crate::auth::scope::Scope;
use crate::export::{Cell, Line, Xlsx};
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::office_day;
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::routes::ledger::filter::month;
use crate::view::{Coded, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::db::Db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A lesson that has begun, as a parent may read it.
#[derive(Serialize, ToSchema)]
pub struct TaughtSesi {
    id: Uuid,
    code: String,
    /// `IN_PROGRESS`, `AWAITING_VALIDATION` or `COMPLETED`.
    state: String,
    starts_at: DateTime<Utc>,
    duration_minutes: i64,
    zone: String,
    siswa: Coded,
    tutor: Named,
    subject: Named,
    #[schema(required)]
    level: Option<String>,
    /// `PRESENT` or `LATE`.
    #[schema(required)]
    attendance: Option<String>,
    #[schema(required)]
    topic: Option<String>,
    #[schema(required)]
    sub_topic: Option<String>,
    #[schema(required)]
    pages: Option<String>,
    #[schema(required)]
    homework: Option<String>,
    #[schema(required)]
    next_target: Option<String>,
    /// The photo of its report.
    #[schema(required)]
    photo_document_id: Option<Uuid>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MateriFilter {
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    #[serde(rename = "filter[subject_id]")]
    subject_id: Option<String>,
    /// The month they count to: `2026-11`.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    /// First day they start, in each office's zone.
    #[serde(rename = "filter[from]")]
    from: Option<NaiveDate>,
    /// Last day they start.
    #[serde(rename = "filter[until]")]
    until: Option<NaiveDate>,
    /// `PRESENT` or `LATE`.
    #[serde(rename = "filter[attendance]")]
    attendance: Option<String>,
    /// `true`: with a photo.
    #[serde(rename = "filter[photo]")]
    photo: Option<bool>,
    /// Language of an export's headings: `id`, unless it is `en`.
    lang: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "starts_at", sql: "s.starts_at", sort: Sort::Instant }];
const BEGUN: &str = "IN_PROGRESS,AWAITING_VALIDATION,COMPLETED";
const SELECT: &str = "s.id, s.code, s.state, s.starts_at, s.duration_minutes, o.zone, s.siswa_id, w.code AS siswa_code, w.name AS siswa, s.tutor_id, t.name AS tutor, \
    s.subject_id, b.name AS subject, l.name AS level, s.attendance, s.materi ->> 'topic' AS topic, s.materi ->> 'sub_topic' AS sub_topic, \
    s.materi ->> 'pages' AS pages, s.materi ->> 'homework' AS homework, s.materi ->> 'next_target' AS next_target, s.photo_document_id";
const FROM: &str = "sesi s JOIN siswa w ON w.id = s.siswa_id JOIN tutor t ON t.id = s.tutor_id JOIN office o ON o.id = s.office_id \
    JOIN subject b ON b.id = s.subject_id LEFT JOIN subject_level l ON l.id = s.subject_level_id";
/// What a search looks through: words of the materi, and who and what.
const WORDS: [&str; 8] = [
    "COALESCE(s.materi ->> 'topic', '')",
    "COALESCE(s.materi ->> 'sub_topic', '')",
    "COALESCE(s.materi ->> 'homework', '')",
    "COALESCE(s.materi ->> 'next_target', '')",
    "s.code",
    "w.name",
    "t.name",
    "b.name",
];

pub async fn list(State(app): OurApp, scope: Scope, list: List<MateriFilter>) -> Result<Json<Page<TaughtSesi>>, Problem> {
    let listing = listing(&app.engine.db, scope, &list).await?;
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

pub async fn xlsx(State(app): OurApp, who: SignedIn, scope: Scope, list: List<MateriFilter>) -> Result<Xlsx, Problem> {
    let listing = listing(&app.engine.db, scope, &list).await?;
    let asked = vec![("Bulan", "Month", list.filter.month.as_deref())];
    let parts = vec![Part { title: ("Materi", "Materi"), columns: &COLUMNS, lines: workbook::rows(app.engine.db.clone(), listing, line) }];
    workbook::make(&app, &who, Taken { name: "materi", asked, lang: list.filter.lang.as_deref() }, parts).await
}

async fn listing(db: &Db, scope: Scope, list: &List<MateriFilter>) -> Result<Listing<'static>, Problem> {
    let asked = &list.filter;
    let mut filter = Where::default();
    filter.one_of("s.state", Some(BEGUN));
    scope.only_siswa("s.siswa_id", &mut filter);
    filter.one_of_ids("s.siswa_id", "filter[siswa_id]", asked.siswa_id.as_deref())?;
    filter.one_of_ids("s.tutor_id", "filter[tutor_id]", asked.tutor_id.as_deref())?;
    filter.one_of_ids("s.subject_id", "filter[subject_id]", asked.subject_id.as_deref())?;
    filter.one_of("s.attendance", asked.attendance.as_deref());
    if let Some(text) = &asked.month {
        filter.and("s.period_month = ?", [month("filter[month]", text)?.to_string().into()]);
    }
    if asked.from.is_some() || asked.until.is_some() {
        office_day::between(db, "s.office_id", "s.starts_at", (asked.from, asked.until), &mut filter).await?;
    }
    if let Some(photo) = asked.photo {
        filter.and(if photo { "s.photo_document_id IS NOT NULL" } else { "s.photo_document_id IS NULL" }, []);
    }
    filter.search(&WORDS, list.q.as_deref());
    Ok(Listing { select: SELECT, from: FROM, id: "s.id", filter, order: Order::of(list.sort.as_deref(), "-starts_at", &KEYS)? })
}

fn read(row: &QueryResult) -> Result<TaughtSesi, Failure> {
    Ok(TaughtSesi {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        starts_at: row.try_get("", "starts_at")?,
        duration_minutes: row.try_get("", "duration_minutes")?,
        zone: row.try_get("", "zone")?,
        siswa: Coded { id: row.try_get("", "siswa_id")?, code: row.try_get("", "siswa_code")?, name: row.try_get("", "siswa")? },
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor")? },
        subject: Named { id: row.try_get("", "subject_id")?, name: row.try_get("", "subject")? },
        level: row.try_get("", "level")?,
        attendance: row.try_get("", "attendance")?,
        topic: row.try_get("", "topic")?,
        sub_topic: row.try_get("", "sub_topic")?,
        pages: row.try_get("", "pages")?,
        homework: row.try_get("", "homework")?,
        next_target: row.try_get("", "next_target")?,
        photo_document_id: row.try_get("", "photo_document_id")?,
    })
}

static COLUMNS: [Titled; 16] = [
    ("Tanggal", "Date", 12, false),
    ("Mulai", "Start", 8, false),
    ("Durasi (menit)", "Duration (minutes)", 12, false),
    ("Kode sesi", "Sesi code", 18, false),
    ("Kode siswa", "Siswa code", 14, false),
    ("Siswa", "Siswa", 28, false),
    ("Tutor", "Tutor", 28, false),
    ("Subject", "Subject", 22, false),
    ("Tingkatan", "Level", 14, false),
    ("Status", "State", 20, false),
    ("Kehadiran", "Attendance", 12, false),
    ("Topik", "Topic", 34, false),
    ("Subtopik", "Sub-topic", 28, false),
    ("Halaman", "Pages", 14, false),
    ("PR", "Homework", 34, false),
    ("Target berikutnya", "Next target", 34, false),
];

/// Day and hour as they were at the office.
fn line(row: &QueryResult) -> Result<Line, Failure> {
    let zone: String = row.try_get("", "zone")?;
    let zone: Tz = zone.parse().map_err(|_| Failure::Unknown { what: "time zone", text: zone.clone() })?;
    let local = row.try_get::<DateTime<Utc>>("", "starts_at")?.with_timezone(&zone);
    Ok(vec![
        Cell::Day(local.date_naive()),
        Cell::text(local.format("%H.%M").to_string()),
        number(row, "duration_minutes")?,
        text(row, "code")?,
        text(row, "siswa_code")?,
        text(row, "siswa")?,
        text(row, "tutor")?,
        text(row, "subject")?,
        text(row, "level")?,
        text(row, "state")?,
        text(row, "attendance")?,
        text(row, "topic")?,
        text(row, "sub_topic")?,
        text(row, "pages")?,
        text(row, "homework")?,
        text(row, "next_target")?,
    ])
}
