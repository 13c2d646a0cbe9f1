//! The monthly archives of the audit (SPEC AUD-5): which there are, which are to come, and their files.

use super::super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::export::{self, attachment};
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;
use worker::archiver::{self, Archived};

#[derive(Serialize, ToSchema)]
pub struct AuditArchives {
    /// Newest month first.
    items: Vec<Archive>,
    /// Months that are over and not archived yet, newest first.
    waiting: Vec<Waiting>,
    /// The month that is not over: `2026-11`, in UTC.
    running: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditArchive)]
struct Archive {
    id: Uuid,
    /// `2026-10`, in UTC.
    month: String,
    /// 0 for the month itself; later parts hold records that came late.
    part: i64,
    records: i64,
    seals: i64,
    sha256: String,
    /// In bytes.
    size: i64,
    /// When it was read back and stood up to its check.
    verified_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditArchiveWaiting)]
struct Waiting {
    month: String,
    /// Why the last try failed: `unproven`, `store`, `database`, `export` or `file`; null when none has.
    #[schema(required)]
    trouble: Option<String>,
    /// For operators, in English.
    #[schema(required)]
    detail: Option<String>,
    #[schema(required)]
    tried_at: Option<DateTime<Utc>>,
}

pub async fn archives(State(app): OurApp) -> Result<Json<AuditArchives>, Problem> {
    let (db, now) = (&app.engine.db, app.engine.clock.now());
    let mut items: Vec<Archive> = archiver::archives(db).await?.into_iter().map(shown).collect();
    items.reverse();
    let mut troubles = troubles(db).await?;
    let mut waiting: Vec<Waiting> = archiver::waiting(db, now).await?.into_iter().map(|month| still(&mut troubles, month.to_string())).collect();
    // A month that is archived may have late records that cannot be.
    let months: Vec<String> = troubles.keys().cloned().collect();
    waiting.extend(months.into_iter().map(|month| still(&mut troubles, month)));
    waiting.sort_by(|one, other| other.month.cmp(&one.month));
    Ok(Json(AuditArchives { items, waiting, running: archiver::running(now).to_string() }))
}

fn shown(archived: Archived) -> Archive {
    let Archived { id, month, part, rows, seals, sha256, size, verified_at, .. } = archived;
    Archive { id, month: month.to_string(), part, records: rows, seals, sha256, size, verified_at }
}

type Troubles = HashMap<String, (String, String, DateTime<Utc>)>;

fn still(troubles: &mut Troubles, month: String) -> Waiting {
    match troubles.remove(&month) {
        Some((code, detail, at)) => Waiting { month, trouble: Some(code), detail: Some(detail), tried_at: Some(at) },
        None => Waiting { month, trouble: None, detail: None, tried_at: None },
    }
}

async fn troubles(db: &Db) -> Result<Troubles, Failure> {
    let rows = db::rows(db.reader(), "SELECT month, code, detail, at FROM audit_archive_trouble", vec![]).await?;
    rows.iter().map(|row| Ok((row.try_get("", "month")?, (row.try_get("", "code")?, row.try_get("", "detail")?, row.try_get("", "at")?)))).collect()
}

/// The file as the store has it; who took it is kept in the audit.
pub async fn archive_content(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<ArchiveFile, Problem> {
    let archived = archiver::archives(&app.engine.db).await?.into_iter().find(|one| one.id == id).ok_or_else(|| Problem::not_found("archive"))?;
    let file = app.documents.get_file(&archived.key).await.map_err(|error| {
        tracing::error!(error = %crate::problem::chain(&error), archive = %id, "an archive cannot be read");
        Problem::internal()
    })?;
    let name = archived.name();
    record_download(&app, &who, id, &name).await?;
    Ok(ArchiveFile(attachment(&format!("audit-{name}.jsonl"), JSON_LINES, Body::from_stream(export::pieces(file)))))
}

async fn record_download(app: &App, who: &SignedIn, id: Uuid, name: &str) -> Result<(), Failure> {
    let record = Action {
        action: "audit.archive_read".into(),
        entity_type: "audit_archive",
        entity_id: id,
        entity_code: Some(name),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: None,
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, app.engine.clock.now(), &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

const JSON_LINES: &str = "application/x-ndjson";

/// An archive, as `alur audit verify --file` reads it.
pub struct ArchiveFile(Response);

impl IntoResponse for ArchiveFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for ArchiveFile {
    fn describe(sketch: &mut Sketch) {
        export::describe_file(sketch, JSON_LINES);
    }
}
