//! Recording a payment. What is taken, by whom, and why not is the workflow's to say; so is the permission.

use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Fields, Key};
use crate::routes::OurApp;
use crate::routes::commands::{self, CommandBody};
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::workflow::Workflow;
use serde_json::{Map, Value};
use workflows::payment::Payment;

/// `record`, `apply_deposit`, `pay_honorarium`, `remit_pph` or `reverse`. 422 names what is wrong at its field, and what stands in the way.
pub async fn run(
    State(app): OurApp,
    who: SignedIn,
    At(command): At<String>,
    Key(key): Key,
    Fields { map: body, .. }: Fields<CommandBody>,
) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, &command, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// What would be booked, and what becomes of the documents; 422 as the command itself.
pub async fn preview(
    State(app): OurApp,
    who: SignedIn,
    At(command): At<String>,
    Fields { map: body, .. }: Fields<CommandBody>,
) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, &command, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &Engine, command: &str, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(Payment::NAME, Target::New(id), command, body, who.actor)
}
