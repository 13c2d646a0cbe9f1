//! Documents: uploaded in a stream with a limit, described, and fetched by a link that soon expires.

mod link;
mod upload;

use super::OurApp;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch, Takes};
use crate::view::Named;
use axum::Json;
use axum::extract::{Multipart, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db};
use engine::refusal::Failure;
pub use link::LinkKey;
use link::Signed;
use sea_orm::QueryResult;
use serde::Serialize;
pub use upload::{File, keep, read as read_file, store};
use utoipa::openapi::schema::SchemaFormat;
use utoipa::openapi::{ContentBuilder, KnownFormat, ObjectBuilder, ResponseBuilder, Type};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use worker::documents::Key;

/// The largest body of an upload: the document and what multipart puts around it.
pub const UPLOAD_LIMIT: usize = worker::documents::MAX_BYTES + 64 * 1024;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Document {
    pub id: Uuid,
    pub name: String,
    /// Told from the content: `image/png`, `image/jpeg`, `image/webp` or `application/pdf`.
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub uploaded_at: DateTime<Utc>,
    pub uploaded_by: Named,
}

#[derive(Serialize, ToSchema)]
pub struct DocumentWithLink {
    #[serde(flatten)]
    document: Document,
    /// Good for five minutes.
    url: String,
}

const SELECT: &str = "SELECT id, name, content_type, size, sha256, uploaded_at, uploaded_by, uploaded_by_name FROM document";

/// Documents of people and evidence are opened on their pages only.
const NOT_OF_A_PERSON: &str = "NOT EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = document.id) \
    AND NOT EXISTS (SELECT 1 FROM fm_evidence e WHERE e.document_id = document.id)";

pub async fn upload(State(app): OurApp, who: SignedIn, form: Multipart) -> Result<Uploaded, Problem> {
    let file = upload::read(form).await?;
    let id = store(&app, &who.actor, file).await?;
    let documents = some(&app.engine.db, &[id]).await?;
    Ok(Uploaded(documents.into_iter().next().ok_or_else(Problem::internal)?))
}

/// A fresh link to the content; who asked for it is kept in the audit.
pub async fn show(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<Json<DocumentWithLink>, Problem> {
    let document = some(&app.engine.db, &[id]).await?.into_iter().next().ok_or_else(|| Problem::not_found("document"))?;
    let now = app.engine.clock.now();
    let mut batch = Batch::default();
    let record = Action {
        action: "document.read".into(),
        entity_type: "document",
        entity_id: id,
        entity_code: None,
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: None,
        reason: None,
    };
    audit::record(record, &who.actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    Ok(Json(DocumentWithLink { url: app.link_key.sign(id, now), document }))
}

/// The bytes, for whoever holds a link that is still good.
pub async fn content(State(app): OurApp, At(id): At<Uuid>, signed: Signed) -> Result<Bytes, Problem> {
    if !app.link_key.holds(id, &signed, app.engine.clock.now()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "signature_invalid"));
    }
    // Of somebody who was erased it is not shown, whether or not it has left the store yet.
    let sql =
        "SELECT d.content_type, d.storage_key, d.scan_state FROM document d JOIN personal_key k ON k.owner_id = d.id WHERE d.id = ? AND k.key IS NOT NULL";
    let row = db::row(app.engine.db.reader(), sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("document"))?;
    if row.try_get::<String>("", "scan_state")? == "INFECTED" {
        return Err(Problem::not_found("document"));
    }
    let storage_key: String = row.try_get("", "storage_key")?;
    let key = Key::parse(&storage_key).ok_or_else(Problem::internal)?;
    let bytes = app.documents.get(&key).await.map_err(|error| {
        tracing::error!(error = %crate::problem::chain(&error), document = %id, "stored document cannot be read");
        Problem::internal()
    })?;
    Ok(Bytes { bytes, content_type: row.try_get("", "content_type")? })
}

/// The documents with these ids, oldest first. Those of people and of claims are opened on their pages only, by whoever may.
pub async fn some(db: &Db, ids: &[Uuid]) -> Result<Vec<Document>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("{SELECT} WHERE id IN ({}) AND {NOT_OF_A_PERSON} ORDER BY uploaded_at, id", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.iter().map(|id| (*id).into()).collect()).await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Document, Failure> {
    Ok(Document {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        content_type: row.try_get("", "content_type")?,
        size: row.try_get("", "size")?,
        sha256: row.try_get("", "sha256")?,
        uploaded_at: row.try_get("", "uploaded_at")?,
        uploaded_by: Named { id: row.try_get("", "uploaded_by")?, name: row.try_get("", "uploaded_by_name")? },
    })
}

/// 201 with the document.
pub struct Uploaded(Document);

impl IntoResponse for Uploaded {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl Gives for Uploaded {
    fn describe(sketch: &mut Sketch) {
        sketch.answer::<Document>("201", "Stored");
    }
}

/// The content of a document, shown by browsers inside a sandbox of its own.
pub struct Bytes {
    bytes: Vec<u8>,
    content_type: String,
}

impl IntoResponse for Bytes {
    fn into_response(self) -> Response {
        let mut response = self.bytes.into_response();
        let headers = response.headers_mut();
        if let Ok(kind) = HeaderValue::from_str(&self.content_type) {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"));
        response
    }
}

impl Gives for Bytes {
    fn describe(sketch: &mut Sketch) {
        let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).build();
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let response = ["image/png", "image/jpeg", "image/webp", "application/pdf"]
            .into_iter()
            .fold(ResponseBuilder::new().description("The bytes"), |response, kind| response.content(kind, content.clone()));
        sketch.raw_answer("200", response.build());
    }
}

impl Takes for Signed {
    fn describe(sketch: &mut Sketch) {
        for parameter in Self::into_params(|| Some(utoipa::openapi::path::ParameterIn::Query)) {
            sketch.parameter(parameter);
        }
    }
}

impl Takes for Multipart {
    fn describe(sketch: &mut Sketch) {
        let file = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        let form = ObjectBuilder::new().property("file", file).required("file").build();
        sketch.raw_body("multipart/form-data", form.into());
    }
}

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Signed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, Problem> {
        match Query::<Self>::from_request_parts(parts, state).await {
            Ok(Query(signed)) => Ok(signed),
            Err(_) => Err(Problem::new(StatusCode::FORBIDDEN, "signature_invalid")),
        }
    }
}
