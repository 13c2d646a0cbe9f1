//! What a siswa sends as proof of a payment, kept with the Tagihan. The one before it stays a document and in the audit.

use super::super::OurApp;
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::At;
use crate::routes::documents::{self, Document, keep, read_file};
use axum::extract::{Multipart, State};
use engine::batch::Batch;
use engine::refusal::Failure;
use uuid::Uuid;
use workflows::billing::tagihan::{self, proof};
use workflows::changes::Written;

/// What its document is called.
const KIND: &str = "PAYMENT_PROOF";

pub async fn attach_proof(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, form: Multipart) -> Result<Created<Document>, Problem> {
    // Before the bytes are kept: those of nothing would lie in the store for good.
    let missing = || Problem::not_found("tagihan");
    tagihan::read(app.engine.db.reader(), id).await?.ok_or_else(missing)?;
    let kept = keep(&app, read_file(form).await?, |_| true).await?;
    let mut batch = Batch::default();
    kept.describe(&app, &who.actor, KIND, &mut batch);
    let tx = app.engine.db.begin().await?;
    let by = Written { actor: &who.actor, at: app.engine.clock.now(), reason: None };
    if !proof::attach(&tx, (id, kept.id), batch, &by).await? {
        return Err(missing());
    }
    tx.commit().await.map_err(Failure::from)?;
    app.engine.announcer.committed(true, false);
    let documents = documents::some(&app.engine.db, &[kept.id]).await?;
    Ok(Created(documents.into_iter().next().ok_or_else(Problem::internal)?))
}
