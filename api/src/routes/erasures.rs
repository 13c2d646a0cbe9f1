//! Asking for a person to be erased. What follows are commands of the workflow `erasure`, like any others.

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{Fields, Key, List, Page};
use crate::view::Named;
use crate::view::entry;
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::execute::Target;
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
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

/// A request to erase somebody, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct ErasureRow {
    id: Uuid,
    code: String,
    state: String,
    /// `USER`, `TUTOR` or `SISWA`.
    person_kind: String,
    person_id: Uuid,
    /// Whom, until they are erased.
    label: String,
    ground: String,
    requested_by: Named,
    requested_at: DateTime<Utc>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ErasureFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[person_id]")]
    person_id: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "requested_at", sql: "e.requested_at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<ErasureFilter>) -> Result<Json<Page<ErasureRow>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["e.code", "i.label"], list.q.as_deref());
    filter.one_of("e.state", list.filter.state.as_deref());
    filter.one_of_ids("e.person_id", "filter[person_id]", list.filter.person_id.as_deref())?;
    let listing = Listing {
        select: "e.id, e.code, e.state, e.person_kind, e.person_id, i.label, e.ground, e.requested_by, u.name AS requested_by_name, e.requested_at, e.decided_at",
        from: "erasure e JOIN workflow_instance i ON i.id = e.id LEFT JOIN user_account u ON u.id = e.requested_by",
        id: "e.id",
        filter,
        order: Order::of(list.sort.as_deref(), "-requested_at", &KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

fn read(row: &QueryResult) -> Result<ErasureRow, Failure> {
    Ok(ErasureRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        person_kind: row.try_get("", "person_kind")?,
        person_id: row.try_get("", "person_id")?,
        label: row.try_get("", "label")?,
        ground: row.try_get("", "ground")?,
        requested_by: Named { id: row.try_get("", "requested_by")?, name: row.try_get::<Option<String>>("", "requested_by_name")?.unwrap_or_default() },
        requested_at: row.try_get("", "requested_at")?,
        decided_at: row.try_get("", "decided_at")?,
    })
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
