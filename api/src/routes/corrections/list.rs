//! Lists of corrections, searched, filtered, sorted and paged in the database.

use super::super::OurApp;
use super::kind::Kind;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::{Coded, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A correction in a list.
#[derive(Serialize, ToSchema)]
pub struct CorrectionRow {
    pub id: Uuid,
    code: String,
    /// Of the credit note, once it is issued.
    #[schema(required)]
    number: Option<String>,
    state: String,
    /// `SISWA` or `TUTOR`.
    side: String,
    party: Coded,
    /// The Tagihan or Honorarium it is about, or that it stands on.
    #[schema(required)]
    document: Option<CorrectedDocument>,
    #[schema(required)]
    sesi: Option<CorrectedSesi>,
    amount_rp: i64,
    /// The month it counts to.
    #[schema(required)]
    month: Option<String>,
    /// Null once the person it is about has been erased.
    #[schema(required)]
    reason: Option<String>,
    requested_by: Named,
    requested_at: DateTime<Utc>,
    /// Whoever approved, rejected or closed it.
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
}

/// A Tagihan (of a siswa) or an Honorarium (of a tutor) by its number.
#[derive(Serialize, ToSchema)]
pub struct CorrectedDocument {
    id: Uuid,
    number: String,
}

/// A sesi by its code.
#[derive(Serialize, ToSchema)]
pub struct CorrectedSesi {
    pub id: Uuid,
    pub code: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CorrectionFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    #[serde(rename = "filter[tagihan_id]")]
    tagihan_id: Option<String>,
    #[serde(rename = "filter[sesi_id]")]
    sesi_id: Option<String>,
    /// `2026-11`.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
}

static KEYS: [SortKey; 2] =
    [SortKey { name: "requested_at", sql: "c.requested_at", sort: Sort::Instant }, SortKey { name: "code", sql: "c.code", sort: Sort::Text }];

pub async fn adjustments(State(app): OurApp, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    of(Kind::Adjustment, app, list).await
}

pub async fn credit_notes(State(app): OurApp, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    of(Kind::CreditNote, app, list).await
}

pub async fn refunds(State(app): OurApp, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    of(Kind::Refund, app, list).await
}

pub async fn write_offs(State(app): OurApp, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    of(Kind::WriteOff, app, list).await
}

pub async fn reversals(State(app): OurApp, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    of(Kind::Reversal, app, list).await
}

async fn of(kind: Kind, app: std::sync::Arc<crate::app::App>, list: List<CorrectionFilter>) -> Result<Json<Page<CorrectionRow>>, Problem> {
    let (wanted, [siswa, tutor, tagihan, sesi, month]) = (&list.filter, kind.columns_of());
    let mut filter = Where::default();
    filter.search(kind.searched(), list.q.as_deref());
    filter.one_of("c.state", wanted.state.as_deref());
    filter.one_of_ids(siswa, "filter[siswa_id]", wanted.siswa_id.as_deref())?;
    filter.one_of_ids(tutor, "filter[tutor_id]", wanted.tutor_id.as_deref())?;
    filter.one_of_ids(tagihan, "filter[tagihan_id]", wanted.tagihan_id.as_deref())?;
    filter.one_of_ids(sesi, "filter[sesi_id]", wanted.sesi_id.as_deref())?;
    filter.one_of(month, wanted.month.as_deref());
    let select = kind.source().select();
    let order = Order::of(list.sort.as_deref(), "-requested_at", &KEYS)?;
    let listing = Listing { select: &select, from: kind.source().from, id: "c.id", filter, order };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

pub(super) fn read(row: &QueryResult) -> Result<CorrectionRow, Failure> {
    let document: Option<Uuid> = row.try_get("", "document_id")?;
    let sesi: Option<Uuid> = row.try_get("", "sesi_id")?;
    Ok(CorrectionRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        number: row.try_get("", "number")?,
        state: row.try_get("", "state")?,
        side: row.try_get("", "side")?,
        party: Coded { id: row.try_get("", "party_id")?, code: row.try_get("", "party_code")?, name: row.try_get("", "party_name")? },
        document: document.map(|id| Ok::<_, Failure>(CorrectedDocument { id, number: row.try_get("", "document_number")? })).transpose()?,
        sesi: sesi.map(|id| Ok::<_, Failure>(CorrectedSesi { id, code: row.try_get("", "sesi_code")? })).transpose()?,
        amount_rp: row.try_get("", "amount_rp")?,
        month: row.try_get("", "month")?,
        reason: row.try_get("", "reason")?,
        requested_by: named(row, "requested_by")?.ok_or_else(|| Failure::Unknown { what: "requester", text: String::new() })?,
        requested_at: row.try_get("", "requested_at")?,
        decided_by: named(row, "decided_by")?,
        decided_at: row.try_get("", "decided_at")?,
    })
}

fn named(row: &QueryResult, column: &str) -> Result<Option<Named>, Failure> {
    let Some(id) = row.try_get("", column)? else { return Ok(None) };
    let name: Option<String> = row.try_get("", &format!("{column}_name"))?;
    Ok(Some(Named { id, name: name.unwrap_or_default() }))
}
