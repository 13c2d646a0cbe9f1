//! Strikes and denda as HR sees them: who stands where, what waits, and everything about one tutor (SPEC HR-1, HR-2, HR-7).

mod board;
mod read;
mod reliability;

use super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use crate::view::entry::{self, Entry};
use crate::view::{Coded, Named};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use board::board;

/// The sesi that somebody left.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct LeftSesi {
    id: Uuid,
    code: String,
    starts_at: DateTime<Utc>,
    zone: String,
}

/// What became of a strike: another case, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Consequence {
    id: Uuid,
    workflow: String,
    code: String,
    state: String,
}

/// A strike: when, why, by whom, for which sesi, and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Strike)]
pub struct StrikeView {
    id: Uuid,
    code: String,
    tutor: Coded,
    sesi: LeftSesi,
    points: i64,
    /// `CANCELLATION`, `NO_SHOW`, `RESCHEDULE` or `SUBSTITUTION`.
    cause: String,
    at: DateTime<Utc>,
    /// Whoever entered it.
    by: Named,
    decays_at: DateTime<Utc>,
    /// `LIVE`, `HELD`, `DECAYED` or `REVOKED`.
    status: String,
    /// Whether it counts at this instant, whatever the timer has done.
    counts: bool,
    /// `NONE`, `WARNING`, `FINAL_WARNING` or `TERMINATION`.
    proposed: String,
    proposed_days: i64,
    /// The version of the rule that proposed; 0 for strikes from before there were proposals.
    policy_version: i64,
    /// When HR is to have decided; null when nothing waits.
    #[schema(required)]
    waits_until: Option<DateTime<Utc>>,
    /// `CONFIRMED`, `CHANGED` or `DISMISSED`.
    #[schema(required)]
    decision: Option<String>,
    #[schema(required)]
    sanction: Option<String>,
    #[schema(required)]
    sanction_days: Option<i64>,
    #[schema(required)]
    decided_by: Option<Named>,
    #[schema(required)]
    decided_at: Option<DateTime<Utc>>,
    /// Null once the tutor has been erased.
    #[schema(required)]
    decision_reason: Option<String>,
    #[schema(required)]
    revoked_by: Option<Named>,
    #[schema(required)]
    revoked_at: Option<DateTime<Utc>>,
    #[schema(required)]
    revoked_reason: Option<String>,
    /// The claim about it, the suspension and the termination it led to.
    consequences: Vec<Consequence>,
}

/// A denda with where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Denda)]
pub struct DendaRow {
    id: Uuid,
    code: String,
    tutor: Coded,
    sesi: LeftSesi,
    amount_rp: i64,
    /// `APPLIED`, `HELD`, `FINAL` or `REVERSED`.
    status: String,
    at: DateTime<Utc>,
    /// Until when a claim or an appeal may be filed.
    #[schema(required)]
    contest_until: Option<DateTime<Utc>>,
    #[schema(required)]
    claim: Option<Consequence>,
    #[schema(required)]
    reversed_at: Option<DateTime<Utc>>,
}

/// A denda with what it has booked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DendaDetail {
    #[serde(flatten)]
    row: DendaRow,
    entries: Vec<Entry>,
}

/// How often a tutor could be relied on, over the last 365 days. For people in the office only.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
struct Reliability {
    since: DateTime<Utc>,
    /// Sesi that ended, or that the tutor left.
    sesi: i64,
    /// Those the tutor cancelled, moved, did not come to, or had somebody else sent to.
    left: i64,
    /// Lessons that were held, and those that began no more than five minutes late.
    held: i64,
    on_time: i64,
    /// Force majeure claims, and appeals among them.
    disputes: i64,
    appeals: i64,
}

/// Everything about the conduct of one tutor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conduct {
    /// The points that count at this instant.
    points: i64,
    /// The newest first.
    strikes: Vec<StrikeView>,
    denda: Vec<DendaRow>,
    reliability: Reliability,
}

pub async fn strike(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<StrikeView>, Problem> {
    let found = read::strikes(&app.engine, "k.id = ?", vec![id.into()]).await?.pop();
    Ok(Json(found.ok_or_else(|| Problem::not_found("strike"))?))
}

pub async fn denda(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<DendaDetail>, Problem> {
    let row = read::denda(&app.engine.db, "k.id = ?", vec![id.into()]).await?.pop();
    let row = row.ok_or_else(|| Problem::not_found("denda"))?;
    Ok(Json(DendaDetail { entries: entry::posted(&app.engine.db, id).await?, row }))
}

/// Empty for a tutor who never left a sesi.
pub async fn conduct(State(app): OurApp, At(tutor): At<Uuid>) -> Result<Json<Conduct>, Problem> {
    let strikes = read::strikes(&app.engine, "k.tutor_id = ?", vec![tutor.into()]).await?;
    Ok(Json(Conduct {
        points: strikes.iter().filter(|strike| strike.counts).map(|strike| strike.points).sum(),
        strikes,
        denda: read::denda(&app.engine.db, "k.tutor_id = ?", vec![tutor.into()]).await?,
        reliability: reliability::of(&app.engine, tutor).await?,
    }))
}
