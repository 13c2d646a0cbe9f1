//! The lines of a Honorarium: what a sesi brought, and what was added or taken since.

use super::why::{self, Ruling, Why};
use super::{grouped, of};
use chrono::{DateTime, NaiveDate, Utc};
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::HashMap;
use uuid::Uuid;

/// The lesson a line is about; of an adjustment only when it was made about one.
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
    pub siswa_name: String,
}

/// A case or document a line comes from: a denda, an adjustment, an earlier Honorarium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refers {
    /// `denda`, `money_adjustment` or `honorarium`.
    pub kind: &'static str,
    pub id: Uuid,
    pub code: String,
    /// Of an earlier Honorarium.
    pub month: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub number: i64,
    /// `SESI`, `NO_SHOW`, `CANCELLATION`, `RESCHEDULE`, `TRANSPORT`, `ADJUSTMENT`, `DENDA`, `DENDA_RETURNED`, `REVERSED` or `CARRIED`.
    pub kind: String,
    pub source_id: Uuid,
    pub sesi: Option<Sesi>,
    pub held_on: Option<NaiveDate>,
    /// Below zero when it is deducted.
    pub amount_rp: i64,
    pub voided: bool,
    pub why: Why,
    pub refers: Option<Refers>,
}

const SQL: &str = "SELECT l.honorarium_id, l.number, l.kind, l.source_id, l.held_on, l.amount_rp, l.voided_at, \
    s.id AS sesi_id, s.code AS sesi_code, s.starts_at, s.duration_minutes, s.distance_m, o.zone, b.name AS subject, v.name AS level, w.name AS siswa_name, \
    x.honorarium_rp AS settled_rp, s.honorarium_rp AS frozen_rp, \
    d.code AS denda_code, a.code AS adjustment_code, a.reason AS adjustment_reason, c.number AS carried_number, c.period_month AS carried_month \
    FROM honorarium_line l LEFT JOIN sesi s ON s.id = l.sesi_id LEFT JOIN office o ON o.id = s.office_id LEFT JOIN subject b ON b.id = s.subject_id \
    LEFT JOIN subject_level v ON v.id = s.subject_level_id LEFT JOIN siswa w ON w.id = s.siswa_id \
    LEFT JOIN tutor_settlement x ON x.id = l.source_id \
    LEFT JOIN denda d ON l.kind IN ('DENDA', 'DENDA_RETURNED') AND d.id = l.source_id \
    LEFT JOIN money_adjustment a ON l.kind = 'ADJUSTMENT' AND a.id = l.source_id \
    LEFT JOIN honorarium c ON l.kind = 'CARRIED' AND c.id = l.source_id WHERE l.honorarium_id IN";

/// Those of many Honorarium, in their order.
pub(super) async fn of_many(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Line>>, Failure> {
    let rulings = why::rulings(conn, ids).await?;
    grouped(of(conn, SQL, ids, " ORDER BY l.honorarium_id, l.number").await?, |row| line(row, &rulings))
}

fn line(row: &QueryResult, rulings: &HashMap<Uuid, Vec<Ruling>>) -> Result<Line, Failure> {
    let (kind, amount_rp): (String, i64) = (row.try_get("", "kind")?, row.try_get("", "amount_rp")?);
    let sesi = sesi(row)?;
    let of_sesi = sesi.as_ref().and_then(|sesi| rulings.get(&sesi.id)).map_or(&[][..], Vec::as_slice);
    let why = match kind.as_str() {
        "ADJUSTMENT" => Why { reason: row.try_get("", "adjustment_reason")?, ..Why::default() },
        "TRANSPORT" => Why { distance_m: row.try_get("", "distance_m")?, ..Why::default() },
        "SESI" => {
            let (settled, frozen): (Option<i64>, Option<i64>) = (row.try_get("", "settled_rp")?, row.try_get("", "frozen_rp")?);
            Why { changed: settled.is_some() && frozen.is_some() && settled != frozen, ..Why::default() }
        }
        "DENDA" | "DENDA_RETURNED" => why::of_denda(of_sesi, amount_rp.abs()),
        "CANCELLATION" | "NO_SHOW" | "RESCHEDULE" => why::of_honorarium(of_sesi, amount_rp),
        _ => Why::default(),
    };
    Ok(Line {
        number: row.try_get("", "number")?,
        source_id: row.try_get("", "source_id")?,
        held_on: row.try_get("", "held_on")?,
        voided: row.try_get::<Option<DateTime<Utc>>>("", "voided_at")?.is_some(),
        refers: refers(row)?,
        kind,
        sesi,
        amount_rp,
        why,
    })
}

fn refers(row: &QueryResult) -> Result<Option<Refers>, Failure> {
    let id: Uuid = row.try_get("", "source_id")?;
    for (kind, column) in [("denda", "denda_code"), ("money_adjustment", "adjustment_code"), ("honorarium", "carried_number")] {
        if let Some(code) = row.try_get("", column)? {
            return Ok(Some(Refers { kind, id, code, month: row.try_get("", "carried_month")? }));
        }
    }
    Ok(None)
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
        siswa_name: row.try_get("", "siswa_name")?,
    }))
}
