//! The list of sesi, searched, filtered, sorted and paged in the database.

use super::super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::office_day;
use crate::problem::Problem;
use crate::request::{List, Page};
use crate::view::Named;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::{Failure, FieldError};
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct SesiRow {
    id: Uuid,
    code: String,
    state: String,
    revision: i64,
    siswa: Named,
    tutor: Named,
    subject: String,
    #[schema(required)]
    level: Option<String>,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    /// IANA name of the office's zone.
    zone: String,
    mode: String,
    /// Null until approved.
    #[schema(required)]
    tagihan_rp: Option<i64>,
    sla_flagged: bool,
    /// What is odd about it, unless resolved.
    #[schema(required)]
    anomaly: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SesiFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
    #[serde(rename = "filter[siswa_id]")]
    siswa_id: Option<String>,
    #[serde(rename = "filter[office_id]")]
    office_id: Option<String>,
    #[serde(rename = "filter[mode]")]
    mode: Option<String>,
    /// First date, in each office's zone.
    #[serde(rename = "filter[from]")]
    from: Option<NaiveDate>,
    /// Last date, in each office's zone.
    #[serde(rename = "filter[until]")]
    until: Option<NaiveDate>,
    /// `sla`, `anomaly` or both.
    #[serde(rename = "filter[flag]")]
    flag: Option<String>,
}

static KEYS: [SortKey; 3] = [
    SortKey { name: "starts_at", sql: "s.starts_at", sort: Sort::Instant },
    SortKey { name: "code", sql: "s.code", sort: Sort::Text },
    SortKey { name: "created_at", sql: "s.created_at", sort: Sort::Instant },
];
const SELECT: &str = "s.id, s.code, s.state, i.revision, s.siswa_id, w.name AS siswa, s.tutor_id, t.name AS tutor, b.name AS subject, l.name AS level, \
    s.starts_at, s.ends_at, o.zone, s.mode, s.tagihan_rp, s.sla_flagged, CASE WHEN s.anomaly_flag AND s.anomaly_resolved_at IS NULL THEN s.anomaly_type END AS anomaly";
const FROM: &str = "sesi s JOIN workflow_instance i ON i.id = s.id JOIN siswa w ON w.id = s.siswa_id JOIN tutor t ON t.id = s.tutor_id \
    JOIN office o ON o.id = s.office_id JOIN subject b ON b.id = s.subject_id LEFT JOIN subject_level l ON l.id = s.subject_level_id";

pub async fn list(State(app): OurApp, list: List<SesiFilter>) -> Result<Json<Page<SesiRow>>, Problem> {
    let asked = &list.filter;
    let mut filter = Where::default();
    filter.search(&["s.code", "w.name", "t.name", "b.name"], list.q.as_deref());
    filter.one_of("s.state", asked.state.as_deref());
    filter.one_of("s.mode", asked.mode.as_deref());
    filter.one_of_ids("s.tutor_id", "filter[tutor_id]", asked.tutor_id.as_deref())?;
    filter.one_of_ids("s.siswa_id", "filter[siswa_id]", asked.siswa_id.as_deref())?;
    filter.one_of_ids("s.office_id", "filter[office_id]", asked.office_id.as_deref())?;
    if asked.from.is_some() || asked.until.is_some() {
        office_day::between(&app.engine.db, "s.office_id", "s.starts_at", (asked.from, asked.until), &mut filter).await?;
    }
    flags(asked.flag.as_deref(), &mut filter)?;
    let order = Order::of(list.sort.as_deref(), "-starts_at", &KEYS)?;
    Ok(Json(Listing { select: SELECT, from: FROM, id: "s.id", filter, order }.page(&app.engine.db, &list, read).await?))
}

/// Whoever asks for both flags wants to see either.
fn flags(asked: Option<&str>, filter: &mut Where) -> Result<(), Problem> {
    let Some(asked) = asked else { return Ok(()) };
    let any = asked
        .split(',')
        .map(|flag| match flag {
            "sla" => Ok("s.sla_flagged"),
            "anomaly" => Ok("(s.anomaly_flag AND s.anomaly_resolved_at IS NULL)"),
            _ => Err(Problem::invalid(FieldError::new("filter[flag]", "not_a_choice").with("choices", vec!["sla", "anomaly"]))),
        })
        .collect::<Result<Vec<_>, _>>()?;
    filter.and(format!("({})", any.join(" OR ")), []);
    Ok(())
}

fn read(row: &QueryResult) -> Result<SesiRow, Failure> {
    Ok(SesiRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        revision: row.try_get("", "revision")?,
        siswa: Named { id: row.try_get("", "siswa_id")?, name: row.try_get("", "siswa")? },
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor")? },
        subject: row.try_get("", "subject")?,
        level: row.try_get("", "level")?,
        starts_at: row.try_get("", "starts_at")?,
        ends_at: row.try_get("", "ends_at")?,
        zone: row.try_get("", "zone")?,
        mode: row.try_get("", "mode")?,
        tagihan_rp: row.try_get("", "tagihan_rp")?,
        sla_flagged: row.try_get("", "sla_flagged")?,
        anomaly: row.try_get("", "anomaly")?,
    })
}
