//! Months and how they are closed (SPEC FIN-7 to FIN-9): how far each is, the step-through of one with its evidence, its closings,
//! and whether it still is what it was closed as. What follows the first command are commands of `period_close` and
//! `period_reopening`.

mod check;
mod detail;
mod list;
mod verification;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{Fields, Key};
use crate::view::outcome::{Outcome, Preview};
use crate::view::{Named, entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
pub use detail::show;
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
pub use list::list;
use sea_orm::Value as SqlValue;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;
pub use verification::show as verification;
use workflows::books::balance::Month;
use workflows::period_close::PeriodClose;
use workflows::period_reopening::PeriodReopening;

/// Which month. The engine checks the field against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewPeriodClose {
    /// `2026-11`
    month: String,
}

/// Which month, until when, and why.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewPeriodReopening {
    /// `2026-11`
    month: String,
    /// 14 days from now at most.
    until: DateTime<Utc>,
    reason: String,
}

/// 422 `closing_running` names who closes it under `blocking`; 422 `period_locked` once it is closed.
pub async fn begin(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewPeriodClose>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, (PeriodClose::NAME, "begin"), body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// 422 `later_closed` names the months that are opened before it; 422 `until_too_far` at `until`.
pub async fn request_reopening(
    State(app): OurApp,
    who: SignedIn,
    Key(key): Key,
    Fields { map: body, .. }: Fields<NewPeriodReopening>,
) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, (PeriodReopening::NAME, "request"), body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// 422 as the request itself.
pub async fn preview_reopening(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewPeriodReopening>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, (PeriodReopening::NAME, "request"), body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &Engine, (workflow, command): (&str, &str), body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(workflow, Target::New(id), command, body, who.actor)
}

/// The month of an address.
fn month(text: &str) -> Result<Month, Problem> {
    Month::parse(text).ok_or_else(|| Problem::not_found("period"))
}

/// Names of accounts by their id.
struct People(HashMap<Uuid, String>);

impl People {
    async fn read(db: &Db, ids: BTreeSet<Uuid>) -> Result<Self, Failure> {
        if ids.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let sql = format!("SELECT id, name FROM user_account WHERE id IN ({})", vec!["?"; ids.len()].join(","));
        let rows = db::rows(db.reader(), &sql, ids.into_iter().map(SqlValue::from).collect()).await?;
        rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name")?))).collect::<Result<_, Failure>>().map(Self)
    }

    /// The system has no account, and no name.
    fn named(&self, id: Uuid) -> Named {
        Named { id, name: self.0.get(&id).cloned().unwrap_or_default() }
    }
}
