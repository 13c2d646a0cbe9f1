//! The queue of claims, searched, filtered, sorted and paged in the database.

use super::super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct FmClaimRow {
    id: Uuid,
    code: String,
    state: String,
    /// `SAKIT`, `DUKA`, `DARURAT`, `BENCANA` or `LAINNYA`.
    category: String,
    sesi_id: Uuid,
    sesi_code: String,
    tutor: Named,
    /// Null when the event cost no denda.
    #[schema(required)]
    denda_rp: Option<i64>,
    filed_at: DateTime<Utc>,
    /// The promised end of the open review.
    #[schema(required)]
    review_due_at: Option<DateTime<Utc>>,
    /// The open review takes longer than promised.
    sla_flagged: bool,
    #[schema(required)]
    appeal_until: Option<DateTime<Utc>>,
    #[schema(required)]
    closed_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FmClaimFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[category]")]
    category: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    #[serde(rename = "filter[sesi_id]")]
    sesi_id: Option<String>,
    /// `true`: those whose open review takes longer than promised.
    #[serde(rename = "filter[late]")]
    late: Option<bool>,
}

static KEYS: [SortKey; 4] = [
    SortKey { name: "filed_at", sql: "c.filed_at", sort: Sort::Instant },
    // What somebody has to do next, and until when.
    SortKey { name: "due_at", sql: "COALESCE(c.review_due_at, c.appeal_until, c.filed_at)", sort: Sort::Instant },
    SortKey { name: "closed_at", sql: "COALESCE(c.closed_at, c.filed_at)", sort: Sort::Instant },
    SortKey { name: "code", sql: "c.code", sort: Sort::Text },
];

pub async fn list(State(app): OurApp, list: List<FmClaimFilter>) -> Result<Json<Page<FmClaimRow>>, Problem> {
    let asked = &list.filter;
    let mut filter = Where::default();
    filter.search(&["c.code", "s.code", "t.name"], list.q.as_deref());
    filter.one_of("c.state", asked.state.as_deref());
    filter.one_of("c.category", asked.category.as_deref());
    filter.one_of_ids("c.tutor_id", "filter[tutor_id]", asked.tutor_id.as_deref())?;
    filter.one_of_ids("c.sesi_id", "filter[sesi_id]", asked.sesi_id.as_deref())?;
    if let Some(late) = asked.late {
        filter.and("c.sla_flagged = ?", [late.into()]);
    }
    let listing = Listing {
        select: "c.id, c.code, c.state, c.category, c.sesi_id, s.code AS sesi_code, c.tutor_id, t.name AS tutor_name, c.denda_rp, c.filed_at, \
                 c.review_due_at, c.sla_flagged, c.appeal_until, c.closed_at",
        from: "fm_claim c JOIN sesi s ON s.id = c.sesi_id JOIN tutor t ON t.id = c.tutor_id",
        id: "c.id",
        filter,
        order: Order::of(list.sort.as_deref(), "-filed_at", &KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

fn read(row: &QueryResult) -> Result<FmClaimRow, Failure> {
    Ok(FmClaimRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        category: row.try_get("", "category")?,
        sesi_id: row.try_get("", "sesi_id")?,
        sesi_code: row.try_get("", "sesi_code")?,
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor_name")? },
        denda_rp: row.try_get("", "denda_rp")?,
        filed_at: row.try_get("", "filed_at")?,
        review_due_at: row.try_get("", "review_due_at")?,
        sla_flagged: row.try_get("", "sla_flagged")?,
        appeal_until: row.try_get("", "appeal_until")?,
        closed_at: row.try_get("", "closed_at")?,
    })
}

/// How many claims stand where, and how many of the reviews take longer than promised.
#[derive(Default, Serialize, ToSchema)]
pub struct FmFigures {
    pending_l1: i64,
    late_l1: i64,
    pending_l2: i64,
    late_l2: i64,
    /// Rejected, and an appeal may still come.
    appeal_open: i64,
    closed: i64,
}

pub async fn figures(State(app): OurApp) -> Result<Json<FmFigures>, Problem> {
    let sql = "SELECT state, count(*) AS n, CAST(sum(CASE WHEN sla_flagged THEN 1 ELSE 0 END) AS BIGINT) AS late FROM fm_claim GROUP BY state";
    let mut figures = FmFigures::default();
    for row in db::rows(app.engine.db.reader(), sql, vec![]).await? {
        figures.count(&row)?;
    }
    Ok(Json(figures))
}

impl FmFigures {
    fn count(&mut self, row: &QueryResult) -> Result<(), Failure> {
        let (state, n, late): (String, i64, i64) = (row.try_get("", "state")?, row.try_get("", "n")?, row.try_get("", "late")?);
        match state.as_str() {
            "PENDING_L1" => (self.pending_l1, self.late_l1) = (n, late),
            "PENDING_L2" => (self.pending_l2, self.late_l2) = (n, late),
            "REJECTED" => self.appeal_open = n,
            _ => self.closed += n,
        }
        Ok(())
    }
}
