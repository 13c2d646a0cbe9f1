//! Jobs, above all dead letters: seen, tried again, or given up with a reason.

use super::OurApp;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{At, Body, List, Page};
use crate::view::InstanceRef;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Job {
    id: Uuid,
    kind: String,
    key: String,
    /// `PENDING`, `RUNNING`, `DONE`, `DEAD` or `DISMISSED`.
    state: String,
    attempt: i64,
    max_attempts: i64,
    #[schema(required)]
    last_error: Option<String>,
    #[schema(value_type = Value)]
    payload: Value,
    #[schema(required)]
    instance: Option<InstanceRef>,
    created_at: DateTime<Utc>,
    run_at: DateTime<Utc>,
    #[schema(required)]
    finished_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    reason: String,
}

static KEYS: [SortKey; 2] =
    [SortKey { name: "created_at", sql: "j.created_at", sort: Sort::Instant }, SortKey { name: "run_at", sql: "j.run_at", sort: Sort::Instant }];
const SELECT: &str = "j.id, j.kind, j.key, j.state, j.attempt, j.max_attempts, j.last_error, j.payload, j.created_at, j.run_at, j.finished_at, \
    i.id AS instance_id, i.workflow, i.code";
const FROM: &str = "job j LEFT JOIN workflow_instance i ON i.id = j.instance_id";

pub async fn list(State(app): OurApp, list: List<JobFilter>) -> Result<Json<Page<Job>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["j.kind", "j.key", "COALESCE(i.code, '')"], list.q.as_deref());
    filter.one_of("j.state", list.filter.state.as_deref());
    filter.one_of("j.kind", list.filter.kind.as_deref());
    let listing = Listing { select: SELECT, from: FROM, id: "j.id", filter, order: Order::of(list.sort.as_deref(), "-created_at", &KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

pub async fn retry(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<Json<Job>, Problem> {
    app.engine.retry_job(id, &who.actor).await?;
    one(&app.engine.db, id).await
}

pub async fn dismiss(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<Dismissal>) -> Result<Json<Job>, Problem> {
    app.engine.dismiss_job(id, &body.reason, &who.actor).await?;
    one(&app.engine.db, id).await
}

async fn one(db: &db::Db, id: Uuid) -> Result<Json<Job>, Problem> {
    let row = db::row(db.reader(), &format!("SELECT {SELECT} FROM {FROM} WHERE j.id = ?"), vec![id.into()]).await?;
    Ok(Json(read(&row.ok_or_else(|| Problem::not_found("job"))?)?))
}

fn read(row: &QueryResult) -> Result<Job, Failure> {
    let instance = match row.try_get::<Option<Uuid>>("", "instance_id")? {
        Some(id) => Some(InstanceRef { id, workflow: row.try_get("", "workflow")?, code: row.try_get("", "code")? }),
        None => None,
    };
    Ok(Job {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        key: row.try_get("", "key")?,
        state: row.try_get("", "state")?,
        attempt: row.try_get("", "attempt")?,
        max_attempts: row.try_get("", "max_attempts")?,
        last_error: row.try_get("", "last_error")?,
        payload: row.try_get("", "payload")?,
        instance,
        created_at: row.try_get("", "created_at")?,
        run_at: row.try_get("", "run_at")?,
        finished_at: row.try_get("", "finished_at")?,
    })
}
