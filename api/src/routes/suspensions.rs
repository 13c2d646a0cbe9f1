//! Suspensions of tutors (SPEC HR-3): who is away and until when, why, and what became of the sesi that lay in it.
//! What follows the first command are commands of the workflow `suspension`.

pub mod sesi;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{At, Fields, Key, List, Page};
use crate::routes::reactivations::{self, ReactivationRow};
use crate::view::outcome::{Outcome, Preview};
use crate::view::{Coded, Named, entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sesi::AffectedSesi;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::suspension::Suspension;

/// The command that starts a suspension.
const IMPOSE: &str = "impose";

/// Whom, for how many days, and why. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewSuspension {
    tutor_id: Uuid,
    /// 1 to 366 days of 24 hours; without them until a senior ends it.
    days: Option<i32>,
    /// The strike it is the sanction of.
    strike_id: Option<Uuid>,
    reason: String,
}

/// A suspension in a list.
#[derive(Serialize, ToSchema)]
pub struct SuspensionRow {
    id: Uuid,
    code: String,
    /// `ACTIVE`, `ENDED`, `LIFTED` or `CLOSED`.
    state: String,
    tutor: Coded,
    begun_at: DateTime<Utc>,
    /// Null when only a senior ends it.
    #[schema(required)]
    ends_at: Option<DateTime<Utc>>,
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
    /// `EXPIRED`, `STRIKE_REVOKED`, `REACTIVATED` or `TERMINATED`.
    #[schema(required)]
    end_cause: Option<String>,
    /// How many sesi lay in it, and how many of them still do.
    sesi: i64,
    sesi_left: i64,
    /// Who asks to end it waits for an answer.
    reactivation_open: bool,
}

/// A suspension: why, by whom, what it is the sanction of, and what lay in it.
#[derive(Serialize, ToSchema)]
pub struct SuspensionView {
    #[serde(flatten)]
    row: SuspensionRow,
    /// Null once the tutor has been erased.
    #[schema(required)]
    reason: Option<String>,
    imposed_by: Named,
    #[schema(required)]
    strike: Option<CausingStrike>,
    /// Who said that nothing of the tutor is left in it.
    #[schema(required)]
    cleared_by: Option<Named>,
    #[schema(required)]
    cleared_at: Option<DateTime<Utc>>,
    #[schema(required)]
    ended_by: Option<Named>,
    /// By their time, the first 500.
    affected: Vec<AffectedSesi>,
    /// Those who asked to end it, the newest first.
    reactivations: Vec<ReactivationRow>,
}

/// The strike a suspension is the sanction of.
#[derive(Serialize, ToSchema)]
pub struct CausingStrike {
    id: Uuid,
    code: String,
    /// `LIVE`, `HELD`, `DECAYED` or `REVOKED`.
    status: String,
    sesi_id: Uuid,
    sesi_code: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct SuspensionFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
}

static KEYS: [SortKey; 2] = [
    SortKey { name: "begun_at", sql: "x.begun_at", sort: Sort::Instant },
    // Whatever has no end comes after everything that has one.
    SortKey { name: "ends_at", sql: "COALESCE(x.ended_at, x.ends_at, '9999-01-01T00:00:00+00:00')", sort: Sort::Instant },
];

const COLUMNS: &str = "x.id, x.code, x.state, x.tutor_id, t.code AS tutor_code, t.name AS tutor_name, x.begun_at, x.ends_at, x.ended_at, x.end_cause, \
    (SELECT count(*) FROM suspension_sesi a WHERE a.suspension_id = x.id) AS sesi, \
    (SELECT count(*) FROM sesi s WHERE x.state = 'ACTIVE' AND s.tutor_id = x.tutor_id AND s.state IN ('REQUESTED','APPROVED') AND s.starts_at >= x.begun_at \
       AND (x.ends_at IS NULL OR s.starts_at < x.ends_at)) AS sesi_left, \
    EXISTS (SELECT 1 FROM reactivation r WHERE r.suspension_id = x.id AND r.state = 'REQUESTED') AS reactivation_open";
const FROM: &str = "suspension x JOIN tutor t ON t.id = x.tutor_id";

