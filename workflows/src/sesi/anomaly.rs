//! Looking for oddities once a lesson is reported (SES-12), so that whoever validates it sees them.

use crate::records::sesi::{self, AnomalyType, Model};
use chrono::TimeDelta;
use engine::db;
use engine::plan::AnyCommand;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;
use uuid::Uuid;

/// A lesson reported to have begun this far from its time is odd.
const TIMING_TOLERANCE: TimeDelta = TimeDelta::minutes(60);
/// A lesson confirmed before this share of its duration had passed is odd.
const LEAST_SHARE: i32 = 2;

/// The command that flags what is odd about the sesi, if anything is.
///
/// # Errors
/// When the database cannot be read; trying again may help.
pub async fn look(conn: &impl ConnectionTrait, sesi_id: Uuid) -> Result<Option<AnyCommand>, Failure> {
    let Some(sesi) = sesi::Entity::find_by_id(sesi_id).one(conn).await? else { return Ok(None) };
    let sql = "SELECT count(*) AS n FROM sesi WHERE tutor_id = ? AND id <> ? AND state IN ('IN_PROGRESS','AWAITING_VALIDATION','COMPLETED') AND starts_at < ? AND ends_at > ?";
    let row = db::row(conn, sql, vec![sesi.tutor_id.into(), sesi.id.into(), sesi.ends_at.into(), sesi.starts_at.into()]).await?;
    let elsewhere = row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0) > 0;
    let found = judge(&sesi, elsewhere);
    Ok(found.map(|anomaly_type| AnyCommand::with("flag_anomaly", &json!({ "anomaly_type": anomaly_type }))))
}

/// What is odd about a reported lesson. Pure.
fn judge(sesi: &Model, tutor_elsewhere: bool) -> Option<AnomalyType> {
    let started_at = sesi.started_at?;
    if tutor_elsewhere {
        return Some(AnomalyType::Concurrency);
    }
    if (started_at - sesi.starts_at).abs() > TIMING_TOLERANCE {
        return Some(AnomalyType::TimingOutlier);
    }
    let lasted = sesi.confirmed_at? - started_at;
    (lasted * LEAST_SHARE < TimeDelta::minutes(sesi.duration_minutes)).then_some(AnomalyType::DurationOutlier)
}
