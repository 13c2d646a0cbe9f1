//! The slip of a Honorarium as a PDF. Taking one out is in the audit, with what exactly was taken.

use super::detail::seen;
use super::sheet;
use crate::auth::guard::SignedIn;
use crate::auth::scope::Scope;
use crate::export::{Turn, attachment, describe_file};
use crate::problem::Problem;
use crate::request::At;
use crate::route::describe::{Gives, Sketch};
use crate::routes::OurApp;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::refusal::Failure;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use worker::pdf::{self, Template};
use workflows::billing::honorarium::Head;

/// A PDF.
pub struct SlipFile(Response);

pub async fn pdf(State(app): OurApp, who: SignedIn, scope: Scope, At(id): At<Uuid>) -> Result<SlipFile, Problem> {
    let _turn = Turn::take()?;
    let one = seen(&app.engine.db, scope, id).await?;
    let today = app.engine.clock.now().with_timezone(&Tz::Asia__Jakarta).date_naive();
    let data = sheet::data(&one, today);
    let set = tokio::task::spawn_blocking(move || pdf::render(Template::Honorarium, &data, &[])).await;
    let bytes = set.map_err(anyhow::Error::from).and_then(|set| set.map_err(anyhow::Error::from)).map_err(|error| {
        tracing::error!(error = %error, "a slip could not be set");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    })?;
    note(&app, &who, &one.head, &bytes).await?;
    Ok(SlipFile(attachment(&format!("slip-{}.pdf", one.head.number), "application/pdf", Body::from(bytes))))
}

async fn note(app: &crate::app::App, who: &SignedIn, head: &Head, bytes: &[u8]) -> Result<(), Failure> {
    let record = Action {
        action: "honorarium.slip".into(),
        entity_type: "honorarium",
        entity_id: head.id,
        entity_code: Some(&head.number),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "format": "pdf", "sha256": hex::encode(Sha256::digest(bytes)), "size": bytes.len() })),
        reason: None,
    };
    let mut batch = Batch::default();
    audit::record(record, &who.actor, app.engine.clock.now(), &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

impl IntoResponse for SlipFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Gives for SlipFile {
    fn describe(sketch: &mut Sketch) {
        describe_file(sketch, "application/pdf");
    }
}
