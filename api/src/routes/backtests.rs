//! Backtests (SPEC POL-7): begin one, follow it, read its report, open a difference, take all of them out. Cancelling is
//! a command of the workflow `backtest`, like any other.

mod detail;
mod export;
mod publication;
mod row;
mod words;

use super::{OurApp, commands};
use crate::answer::Created;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{Fields, Key, List, Page};
use crate::view::outcome::Outcome;
use axum::Json;
use axum::extract::State;
pub use detail::{decision, show};
use engine::execute::Target;
use engine::id::new_id;
use engine::refusal::FieldError;
use engine::workflow::Workflow;
pub use export::xlsx;
use row::BacktestRow;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::backtest::Backtest;

/// The command that begins a backtest.
const START: &str = "start";

/// A draft and the days, in WIB, whose decisions it is held against. Of a policy: a publication, whose saved content is
/// taken, or `kind`, `script` and `params`. Of prices: `cells`, a `bump`, or both.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used; the engine checks the fields against the command's form")]
pub struct NewBacktest {
    subject: BacktestSubject,
    kind: Option<String>,
    publication_id: Option<Uuid>,
    script: Option<String>,
    #[schema(value_type = Option<Value>)]
    params: Option<Value>,
    cells: Option<Vec<DraftCell>>,
    bump: Option<DraftBump>,
    /// `2026-10-01`
    from_on: String,
    to_on: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum BacktestSubject {
    Policy,
    Price,
}

/// A cell of the price matrix with the amount it would have.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct DraftCell {
    /// `STUDENT` or `TUTOR`.
    audience: String,
    subject_id: Uuid,
    subject_level_id: Option<Uuid>,
    tingkat_id: Uuid,
    segmentasi_id: Uuid,
    golongan_id: Option<Uuid>,
    amount_rp: i64,
}

/// Every price of a Tahun Ajaran, raised and rounded half up to `step_rp` as when a year is cloned; cells named beside it win.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct DraftBump {
    tahun_ajaran_id: Uuid,
    /// Both matrices unless one is named.
    audience: Option<String>,
    /// 550 raises by 5,5 %.
    bump_basis_points: i64,
    step_rp: Option<i64>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct BacktestFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    #[serde(rename = "filter[subject]")]
    subject: Option<String>,
    #[serde(rename = "filter[kind]")]
    kind: Option<String>,
    /// Those asked for there, and those of the very same content.
    #[serde(rename = "filter[publication_id]")]
    publication_id: Option<Uuid>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "asked_at", sql: "b.asked_at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<BacktestFilter>) -> Result<Json<Page<BacktestRow>>, Problem> {
    let db = &app.engine.db;
    let mut filter = Where::default();
    filter.search(&["b.code", "b.kind"], list.q.as_deref());
    filter.one_of("b.state", list.filter.state.as_deref());
    filter.one_of("b.subject", list.filter.subject.as_deref());
    filter.one_of("b.kind", list.filter.kind.as_deref());
    let content = match list.filter.publication_id {
        Some(id) => publication::content(db, id).await?.map(|content| (id, content)),
        None => None,
    };
    match (&content, list.filter.publication_id) {
        (Some((id, content)), _) => {
            filter.and("(b.publication_id = ? OR (b.kind = ? AND b.draft_sha256 = ?))", [(*id).into(), content.kind.clone().into(), content.sha256().into()]);
        }
        (None, Some(_)) => filter.and("1 = 0", []),
        (None, None) => {}
    }
    let order = Order::of(list.sort.as_deref(), "-asked_at", &KEYS)?;
    let listing = Listing { select: row::SELECT, from: row::FROM, id: "b.id", filter, order };
    let sha256 = content.map(|(_, content)| content.sha256());
    Ok(Json(listing.page(db, &list, |found| row::read(found, sha256.as_deref())).await?))
}

/// 422 `draft_broken` with line and column at `script`; `already_running` names the one that runs.
pub async fn create(State(app): OurApp, who: SignedIn, Key(key): Key, Fields { map: mut body, .. }: Fields<NewBacktest>) -> Result<Created<Outcome>, Problem> {
    if let Some(id) = body.get("publication_id").and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok()) {
        let unknown = || Problem::invalid(FieldError::new("publication_id", "unknown"));
        let content = publication::content(&app.engine.db, id).await?.ok_or_else(unknown)?;
        body.entry("subject").or_insert_with(|| "POLICY".into());
        body.entry("kind").or_insert_with(|| content.kind.into());
        body.entry("script").or_insert_with(|| content.script.into());
        body.entry("params").or_insert(content.params);
    }
    let id = new_id(app.engine.clock.now());
    let mut request = commands::request(Backtest::NAME, Target::New(id), START, body, who.actor)?;
    request.idempotency_key = Some(key);
    Ok(Created(app.engine.execute(&request).await?.into()))
}
