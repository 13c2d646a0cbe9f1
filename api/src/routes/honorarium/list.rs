//! The list of Honorarium, and what those that match come to.

use crate::app::App;
use crate::auth::scope::Scope;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::List;
use crate::routes::OurApp;
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A Honorarium in a list.
#[derive(Serialize, ToSchema)]
pub struct HonorariumRow {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) tutor: Coded,
    pub(super) period_month: String,
    pub(super) revision: i64,
    /// `DRAFT`, `ISSUED`, `PAID` or `VOID`.
    pub(super) status: String,
    #[schema(required)]
    pub(super) issued_on: Option<NaiveDate>,
    pub(super) base_rp: i64,
    pub(super) transport_rp: i64,
    /// Below zero when it is against the tutor.
    pub(super) adjustment_rp: i64,
    /// Denda of earlier Honorarium that do not count any more.
    pub(super) returned_rp: i64,
    /// Sesi of earlier Honorarium that were reversed.
    pub(super) reversed_rp: i64,
    pub(super) denda_rp: i64,
    /// What an earlier Honorarium could not deduct, and what this one cannot.
    pub(super) carried_in_rp: i64,
    pub(super) carried_out_rp: i64,
    pub(super) net_rp: i64,
    pub(super) pph_withheld_rp: i64,
    pub(super) paid_rp: i64,
    /// Still to be paid, PPh included.
    pub(super) open_rp: i64,
}

/// What all that match come to; those that are void are left out.
#[derive(Serialize, ToSchema)]
pub struct HonorariumSums {
    base_rp: i64,
    transport_rp: i64,
    net_rp: i64,
    pph_withheld_rp: i64,
    paid_rp: i64,
    open_rp: i64,
    /// How many are issued and not paid.
    open_count: i64,
}

#[derive(Serialize, ToSchema)]
pub struct HonorariumPage {
    items: Vec<HonorariumRow>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many match on all pages.
    total: i64,
    sums: HonorariumSums,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct HonorariumFilter {
    /// `2026-07`.
    #[serde(rename = "filter[month]")]
    month: Option<String>,
    #[serde(rename = "filter[status]")]
    status: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    /// Of a billing run, its drafts included.
    #[serde(rename = "filter[run_id]")]
    run_id: Option<String>,
}

static KEYS: [SortKey; 2] = [SortKey { name: "number", sql: "x.number", sort: Sort::Text }, SortKey { name: "tutor", sql: "lower(t.name)", sort: Sort::Text }];

const COLUMNS: &str = "x.*, t.code AS tutor_code, t.name AS tutor_name";
const FROM: &str = "honorarium x JOIN tutor t ON t.id = x.tutor_id";

pub async fn list(State(app): OurApp, scope: Scope, list: List<HonorariumFilter>) -> Result<Json<HonorariumPage>, Problem> {
    let filter = conditions(scope, &list)?;
    let sums = sums(&app, &filter).await?;
    let listing = Listing { select: COLUMNS, from: FROM, id: "x.id", filter, order: Order::of(list.sort.as_deref(), "-number", &KEYS)? };
    let page = listing.page(&app.engine.db, &list, read).await?;
    Ok(Json(HonorariumPage { items: page.items, next_cursor: page.next_cursor, total: page.total, sums }))
}

fn conditions(scope: Scope, list: &List<HonorariumFilter>) -> Result<Where, Problem> {
    let mut filter = Where::default();
    scope.only_tutor("x.tutor_id", &mut filter);
    filter.search(&["x.number", "t.code", "t.name"], list.q.as_deref());
    filter.one_of("x.period_month", list.filter.month.as_deref());
    filter.one_of("x.status", list.filter.status.as_deref());
    filter.one_of_ids("x.tutor_id", "filter[tutor_id]", list.filter.tutor_id.as_deref())?;
    filter.one_of_ids("x.run_id", "filter[run_id]", list.filter.run_id.as_deref())?;
    if list.filter.run_id.is_none() || scope != Scope::All {
        filter.and("x.status <> 'DRAFT'", []);
    }
    Ok(filter)
}

/// As SQL over `x`: what is still to be paid.
const OPEN: &str = "CASE WHEN x.status IN ('DRAFT','ISSUED') THEN x.net_rp - x.pph_withheld_rp - x.paid_rp ELSE 0 END";

async fn sums(app: &App, filter: &Where) -> Result<HonorariumSums, Failure> {
    let sum = |of: &str, name: &str| format!("CAST(COALESCE(sum(CASE WHEN x.status = 'VOID' THEN 0 ELSE {of} END), 0) AS BIGINT) AS {name}");
    let columns = [
        sum("x.base_rp", "base_rp"),
        sum("x.transport_rp", "transport_rp"),
        sum("x.net_rp", "net_rp"),
        sum("x.pph_withheld_rp", "pph_withheld_rp"),
        sum("x.paid_rp", "paid_rp"),
        sum(OPEN, "open_rp"),
        sum("CASE WHEN x.status = 'ISSUED' THEN 1 ELSE 0 END", "open_count"),
    ];
    let (sql, values) = filter.select(&columns.join(", "), FROM, "");
    let row = db::row(app.engine.db.reader(), &sql, values).await?;
    let rp = |name: &str| -> Result<i64, Failure> { Ok(row.as_ref().map(|row| row.try_get("", name)).transpose()?.unwrap_or(0)) };
    Ok(HonorariumSums {
        base_rp: rp("base_rp")?,
        transport_rp: rp("transport_rp")?,
        net_rp: rp("net_rp")?,
        pph_withheld_rp: rp("pph_withheld_rp")?,
        paid_rp: rp("paid_rp")?,
        open_rp: rp("open_rp")?,
        open_count: rp("open_count")?,
    })
}

fn read(row: &QueryResult) -> Result<HonorariumRow, Failure> {
    let rp = |name: &str| -> Result<i64, Failure> { Ok(row.try_get("", name)?) };
    let status: String = row.try_get("", "status")?;
    let (net_rp, pph_withheld_rp, paid_rp) = (rp("net_rp")?, rp("pph_withheld_rp")?, rp("paid_rp")?);
    let awaited = matches!(status.as_str(), "DRAFT" | "ISSUED");
    Ok(HonorariumRow {
        id: row.try_get("", "id")?,
        number: row.try_get("", "number")?,
        tutor: Coded { id: row.try_get("", "tutor_id")?, code: row.try_get("", "tutor_code")?, name: row.try_get("", "tutor_name")? },
        period_month: row.try_get("", "period_month")?,
        revision: rp("revision")?,
        status,
        issued_on: row.try_get("", "issued_on")?,
        base_rp: rp("base_rp")?,
        transport_rp: rp("transport_rp")?,
        adjustment_rp: rp("adjustment_rp")?,
        returned_rp: rp("returned_rp")?,
        reversed_rp: rp("reversed_rp")?,
        denda_rp: rp("denda_rp")?,
        carried_in_rp: rp("carried_in_rp")?,
        carried_out_rp: rp("carried_out_rp")?,
        net_rp,
        pph_withheld_rp,
        paid_rp,
        open_rp: if awaited { net_rp - pph_withheld_rp - paid_rp } else { 0 },
    })
}
