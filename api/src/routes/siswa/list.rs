//! The list of siswa, and the same list as a file.

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

/// A siswa of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SiswaSummary {
    id: Uuid,
    code: String,
    name: String,
    tingkat: String,
    segmentasi: String,
    /// The office's code.
    office: String,
    parent_name: String,
    parent_phone: String,
    status: String,
    lacks_proof: bool,
    created_at: DateTime<Utc>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SiswaListFilter {
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    #[serde(rename = "filter[office_id]")]
    office_id: Option<String>,
    #[serde(rename = "filter[tingkat_id]")]
    tingkat_id: Option<String>,
    #[serde(rename = "filter[segmentasi_id]")]
    segmentasi_id: Option<String>,
    /// `missing`: of whom neither KTP nor akta is there.
    #[serde(rename = "filter[document]")]
    document: Option<String>,
    /// `id` or `en`: the words of a file.
    lang: Option<String>,
}

static KEYS: [SortKey; 4] = [
    SortKey { name: "name", sql: "lower(s.name)", sort: Sort::Text },
    SortKey { name: "code", sql: "s.code", sort: Sort::Text },
    SortKey { name: "office", sql: "o.code", sort: Sort::Text },
    SortKey { name: "created_at", sql: "s.created_at", sort: Sort::Instant },
];

const SELECT: &str = "s.id, s.code, s.name, s.parent_name, s.parent_phone, s.parent_relation, s.email, s.address, s.lat, s.long, s.status, s.created_at, \
    t.name AS tingkat, g.name AS segmentasi, o.code AS office, \
    NOT EXISTS (SELECT 1 FROM person_document p JOIN document d ON d.id = p.document_id \
        WHERE p.person_id = s.id AND p.role IN ('KTP','AKTA') AND p.replaced_at IS NULL AND d.scan_state <> 'INFECTED') AS lacks_proof";
/// Whoever was erased is not listed.
const FROM: &str = "siswa s JOIN tingkat t ON t.id = s.tingkat_id JOIN segmentasi g ON g.id = s.segmentasi_id JOIN office o ON o.id = s.office_id \
    JOIN personal_key k ON k.owner_id = s.id AND k.key IS NOT NULL";

static SHEET: Sheet = Sheet {
    name: "siswa",
    columns: &[
        ("Kode", "Code", 14),
        ("Nama", "Name", 28),
        ("Tingkat", "Tingkat", 14),
        ("Segmentasi", "Segmentasi", 16),
        ("Kantor", "Office", 10),
        ("Orang tua", "Parent", 28),
        ("Telepon orang tua", "Parent's phone", 18),
        ("Hubungan", "Relation", 14),
        ("E-mail", "E-mail", 28),
        ("Alamat", "Address", 40),
        ("Status", "Status", 14),
        ("Lintang", "Latitude", 12),
        ("Bujur", "Longitude", 12),
        ("KTP atau akta ada", "KTP or akta there", 12),
        ("Dibuat", "Created", 20),
    ],
    line,
};

pub async fn list(State(app): OurApp, list: List<SiswaListFilter>) -> Result<Json<Page<SiswaSummary>>, Problem> {
    Ok(Json(listing(&list)?.page(&app.engine.db, &list, read).await?))
}

pub async fn csv(State(app): OurApp, who: SignedIn, list: List<SiswaListFilter>) -> Result<Csv, Problem> {
    let asked = (list.q.as_deref(), list.filter.lang.as_deref(), "csv");
    Ok(Csv::of(table(&app, &who, &SHEET, listing(&list)?, asked).await?))
}

pub async fn xlsx(State(app): OurApp, who: SignedIn, list: List<SiswaListFilter>) -> Result<Xlsx, Problem> {
    let asked = (list.q.as_deref(), list.filter.lang.as_deref(), "xlsx");
    Xlsx::of(table(&app, &who, &SHEET, listing(&list)?, asked).await?).await
}

fn listing(list: &List<SiswaListFilter>) -> Result<Listing<'static>, Problem> {
    let (mut filter, asked) = (Where::default(), &list.filter);
    filter.search(&["s.name", "s.code", "s.parent_name", "s.parent_phone", "s.email"], list.q.as_deref());
    filter.one_of("s.status", asked.status.as_deref());
    filter.one_of_ids("s.office_id", "filter[office_id]", asked.office_id.as_deref())?;
    filter.one_of_ids("s.tingkat_id", "filter[tingkat_id]", asked.tingkat_id.as_deref())?;
    filter.one_of_ids("s.segmentasi_id", "filter[segmentasi_id]", asked.segmentasi_id.as_deref())?;
    match asked.document.as_deref() {
        None => {}
        Some("missing") => filter.and(
            "NOT EXISTS (SELECT 1 FROM person_document p JOIN document d ON d.id = p.document_id \
             WHERE p.person_id = s.id AND p.role IN ('KTP','AKTA') AND p.replaced_at IS NULL AND d.scan_state <> 'INFECTED')",
            [],
        ),
        Some(_) => return Err(Problem::invalid(FieldError::new("filter[document]", "not_a_choice").with("choices", vec!["missing"]))),
    }
    Ok(Listing { select: SELECT, from: FROM, id: "s.id", filter, order: Order::of(list.sort.as_deref(), "name", &KEYS)? })
}

fn read(row: &QueryResult) -> Result<SiswaSummary, Failure> {
    Ok(SiswaSummary {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        name: row.try_get("", "name")?,
        tingkat: row.try_get("", "tingkat")?,
        segmentasi: row.try_get("", "segmentasi")?,
        office: row.try_get("", "office")?,
        parent_name: row.try_get("", "parent_name")?,
        parent_phone: row.try_get("", "parent_phone")?,
        status: row.try_get("", "status")?,
        lacks_proof: row.try_get("", "lacks_proof")?,
        created_at: row.try_get("", "created_at")?,
    })
}

fn line(row: &QueryResult) -> Result<Line, Failure> {
    let mut line = vec![];
    for column in ["code", "name", "tingkat", "segmentasi", "office", "parent_name", "parent_phone", "parent_relation", "email", "address", "status"] {
        line.push(text(row, column)?);
    }
    line.push(degrees(row, "lat")?);
    line.push(degrees(row, "long")?);
    line.push(Cell::Number(f64::from(u8::from(!row.try_get::<bool>("", "lacks_proof")?))));
    line.push(Cell::Instant(row.try_get("", "created_at")?));
    Ok(line)
}
