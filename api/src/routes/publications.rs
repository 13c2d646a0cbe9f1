//! Drafts of policy versions on their way into force. What moves them are commands of the workflow
//! `policy_publication`, like any others.

mod detail;

pub use detail::show;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{Fields, Key, List, Page};
use crate::view::Named;
use crate::view::outcome::Outcome;
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
use workflows::policy_publication::PolicyPublication;

/// The command that begins a draft.
const START: &str = "start";

/// A draft with the content of a version. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewPublication {
    kind: String,
    /// The version in force unless given.
    from_number: Option<i64>,
}

#[derive(Serialize, ToSchema)]
pub struct PublicationRow {
    id: Uuid,
    code: String,
    /// `DRAFT`, `IN_REVIEW`, `SCHEDULED`, `PUBLISHED`, `REJECTED` or `WITHDRAWN`.
    state: String,
    kind: String,
    /// The version it is meant to replace.
    base_number: i64,
    /// The version it was submitted as.
    #[schema(required)]
    number: Option<i64>,
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    effective_from: Option<DateTime<Utc>>,
    author: Named,
    saved_at: DateTime<Utc>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PublicationFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "saved_at", sql: "p.saved_at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<PublicationFilter>) -> Result<Json<Page<PublicationRow>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["p.code", "p.kind"], list.q.as_deref());
    filter.one_of("p.state", list.filter.state.as_deref());
    filter.one_of("p.kind", list.filter.kind.as_deref());
    let listing = Listing {
        select: "p.id, p.code, p.state, p.kind, p.base_number, p.number, p.reason, p.effective_from, p.author_id, u.name AS author_name, p.saved_at",
        from: "policy_publication p LEFT JOIN user_account u ON u.id = p.author_id",
        id: "p.id",
        filter,
        order: Order::of(list.sort.as_deref(), "-saved_at", &KEYS)?,
    };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

fn read(row: &QueryResult) -> Result<PublicationRow, Failure> {
    Ok(PublicationRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        kind: row.try_get("", "kind")?,
        base_number: row.try_get("", "base_number")?,
        number: row.try_get("", "number")?,
        reason: row.try_get("", "reason")?,
        effective_from: row.try_get("", "effective_from")?,
        author: Named { id: row.try_get("", "author_id")?, name: row.try_get::<Option<String>>("", "author_name")?.unwrap_or_default() },
        saved_at: row.try_get("", "saved_at")?,
    })
}

/// 422 `invalid` at `kind` or `from_number` when there is no such version.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewPublication>) -> Result<Created<Outcome>, Problem> {
    let id = new_id(app.engine.clock.now());
    let mut request = commands::request(PolicyPublication::NAME, Target::New(id), START, body, who.actor)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}
