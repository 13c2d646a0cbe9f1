//! What may be claimed of a sesi: the newest penalty of each tutor who has one there, until when, or why not.

use super::super::OurApp;
use crate::problem::Problem;
use crate::request::List;
use crate::view::{InstanceRef, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db::{self, Db};
use engine::refusal::{Failure, FieldError};
use engine::workflow::Workflow;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use workflows::fm_claim::FmClaim;
use workflows::records::config::AppConfig;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ClaimableOf {
    sesi_id: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Claimables {
    items: Vec<Claimable>,
}

/// A penalty of a tutor, and whether a claim about it may be filed.
#[derive(Serialize, ToSchema)]
pub struct Claimable {
    tutor: Named,
    at: DateTime<Utc>,
    claim_until: DateTime<Utc>,
    /// Null when the event cost no denda.
    #[schema(required)]
    denda_rp: Option<i64>,
    #[schema(required)]
    denda_status: Option<String>,
    /// Null when the event gave no strike.
    #[schema(required)]
    strike_points: Option<i64>,
    #[schema(required)]
    strike_status: Option<String>,
    /// The claim there is.
    #[schema(required)]
    claim: Option<InstanceRef>,
    #[schema(required)]
    claim_state: Option<String>,
    /// `already_claimed`, `claim_window_closed` or `nothing_to_claim`; null when it may be claimed.
    #[schema(required)]
    refused: Option<&'static str>,
}

pub async fn claimable(State(app): OurApp, asked: List<ClaimableOf>) -> Result<Json<Claimables>, Problem> {
    let fault = |code: &str| Problem::invalid(FieldError::new("sesi_id", code));
    let sesi = asked.filter.sesi_id.as_deref().ok_or_else(|| fault("required"))?;
    let sesi = Uuid::parse_str(sesi).map_err(|_| fault("not_id"))?;
    Ok(Json(Claimables { items: penalties(&app.engine.db, sesi, app.engine.clock.now()).await? }))
}

/// The last event of each tutor at this sesi, with its denda, its strike and the claim about it.
const PENALTIES: &str = "SELECT p.tutor_id, t.name AS tutor_name, COALESCE(d.at, k.at) AS at, d.amount_rp, d.status AS denda_status, d.contest_until, \
     k.points, k.status AS strike_status, c.id AS claim_id, c.code AS claim_code, c.state AS claim_state \
     FROM (SELECT tutor_id, max(number) AS number FROM (SELECT tutor_id, number FROM denda WHERE sesi_id = ? UNION ALL SELECT tutor_id, number FROM strike WHERE sesi_id = ?) every GROUP BY tutor_id) p \
     JOIN tutor t ON t.id = p.tutor_id LEFT JOIN denda d ON d.sesi_id = ? AND d.number = p.number AND d.tutor_id = p.tutor_id \
     LEFT JOIN strike k ON k.sesi_id = ? AND k.number = p.number AND k.tutor_id = p.tutor_id \
     LEFT JOIN fm_claim c ON c.sesi_id = ? AND c.number = p.number AND c.state <> 'WITHDRAWN' ORDER BY p.number";

async fn penalties(db: &Db, sesi: Uuid, now: DateTime<Utc>) -> Result<Vec<Claimable>, Failure> {
    let days = AppConfig::load(db.reader()).await?.force_majeure_claim_window_days;
    let rows = db::rows(db.reader(), PENALTIES, vec![sesi.into(); 5]).await?;
    rows.iter().map(|row| read(row, TimeDelta::days(days), now)).collect()
}

fn read(row: &QueryResult, window: TimeDelta, now: DateTime<Utc>) -> Result<Claimable, Failure> {
    let at: DateTime<Utc> = row.try_get("", "at")?;
    let fixed: Option<DateTime<Utc>> = row.try_get("", "contest_until")?;
    let claim: Option<Uuid> = row.try_get("", "claim_id")?;
    let code: Option<String> = row.try_get("", "claim_code")?;
    let one = Claimable {
        tutor: Named { id: row.try_get("", "tutor_id")?, name: row.try_get("", "tutor_name")? },
        at,
        claim_until: fixed.unwrap_or(at + window),
        denda_rp: row.try_get("", "amount_rp")?,
        denda_status: row.try_get("", "denda_status")?,
        strike_points: row.try_get("", "points")?,
        strike_status: row.try_get("", "strike_status")?,
        claim: claim.map(|id| InstanceRef { id, workflow: FmClaim::NAME.into(), code: code.unwrap_or_default() }),
        claim_state: row.try_get("", "claim_state")?,
        refused: None,
    };
    Ok(Claimable { refused: one.refused(now), ..one })
}

impl Claimable {
    /// Why it may not be claimed; the command itself has the last word.
    fn refused(&self, now: DateTime<Utc>) -> Option<&'static str> {
        let denda = self.denda_status.as_deref();
        let counts = matches!(denda, Some("APPLIED" | "HELD")) || matches!(self.strike_status.as_deref(), Some("LIVE" | "HELD"));
        if self.claim.is_some() {
            Some("already_claimed")
        } else if now.timestamp() > self.claim_until.timestamp() || denda == Some("FINAL") {
            Some("claim_window_closed")
        } else if counts {
            None
        } else {
            Some("nothing_to_claim")
        }
    }
}
