//! Opening a file of evidence: recorded before the link is given.

use super::super::OurApp;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use engine::batch::Batch;
use engine::db;
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::fm_claim::evidence;

#[derive(Serialize, ToSchema)]
pub struct OpenedEvidence {
    document_id: Uuid,
    name: String,
    content_type: String,
    /// Good for five minutes.
    url: String,
}

pub async fn open(State(app): OurApp, who: SignedIn, At((claim, document)): At<(Uuid, Uuid)>) -> Result<Json<OpenedEvidence>, Problem> {
    let tx = app.engine.db.begin().await?;
    let row = db::row(&tx, "SELECT code FROM fm_claim WHERE id = ?", vec![claim.into()]).await?.ok_or_else(|| Problem::not_found("fm_claim"))?;
    let code: String = row.try_get("", "code")?;
    let found = evidence::of_claim(&tx, claim).await?.into_iter().find(|one| one.document_id == document && !one.erased);
    let found = found.ok_or_else(|| Problem::not_found("document"))?;
    let now = app.engine.clock.now();
    let mut batch = Batch::default();
    evidence::record_opening((claim, &code), document, (&who.actor, now), &mut batch);
    batch.run(&tx).await?;
    tx.commit().await.map_err(Failure::from)?;
    let url = app.link_key.sign(document, now);
    Ok(Json(OpenedEvidence { document_id: document, name: found.name, content_type: found.content_type, url }))
}
