//! Asking for a person to be erased. What follows are commands of the workflow `erasure`, like any others.

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use engine::execute::Target;
use engine::id::new_id;
use engine::workflow::Workflow;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::erasure::Erasure;

/// The command that starts an erasure.
const REQUEST: &str = "request";

/// Whom, and on what ground. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewErasure {
    person_kind: ErasureKind,
    person_id: Uuid,
    ground: ErasureGround,
    reason: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum ErasureKind {
    User,
    Tutor,
    Siswa,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum ErasureGround {
    RequestOfPerson,
    RetentionEnded,
    LegalOrder,
}

/// 422 `erasure_blocked` names what still needs the person, under `blocking`; 422 `already_erased`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewErasure>) -> Result<Created<Outcome>, Problem> {
    let id = new_id(app.engine.clock.now());
    let mut request = commands::request(Erasure::NAME, Target::New(id), REQUEST, body, who.actor)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// What would be destroyed and what stays; 422 as the request itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewErasure>) -> Result<Json<Preview>, Problem> {
    let id = new_id(app.engine.clock.now());
    let request = commands::request(Erasure::NAME, Target::New(id), REQUEST, body, who.actor)?;
    let preview = app.engine.preview(&request).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}
