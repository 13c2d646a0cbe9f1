//! Overriding a computed result of a sesi (SPEC POL-8). What follows are commands of the workflow `override`.

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Fields, Key};
use crate::view::Named;
use crate::view::entry::{self, Entry};
use crate::view::outcome::{Outcome, Preview};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::result_override::ResultOverride;

/// The command that starts an override.
const REQUEST: &str = "request";

/// Which amount of which sesi, and what it shall be. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewOverride {
    sesi_id: Uuid,
    result: OverriddenResult,
    final_rp: i64,
    reason: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum OverriddenResult {
    Tagihan,
    Honorarium,
    Transport,
    Denda,
}

/// An override: what was computed, what counts, who wanted it, why, and who approved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverrideView {
    pub id: Uuid,
    code: String,
    /// `REQUESTED`, `APPLIED`, `REJECTED` or `WITHDRAWN`.
    pub state: String,
    sesi_id: Uuid,
    sesi_code: String,
    /// `TAGIHAN`, `HONORARIUM`, `TRANSPORT` or `DENDA`.
    pub result: String,
    computed_rp: i64,
    /// What counted when it was asked for.
    before_rp: i64,
    pub final_rp: i64,
    /// Null once somebody it tells about has been erased.
    #[schema(required)]
    reason: Option<String>,
    requested_by: Named,
    requested_at: DateTime<Utc>,
    /// Whoever approved or rejected; null for what needed no approval.
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
    /// What it has booked.
    pub entries: Vec<Entry>,
}

const SELECT: &str = "SELECT o.*, s.code AS sesi_code, u.name AS requested_by_name, d.name AS decided_by_name FROM result_override o \
    JOIN sesi s ON s.id = o.sesi_id LEFT JOIN user_account u ON u.id = o.requested_by LEFT JOIN user_account d ON d.id = o.decided_by";

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<OverrideView>, Problem> {
    let found = views(&app.engine.db, "o.id = ?", vec![id.into()]).await?.pop();
    Ok(Json(found.ok_or_else(|| Problem::not_found("override"))?))
}

/// The overrides of a sesi, the oldest first.
pub async fn of_sesi(db: &Db, sesi: Uuid) -> Result<Vec<OverrideView>, Failure> {
    views(db, "o.sesi_id = ?", vec![sesi.into()]).await
}

/// Those of what a tutor owes for a sesi since a denda of theirs was imposed.
pub async fn of_denda(db: &Db, sesi: Uuid, tutor: Uuid, since: DateTime<Utc>) -> Result<Vec<OverrideView>, Failure> {
    let condition = "o.sesi_id = ? AND o.tutor_id = ? AND o.result = 'DENDA' AND COALESCE(o.decided_at, o.requested_at) >= ?";
    views(db, condition, vec![sesi.into(), tutor.into(), since.into()]).await
}

async fn views(db: &Db, condition: &str, values: Vec<sea_orm::Value>) -> Result<Vec<OverrideView>, Failure> {
    let rows = db::rows(db.reader(), &format!("{SELECT} WHERE {condition} ORDER BY o.requested_at, o.id"), values).await?;
    let mut views = vec![];
    for row in &rows {
        let entries = entry::posted(db, row.try_get("", "id")?).await?;
        views.push(read(row, entries)?);
    }
    Ok(views)
}

fn read(row: &QueryResult, entries: Vec<Entry>) -> Result<OverrideView, Failure> {
    let named = |id: Uuid, column: &str| -> Result<Named, Failure> { Ok(Named { id, name: row.try_get::<Option<String>>("", column)?.unwrap_or_default() }) };
    let decided: Option<Uuid> = row.try_get("", "decided_by")?;
    Ok(OverrideView {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        sesi_id: row.try_get("", "sesi_id")?,
        sesi_code: row.try_get("", "sesi_code")?,
        result: row.try_get("", "result")?,
        computed_rp: row.try_get("", "computed_rp")?,
        before_rp: row.try_get("", "before_rp")?,
        final_rp: row.try_get("", "final_rp")?,
        reason: row.try_get("", "reason")?,
        requested_by: named(row.try_get("", "requested_by")?, "requested_by_name")?,
        requested_at: row.try_get("", "requested_at")?,
        decided_by: decided.map(|id| named(id, "decided_by_name")).transpose()?,
        decided_at: row.try_get("", "decided_at")?,
        entries,
    })
}

/// 422 `sesi_not_closed`, `not_computed`, `override_unchanged`, `settlement_paid`, `settlement_reversed`, `denda_on_hold`,
/// `denda_final`, `period_locked`; `override_requested` names the other one under `blocking`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewOverride>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// What would count, what would be booked, and whether a senior is needed; 422 as the request itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewOverride>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &engine::execute::Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(ResultOverride::NAME, Target::New(id), REQUEST, body, who.actor)
}