pub async fn list(State(app): OurApp, list: List<SuspensionFilter>) -> Result<Json<Page<SuspensionRow>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["x.code", "t.code", "t.name"], list.q.as_deref());
    filter.one_of("x.state", list.filter.state.as_deref());
    filter.one_of_ids("x.tutor_id", "filter[tutor_id]", list.filter.tutor_id.as_deref())?;
    let listing = Listing { select: COLUMNS, from: FROM, id: "x.id", filter, order: Order::of(list.sort.as_deref(), "-begun_at", &KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<SuspensionView>, Problem> {
    Ok(Json(view(&app.engine.db, id).await?.ok_or_else(|| Problem::not_found("suspension"))?))
}

/// One suspension with all around it.
pub async fn view(db: &Db, id: Uuid) -> Result<Option<SuspensionView>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS}, x.reason, x.imposed_by, i.name AS imposed_by_name, x.cleared_by, c.name AS cleared_by_name, x.cleared_at, x.ended_by, \
         e.name AS ended_by_name, x.strike_id, k.code AS strike_code, k.status AS strike_status, k.sesi_id AS strike_sesi_id, ks.code AS strike_sesi_code \
         FROM {FROM} LEFT JOIN user_account i ON i.id = x.imposed_by LEFT JOIN user_account c ON c.id = x.cleared_by \
         LEFT JOIN user_account e ON e.id = x.ended_by LEFT JOIN strike k ON k.id = x.strike_id LEFT JOIN sesi ks ON ks.id = k.sesi_id WHERE x.id = ?"
    );
    let Some(found) = db::row(db.reader(), &sql, vec![id.into()]).await? else { return Ok(None) };
    let row = read(&found)?;
    Ok(Some(SuspensionView {
        reason: found.try_get("", "reason")?,
        imposed_by: named(&found, "imposed_by")?.unwrap_or(Named { id, name: String::new() }),
        strike: strike(&found)?,
        cleared_by: named(&found, "cleared_by")?,
        cleared_at: found.try_get("", "cleared_at")?,
        // The system has no account: it ended by itself.
        ended_by: named(&found, "ended_by")?.filter(|who| !who.name.is_empty()),
        affected: sesi::of(db, id).await?,
        reactivations: reactivations::of_suspension(db, id).await?,
        row,
    }))
}

fn read(row: &QueryResult) -> Result<SuspensionRow, Failure> {
    Ok(SuspensionRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        tutor: Coded { id: row.try_get("", "tutor_id")?, code: row.try_get("", "tutor_code")?, name: row.try_get("", "tutor_name")? },
        begun_at: row.try_get("", "begun_at")?,
        ends_at: row.try_get("", "ends_at")?,
        ended_at: row.try_get("", "ended_at")?,
        end_cause: row.try_get("", "end_cause")?,
        sesi: row.try_get("", "sesi")?,
        sesi_left: row.try_get("", "sesi_left")?,
        reactivation_open: row.try_get("", "reactivation_open")?,
    })
}

fn strike(row: &QueryResult) -> Result<Option<CausingStrike>, Failure> {
    let Some(id) = row.try_get("", "strike_id")? else { return Ok(None) };
    Ok(Some(CausingStrike {
        id,
        code: row.try_get("", "strike_code")?,
        status: row.try_get("", "strike_status")?,
        sesi_id: row.try_get("", "strike_sesi_id")?,
        sesi_code: row.try_get("", "strike_sesi_code")?,
    }))
}

/// Somebody whose id stands in this column, and whose name beside it.
pub fn named(row: &QueryResult, column: &str) -> Result<Option<Named>, Failure> {
    let id: Option<Uuid> = row.try_get("", column)?;
    let name: Option<String> = row.try_get("", &format!("{column}_name"))?;
    Ok(id.map(|id| Named { id, name: name.unwrap_or_default() }))
}

/// 422 `already_suspended` names the other one under `blocking`; 422 `tutor_not_active`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewSuspension>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// Until when, and how many sesi would lie in it; 422 as the suspension itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewSuspension>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(Suspension::NAME, Target::New(id), IMPOSE, body, who.actor)
}
