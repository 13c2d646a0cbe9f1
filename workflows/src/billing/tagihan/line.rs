//! The lines of a Tagihan: a sesi or an adjustment each.

use super::why::{self, Ruling, Why};
use super::{grouped, of};
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::HashMap;
use uuid::Uuid;

/// What a line is about; of an adjustment only when it was made about a sesi.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sesi {
    pub id: Uuid,
    pub code: String,
    pub starts_at: DateTime<Utc>,
    /// The office's, in which `held_on` is the day of its start.
    pub zone: String,
    pub duration_minutes: i64,
    pub subject: String,
    pub level: Option<String>,
    pub tutor_name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: i64,
    /// `SESI`, `NO_SHOW`, `CANCELLATION`, `RESCHEDULE` or `ADJUSTMENT`.
    pub kind: String,
    /// The settlement or the adjustment it bills.
    pub source_id: Uuid,
    pub sesi: Option<Sesi>,
    pub held_on: NaiveDate,
    pub amount_rp: i64,
    pub credited_rp: i64,
    pub voided: bool,
    pub why: Why,
}

const SQL: &str = "SELECT l.tagihan_id, l.number, l.kind, l.source_id, l.held_on, l.amount_rp, l.credited_rp, l.voided_at, \
    s.id AS sesi_id, s.code AS sesi_code, s.starts_at, s.duration_minutes, s.tagihan_rp, o.zone, b.name AS subject, v.name AS level, u.name AS tutor_name, \
    a.code AS adjustment_code, a.reason AS adjustment_reason \
    FROM tagihan_line l LEFT JOIN sesi s ON s.id = l.sesi_id LEFT JOIN office o ON o.id = s.office_id LEFT JOIN subject b ON b.id = s.subject_id \
    LEFT JOIN subject_level v ON v.id = s.subject_level_id LEFT JOIN tutor u ON u.id = s.tutor_id \
    LEFT JOIN money_adjustment a ON l.kind = 'ADJUSTMENT' AND a.id = l.source_id WHERE l.tagihan_id IN";

/// Those of many Tagihan, in their order.
pub(super) async fn of_many(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Line>>, Failure> {
    let rulings = why::rulings(conn, ids).await?;
    grouped(of(conn, SQL, ids, " ORDER BY l.tagihan_id, l.number").await?, |row| line(row, &rulings))
}

fn line(row: &QueryResult, rulings: &HashMap<Uuid, Ruling>) -> Result<Line, Failure> {
    let (kind, amount_rp): (String, i64) = (row.try_get("", "kind")?, row.try_get("", "amount_rp")?);
    let sesi = sesi(row)?;
    let why = match kind.as_str() {
        "ADJUSTMENT" => Why { code: row.try_get("", "adjustment_code")?, reason: row.try_get("", "adjustment_reason")?, ..Why::default() },
        "SESI" => Why { changed: row.try_get::<Option<i64>>("", "tagihan_rp")?.is_some_and(|frozen| frozen != amount_rp), ..Why::default() },
        _ => sesi.as_ref().and_then(|sesi| rulings.get(&sesi.id)).map(|ruling| ruling.why(amount_rp)).unwrap_or_default(),
    };
    Ok(Line {
        number: row.try_get("", "number")?,
        source_id: row.try_get("", "source_id")?,
        held_on: row.try_get("", "held_on")?,
        credited_rp: row.try_get("", "credited_rp")?,
        voided: row.try_get::<Option<DateTime<Utc>>>("", "voided_at")?.is_some(),
        kind,
        sesi,
        amount_rp,
        why,
    })
}

fn sesi(row: &QueryResult) -> Result<Option<Sesi>, Failure> {
    let Some(id) = row.try_get::<Option<Uuid>>("", "sesi_id")? else { return Ok(None) };
    Ok(Some(Sesi {
        id,
        code: row.try_get("", "sesi_code")?,
        starts_at: row.try_get("", "starts_at")?,
        zone: row.try_get("", "zone")?,
        duration_minutes: row.try_get("", "duration_minutes")?,
        subject: row.try_get("", "subject")?,
        level: row.try_get("", "level")?,
        tutor_name: row.try_get("", "tutor_name")?,
    }))
}
