//! The audit trail (SPEC AUD-4).

use super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::AnyObject;
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use engine::refusal::{Failure, FieldError};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct AuditRecord {
    id: Uuid,
    at: DateTime<Utc>,
    actor: Named,
    #[schema(required)]
    on_behalf_of: Option<String>,
    action: String,
    entity_type: String,
    entity_id: Uuid,
    #[schema(required)]
    entity_code: Option<String>,
    /// The differing fields before.
    #[schema(required, value_type = Option<AnyObject>)]
    before: Option<Value>,
    /// The differing fields after.
    #[schema(required, value_type = Option<AnyObject>)]
    after: Option<Value>,
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    request_id: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    #[serde(rename = "filter[entity_id]")]
    entity_id: Option<String>,
    #[serde(rename = "filter[actor_id]")]
    actor_id: Option<String>,
    #[serde(rename = "filter[action]")]
    action: Option<String>,
    /// An instant, or a date in UTC; included.
    #[serde(rename = "filter[from]")]
    from: Option<String>,
    /// An instant, excluded; or a date in UTC, included.
    #[serde(rename = "filter[until]")]
    until: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "at", sql: "a.at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<AuditFilter>) -> Result<Json<Page<AuditRecord>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["a.actor_name", "a.action", "COALESCE(a.entity_code, '')", "COALESCE(a.reason, '')"], list.q.as_deref());
    filter.one_of_ids("a.entity_id", "filter[entity_id]", list.filter.entity_id.as_deref())?;
    filter.one_of_ids("a.actor_id", "filter[actor_id]", list.filter.actor_id.as_deref())?;
    filter.one_of("a.action", list.filter.action.as_deref());
    if let Some(text) = &list.filter.from {
        filter.and("a.at >= ?", [instant(text, 0).ok_or_else(|| not_instant("filter[from]"))?.into()]);
    }
    if let Some(text) = &list.filter.until {
        filter.and("a.at < ?", [instant(text, 1).ok_or_else(|| not_instant("filter[until]"))?.into()]);
    }
    let listing = Listing {
        select: "a.id, a.at, a.actor_id, a.actor_name, a.on_behalf_of, a.action, a.entity_type, a.entity_id, a.entity_code, a.before, a.after, a.reason, a.ip, a.request_id",
        from: "audit_record a",
        id: "a.id",
        filter,
        order: Order::of(list.sort.as_deref(), "-at", &KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

/// An instant, or the midnight (UTC) at the start of a date plus `days`.
fn instant(text: &str, days: u64) -> Option<DateTime<Utc>> {
    match text.parse::<NaiveDate>() {
        Ok(date) => Some(date.checked_add_days(Days::new(days))?.and_time(NaiveTime::MIN).and_utc()),
        Err(_) => text.parse().ok(),
    }
}

fn not_instant(field: &str) -> Problem {
    Problem::invalid(FieldError::new(field, "not_instant"))
}

fn read(row: &QueryResult) -> Result<AuditRecord, Failure> {
    Ok(AuditRecord {
        id: row.try_get("", "id")?,
        at: row.try_get("", "at")?,
        actor: Named { id: row.try_get("", "actor_id")?, name: row.try_get("", "actor_name")? },
        on_behalf_of: row.try_get("", "on_behalf_of")?,
        action: row.try_get("", "action")?,
        entity_type: row.try_get("", "entity_type")?,
        entity_id: row.try_get("", "entity_id")?,
        entity_code: row.try_get("", "entity_code")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
        reason: row.try_get("", "reason")?,
        ip: row.try_get("", "ip")?,
        request_id: row.try_get("", "request_id")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_dates_includes_its_last_day() {
        assert_eq!(instant("2026-11-21", 0).unwrap().to_rfc3339(), "2026-11-21T00:00:00+00:00");
        assert_eq!(instant("2026-11-21", 1).unwrap().to_rfc3339(), "2026-11-22T00:00:00+00:00");
        assert_eq!(instant("2026-11-21T05:00:00Z", 1).unwrap().to_rfc3339(), "2026-11-21T05:00:00+00:00");
        assert_eq!(instant("yesterday", 0), None);
    }
}
