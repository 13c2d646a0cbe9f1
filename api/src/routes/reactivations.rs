//! Asking to end a suspension early (SPEC HR-6), and what a senior sees who decides. What follows the request are
//! commands of the workflow `reactivation`.

use super::suspensions::{self, SuspensionView, named};
use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Fields, Key};
use crate::view::outcome::{Outcome, Preview};
use crate::view::{Named, entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::reactivation::Reactivation;

/// The command that starts a reactivation.
const REQUEST: &str = "request";
/// How many strikes and denda a senior is shown.
const MOST_SHOWN: i64 = 20;

/// Whom, and why. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewReactivation {
    tutor_id: Uuid,
    reason: String,
}

/// A request to let a tutor teach again.
#[derive(Serialize, ToSchema)]
pub struct ReactivationRow {
    id: Uuid,
    code: String,
    /// `REQUESTED`, `APPROVED`, `REJECTED`, `WITHDRAWN` or `MOOT`.
    state: String,
    suspension_id: Uuid,
    /// Null once the tutor has been erased.
    #[schema(required)]
    reason: Option<String>,
    requested_by: Named,
    requested_at: DateTime<Utc>,
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
}

/// What a senior decides by.
#[derive(Serialize, ToSchema)]
pub struct ReactivationView {
    #[serde(flatten)]
    row: ReactivationRow,
    suspension: SuspensionView,
    /// The tutor's newest.
    strikes: Vec<TutorStrike>,
    denda: Vec<TutorDenda>,
}

/// A strike of a tutor who is to teach again.
#[derive(Serialize, ToSchema)]
pub struct TutorStrike {
    id: Uuid,
    code: String,
    status: String,
    cause: String,
    points: i64,
    at: DateTime<Utc>,
    decays_at: DateTime<Utc>,
    sesi_id: Uuid,
    sesi_code: String,
}

/// A denda of a tutor who is to teach again.
#[derive(Serialize, ToSchema)]
pub struct TutorDenda {
    id: Uuid,
    code: String,
    status: String,
    amount_rp: i64,
    at: DateTime<Utc>,
    sesi_id: Uuid,
    sesi_code: String,
}

const SELECT: &str = "SELECT r.*, u.name AS requested_by_name, d.name AS decided_by_name FROM reactivation r \
    LEFT JOIN user_account u ON u.id = r.requested_by LEFT JOIN user_account d ON d.id = r.decided_by";

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<ReactivationView>, Problem> {
    let db = &app.engine.db;
    let gone = || Problem::not_found("reactivation");
    let found = db::row(db.reader(), &format!("{SELECT} WHERE r.id = ?"), vec![id.into()]).await?.ok_or_else(gone)?;
    let (row, tutor): (ReactivationRow, Uuid) = (read(&found)?, found.try_get("", "tutor_id").map_err(Failure::from)?);
    let suspension = suspensions::view(db, row.suspension_id).await?.ok_or_else(gone)?;
    Ok(Json(ReactivationView { row, suspension, strikes: strikes(db, tutor).await?, denda: denda(db, tutor).await? }))
}

/// The requests to end a suspension, the newest first.
pub async fn of_suspension(db: &Db, suspension: Uuid) -> Result<Vec<ReactivationRow>, Failure> {
    let sql = format!("{SELECT} WHERE r.suspension_id = ? ORDER BY r.requested_at DESC, r.id DESC");
    db::rows(db.reader(), &sql, vec![suspension.into()]).await?.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<ReactivationRow, Failure> {
    let requested_by = named(row, "requested_by")?;
    Ok(ReactivationRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        suspension_id: row.try_get("", "suspension_id")?,
        reason: row.try_get("", "reason")?,
        requested_by: requested_by.ok_or_else(|| Failure::Unknown { what: "requester", text: String::new() })?,
        requested_at: row.try_get("", "requested_at")?,
        decided_by: named(row, "decided_by")?,
        decided_at: row.try_get("", "decided_at")?,
    })
}

async fn strikes(db: &Db, tutor: Uuid) -> Result<Vec<TutorStrike>, Failure> {
    let sql = format!(
        "SELECT k.id, k.code, k.status, k.cause, k.points, k.at, k.decays_at, k.sesi_id, s.code AS sesi_code FROM strike k JOIN sesi s ON s.id = k.sesi_id \
         WHERE k.tutor_id = ? ORDER BY k.at DESC, k.id DESC LIMIT {MOST_SHOWN}"
    );
    let read = |row: &QueryResult| -> Result<TutorStrike, Failure> {
        Ok(TutorStrike {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            status: row.try_get("", "status")?,
            cause: row.try_get("", "cause")?,
            points: row.try_get("", "points")?,
            at: row.try_get("", "at")?,
            decays_at: row.try_get("", "decays_at")?,
            sesi_id: row.try_get("", "sesi_id")?,
            sesi_code: row.try_get("", "sesi_code")?,
        })
    };
    db::rows(db.reader(), &sql, vec![tutor.into()]).await?.iter().map(read).collect()
}

async fn denda(db: &Db, tutor: Uuid) -> Result<Vec<TutorDenda>, Failure> {
    let sql = format!(
        "SELECT d.id, d.code, d.status, d.amount_rp, d.at, d.sesi_id, s.code AS sesi_code FROM denda d JOIN sesi s ON s.id = d.sesi_id \
         WHERE d.tutor_id = ? ORDER BY d.at DESC, d.id DESC LIMIT {MOST_SHOWN}"
    );
    let read = |row: &QueryResult| -> Result<TutorDenda, Failure> {
        Ok(TutorDenda {
            id: row.try_get("", "id")?,
            code: row.try_get("", "code")?,
            status: row.try_get("", "status")?,
            amount_rp: row.try_get("", "amount_rp")?,
            at: row.try_get("", "at")?,
            sesi_id: row.try_get("", "sesi_id")?,
            sesi_code: row.try_get("", "sesi_code")?,
        })
    };
    db::rows(db.reader(), &sql, vec![tutor.into()]).await?.iter().map(read).collect()
}

/// 422 `not_suspended`; 422 `reactivation_requested` names the other one under `blocking`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewReactivation>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// Whom it is asked for, and by when a senior answers; 422 as the request itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewReactivation>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(Reactivation::NAME, Target::New(id), REQUEST, body, who.actor)
}
