//! Tasks: work waiting for a person.

mod read;

use super::OurApp;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, List};
use crate::view::Named;
use crate::view::availability::Availability;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
pub use read::{instance_tasks, mine, one};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An open task with what can be done about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Task {
    pub id: Uuid,
    pub name: String,
    pub workflow: String,
    /// Null for a task about a job that belongs to no instance.
    #[schema(required)]
    pub instance_id: Option<Uuid>,
    pub code: String,
    pub label: String,
    #[schema(required)]
    pub amount_rp: Option<i64>,
    /// The state of the instance, or of the job.
    pub state: String,
    pub revision: i64,
    pub opened_at: DateTime<Utc>,
    #[schema(required)]
    pub due_at: Option<DateTime<Utc>>,
    pub sla_flagged: bool,
    #[schema(required)]
    pub claimed_by: Option<Named>,
    pub permission: String,
    pub commands: Vec<Availability>,
    #[schema(required)]
    pub job_id: Option<Uuid>,
}

/// A page of tasks with the numbers for the inbox's tabs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskPage {
    pub items: Vec<Task>,
    #[schema(required)]
    pub next_cursor: Option<String>,
    pub total: i64,
    pub counts: TaskCounts,
}

/// Open tasks by kind (`<workflow>.<name>`), whatever kind is filtered by.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TaskCounts {
    pub by_kind: BTreeMap<String, i64>,
    pub late: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Comment {
    id: Uuid,
    actor: Named,
    body: String,
    at: DateTime<Utc>,
}

/// A task with its comments, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskDetail {
    #[serde(flatten)]
    task: Task,
    comments: Vec<Comment>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// `true`: tasks the caller may do that nobody else holds.
    #[serde(rename = "filter[mine]")]
    mine: Option<bool>,
    #[serde(rename = "filter[workflow]")]
    workflow: Option<String>,
    /// `<workflow>.<name>`, e.g. `sesi.approve`: two workflows may call a task alike.
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
    /// `true`: tasks past their due time.
    #[serde(rename = "filter[late]")]
    late: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    body: String,
}

pub async fn list(State(app): OurApp, who: SignedIn, list: List<TaskFilter>) -> Result<Json<TaskPage>, Problem> {
    Ok(Json(read::page(&app, &who.actor, &list).await?))
}

pub async fn show(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<Json<TaskDetail>, Problem> {
    let task = one(&app, &who.actor, id).await?;
    Ok(Json(TaskDetail { task, comments: read::comments(&app.engine.db, id).await? }))
}

pub async fn claim(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<Json<Task>, Problem> {
    app.engine.claim_task(id, &who.actor).await?;
    Ok(Json(one(&app, &who.actor, id).await?))
}

pub async fn release(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<Json<Task>, Problem> {
    app.engine.release_task(id, &who.actor).await?;
    Ok(Json(one(&app, &who.actor, id).await?))
}

pub async fn comment(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<NewComment>) -> Result<Created<Comment>, Problem> {
    let comment = app.engine.comment_on_task(id, &body.body, &who.actor).await?;
    let all = read::comments(&app.engine.db, id).await?;
    Ok(Created(all.into_iter().find(|one| one.id == comment).ok_or_else(Problem::internal)?))
}
