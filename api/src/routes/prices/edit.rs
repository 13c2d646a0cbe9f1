//! Changing cells of the matrix, and what it would come to.

use super::super::OurApp;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::Body;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::prices::edit::{self, Edit, Far, Summary, Wanted};
use workflows::records::price::Cell;

/// New amounts in cells, from a day on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceEdit {
    tahun_ajaran_id: Uuid,
    /// The first day they count; within the Tahun Ajaran, and not in a locked month.
    effective_from: NaiveDate,
    /// Required when a price that has counted already is changed (`reason_required` of the preview).
    #[serde(default)]
    reason: Option<String>,
    /// At most 2,000.
    cells: Vec<CellEdit>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CellEdit {
    subject_id: Uuid,
    #[serde(default)]
    subject_level_id: Option<Uuid>,
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    /// Of tutors' prices.
    #[serde(default)]
    golongan_id: Option<Uuid>,
    /// The price seen in the cell on that day; null saw none.
    #[serde(default)]
    seen_id: Option<Uuid>,
    /// Null takes the price away.
    #[serde(default)]
    amount_rp: Option<i64>,
}

/// What an edit comes to.
#[derive(Serialize, ToSchema)]
pub struct PriceEditSummary {
    added: u64,
    changed: u64,
    removed: u64,
    unchanged: u64,
    /// The sum of the cells named.
    before_rp: i64,
    after_rp: i64,
    reason_required: bool,
    /// Cells whose next price stays: the new one ends where it begins.
    later: u64,
    #[schema(required)]
    later_from: Option<NaiveDate>,
    /// Amounts more than ten times the mean of their page.
    far: Vec<FarPrice>,
}

#[derive(Serialize, ToSchema)]
struct FarPrice {
    /// Its place among the cells.
    #[schema(value_type = i32)]
    index: usize,
    amount_rp: i64,
    mean_rp: i64,
}

/// All cells or none. 409 `prices_changed` with a fault at each cell that holds another price than was seen
/// (`price_changed` with `price_id`, `amount_rp`, `by`, `at`); 422 `invalid` at `effective_from`, `reason`, `cells` or a
/// field of a cell.
pub async fn save(State(app): OurApp, who: SignedIn, Body(asked): Body<PriceEdit>) -> Result<Json<PriceEditSummary>, Problem> {
    let summary = edit::save(&app.engine.db, &asked.into(), &who.actor, app.engine.clock.now()).await?;
    Ok(Json(summary.into()))
}

/// What saving would do. Refused as saving is, but for a missing reason.
pub async fn preview(State(app): OurApp, who: SignedIn, Body(asked): Body<PriceEdit>) -> Result<Json<PriceEditSummary>, Problem> {
    let summary = edit::preview(&app.engine.db, &asked.into(), &who.actor, app.engine.clock.now()).await?;
    Ok(Json(summary.into()))
}

impl From<PriceEdit> for Edit {
    fn from(PriceEdit { tahun_ajaran_id, effective_from, reason, cells }: PriceEdit) -> Self {
        Self { tahun_ajaran_id, effective_from, reason, cells: cells.into_iter().map(Into::into).collect() }
    }
}

impl From<CellEdit> for Wanted {
    fn from(CellEdit { subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id, seen_id, amount_rp }: CellEdit) -> Self {
        Self { cell: Cell { subject_id, subject_level_id, tingkat_id, segmentasi_id, golongan_id }, seen_id, amount_rp }
    }
}

impl From<Summary> for PriceEditSummary {
    fn from(summary: Summary) -> Self {
        let Summary { added, changed, removed, unchanged, before_rp, after_rp, reason_required, later, later_from, far } = summary;
        let far = far.into_iter().map(|Far { index, amount_rp, mean_rp }| FarPrice { index, amount_rp, mean_rp }).collect();
        Self { added, changed, removed, unchanged, before_rp, after_rp, reason_required, later, later_from, far }
    }
}
