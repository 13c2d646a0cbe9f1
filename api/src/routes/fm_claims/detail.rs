//! One claim in full: what happened, the penalty it is about, the evidence, who decided what and why, and what hangs on it.

use super::super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use crate::view::Named;
use crate::view::entry::{self, Entry};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::fm_claim::evidence::{self, Kept};

#[derive(Serialize, ToSchema)]
pub struct FmClaim {
    id: Uuid,
    code: String,
    state: String,
    revision: i64,
    /// `SAKIT`, `DUKA`, `DARURAT`, `BENCANA` or `LAINNYA`.
    category: String,
    /// Null once somebody it tells about has been erased; so are notes and reasons.
    #[schema(required)]
    story: Option<String>,
    #[schema(required)]
    comp_notes: Option<String>,
    sesi: ClaimedSesi,
    tutor: Named,
    siswa: Named,
    /// How many levels of review there are for this claim.
    levels: i64,
    penalty_at: DateTime<Utc>,
    #[schema(required)]
    denda: Option<ClaimedDenda>,
    #[schema(required)]
    strike: Option<ClaimedStrike>,
    filed_by: Named,
    filed_at: DateTime<Utc>,
    /// Until when it could be filed.
    claim_until: DateTime<Utc>,
    #[schema(required)]
    review_due_at: Option<DateTime<Utc>>,
    sla_flagged: bool,
    #[schema(required)]
    first_review: Option<FmStep>,
    #[schema(required)]
    appeal_until: Option<DateTime<Utc>>,
    #[schema(required)]
    appeal: Option<FmStep>,
    #[schema(required)]
    second_review: Option<FmStep>,
    #[schema(required)]
    withdraw_reason: Option<String>,
    #[schema(required)]
    closed_at: Option<DateTime<Utc>>,
    evidence: Vec<FmEvidence>,
    /// What became of the penalty elsewhere: what the strike led to, and what followed from that.
    related: Vec<RelatedInstance>,
}

#[derive(Serialize, ToSchema)]
struct ClaimedSesi {
    id: Uuid,
    code: String,
    state: String,
    starts_at: DateTime<Utc>,
    zone: String,
    subject: String,
}

#[derive(Serialize, ToSchema)]
struct ClaimedDenda {
    id: Uuid,
    code: String,
    /// `HELD`, `APPLIED`, `FINAL` or `REVERSED`.
    status: String,
    amount_rp: i64,
    /// What it has booked, its reversal included.
    entries: Vec<Entry>,
}

#[derive(Serialize, ToSchema)]
struct ClaimedStrike {
    id: Uuid,
    code: String,
    /// `LIVE`, `HELD`, `DECAYED` or `REVOKED`.
    status: String,
    points: i64,
    decays_at: DateTime<Utc>,
}

