//! One backtest with its report, and one decision of it with both traces side by side.

use super::super::OurApp;
use super::publication;
use super::row::{self, BacktestRow};
use crate::problem::Problem;
use crate::request::At;
use crate::view::AnyObject;
use crate::view::outcome::Decision;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::backtest::{self as kernel, Bucket, Difference, Moved, Report};
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::backtest::draft::{Draft, Snapshot};
use workflows::backtest::record::Model;
use workflows::backtest::{parties, report};

#[derive(Serialize, ToSchema)]
pub struct BacktestDetail {
    #[serde(flatten)]
    row: BacktestRow,
    /// Why it failed.
    #[schema(required)]
    error: Option<String>,
    /// How many cells of the price matrix the draft names; null for a policy.
    #[schema(required)]
    cells: Option<usize>,
    /// By how much it raises a whole Tahun Ajaran; 550 are 5,5 %.
    #[schema(required)]
    bump_basis_points: Option<i64>,
    report: BacktestReport,
}

/// What would have changed, as far as it was looked at.
#[derive(Serialize, ToSchema)]
struct BacktestReport {
    /// Siswa, tutor, company; empty for a kind that moves no money we know of.
    parties: Vec<PartyMoved>,
    /// Counts that change, e.g. strikes: draft less recorded.
    #[schema(value_type = AnyObject)]
    delta: BTreeMap<String, i64>,
    /// Amounts that are nobody's we know of, by the name of their field: draft less recorded.
    #[schema(value_type = AnyObject)]
    other_rp: BTreeMap<String, i64>,
    /// The biggest in rupiah first, at most 100.
    biggest: Vec<BacktestDifference>,
    /// The earliest first, at most 20.
    failures: Vec<BacktestDifference>,
}

/// What becomes of one party's money: what a siswa pays, a tutor gets, the company keeps.
#[derive(Serialize, ToSchema)]
struct PartyMoved {
    /// `siswa`, `tutor` or `company`.
    party: String,
    recorded_rp: i64,
    draft_rp: i64,
    delta_rp: i64,
    /// Decisions that come to more, and by how much in all.
    more: i64,
    more_rp: i64,
    less: i64,
    less_rp: i64,
    /// From the biggest loss to the biggest gain.
    buckets: Vec<DifferenceBucket>,
}

/// Decisions whose difference lies between two amounts; the outermost have no end.
#[derive(Serialize, ToSchema)]
struct DifferenceBucket {
    #[schema(required)]
    from_rp: Option<i64>,
    #[schema(required)]
    to_rp: Option<i64>,
    decisions: i64,
}

/// One decision that would have come out otherwise, or not at all.
#[derive(Serialize, ToSchema)]
pub struct BacktestDifference {
    decision_id: Uuid,
    workflow: String,
    instance_id: Uuid,
    code: String,
    label: String,
    at: DateTime<Utc>,
    version: i64,
    #[schema(value_type = AnyObject)]
    recorded: Value,
    #[schema(value_type = Option<AnyObject>, required)]
    draft: Option<Value>,
    /// Why the draft cannot decide it.
    #[schema(required)]
    error: Option<String>,
    /// Rupiah that move, whichever way.
    moved_rp: i64,
    siswa_rp: i64,
    tutor_rp: i64,
    company_rp: i64,
}

