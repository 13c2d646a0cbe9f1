//! Who was reminded when, by whom, of what.

use super::super::OurApp;
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

/// Somebody who was reminded, and what stood then.
#[derive(Serialize, ToSchema)]
pub struct ReminderRow {
    id: Uuid,
    /// The broadcast it belongs to.
    reminder_id: Uuid,
    code: String,
    /// `LATE_PAYMENT` or `LOW_COMPLETION`.
    kind: String,
    #[schema(required)]
    siswa: Option<Coded>,
    #[schema(required)]
    tutor: Option<Coded>,
    open_rp: i64,
    days_late: i64,
    planned: i64,
    held: i64,
    by: Named,
    at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReminderFilter {
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    /// Those of one broadcast.
    #[serde(rename = "filter[reminder_id]")]
    reminder_id: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "at", sql: "r.at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<ReminderFilter>) -> Result<Json<Page<ReminderRow>>, Problem> {
    let asked = &list.filter;
    let mut filter = Where::default();
    filter.one_of("r.kind", asked.kind.as_deref());
    filter.one_of_ids("r.siswa_id", "filter[siswa_id]", asked.siswa_id.as_deref())?;
    filter.one_of_ids("r.tutor_id", "filter[tutor_id]", asked.tutor_id.as_deref())?;
    filter.one_of_ids("r.reminder_id", "filter[reminder_id]", asked.reminder_id.as_deref())?;
    filter.search(&["m.code", "COALESCE(w.name, '')", "COALESCE(w.code, '')", "COALESCE(t.name, '')", "COALESCE(t.code, '')"], list.q.as_deref());
    let listing = Listing {
        select: "r.id, r.reminder_id, m.code, r.kind, r.siswa_id, w.code AS siswa_code, w.name AS siswa_name, r.tutor_id, t.code AS tutor_code, t.name AS tutor_name, \
                 r.open_rp, r.days_late, r.planned, r.held, r.by_id, u.name AS by_name, r.at",
        from: "reminder_log r JOIN reminder m ON m.id = r.reminder_id LEFT JOIN siswa w ON w.id = r.siswa_id LEFT JOIN tutor t ON t.id = r.tutor_id \
               LEFT JOIN user_account u ON u.id = r.by_id",
        id: "r.id",
        filter,
        order: Order::of(list.sort.as_deref(), "-at", &KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

fn read(row: &QueryResult) -> Result<ReminderRow, Failure> {
    Ok(ReminderRow {
        id: row.try_get("", "id")?,
        reminder_id: row.try_get("", "reminder_id")?,
        code: row.try_get("", "code")?,
        kind: row.try_get("", "kind")?,
        siswa: somebody(row, "siswa")?,
        tutor: somebody(row, "tutor")?,
        open_rp: row.try_get("", "open_rp")?,
        days_late: row.try_get("", "days_late")?,
        planned: row.try_get("", "planned")?,
        held: row.try_get("", "held")?,
        by: Named { id: row.try_get("", "by_id")?, name: row.try_get::<Option<String>>("", "by_name")?.unwrap_or_default() },
        at: row.try_get("", "at")?,
    })
}

fn somebody(row: &QueryResult, who: &str) -> Result<Option<Coded>, Failure> {
    let Some(id) = row.try_get("", &format!("{who}_id"))? else { return Ok(None) };
    Ok(Some(Coded { id, code: row.try_get("", &format!("{who}_code"))?, name: row.try_get("", &format!("{who}_name"))? }))
}