/// A step of the dispute: who took it, when and why.
#[derive(Serialize, ToSchema)]
struct FmStep {
    by: Named,
    at: DateTime<Utc>,
    #[schema(required)]
    reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct FmEvidence {
    document_id: Uuid,
    name: String,
    content_type: String,
    size: i64,
    /// Of the file as it was handed in.
    sha256: String,
    scan_state: String,
    added_at: DateTime<Utc>,
    added_by: Named,
    /// The tutor was erased, and the file with them.
    erased: bool,
}

#[derive(Serialize, ToSchema)]
struct RelatedInstance {
    id: Uuid,
    workflow: String,
    code: String,
    state: String,
}

const CLAIM: &str = "SELECT c.*, i.revision, s.code AS sesi_code, s.state AS sesi_state, s.starts_at, o.zone, b.name AS subject, t.name AS tutor_name, w.name AS siswa_name, \
    f.name AS filed_by_name, u1.name AS l1_by_name, ua.name AS appealed_by_name, u2.name AS l2_by_name, \
    d.code AS denda_code, d.status AS denda_status, d.amount_rp AS denda_now_rp, k.code AS strike_code, k.status AS strike_status, k.points, k.decays_at \
    FROM fm_claim c JOIN workflow_instance i ON i.id = c.id JOIN sesi s ON s.id = c.sesi_id JOIN office o ON o.id = s.office_id JOIN subject b ON b.id = s.subject_id \
    JOIN tutor t ON t.id = c.tutor_id JOIN siswa w ON w.id = c.siswa_id LEFT JOIN denda d ON d.id = c.denda_id LEFT JOIN strike k ON k.id = c.strike_id \
    LEFT JOIN user_account f ON f.id = c.filed_by LEFT JOIN user_account u1 ON u1.id = c.l1_by LEFT JOIN user_account ua ON ua.id = c.appealed_by \
    LEFT JOIN user_account u2 ON u2.id = c.l2_by WHERE c.id = ?";

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<FmClaim>, Problem> {
    let db = &app.engine.db;
    let row = db::row(db.reader(), CLAIM, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("fm_claim"))?;
    let evidence = evidence::of_claim(db.reader(), id).await?;
    let denda = denda(db, &row).await?;
    let strike = strike(&row)?;
    let related = match &strike {
        Some(strike) => related(db, strike.id).await?,
        None => vec![],
    };
    Ok(Json(read(&row, (denda, strike), evidence, related)?))
}

fn read(
    row: &QueryResult,
    (denda, strike): (Option<ClaimedDenda>, Option<ClaimedStrike>),
    evidence: Vec<Kept>,
    related: Vec<RelatedInstance>,
) -> Result<FmClaim, Failure> {
    Ok(FmClaim {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        revision: row.try_get("", "revision")?,
        category: row.try_get("", "category")?,
        story: row.try_get("", "story")?,
        comp_notes: row.try_get("", "comp_notes")?,
        sesi: sesi(row)?,
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor_name")? },
        siswa: Named { id: row.try_get("", "siswa_id")?, name: row.try_get("", "siswa_name")? },
        levels: row.try_get("", "levels")?,
        penalty_at: row.try_get("", "penalty_at")?,
        denda,
        strike,
        filed_by: named(row.try_get("", "filed_by")?, row.try_get("", "filed_by_name")?),
        filed_at: row.try_get("", "filed_at")?,
        claim_until: row.try_get("", "claim_until")?,
        review_due_at: row.try_get("", "review_due_at")?,
        sla_flagged: row.try_get("", "sla_flagged")?,
        first_review: step(row, ("l1_by", "l1_at", "l1_reason"))?,
        appeal_until: row.try_get("", "appeal_until")?,
        appeal: step(row, ("appealed_by", "appealed_at", "appeal_reason"))?,
        second_review: step(row, ("l2_by", "l2_at", "l2_reason"))?,
        withdraw_reason: row.try_get("", "withdraw_reason")?,
        closed_at: row.try_get("", "closed_at")?,
        evidence: evidence.into_iter().map(Into::into).collect(),
        related,
    })
}

fn sesi(row: &QueryResult) -> Result<ClaimedSesi, Failure> {
    Ok(ClaimedSesi {
        id: row.try_get("", "sesi_id")?,
        code: row.try_get("", "sesi_code")?,
        state: row.try_get("", "sesi_state")?,
        starts_at: row.try_get("", "starts_at")?,
        zone: row.try_get("", "zone")?,
        subject: row.try_get("", "subject")?,
    })
}

fn named(id: Uuid, name: Option<String>) -> Named {
    Named { id, name: name.unwrap_or_default() }
}

fn step(row: &QueryResult, (by, at, reason): (&str, &str, &str)) -> Result<Option<FmStep>, Failure> {
    let (Some(id), Some(at)) = (row.try_get::<Option<Uuid>>("", by)?, row.try_get("", at)?) else { return Ok(None) };
    let name = row.try_get("", &format!("{by}_name"))?;
    Ok(Some(FmStep { by: named(id, name), at, reason: row.try_get("", reason)? }))
}

async fn denda(db: &Db, row: &QueryResult) -> Result<Option<ClaimedDenda>, Failure> {
    let Some(id) = row.try_get::<Option<Uuid>>("", "denda_id")? else { return Ok(None) };
    let entries = entry::posted(db, id).await?;
    let (code, status, amount_rp) = (row.try_get("", "denda_code")?, row.try_get("", "denda_status")?, row.try_get("", "denda_now_rp")?);
    Ok(Some(ClaimedDenda { id, code, status, amount_rp, entries }))
}

fn strike(row: &QueryResult) -> Result<Option<ClaimedStrike>, Failure> {
    let Some(id) = row.try_get::<Option<Uuid>>("", "strike_id")? else { return Ok(None) };
    let (code, status) = (row.try_get("", "strike_code")?, row.try_get("", "strike_status")?);
    Ok(Some(ClaimedStrike { id, code, status, points: row.try_get("", "points")?, decays_at: row.try_get("", "decays_at")? }))
}

/// What a strike has started: a suspension, a termination, messages.
async fn related(db: &Db, strike: Uuid) -> Result<Vec<RelatedInstance>, Failure> {
    let sql = "SELECT id, workflow, code, state FROM workflow_instance WHERE parent_id = ? AND workflow <> 'notification' ORDER BY created_at, id";
    let rows = db::rows(db.reader(), sql, vec![strike.into()]).await?;
    let read = |row: &QueryResult| {
        Ok(RelatedInstance {
            id: row.try_get("", "id")?,
            workflow: row.try_get("", "workflow")?,
            code: row.try_get("", "code")?,
            state: row.try_get("", "state")?,
        })
    };
    rows.iter().map(read).collect()
}

impl From<Kept> for FmEvidence {
    fn from(kept: Kept) -> Self {
        Self {
            document_id: kept.document_id,
            name: kept.name,
            content_type: kept.content_type,
            size: kept.size,
            sha256: kept.sha256,
            scan_state: kept.scan_state,
            added_at: kept.added_at,
            added_by: named(kept.added_by, kept.added_by_name),
            erased: kept.erased,
        }
    }
}
