//! Everything about one entity on one page (SPEC AUD-4): records, steps, entries, decisions, documents and work, by time.

mod read;
mod subject;

use super::super::OurApp;
use super::record::AuditRecord;
use crate::problem::Problem;
use crate::request::At;
use crate::view::InstanceRef;
use crate::view::entry::Entry;
use crate::view::outcome::{Amount, Decision};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntity)]
pub struct Entity {
    #[serde(rename = "type")]
    kind: String,
    id: Uuid,
    #[schema(required)]
    code: Option<String>,
    /// What people call it.
    #[schema(required)]
    label: Option<String>,
    /// Its state, where it has one.
    #[schema(required)]
    state: Option<String>,
    seal: Sealing,
    #[schema(required)]
    parent: Option<InstanceRef>,
    children: Vec<Related>,
    /// Oldest first.
    items: Vec<Item>,
    /// Only the newest records are here; the list of the audit has them all.
    older_left_out: bool,
}

/// Whether its records are under seal.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditSealing)]
struct Sealing {
    records: i64,
    sealed: i64,
    #[schema(required)]
    first_seal: Option<i64>,
    #[schema(required)]
    last_seal: Option<i64>,
    #[schema(required)]
    sealed_at: Option<DateTime<Utc>>,
}

/// An instance this one started.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditChild)]
struct Related {
    id: Uuid,
    workflow: String,
    code: String,
    state: String,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditItem)]
struct Item {
    at: DateTime<Utc>,
    /// The step of the instance's history it belongs to.
    #[schema(required)]
    seq: Option<i64>,
    what: What,
}

#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = AuditItemWhat)]
enum What {
    /// A command that was carried out, with its record.
    Step {
        command: String,
        #[schema(required)]
        from: Option<String>,
        to: String,
        hash: String,
        amounts: Vec<Amount>,
        #[schema(required)]
        record: Option<Box<AuditRecord>>,
    },
    /// Any other record.
    Record {
        record: Box<AuditRecord>,
    },
    Entry {
        entry: Entry,
    },
    Decision {
        decision: Decision,
    },
    Document {
        id: Uuid,
        name: String,
        content_type: String,
        size: i64,
        by: String,
    },
    TaskOpened {
        id: Uuid,
        name: String,
        #[schema(required)]
        due_at: Option<DateTime<Utc>>,
        state: String,
    },
    TaskClosed {
        id: Uuid,
        name: String,
        state: String,
        #[schema(required)]
        by: Option<String>,
    },
    Timer {
        name: String,
        state: String,
        due_at: DateTime<Utc>,
        #[schema(required)]
        settled_at: Option<DateTime<Utc>>,
    },
    Job {
        id: Uuid,
        job: String,
        state: String,
        attempt: i64,
        #[schema(required)]
        finished_at: Option<DateTime<Utc>>,
        #[schema(required)]
        last_error: Option<String>,
    },
    Started {
        child: InstanceRef,
    },
}

pub async fn entity(State(app): OurApp, At((kind, id)): At<(String, Uuid)>) -> Result<Json<Entity>, Problem> {
    let db = &app.engine.db;
    let subject = subject::find(db, &kind, id).await?;
    let is_instance = app.engine.registry.definition(&kind).is_some();
    let (records, older_left_out) = read::records(db, &kind, id).await?;
    if subject.is_none() && records.is_empty() {
        return Err(Problem::not_found("entity"));
    }
    let subject = subject.unwrap_or_default();
    let newest_code = records.last().and_then(|record| record.entity_code.as_ref()?.text().map(str::to_owned));
    let children = if is_instance { read::children(db, id).await? } else { vec![] };
    Ok(Json(Entity {
        code: subject.code.or(newest_code),
        label: subject.label,
        state: subject.state,
        seal: read::sealing(db, &kind, id).await?,
        parent: if is_instance { read::parent(db, id).await? } else { None },
        items: read::items(db, &kind, id, records, is_instance).await?,
        children: children.into_iter().map(|(_, child)| child).collect(),
        older_left_out,
        kind,
        id,
    }))
}
