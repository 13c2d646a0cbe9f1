//! Terminations (SPEC HR-4 to HR-6): who left and why, how far the checklist is, and every revision of the final
//! settlement. What follows the decision are commands of the workflow `termination`.

mod checklist;
mod settlement;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{At, Fields, Key, List, Page};
use crate::view::outcome::{Outcome, Preview};
use crate::view::{Coded, InstanceRef, Named, entry};
use axum::Json;
use axum::extract::State;
use checklist::ChecklistStep;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::{EntityTrait, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use settlement::SettlementRevision;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::termination::record::{Entity, Model};
use workflows::termination::{Termination, checklist as steps};

/// The command that ends the work with somebody.
const DECIDE: &str = "decide";

/// With whom, and why. The engine checks the fields against the command's form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct NewTermination {
    tutor_id: Uuid,
    /// The strike that led to it.
    strike_id: Option<Uuid>,
    reason: String,
}

/// A termination in a list.
#[derive(Serialize, ToSchema)]
pub struct TerminationRow {
    id: Uuid,
    code: String,
    /// `DECIDED` or `ARCHIVED`.
    state: String,
    tutor: Coded,
    decided_by: Named,
    decided_at: DateTime<Utc>,
    #[schema(required)]
    archived_at: Option<DateTime<Utc>>,
    /// The tasks of the checklist that are open.
    open: Vec<String>,
    /// `DUE`, `OWED`, `BALANCED`, `PAID`, `RECEIVED` or `WRITTEN_OFF`; null before it is calculated.
    #[schema(required)]
    settlement_status: Option<String>,
    /// Still to be paid to the tutor.
    due_rp: i64,
    /// Still to be had from them.
    claim_rp: i64,
}

/// A termination with its checklist and every revision of its settlement.
#[derive(Serialize, ToSchema)]
pub struct TerminationView {
    #[serde(flatten)]
    row: TerminationRow,
    revision: i64,
    /// `ACTIVE` again only if somebody has brought an archived tutor back.
    tutor_status: String,
    /// Null once the tutor has been erased.
    #[schema(required)]
    reason: Option<String>,
    #[schema(required)]
    strike: Option<InstanceRef>,
    /// In the order they come.
    checklist: Vec<ChecklistStep>,
    /// The one that stands first.
    settlements: Vec<SettlementRevision>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct TerminationFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[tutor_id]")]
    tutor_id: Option<String>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "decided_at", sql: "x.decided_at", sort: Sort::Instant }];

const COLUMNS: &str = "x.id, x.code, x.state, x.tutor_id, t.code AS tutor_code, t.name AS tutor_name, t.status AS tutor_status, x.decided_by, \
    u.name AS decided_by_name, x.decided_at, x.archived_at, x.settlement_status, x.due_rp, x.claim_rp, \
    (SELECT string_agg(k.name, ',') FROM task k WHERE k.instance_id = x.id AND k.state = 'OPEN') AS open_tasks";
const FROM: &str = "termination x JOIN tutor t ON t.id = x.tutor_id LEFT JOIN user_account u ON u.id = x.decided_by";

pub async fn list(State(app): OurApp, list: List<TerminationFilter>) -> Result<Json<Page<TerminationRow>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["x.code", "t.code", "t.name"], list.q.as_deref());
    filter.one_of("x.state", list.filter.state.as_deref());
    filter.one_of_ids("x.tutor_id", "filter[tutor_id]", list.filter.tutor_id.as_deref())?;
    let listing = Listing { select: COLUMNS, from: FROM, id: "x.id", filter, order: Order::of(list.sort.as_deref(), "-decided_at", &KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read).await?))
}

fn read(row: &QueryResult) -> Result<TerminationRow, Failure> {
    let open: Option<String> = row.try_get("", "open_tasks")?;
    let mut open: Vec<String> = open.map(|names| names.split(',').map(str::to_owned).collect()).unwrap_or_default();
    open.sort_by_key(|name| steps::TASKS.iter().position(|task| task == name));
    Ok(TerminationRow {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        tutor: Coded { id: row.try_get("", "tutor_id")?, code: row.try_get("", "tutor_code")?, name: row.try_get("", "tutor_name")? },
        decided_by: Named { id: row.try_get("", "decided_by")?, name: row.try_get::<Option<String>>("", "decided_by_name")?.unwrap_or_default() },
        decided_at: row.try_get("", "decided_at")?,
        archived_at: row.try_get("", "archived_at")?,
        open,
        settlement_status: row.try_get("", "settlement_status")?,
        due_rp: row.try_get("", "due_rp")?,
        claim_rp: row.try_get("", "claim_rp")?,
    })
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<TerminationView>, Problem> {
    let db = &app.engine.db;
    let missing = || Problem::not_found("termination");
    let model = Entity::find_by_id(id).one(db.reader()).await?.ok_or_else(missing)?;
    let sql = format!(
        "SELECT {COLUMNS}, i.revision, k.code AS strike_code FROM {FROM} JOIN workflow_instance i ON i.id = x.id LEFT JOIN strike k ON k.id = x.strike_id WHERE x.id = ?"
    );
    let found = db::row(db.reader(), &sql, vec![id.into()]).await?.ok_or_else(missing)?;
    Ok(Json(view(db, &model, &found).await?))
}

async fn view(db: &Db, model: &Model, found: &QueryResult) -> Result<TerminationView, Failure> {
    let strike_code: Option<String> = found.try_get("", "strike_code")?;
    Ok(TerminationView {
        row: read(found)?,
        revision: found.try_get("", "revision")?,
        tutor_status: found.try_get("", "tutor_status")?,
        reason: model.reason.clone(),
        strike: model.strike_id.zip(strike_code).map(|(id, code)| InstanceRef { id, workflow: "strike".into(), code }),
        checklist: checklist::steps(db, model).await?,
        settlements: settlement::revisions(db, model).await?,
    })
}

/// 422 `claim_pending` names the claims under `blocking`, `already_terminated` the other termination; `tutor_not_employed`,
/// `last_owner`.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: body, .. }: Fields<NewTermination>) -> Result<Created<Outcome>, Problem> {
    let mut request = asked(&app.engine, body, who)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}

/// What ends at once, what is left to clear, and what the settlement would come to today; 422 as the decision itself.
pub async fn preview(State(app): OurApp, who: SignedIn, Fields { map: body, .. }: Fields<NewTermination>) -> Result<Json<Preview>, Problem> {
    let preview = app.engine.preview(&asked(&app.engine, body, who)?).await?;
    Ok(Json(Preview::new(preview, &entry::accounts(&app.engine.db).await?)))
}

fn asked(engine: &Engine, body: Map<String, Value>, who: SignedIn) -> Result<Request, Problem> {
    let id = new_id(engine.clock.now());
    commands::request(Termination::NAME, Target::New(id), DECIDE, body, who.actor)
}
