//! Billing runs (SPEC FIN-1): begin one, follow it, see what it looked at and whom it put aside. `proceed` and `cancel` are
//! commands of the workflow `billing_run`, like any other.

mod detail;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{Fields, Key, List, Page};
use crate::view::Named;
use crate::view::outcome::Outcome;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
pub use detail::show;
use engine::execute::Target;
use engine::id::new_id;
use engine::refusal::{Failure, Halt, Refusal};
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::billing_run::{BillingRun, schedule};

/// A run in a list.
#[derive(Serialize, ToSchema)]
pub struct BillingRunRow {
    id: Uuid,
    code: String,
    /// `2026-11`
    period_month: String,
    /// Which run of its month, from 1.
    number: i64,
    /// `SCHEDULED`, `PREFLIGHT`, `HALTED`, `RUNNING`, `DONE`, `CANCELLED` or `FAILED`.
    state: String,
    revision: i64,
    /// When its Tagihan are to be paid.
    #[schema(required)]
    due_on: Option<NaiveDate>,
    parts: i64,
    parts_done: i64,
    tagihan_count: i64,
    tagihan_rp: i64,
    honorarium_count: i64,
    honorarium_rp: i64,
    /// How many siswa it could not bill.
    parked_count: i64,
    /// Why it failed, or was given up by itself (`period_locked`).
    #[schema(required)]
    error: Option<String>,
    /// Null when its day had come, or when nobody has begun it.
    #[schema(required)]
    started_by: Option<Named>,
    created_at: DateTime<Utc>,
    #[schema(required)]
    started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
    /// When the timer looks next whether its day has come.
    #[schema(required)]
    looks_at: Option<DateTime<Utc>>,
}

const SELECT: &str = "b.id, b.code, b.period_month, b.number, b.state, i.revision, b.due_on, b.parts, b.parts_done, b.tagihan_count, b.tagihan_rp, b.honorarium_count, \
    b.honorarium_rp, b.parked_count, b.error, b.started_by, u.name AS started_by_name, b.created_at, b.started_at, b.ended_at, \
    (SELECT t.due_at FROM timer t WHERE t.instance_id = b.id AND t.state = 'ARMED') AS looks_at";
const FROM: &str = "billing_run b JOIN workflow_instance i ON i.id = b.id LEFT JOIN user_account u ON u.id = b.started_by";

fn row(row: &QueryResult) -> Result<BillingRunRow, Failure> {
    let started_by = row.try_get::<Option<Uuid>>("", "started_by")?;
    Ok(BillingRunRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        period_month: row.try_get("", "period_month")?,
        number: row.try_get("", "number")?,
        state: row.try_get("", "state")?,
        revision: row.try_get("", "revision")?,
        due_on: row.try_get("", "due_on")?,
        parts: row.try_get("", "parts")?,
        parts_done: row.try_get("", "parts_done")?,
        tagihan_count: row.try_get("", "tagihan_count")?,
        tagihan_rp: row.try_get("", "tagihan_rp")?,
        honorarium_count: row.try_get("", "honorarium_count")?,
        honorarium_rp: row.try_get("", "honorarium_rp")?,
        parked_count: row.try_get("", "parked_count")?,
        error: row.try_get("", "error")?,
        started_by: match started_by {
            Some(id) => Some(Named { id, name: row.try_get::<Option<String>>("", "started_by_name")?.unwrap_or_default() }),
            None => None,
        },
        created_at: row.try_get("", "created_at")?,
        started_at: row.try_get("", "started_at")?,
        ended_at: row.try_get("", "ended_at")?,
        looks_at: row.try_get("", "looks_at")?,
    })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct BillingRunFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    /// `2026-11`
    #[serde(rename = "filter[month]")]
    month: Option<String>,
}

static KEYS: [SortKey; 2] =
    [SortKey { name: "created_at", sql: "b.created_at", sort: Sort::Instant }, SortKey { name: "code", sql: "b.code", sort: Sort::Text }];

pub async fn list(State(app): OurApp, list: List<BillingRunFilter>) -> Result<Json<Page<BillingRunRow>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["b.code"], list.q.as_deref());
    filter.one_of("b.state", list.filter.state.as_deref());
    filter.one_of("b.period_month", list.filter.month.as_deref());
    let order = Order::of(list.sort.as_deref(), "-code", &KEYS)?;
    let listing = Listing { select: SELECT, from: FROM, id: "b.id", filter, order };
    Ok(Json(listing.page(&app.engine.db, &list, row).await?))
}

/// A month to be billed; when its Tagihan are to be paid, if not some days after they are issued.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the engine checks the fields against the command's form")]
pub struct NewBillingRun {
    /// `2026-11`
    period_month: String,
    /// `2026-12-15`
    due_on: Option<String>,
}

/// Begins the run of the month that lies ready, or a further one. 422 `billing_running` names the one that is under way,
/// `month_not_over` says when it is.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewBillingRun>) -> Result<Created<Outcome>, Problem> {
    let month = body.get("period_month").and_then(Value::as_str).unwrap_or_default();
    let ready = schedule::ready(&app.engine.db, month).await?;
    let fresh = Target::New(new_id(app.engine.clock.now()));
    let mut request = commands::request(BillingRun::NAME, ready.map_or(fresh, Target::Existing), "begin", body, who.actor)?;
    request.idempotency_key = Some(key);
    let outcome = match app.engine.execute(&request).await {
        // Somebody was quicker: the answer names their run.
        Err(Halt::Refused(Refusal::NotAllowed { .. })) if ready.is_some() => {
            request.target = fresh;
            app.engine.execute(&request).await?
        }
        outcome => outcome?,
    };
    Ok(Created(outcome.into()))
}
