//! Who owes how much since when (SPEC FIN-10), as of today or any day before, down to the Tagihan.

use super::OurApp;
use crate::problem::Problem;
use crate::request::{At, List};
use crate::view::Coded;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use chrono_tz::Asia::Jakarta;
use engine::clock::Clock;
use engine::refusal::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::books::aging::{self, Aged, OpenTagihan};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AgingFilter {
    /// `2026-11-21`: what stood there at the end of that day; today without it.
    #[serde(rename = "filter[as_of]")]
    as_of: Option<String>,
    /// Whoever owes something that is `NOT_BILLED`, `NOT_DUE`, `OVERDUE`, `0_30`, `31_60`, `61_90` or `OVER_90`.
    #[serde(rename = "filter[bucket]")]
    bucket: Option<String>,
}

/// An amount for each age, and all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct AgedAmounts {
    /// Settled, but on no Tagihan yet.
    pub not_billed_rp: i64,
    pub not_due_rp: i64,
    /// Days past the day it was due on.
    pub days_0_30_rp: i64,
    pub days_31_60_rp: i64,
    pub days_61_90_rp: i64,
    pub days_over_90_rp: i64,
    pub overdue_rp: i64,
    /// What stood on account 1100.
    pub total_rp: i64,
}

/// What a siswa owes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgingRow {
    siswa: Coded,
    amounts: AgedAmounts,
    /// Of what is overdue.
    #[schema(required)]
    oldest_due_on: Option<NaiveDate>,
}

/// Who owes how much since when.
#[derive(Serialize, ToSchema)]
pub struct AgingView {
    as_of: NaiveDate,
    /// Of everybody, whatever is searched for.
    totals: AgedAmounts,
    /// Of what is searched for.
    found: AgedAmounts,
    items: Vec<AgingRow>,
    #[schema(required)]
    next_cursor: Option<String>,
    total: i64,
}

/// What a siswa owes, with every Tagihan that was open.
#[derive(Serialize, ToSchema)]
pub struct SiswaAgingView {
    as_of: NaiveDate,
    siswa: Coded,
    amounts: AgedAmounts,
    tagihan: Vec<AgedTagihan>,
}

/// A Tagihan that was not paid in full.
#[derive(Serialize, ToSchema)]
pub struct AgedTagihan {
    id: Uuid,
    number: String,
    period_month: String,
    issued_on: NaiveDate,
    due_on: NaiveDate,
    total_rp: i64,
    open_rp: i64,
    /// Zero or below, it was not overdue.
    days_late: i64,
}

pub async fn show(State(app): OurApp, list: List<AgingFilter>) -> Result<Json<AgingView>, Problem> {
    let as_of = day(app.engine.clock.as_ref(), list.filter.as_of.as_deref())?;
    let all = aging::of_day(&app.engine.db, as_of).await?;
    let totals = sum(&all);
    let q = list.q.as_deref().unwrap_or_default().to_lowercase();
    let bucket = list.filter.bucket.as_deref().map(bucket).transpose()?;
    let named = |aged: &Aged| q.is_empty() || aged.code.to_lowercase().contains(&q) || aged.name.to_lowercase().contains(&q);
    let found: Vec<Aged> = all.into_iter().filter(|aged| named(aged) && bucket.is_none_or(|of| of(&amounts(aged)) != 0)).collect();
    let start = after(&found, list.cursor.as_deref())?;
    let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
    let page = found.get(start..).unwrap_or_default();
    let items: Vec<&Aged> = page.iter().take(limit).collect();
    let next_cursor = if page.len() > limit { items.last().map(|aged| aged.siswa_id.to_string()) } else { None };
    let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok(Json(AgingView { as_of, totals, found: sum(&found), items: items.into_iter().map(row).collect(), next_cursor, total }))
}

