//! Documents of people: uploaded for somebody, opened by whoever may, each opening recorded before the link is given.

use super::{PersonDocument, written};
use crate::answer::Created;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::routes::documents::{File, keep, read_file};
use axum::Json;
use axum::extract::Multipart;
use engine::actor::Actor;
use engine::batch::Batch;
use engine::refusal::{Failure, FieldError};
use engine::tag::Tag;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::changes::Written;
use workflows::people::documents::{self, Attached, Role};
use workflows::people::{self, Kind};

#[derive(Serialize, ToSchema)]
pub struct OpenedDocument {
    #[serde(flatten)]
    document: PersonDocument,
    /// Good for five minutes.
    url: String,
}

/// A document that proves who somebody is.
pub async fn upload_identity(app: &App, who: &SignedIn, (kind, id, role): (Kind, Uuid, &str), form: Multipart) -> Result<Created<PersonDocument>, Problem> {
    let role = Role::parse(role).filter(|role| role.is_identity() && kind.roles().contains(role));
    let role = role.ok_or_else(|| Problem::invalid(FieldError::new("role", "not_a_choice")))?;
    upload(app, who, (kind, id, role), form).await
}

/// A document becomes the one that counts; the one before it stays beside it.
pub async fn upload(app: &App, who: &SignedIn, (kind, id, role): (Kind, Uuid, Role), form: Multipart) -> Result<Created<PersonDocument>, Problem> {
    // Before the bytes are kept: those of nobody would lie in the store for good.
    let db = &app.engine.db;
    people::find(db.reader(), kind, id).await?.ok_or_else(|| Problem::not_found(kind.entity_type()))?;
    let document = attach(app, &who.actor, (kind, id, role), read_file(form).await?).await?;
    let document = documents::one(db.reader(), id, document).await?.ok_or_else(Problem::internal)?;
    Ok(Created(document.into()))
}

/// Keeps a file as somebody's document and gives its id.
pub async fn attach(app: &App, actor: &Actor, (kind, id, role): (Kind, Uuid, Role), file: File) -> Result<Uuid, Problem> {
    let kept = keep(app, file, |content_type| role.takes(content_type)).await?;
    let tx = app.engine.db.begin().await?;
    let person = people::hold_editable(&tx, kind, id).await?;
    let mut batch = Batch::default();
    kept.describe(app, actor, role.as_str(), &mut batch);
    let by = Written { actor, at: app.engine.clock.now(), reason: None };
    documents::attach(&tx, &person, (role, kept.id), batch, &by).await?;
    tx.commit().await.map_err(Failure::from)?;
    app.engine.announcer.committed(true, false);
    Ok(kept.id)
}

/// A fresh link. Who asked for it stands in the audit of the person, committed before the link leaves.
pub async fn open(app: &App, who: &SignedIn, (kind, id, document): (Kind, Uuid, Uuid)) -> Result<Json<OpenedDocument>, Problem> {
    let tx = app.engine.db.begin().await?;
    let person = people::find(&tx, kind, id).await?.ok_or_else(|| Problem::not_found(kind.entity_type()))?;
    let document = documents::one(&tx, id, document).await?.ok_or_else(|| Problem::not_found("document"))?;
    documents::record_opening(&tx, &person, &document, &written(app, who, None)).await?;
    tx.commit().await.map_err(Failure::from)?;
    let url = app.link_key.sign(document.document_id, app.engine.clock.now());
    Ok(Json(OpenedDocument { document: document.into(), url }))
}

/// A link to the photo that counts, for the page itself.
pub fn photo_url(app: &App, attached: &[Attached]) -> Option<String> {
    let photo = attached.iter().find(|one| one.role == Role::Photo.as_str() && one.replaced_at.is_none() && one.scan_state != "INFECTED")?;
    Some(app.link_key.sign(photo.document_id, app.engine.clock.now()))
}

/// Whether none of the documents that must be there is.
pub fn lacks_proof(kind: Kind, attached: &[Attached]) -> bool {
    let counts = |one: &&Attached| one.replaced_at.is_none() && one.scan_state != "INFECTED";
    !attached.iter().filter(counts).any(|one| kind.proofs().iter().any(|role| role.as_str() == one.role))
}
