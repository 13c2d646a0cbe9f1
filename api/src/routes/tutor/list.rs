//! The list of tutors, and the same list as a file.

use super::super::OurApp;
use crate::auth::guard::SignedIn;
use crate::export::{Cell, Csv, Line, Xlsx};
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::routes::person::export::{Sheet, degrees, table, text};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::refusal::{Failure, FieldError};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A tutor of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TutorSummary {
    id: Uuid,
    code: String,
    name: String,
    phone: String,
    #[schema(required)]
    email: Option<String>,
    golongan: String,
    /// The office's code.
    office: String,
    status: String,
    /// Names, joined by commas.
    #[schema(required)]
    subjects: Option<String>,
    lacks_proof: bool,
    #[schema(required)]
    last_active_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TutorListFilter {
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    #[serde(rename = "filter[office_id]")]
    office_id: Option<String>,
    #[serde(rename = "filter[golongan_id]")]
    golongan_id: Option<String>,
    /// Who teaches one of these subjects.
    #[serde(rename = "filter[subject_id]")]
    subject_id: Option<String>,
    /// `missing`: whose KTP is not there.
    #[serde(rename = "filter[document]")]
    document: Option<String>,
    /// `id` or `en`: the words of a file.
    lang: Option<String>,
}

static KEYS: [SortKey; 5] = [
    SortKey { name: "name", sql: "lower(t.name)", sort: Sort::Text },
    SortKey { name: "code", sql: "t.code", sort: Sort::Text },
    SortKey { name: "golongan", sql: "g.code", sort: Sort::Text },
    SortKey { name: "office", sql: "o.code", sort: Sort::Text },
    // Who was never active comes before everybody who was.
    SortKey { name: "last_active_at", sql: "COALESCE(t.last_active_at, '1970-01-01T00:00:00+00:00')", sort: Sort::Instant },
];

const SELECT: &str = "t.id, t.code, t.name, t.phone, t.email, t.status, t.address, t.lat, t.long, t.contract_signed, t.last_active_at, t.created_at, \
    g.name AS golongan, o.code AS office, \
    (SELECT string_agg(x.name, ', ') FROM (SELECT DISTINCT s.name FROM tutor_subject ts JOIN subject s ON s.id = ts.subject_id WHERE ts.tutor_id = t.id ORDER BY s.name) x) AS subjects, \
    NOT EXISTS (SELECT 1 FROM person_document p JOIN document d ON d.id = p.document_id \
        WHERE p.person_id = t.id AND p.role = 'KTP' AND p.replaced_at IS NULL AND d.scan_state <> 'INFECTED') AS lacks_proof";
/// Whoever was erased is not listed.
const FROM: &str = "tutor t JOIN golongan g ON g.id = t.golongan_id JOIN office o ON o.id = t.office_id \
    JOIN personal_key k ON k.owner_id = t.id AND k.key IS NOT NULL";

static SHEET: Sheet = Sheet {
    name: "tutor",
    columns: &[
        ("Kode", "Code", 14),
        ("Nama", "Name", 28),
        ("Telepon", "Phone", 18),
        ("E-mail", "E-mail", 28),
        ("Golongan", "Golongan", 12),
        ("Kantor", "Office", 10),
        ("Status", "Status", 14),
        ("Mata pelajaran", "Subjects", 40),
        ("Alamat", "Address", 40),
        ("Lintang", "Latitude", 12),
        ("Bujur", "Longitude", 12),
        ("Kontrak ditandatangani", "Contract signed", 12),
        ("KTP ada", "KTP there", 10),
        ("Terakhir aktif", "Last active", 20),
        ("Dibuat", "Created", 20),
    ],
    line,
};

pub async fn list(State(app): OurApp, list: List<TutorListFilter>) -> Result<Json<Page<TutorSummary>>, Problem> {
    Ok(Json(listing(&list)?.page(&app.engine.db, &list, read).await?))
}

pub async fn csv(State(app): OurApp, who: SignedIn, list: List<TutorListFilter>) -> Result<Csv, Problem> {
    let asked = (list.q.as_deref(), list.filter.lang.as_deref(), "csv");
    Ok(Csv::of(table(&app, &who, &SHEET, listing(&list)?, asked).await?))
}

pub async fn xlsx(State(app): OurApp, who: SignedIn, list: List<TutorListFilter>) -> Result<Xlsx, Problem> {
    let asked = (list.q.as_deref(), list.filter.lang.as_deref(), "xlsx");
    Xlsx::of(table(&app, &who, &SHEET, listing(&list)?, asked).await?).await
}

fn listing(list: &List<TutorListFilter>) -> Result<Listing<'static>, Problem> {
    let (mut filter, asked) = (Where::default(), &list.filter);
    filter.search(&["t.name", "t.code", "t.phone", "t.email"], list.q.as_deref());
    filter.one_of("t.status", asked.status.as_deref());
    filter.one_of_ids("t.office_id", "filter[office_id]", asked.office_id.as_deref())?;
    filter.one_of_ids("t.golongan_id", "filter[golongan_id]", asked.golongan_id.as_deref())?;
    let mut teaches = Where::default();
    teaches.one_of_ids("ts.subject_id", "filter[subject_id]", asked.subject_id.as_deref())?;
    filter.exists("tutor_subject ts", "ts.tutor_id = t.id", teaches);
    match asked.document.as_deref() {
        None => {}
        Some("missing") => filter.and(
            "NOT EXISTS (SELECT 1 FROM person_document p JOIN document d ON d.id = p.document_id \
             WHERE p.person_id = t.id AND p.role = 'KTP' AND p.replaced_at IS NULL AND d.scan_state <> 'INFECTED')",
            [],
        ),
        Some(_) => return Err(Problem::invalid(FieldError::new("filter[document]", "not_a_choice").with("choices", vec!["missing"]))),
    }
    Ok(Listing { select: SELECT, from: FROM, id: "t.id", filter, order: Order::of(list.sort.as_deref(), "name", &KEYS)? })
}

fn read(row: &QueryResult) -> Result<TutorSummary, Failure> {
    Ok(TutorSummary {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        phone: row.try_get("", "phone")?,
        email: row.try_get("", "email")?,
        golongan: row.try_get("", "golongan")?,
        office: row.try_get("", "office")?,
        status: row.try_get("", "status")?,
        subjects: row.try_get("", "subjects")?,
        lacks_proof: row.try_get("", "lacks_proof")?,
        last_active_at: row.try_get("", "last_active_at")?,
    })
}

fn line(row: &QueryResult) -> Result<Line, Failure> {
    let instant = |column: &str| Ok::<_, Failure>(row.try_get::<Option<DateTime<Utc>>>("", column)?.map_or(Cell::Nothing, Cell::Instant));
    let flag = |yes: bool| Cell::Number(f64::from(u8::from(yes)));
    let mut line = vec![];
    for column in ["code", "name", "phone", "email", "golongan", "office", "status", "subjects", "address"] {
        line.push(text(row, column)?);
    }
    line.push(degrees(row, "lat")?);
    line.push(degrees(row, "long")?);
    line.push(flag(row.try_get("", "contract_signed")?));
    line.push(flag(!row.try_get::<bool>("", "lacks_proof")?));
    line.push(instant("last_active_at")?);
    line.push(instant("created_at")?);
    Ok(line)
}
