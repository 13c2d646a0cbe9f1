//! How much of the matrix has a price on a day (SPEC PRC-7), by Subject and level.
//!
//! What could have one: every active Tingkat × Segmentasi, for tutors × Golongan. Prices of archived rows do not count.

use crate::records::price::Audience;
use chrono::NaiveDate;
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ActiveEnum, ConnectionTrait};
use std::collections::HashMap;
use uuid::Uuid;

/// One page of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    pub subject_id: Uuid,
    pub subject_level_id: Option<Uuid>,
    pub filled: i64,
    pub total: i64,
}

pub async fn read(conn: &impl ConnectionTrait, audience: Audience, day: NaiveDate) -> Result<Vec<Covered>, Failure> {
    let filled = filled(conn, audience, day).await?;
    let total = total(conn, audience).await?;
    let sql = "SELECT s.id AS subject_id, l.id AS subject_level_id FROM subject s \
               LEFT JOIN subject_level l ON l.subject_id = s.id AND l.status = 'ACTIVE' AND s.has_levels \
               WHERE s.status = 'ACTIVE' AND (l.id IS NOT NULL OR NOT s.has_levels) ORDER BY s.name, s.code, l.position, l.code";
    let pages = db::rows(conn, sql, vec![]).await?;
    pages
        .iter()
        .map(|row| {
            let (subject_id, subject_level_id) = (row.try_get("", "subject_id")?, row.try_get("", "subject_level_id")?);
            Ok(Covered { subject_id, subject_level_id, filled: filled.get(&(subject_id, subject_level_id)).copied().unwrap_or_default(), total })
        })
        .collect()
}

async fn filled(conn: &impl ConnectionTrait, audience: Audience, day: NaiveDate) -> Result<HashMap<(Uuid, Option<Uuid>), i64>, Failure> {
    let of_tutors = match audience {
        Audience::Student => "",
        Audience::Tutor => "JOIN golongan g ON g.id = p.golongan_id AND g.status = 'ACTIVE' ",
    };
    let sql = format!(
        "SELECT p.subject_id, p.subject_level_id, count(*) AS n FROM price p \
         JOIN tingkat t ON t.id = p.tingkat_id AND t.status = 'ACTIVE' JOIN segmentasi s ON s.id = p.segmentasi_id AND s.status = 'ACTIVE' {of_tutors}\
         WHERE p.audience = ? AND p.effective_from <= ? AND (p.effective_until IS NULL OR p.effective_until > ?) GROUP BY p.subject_id, p.subject_level_id"
    );
    let rows = db::rows(conn, &sql, vec![audience.to_value().into(), day.into(), day.into()]).await?;
    rows.iter().map(|row| Ok(((row.try_get("", "subject_id")?, row.try_get("", "subject_level_id")?), row.try_get("", "n")?))).collect()
}

/// The cells of one page.
async fn total(conn: &impl ConnectionTrait, audience: Audience) -> Result<i64, Failure> {
    let golongan = match audience {
        Audience::Student => "1",
        Audience::Tutor => "(SELECT count(*) FROM golongan WHERE status = 'ACTIVE')",
    };
    let sql =
        format!("SELECT (SELECT count(*) FROM tingkat WHERE status = 'ACTIVE') * (SELECT count(*) FROM segmentasi WHERE status = 'ACTIVE') * {golongan} AS n");
    Ok(db::row(conn, &sql, vec![]).await?.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
}
