//! Who there is to remind: siswa with Tagihan past their day, and tutors by how many of their lessons they held. One statement each,
//! read by the page that offers them and by the command that logs what stood.

use super::command::Kind;
use super::facts::recipient;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How many are reminded in one broadcast, and shown at once.
pub const MOST: usize = 200;
/// A tutor's lessons are counted so far back.
pub const WINDOW_DAYS: i64 = 30;

/// A siswa who has not paid in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatePayer {
    pub siswa_id: Uuid,
    pub open_rp: i64,
    pub oldest_due_on: NaiveDate,
    pub documents: i64,
}

impl LatePayer {
    pub fn days_late(&self, today: NaiveDate) -> i64 {
        (today - self.oldest_due_on).num_days().max(0)
    }
}

/// What a tutor's lessons of the last days have come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub tutor_id: Uuid,
    /// Lessons that should be over, without those the siswa or the company called off.
    pub planned: i64,
    /// Taught and reported, or the siswa did not come.
    pub held: i64,
    /// Over by the clock, and nobody has entered what was taught.
    pub unreported: i64,
}

const OPEN: &str = "d.total_rp - d.credited_rp + d.refunded_rp - d.paid_rp - d.written_off_rp";

/// Siswa with an open Tagihan that was due before `today`; the most rupiah first.
pub async fn late_payers(conn: &impl ConnectionTrait, today: NaiveDate, only: Option<&[Uuid]>) -> Result<Vec<LatePayer>, Failure> {
    let (and, ids) = among("d.siswa_id", only);
    let sql = format!(
        "SELECT d.siswa_id, CAST(sum({OPEN}) AS BIGINT) AS open_rp, min(d.due_on) AS oldest, count(*) AS documents FROM tagihan d \
         WHERE d.status IN ('ISSUED','PARTIALLY_PAID') AND d.due_on < ? AND {OPEN} > 0{and} GROUP BY d.siswa_id ORDER BY open_rp DESC, d.siswa_id"
    );
    let rows = db::rows(conn, &sql, [today.into()].into_iter().chain(ids).collect()).await?;
    rows.iter()
        .map(|row| {
            Ok(LatePayer {
                siswa_id: row.try_get("", "siswa_id")?,
                open_rp: row.try_get("", "open_rp")?,
                oldest_due_on: row.try_get("", "oldest")?,
                documents: row.try_get("", "documents")?,
            })
        })
        .collect()
}

/// The lessons of tutors at work that should be over by now; the most that are not reported first.
pub async fn completion(conn: &impl ConnectionTrait, now: DateTime<Utc>, only: Option<&[Uuid]>) -> Result<Vec<Completion>, Failure> {
    let (and, ids) = among("s.tutor_id", only);
    let sql = format!(
        "SELECT s.tutor_id, count(*) AS planned, \
         CAST(sum(CASE WHEN s.state IN ('AWAITING_VALIDATION','COMPLETED','NO_SHOW_STUDENT') THEN 1 ELSE 0 END) AS BIGINT) AS held, \
         CAST(sum(CASE WHEN s.state IN ('APPROVED','IN_PROGRESS') THEN 1 ELSE 0 END) AS BIGINT) AS unreported \
         FROM sesi s JOIN tutor t ON t.id = s.tutor_id WHERE s.approved_at IS NOT NULL AND s.starts_at >= ? AND s.starts_at < ? AND s.ends_at < ? \
         AND t.status IN ('ACTIVE','SUSPENDED') AND (s.state IN ('APPROVED','IN_PROGRESS','AWAITING_VALIDATION','COMPLETED','NO_SHOW_STUDENT','NO_SHOW_TUTOR') \
         OR (s.state = 'CANCELLED' AND s.cancelled_party = 'TUTOR')){and} GROUP BY s.tutor_id ORDER BY unreported DESC, s.tutor_id"
    );
    let since = now - TimeDelta::days(WINDOW_DAYS);
    let rows = db::rows(conn, &sql, [since.into(), now.into(), now.into()].into_iter().chain(ids).collect()).await?;
    rows.iter()
        .map(|row| {
            Ok(Completion {
                tutor_id: row.try_get("", "tutor_id")?,
                planned: row.try_get("", "planned")?,
                held: row.try_get("", "held")?,
                unreported: row.try_get("", "unreported")?,
            })
        })
        .collect()
}

fn among(column: &str, only: Option<&[Uuid]>) -> (String, Vec<Value>) {
    match only {
        Some(ids) => (format!(" AND {column} IN ({})", vec!["?"; ids.len().max(1)].join(",")), filled(ids)),
        None => (String::new(), vec![]),
    }
}

/// The ids as values; an id of nobody when there are none.
fn filled(ids: &[Uuid]) -> Vec<Value> {
    if ids.is_empty() { vec![Uuid::nil().into()] } else { ids.iter().map(|id| (*id).into()).collect() }
}

/// Those of them who do not want this text by WhatsApp.
pub async fn opted_out(conn: &impl ConnectionTrait, kind: Kind, ids: &[Uuid]) -> Result<BTreeSet<Uuid>, Failure> {
    let sql = format!(
        "SELECT recipient_id FROM notification_preference WHERE recipient_kind = ? AND template = ? AND channel = 'WHATSAPP_TEXT' AND NOT wanted \
         AND recipient_id IN ({})",
        vec!["?"; ids.len().max(1)].join(",")
    );
    let values = [recipient(kind).into(), kind.template().into()].into_iter().chain(filled(ids)).collect();
    let rows = db::rows(conn, &sql, values).await?;
    rows.iter().map(|row| Ok(row.try_get("", "recipient_id")?)).collect()
}