pub async fn of_siswa(State(app): OurApp, At(id): At<Uuid>, list: List<AgingFilter>) -> Result<Json<SiswaAgingView>, Problem> {
    let as_of = day(app.engine.clock.as_ref(), list.filter.as_of.as_deref())?;
    let (db, missing) = (&app.engine.db, || Problem::not_found("siswa"));
    let aged = aging::of_day(db, as_of).await?.into_iter().find(|aged| aged.siswa_id == id).ok_or_else(missing)?;
    let tagihan = aging::of_siswa(db, id, as_of).await?.into_iter().map(AgedTagihan::from).collect();
    Ok(Json(SiswaAgingView { as_of, amounts: amounts(&aged), siswa: row(&aged).siswa, tagihan }))
}

/// Where the next page begins: after the siswa the last one ended with.
fn after(found: &[Aged], cursor: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = cursor else { return Ok(0) };
    let malformed = || Problem::new(StatusCode::BAD_REQUEST, "malformed_query").with("message", "cursor is not one of ours");
    let id: Uuid = text.parse().map_err(|_| malformed())?;
    found.iter().position(|aged| aged.siswa_id == id).map(|at| at + 1).ok_or_else(malformed)
}

fn day(clock: &dyn Clock, text: Option<&str>) -> Result<NaiveDate, Problem> {
    let today = clock.now().with_timezone(&Jakarta).date_naive();
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(today) };
    let day: NaiveDate = text.parse().map_err(|_| Problem::invalid(FieldError::new("filter[as_of]", "not_a_day")))?;
    if day > today {
        return Err(Problem::invalid(FieldError::new("filter[as_of]", "in_the_future").with("today", today.to_string())));
    }
    Ok(day)
}

fn bucket(name: &str) -> Result<fn(&AgedAmounts) -> i64, Problem> {
    Ok(match name {
        "NOT_BILLED" => |of| of.not_billed_rp,
        "NOT_DUE" => |of| of.not_due_rp,
        "OVERDUE" => |of| of.overdue_rp,
        "0_30" => |of| of.days_0_30_rp,
        "31_60" => |of| of.days_31_60_rp,
        "61_90" => |of| of.days_61_90_rp,
        "OVER_90" => |of| of.days_over_90_rp,
        _ => return Err(Problem::invalid(FieldError::new("filter[bucket]", "not_a_choice"))),
    })
}

fn amounts(aged: &Aged) -> AgedAmounts {
    AgedAmounts {
        not_billed_rp: aged.not_billed_rp,
        not_due_rp: aged.not_due_rp,
        days_0_30_rp: aged.days_0_30_rp,
        days_31_60_rp: aged.days_31_60_rp,
        days_61_90_rp: aged.days_61_90_rp,
        days_over_90_rp: aged.days_over_90_rp,
        overdue_rp: aged.overdue_rp(),
        total_rp: aged.total_rp(),
    }
}

fn sum(all: &[Aged]) -> AgedAmounts {
    all.iter().map(amounts).fold(AgedAmounts::default(), |sum, one| AgedAmounts {
        not_billed_rp: sum.not_billed_rp + one.not_billed_rp,
        not_due_rp: sum.not_due_rp + one.not_due_rp,
        days_0_30_rp: sum.days_0_30_rp + one.days_0_30_rp,
        days_31_60_rp: sum.days_31_60_rp + one.days_31_60_rp,
        days_61_90_rp: sum.days_61_90_rp + one.days_61_90_rp,
        days_over_90_rp: sum.days_over_90_rp + one.days_over_90_rp,
        overdue_rp: sum.overdue_rp + one.overdue_rp,
        total_rp: sum.total_rp + one.total_rp,
    })
}

fn row(aged: &Aged) -> AgingRow {
    let siswa = Coded { id: aged.siswa_id, code: aged.code.clone(), name: aged.name.clone() };
    AgingRow { siswa, amounts: amounts(aged), oldest_due_on: aged.oldest_due_on }
}

impl From<OpenTagihan> for AgedTagihan {
    fn from(open: OpenTagihan) -> Self {
        Self {
            id: open.id,
            number: open.number,
            period_month: open.period_month,
            issued_on: open.issued_on,
            due_on: open.due_on,
            total_rp: open.total_rp,
            open_rp: open.open_rp,
            days_late: open.days_late,
        }
    }
}
