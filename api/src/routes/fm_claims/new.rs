//! Filing a claim for a tutor.

use super::super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::workflow::Workflow;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::fm_claim::FmClaim;

/// The command that starts a claim.
const FILE: &str = "file";

/// What happened to whom at which sesi. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewFmClaim {
    sesi_id: Uuid,
    tutor_id: Uuid,
    category: FmCategory,
    story: String,
    /// Documents uploaded before, at most 20.
    #[schema(nullable = false)]
    evidence: Option<Vec<Uuid>>,
    /// `outcome` of the preview shown; 409 `outcome_changed` when it is another now.
    #[schema(nullable = false)]
    expected_outcome: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum FmCategory {
    Sakit,
    Duka,
    Darurat,
    Bencana,
    Lainnya,
}

/// 422 `nothing_to_claim`, `claim_window_closed`, `evidence_of_person`, `evidence_of_lesson`, `evidence_infected`;
/// `already_claimed` names the other one under `blocking`. A refusal is kept in the audit of the sesi.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewFmClaim>) -> Result<Created<Outcome>, Problem> {
    let mut request = filed(&app.engine, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// What would be held; 422 as the claim itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewFmClaim>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&filed(&app.engine, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn filed(engine: &Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(FmClaim::NAME, Target::New(id), FILE, body, who.actor)
}
