//! Taking an upload in: read up to the limit, judged by its content, stored, scanned by a job.

use super::UPLOAD_LIMIT;
use crate::app::App;
use crate::problem::Problem;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::id::new_id;
use engine::job;
use engine::plan::JobSpec;
use engine::refusal::{Failure, FieldError};
use engine::tag::Tag;
use serde_json::json;
use uuid::Uuid;
use worker::documents::{ContentType, Key, MAX_BYTES, NotStorable, sniff};

const MAX_NAME: usize = 200;
/// The job every upload is followed by, and its attempts.
const SCAN: &str = "document_scan";
const SCAN_ATTEMPTS: i64 = 5;

/// A file as it came.
pub struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    pub fn new(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: shown_name(name), bytes }
    }
}

/// Reads the field `file`; stops as soon as there is too much of it.
pub async fn read(mut form: Multipart) -> Result<File, Problem> {
    while let Some(mut field) = form.next_field().await.map_err(|error| broken(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut bytes = vec![];
        while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
            if bytes.len() + chunk.len() > MAX_BYTES {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        return Ok(File::new(&name, bytes));
    }
    Err(Problem::invalid(FieldError::new("file", "required")))
}

/// What any upload is called; documents of people are called by what they show.
const UPLOAD: &str = "UPLOAD";

/// Bytes that lie in the store, and are no document yet.
pub struct Kept {
    pub id: Uuid,
    pub content_type: ContentType,
    name: String,
    size: i64,
    key: Key,
    now: DateTime<Utc>,
}

/// Stores the bytes, then the row with its audit record and scan job in one transaction.
pub async fn store(app: &App, actor: &Actor, file: File) -> Result<Uuid, Problem> {
    let kept = keep(app, file, |_| true).await?;
    let mut batch = Batch::default();
    kept.describe(app, actor, UPLOAD, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    app.engine.announcer.committed(true, false);
    Ok(kept.id)
}

/// Puts the bytes into the store, when they are of a type that is wanted.
pub async fn keep(app: &App, file: File, wanted: impl FnOnce(&str) -> bool) -> Result<Kept, Problem> {
    let not_allowed = |found: &str| Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "type_not_allowed").with("found", found);
    let content_type = sniff(&file.bytes).map_err(|refused| match refused {
        NotStorable::Empty => Problem::invalid(FieldError::new("file", "empty")),
        NotStorable::TooLarge { .. } => too_large(),
        NotStorable::TypeNotAllowed { found } => not_allowed(found),
    })?;
    if !wanted(content_type.as_str()) {
        return Err(not_allowed(content_type.as_str()));
    }
    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    let key = app.documents.put(file.bytes).await.map_err(|error| {
        tracing::error!(error = %crate::problem::chain(&error), "document cannot be stored");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy")
    })?;
    let now = app.engine.clock.now();
    Ok(Kept { id: new_id(now), content_type, name: file.name, size, key, now })
}

impl Kept {
    /// Adds the row with its audit record and scan job; once that is committed, the announcer is told.
    pub fn describe(&self, app: &App, actor: &Actor, kind: &str, batch: &mut Batch) {
        let Self { id, content_type, name, size, key, now } = self;
        batch.push(
            "INSERT INTO document (id, kind, name, content_type, size, sha256, storage_key, uploaded_by, uploaded_by_name, uploaded_at, scan_state) VALUES (?,?,?,?,?,?,?,?,?,?,'PENDING')",
            vec![
                (*id).into(),
                kind.into(),
                name.clone().into(),
                content_type.as_str().into(),
                (*size).into(),
                key.sha256().into(),
                key.to_string().into(),
                actor.id.into(),
                actor.name.clone().into(),
                (*now).into(),
            ],
        );
        let record = Action {
            action: "document.upload".into(),
            entity_type: "document",
            entity_id: *id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: None,
            after: Some(json!({ "content_type": content_type, "size": size, "sha256": key.sha256() })),
            reason: None,
        };
        audit::record(record, actor, *now, batch);
        let scan = JobSpec { kind: SCAN, key: id.to_string(), payload: json!({ "document_id": id }), max_attempts: SCAN_ATTEMPTS };
        let announcement = job::enqueue(&scan, None, *now, batch);
        app.engine.announcer.announce(&[announcement], batch);
    }
}

fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").with("max_bytes", MAX_BYTES)
}

fn broken(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large().with("max_body_bytes", UPLOAD_LIMIT);
    }
    Problem::new(StatusCode::BAD_REQUEST, "malformed_body").with("message", error.body_text())
}

/// What people will read: the last part of the name, without control characters.
fn shown_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect();
    if name.trim().is_empty() { "document".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_only_a_name() {
        for (sent, shown) in
            [("a.png", "a.png"), ("../../etc/passwd", "passwd"), ("C:\\x\\b.pdf", "b.pdf"), ("a\nb\u{7}.png", "ab.png"), (" ", "document"), ("", "document")]
        {
            assert_eq!(shown_name(sent), shown);
        }
        assert_eq!(shown_name(&"x".repeat(500)).len(), MAX_NAME);
    }
}
