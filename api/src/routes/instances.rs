//! One instance of a workflow: where it stands, what can be done, what happened.

mod history;

use super::tasks::{self, Task};
use super::{OurApp, sesi};
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::At;
use crate::view::InstanceRef;
use crate::view::availability::{self, Availability, Standing};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
pub use history::history;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct Instance {
    id: Uuid,
    workflow: String,
    code: String,
    label: String,
    state: String,
    revision: i64,
    terminal: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The instance that started this one.
    #[schema(required)]
    parent: Option<InstanceRef>,
    children: Vec<Child>,
    commands: Vec<Availability>,
    tasks: Vec<Task>,
    timers: Vec<Timer>,
    jobs: Vec<InstanceJob>,
    links: Vec<Link>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChildInstance)]
struct Child {
    id: Uuid,
    workflow: String,
    code: String,
    state: String,
}

#[derive(Serialize, ToSchema)]
struct Timer {
    id: Uuid,
    name: String,
    due_at: DateTime<Utc>,
    /// `ARMED`, `FIRED`, `DISARMED` or `REFUSED`.
    state: String,
}

#[derive(Serialize, ToSchema)]
struct InstanceJob {
    id: Uuid,
    kind: String,
    state: String,
    attempt: i64,
    max_attempts: i64,
    run_at: DateTime<Utc>,
    #[schema(required)]
    last_error: Option<String>,
}

/// A related instance, `rel` saying how: `rescheduled_from`, `rescheduled_to`.
#[derive(Serialize, ToSchema)]
#[schema(as = InstanceLink)]
pub struct Link {
    pub rel: String,
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
}

pub async fn show(State(app): OurApp, who: SignedIn, At((workflow, id)): At<(String, Uuid)>) -> Result<Json<Instance>, Problem> {
    let db = &app.engine.db;
    let definition = app.engine.registry.definition(&workflow).ok_or_else(|| Problem::not_found("workflow"))?;
    let sql = "SELECT i.code, i.label, i.state, i.revision, i.terminal, i.created_at, i.updated_at, p.id AS parent_id, p.workflow AS parent_workflow, p.code AS parent_code \
               FROM workflow_instance i LEFT JOIN workflow_instance p ON p.id = i.parent_id WHERE i.id = ? AND i.workflow = ?";
    let row = db::row(db.reader(), sql, vec![id.into(), workflow.clone().into()]).await?.ok_or_else(|| Problem::not_found("instance"))?;
    let state: String = row.try_get("", "state")?;
    let last = availability::last_actors(db, definition, &[id]).await?;
    let parent = match row.try_get::<Option<Uuid>>("", "parent_id")? {
        Some(id) => Some(InstanceRef { id, workflow: row.try_get("", "parent_workflow")?, code: row.try_get("", "parent_code")? }),
        None => None,
    };
    Ok(Json(Instance {
        id,
        code: row.try_get("", "code")?,
        label: row.try_get("", "label")?,
        revision: row.try_get("", "revision")?,
        terminal: row.try_get("", "terminal")?,
        created_at: row.try_get("", "created_at")?,
        updated_at: row.try_get("", "updated_at")?,
        parent,
        children: children(db, id).await?,
        commands: availability::of(definition, Standing { id, state: &state }, &who.actor, &last),
        tasks: tasks::instance_tasks(&app, &who.actor, id).await?,
        timers: timers(db, id).await?,
        jobs: jobs(db, id).await?,
        links: if workflow == sesi::WORKFLOW { sesi::links(db, id).await? } else { vec![] },
        workflow,
        state,
    }))
}

async fn children(db: &Db, id: Uuid) -> Result<Vec<Child>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, workflow, code, state FROM workflow_instance WHERE parent_id = ? ORDER BY id", vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Child { id: row.try_get("", "id")?, workflow: row.try_get("", "workflow")?, code: row.try_get("", "code")?, state: row.try_get("", "state")? })
        })
        .collect()
}

async fn timers(db: &Db, id: Uuid) -> Result<Vec<Timer>, Failure> {
    let rows = db::rows(db.reader(), "SELECT id, name, due_at, state FROM timer WHERE instance_id = ? ORDER BY due_at, id", vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(Timer { id: row.try_get("", "id")?, name: row.try_get("", "name")?, due_at: row.try_get("", "due_at")?, state: row.try_get("", "state")? })
        })
        .collect()
}

async fn jobs(db: &Db, id: Uuid) -> Result<Vec<InstanceJob>, Failure> {
    let sql = "SELECT id, kind, state, attempt, max_attempts, run_at, last_error FROM job WHERE instance_id = ? ORDER BY created_at, id";
    let rows = db::rows(db.reader(), sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(InstanceJob {
                id: row.try_get("", "id")?,
                kind: row.try_get("", "kind")?,
                state: row.try_get("", "state")?,
                attempt: row.try_get("", "attempt")?,
                max_attempts: row.try_get("", "max_attempts")?,
                run_at: row.try_get("", "run_at")?,
                last_error: row.try_get("", "last_error")?,
            })
        })
        .collect()
}