/// A recorded decision beside the draft's.
#[derive(Serialize, ToSchema)]
pub struct BacktestDecision {
    decision_id: Uuid,
    workflow: String,
    instance_id: Uuid,
    code: String,
    label: String,
    at: DateTime<Utc>,
    changed: bool,
    siswa_rp: i64,
    tutor_rp: i64,
    company_rp: i64,
    recorded: Decision,
    #[schema(required)]
    draft: Option<Decision>,
    #[schema(required)]
    error: Option<String>,
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<BacktestDetail>, Problem> {
    let db = &app.engine.db;
    let backtest = find(db, id).await?;
    let sha256 = match backtest.publication_id {
        Some(publication) => publication::content(db, publication).await?.map(|content| content.sha256()),
        None => None,
    };
    let sql = format!("SELECT {} FROM {} WHERE b.id = ?", row::SELECT, row::FROM);
    let found = db::row(db.reader(), &sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("backtest"))?;
    let (cells, bump_basis_points) = match backtest.snapshot()? {
        Snapshot::Policy { .. } => (None, None),
        Snapshot::Prices { cells, bump } => (Some(cells.len()), bump.map(|bump| bump.bump_basis_points)),
    };
    let row = row::read(&found, sha256.as_deref())?;
    let report = told(db, &backtest.kind, report::whole(db.reader(), id).await?).await?;
    Ok(Json(BacktestDetail { row, error: backtest.error, cells, bump_basis_points, report }))
}

pub async fn decision(State(app): OurApp, At((id, decision_id)): At<(Uuid, Uuid)>) -> Result<Json<BacktestDecision>, Problem> {
    let (db, host) = (&app.engine.db, &app.engine.policies);
    let backtest = find(db, id).await?;
    let one = kernel::one(db.reader(), &backtest.asked(), decision_id).await?.ok_or_else(|| Problem::not_found("decision"))?;
    let recorded = recorded(db, decision_id).await?.ok_or_else(|| Problem::not_found("decision"))?;
    let said = Draft::new(&backtest)?.explain(db, host, &one).await?;
    let (draft, error) = match said {
        Ok(decision) => (Some(decision), None),
        Err(error) => (None, Some(error)),
    };
    let (instance_id, code, at) = (one.instance_id, one.code.clone(), one.at);
    let output = draft.as_ref().map(|draft| draft.output.clone()).ok_or_else(|| error.clone().unwrap_or_default());
    let difference = Difference::between(parties::of(&backtest.kind), one, output);
    let moved = |party: &str| difference.as_ref().and_then(|one| one.measures.get(party).copied()).unwrap_or(0);
    let (workflow, label) = names(db, &[instance_id]).await?.remove(&instance_id).unwrap_or_default();
    Ok(Json(BacktestDecision {
        decision_id,
        workflow,
        instance_id,
        code,
        label,
        at,
        changed: difference.is_some(),
        siswa_rp: moved(parties::SISWA),
        tutor_rp: moved(parties::TUTOR),
        company_rp: moved(parties::COMPANY),
        recorded,
        draft: draft.map(Into::into),
        error,
    }))
}

pub(super) async fn find(db: &Db, id: Uuid) -> Result<Model, Problem> {
    report::find(db.reader(), id).await?.ok_or_else(|| Problem::not_found("backtest"))
}

async fn recorded(db: &Db, id: Uuid) -> Result<Option<Decision>, Failure> {
    let sql = "SELECT kind, version, sha256, input, output, trace FROM policy_decision WHERE id = ?";
    let Some(row) = db::row(db.reader(), sql, vec![id.into()]).await? else { return Ok(None) };
    let trace: Value = row.try_get("", "trace")?;
    Ok(Some(Decision {
        kind: row.try_get("", "kind")?,
        version: row.try_get("", "version")?,
        sha256: row.try_get("", "sha256")?,
        input: row.try_get("", "input")?,
        output: row.try_get("", "output")?,
        trace: trace.as_array().cloned().unwrap_or_default(),
    }))
}

async fn told(db: &Db, kind: &str, report: Report) -> Result<BacktestReport, Failure> {
    let ids: Vec<Uuid> = report.biggest.iter().chain(&report.failures).map(|one| one.instance_id).collect();
    let names = names(db, &ids).await?;
    let nothing = Moved::default();
    Ok(BacktestReport {
        parties: parties::of(kind).iter().map(|one| party(one.name, report.measures.get(one.name).unwrap_or(&nothing))).collect(),
        other_rp: report.delta_rp.into_iter().filter(|(field, _)| !parties::knows(kind, field)).collect(),
        delta: report.delta,
        biggest: report.biggest.into_iter().map(|one| difference(one, &names)).collect(),
        failures: report.failures.into_iter().map(|one| difference(one, &names)).collect(),
    })
}

fn party(name: &str, moved: &Moved) -> PartyMoved {
    let bucket = |Bucket { from_rp, to_rp, decisions }| DifferenceBucket { from_rp, to_rp, decisions };
    PartyMoved {
        party: name.into(),
        recorded_rp: moved.recorded_rp,
        draft_rp: moved.draft_rp,
        delta_rp: moved.delta_rp(),
        more: moved.more,
        more_rp: moved.more_rp,
        less: moved.less,
        less_rp: moved.less_rp,
        buckets: moved.buckets().into_iter().map(bucket).collect(),
    }
}

fn difference(one: Difference, names: &HashMap<Uuid, (String, String)>) -> BacktestDifference {
    let moved = |party: &str| one.measures.get(party).copied().unwrap_or(0);
    let (siswa_rp, tutor_rp, company_rp) = (moved(parties::SISWA), moved(parties::TUTOR), moved(parties::COMPANY));
    let (workflow, label) = names.get(&one.instance_id).cloned().unwrap_or_default();
    let Difference { decision_id, instance_id, code, at, version, recorded, draft, error, moved_rp, .. } = one;
    BacktestDifference { decision_id, workflow, instance_id, code, label, at, version, recorded, draft, error, moved_rp, siswa_rp, tutor_rp, company_rp }
}

/// The workflow and the label of each.
async fn names(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, String)>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!("SELECT id, workflow, label FROM workflow_instance WHERE id IN ({})", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.iter().map(|id| (*id).into()).collect()).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, (row.try_get("", "workflow")?, row.try_get("", "label")?)))).collect()
}
