//! How often a tutor could be relied on (SPEC HR-7): for people in the office only, never for a siswa.

use super::Reliability;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db;
use engine::execute::Engine;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use uuid::Uuid;

/// How far back it looks.
const WINDOW: TimeDelta = TimeDelta::days(365);
/// What still counts as on time.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// How many lessons are looked at.
const MOST: i64 = 10_000;

pub async fn of(engine: &Engine, tutor: Uuid) -> Result<Reliability, Failure> {
    let since = engine.clock.now() - WINDOW;
    let mut found = Reliability { since, ..Reliability::default() };
    let lessons = "SELECT s.state, s.starts_at, s.started_at FROM sesi s WHERE s.tutor_id = ? AND s.starts_at >= ? \
                   AND s.state IN ('COMPLETED','AWAITING_VALIDATION','NO_SHOW_STUDENT') ORDER BY s.starts_at DESC LIMIT ?";
    for row in db::rows(engine.db.reader(), lessons, vec![tutor.into(), since.into(), MOST.into()]).await? {
        found.sesi += 1;
        if row.try_get::<String>("", "state")? != "NO_SHOW_STUDENT" {
            found.held += 1;
            found.on_time += i64::from(on_time(&row)?);
        }
    }
    // With or without a penalty: by whom a sesi was left stands in how it was closed, in who was sent instead, or in its strike.
    let left = "SELECT CAST(count(*) AS BIGINT) AS n FROM (SELECT s.id FROM sesi s WHERE s.tutor_id = ? AND s.starts_at >= ? \
                AND (s.state = 'NO_SHOW_TUTOR' OR s.cancelled_party = 'TUTOR') \
                UNION SELECT b.sesi_id FROM sesi_substitution b JOIN sesi s ON s.id = b.sesi_id WHERE b.from_tutor_id = ? AND b.way = 'DISPATCH' AND s.starts_at >= ? \
                UNION SELECT k.sesi_id FROM strike k JOIN sesi s ON s.id = k.sesi_id WHERE k.tutor_id = ? AND s.starts_at >= ?) x";
    let values = [tutor, tutor, tutor].into_iter().flat_map(|tutor| [tutor.into(), since.into()]).collect();
    found.left = count(engine, left, values).await?;
    found.sesi += found.left;
    let claims = "SELECT count(*) AS n FROM fm_claim WHERE tutor_id = ? AND filed_at >= ?";
    found.disputes = count(engine, claims, vec![tutor.into(), since.into()]).await?;
    let appeals = "SELECT count(*) AS n FROM fm_claim WHERE tutor_id = ? AND filed_at >= ? AND appealed_at IS NOT NULL";
    found.appeals = count(engine, appeals, vec![tutor.into(), since.into()]).await?;
    Ok(found)
}

async fn count(engine: &Engine, sql: &str, values: Vec<sea_orm::Value>) -> Result<i64, Failure> {
    let row = db::row(engine.db.reader(), sql, values).await?;
    Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
}

fn on_time(row: &QueryResult) -> Result<bool, Failure> {
    let (due, began): (DateTime<Utc>, Option<DateTime<Utc>>) = (row.try_get("", "starts_at")?, row.try_get("", "started_at")?);
    Ok(began.is_some_and(|began| began <= due + TOLERANCE))
}
