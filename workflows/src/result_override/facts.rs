//! What a decision about an override looks at: how the sesi was closed, what counts now, how it stands in the books.

use super::command::Command;
use super::record::{Model, ResultKind};
use crate::books::{self, kind as entries};
use crate::records::config::AppConfig;
use crate::records::settlement::Kind;
use crate::sesi::change::SettlementKind;
use crate::sesi::facts::penalty_ids;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use chrono_tz::Asia::Jakarta;
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::plan::Amount;
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, QueryResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Facts of a request and of an approval; the other commands need none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub closed: Option<Closed>,
    pub standing: Standing,
    /// Another override of the same result that waits for approval.
    pub open: Option<Blocking>,
    /// The Tagihan or Honorarium that the result stands on already.
    #[serde(default)]
    pub billed: Option<Blocking>,
    pub senior_above_rp: i64,
    /// The denda to start where closing the sesi brought none.
    #[serde(default)]
    pub new_denda: Option<NewDenda>,
}

/// Its id, which penalty of the sesi it is, and until when it may be contested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDenda {
    pub id: Uuid,
    pub number: i64,
    pub contest_until: DateTime<Utc>,
}

/// How the sesi was closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    pub sesi_code: String,
    pub state: String,
    pub terminal: bool,
    pub siswa_id: Uuid,
    pub tutor_id: Uuid,
    /// The local date of the sesi, and today's, in its office's zone.
    pub held_on: NaiveDate,
    pub today: NaiveDate,
    pub period_month: String,
    pub locked_months: Vec<String>,
    /// What closing it computed.
    pub amounts: Vec<Amount>,
}

/// What counts now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub tagihan_rp: i64,
    pub honorarium_rp: i64,
    pub transport_rp: i64,
    pub denda_rp: i64,
    /// Where the money of this result stands; nothing when there is no row.
    pub status: Option<String>,
    /// The entry that stands in the books for it.
    pub entry_id: Option<Uuid>,
    /// The denda, when there is one.
    #[serde(default)]
    pub denda_id: Option<Uuid>,
}

impl Standing {
    pub fn of(&self, result: ResultKind) -> i64 {
        match result {
            ResultKind::Tagihan => self.tagihan_rp,
            ResultKind::Honorarium => self.honorarium_rp,
            ResultKind::Transport => self.transport_rp,
            ResultKind::Denda => self.denda_rp,
        }
    }
}

impl Closed {
    /// What closed it, in the words of a settlement.
    pub fn kind(&self) -> Kind {
        match self.state.as_str() {
            "COMPLETED" => Kind::Completed,
            "NO_SHOW_STUDENT" => Kind::NoShowStudent,
            "RESCHEDULED" => Kind::Reschedule,
            // A tutor who did not come has cancelled.
            _ => Kind::Cancellation,
        }
    }

    /// What closing it computed for this result.
    pub fn computed(&self, result: ResultKind) -> Option<i64> {
        self.amounts.iter().find(|amount| result.keys().contains(&amount.key.as_str())).and_then(|amount| amount.rp)
    }
}

/// A settlement's kind in the words of the sesi's changes.
pub(super) fn settled(kind: Kind) -> SettlementKind {
    match kind {
        Kind::Completed => SettlementKind::Completed,
        Kind::NoShowStudent => SettlementKind::NoShowStudent,
        Kind::Cancellation => SettlementKind::Cancellation,
        Kind::Reschedule => SettlementKind::Reschedule,
    }
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let (sesi, result) = match (command, record) {
        (Command::Request { sesi_id, result, .. }, _) => (*sesi_id, *result),
        (Command::Approve, Some(record)) => (record.sesi_id, record.result),
        _ => return Ok(Facts::default()),
    };
    // Overrides of one sesi come one after the other.
    db::locked_row(tx, "SELECT id FROM sesi WHERE id = ?", vec![sesi.into()]).await?;
    let closed = closed(tx, sesi, ctx.now).await?.ok_or_else(|| Refusal::Invalid(vec![FieldError::new("sesi_id", "unknown")]))?;
    let standing = standing(tx, (sesi, closed.tutor_id), result, closed.kind()).await?;
    let settings = AppConfig::load(tx).await.map_err(Failure::from)?;
    let ids = penalty_ids(tx, sesi, ctx.now).await?;
    let contest_until = ctx.now + TimeDelta::days(settings.force_majeure_claim_window_days);
    let new_denda = standing.denda_id.is_none().then_some(NewDenda { id: ids.denda_id, number: ids.number, contest_until });
    let code = match command {
        Command::Request { .. } => Some(next_code(tx, ctx.now.with_timezone(&Jakarta).year()).await?),
        _ => None,
    };
    let senior_above_rp = settings.override_senior_above_rp;
    let billed = billed(tx, sesi, result, standing.denda_id).await?;
    Ok(Facts { code, standing, open: open(tx, sesi, result, ctx.id).await?, billed, closed: Some(closed), senior_above_rp, new_denda })
}

const CLOSED: &str = "SELECT s.code, s.siswa_id, s.tutor_id, s.starts_at, s.period_month, s.state, i.terminal, o.zone, \
    (SELECT h.amounts FROM workflow_history h WHERE h.instance_id = s.id AND i.terminal AND h.seq = i.revision) AS amounts \
    FROM sesi s JOIN workflow_instance i ON i.id = s.id JOIN office o ON o.id = s.office_id WHERE s.id = ?";

async fn closed(tx: &Tx, sesi: Uuid, now: DateTime<Utc>) -> Result<Option<Closed>, Failure> {
    let Some(row) = db::row(tx, CLOSED, vec![sesi.into()]).await? else { return Ok(None) };
    let text: String = row.try_get("", "zone")?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    let amounts = row.try_get::<Option<Value>>("", "amounts")?.unwrap_or_else(|| Value::Array(vec![]));
    let locked = db::rows(tx, "SELECT month FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await?;
    let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
    Ok(Some(Closed {
        sesi_code: row.try_get("", "code")?,
        state: row.try_get("", "state")?,
        terminal: row.try_get("", "terminal")?,
        siswa_id: row.try_get("", "siswa_id")?,
        tutor_id: row.try_get("", "tutor_id")?,
        held_on: starts_at.with_timezone(&zone).date_naive(),
        today: now.with_timezone(&zone).date_naive(),
        period_month: row.try_get("", "period_month")?,
        locked_months: locked.iter().map(|row| row.try_get("", "month")).collect::<Result<_, _>>()?,
        amounts: serde_json::from_value(amounts).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?,
    }))
}

async fn standing(tx: &Tx, (sesi, tutor_id): (Uuid, Uuid), result: ResultKind, kind: Kind) -> Result<Standing, Failure> {
    // Held, so that nobody marks it as paid meanwhile.
    let held = async |sql: &str| db::locked_row(tx, sql, vec![sesi.into()]).await;
    let siswa = held("SELECT amount_rp, status FROM siswa_settlement WHERE sesi_id = ?").await?;
    let tutor = held("SELECT honorarium_rp, transport_rp, status FROM tutor_settlement WHERE sesi_id = ?").await?;
    // A substitute may have cancelled after the first tutor did: the end of the sesi is about the newest one.
    let newest = "SELECT id, amount_rp, status FROM denda WHERE sesi_id = ? AND tutor_id = ? ORDER BY number DESC LIMIT 1";
    let denda = db::locked_row(tx, newest, vec![sesi.into(), tutor_id.into()]).await?;
    let of = match result {
        ResultKind::Tagihan => &siswa,
        ResultKind::Honorarium | ResultKind::Transport => &tutor,
        ResultKind::Denda => &denda,
    };
    let entry_kind = if result == ResultKind::Denda { &entries::DENDA } else { books::lesson_kind(settled(kind)) };
    Ok(Standing {
        tagihan_rp: figure(siswa.as_ref(), "amount_rp")?,
        honorarium_rp: figure(tutor.as_ref(), "honorarium_rp")?,
        transport_rp: figure(tutor.as_ref(), "transport_rp")?,
        denda_rp: figure(denda.as_ref(), "amount_rp")?,
        status: of.as_ref().map(|row| row.try_get("", "status")).transpose()?,
        entry_id: entry(tx, sesi, (entry_kind.name, tutor_id)).await?,
        denda_id: denda.as_ref().map(|row| row.try_get("", "id")).transpose()?,
    })
}

fn figure(row: Option<&QueryResult>, column: &str) -> Result<i64, Failure> {
    Ok(row.map(|row| row.try_get("", column)).transpose()?.unwrap_or(0))
}

/// The entry of this kind that nothing has reversed yet: of the sesi itself, of the tutor's denda, or of an earlier override.
async fn entry(tx: &Tx, sesi: Uuid, (kind, tutor_id): (&str, Uuid)) -> Result<Option<Uuid>, Failure> {
    let sql = "SELECT e.id FROM journal_entry e LEFT JOIN result_override o ON o.id = e.instance_id LEFT JOIN denda d ON d.id = e.instance_id \
               WHERE (e.instance_id = ? OR o.sesi_id = ? OR (d.sesi_id = ? AND d.tutor_id = ?)) AND e.kind = ? \
               AND NOT EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses_id = e.id) ORDER BY e.at DESC, e.id DESC LIMIT 1";
    let row = db::row(tx, sql, vec![sesi.into(), sesi.into(), sesi.into(), tutor_id.into(), kind.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

async fn open(tx: &Tx, sesi: Uuid, result: ResultKind, itself: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT id, code FROM result_override WHERE sesi_id = ? AND result = ? AND state = 'REQUESTED' AND id <> ?";
    let row = db::row(tx, sql, vec![sesi.into(), result.to_value().into(), itself.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "override".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: result.word().into() })).transpose()
}

/// The document that a live line of the result stands on; what it says is fixed.
async fn billed(tx: &Tx, sesi: Uuid, result: ResultKind, denda: Option<Uuid>) -> Result<Option<Blocking>, Failure> {
    const TAGIHAN: &str = "SELECT d.id, d.number FROM siswa_settlement s JOIN tagihan_line l ON l.source_id = s.id AND l.voided_at IS NULL \
        JOIN tagihan d ON d.id = l.tagihan_id WHERE s.sesi_id = ? LIMIT 1";
    const HONORARIUM: &str = "SELECT d.id, d.number FROM tutor_settlement s JOIN honorarium_line l ON l.source_id = s.id AND l.voided_at IS NULL \
        JOIN honorarium d ON d.id = l.honorarium_id WHERE s.sesi_id = ? LIMIT 1";
    const DENDA: &str = "SELECT d.id, d.number FROM honorarium_line l JOIN honorarium d ON d.id = l.honorarium_id \
        WHERE l.source_id = ? AND l.kind = 'DENDA' AND l.voided_at IS NULL LIMIT 1";
    let (kind, sql, id) = match (result, denda) {
        (ResultKind::Tagihan, _) => ("tagihan", TAGIHAN, sesi),
        (ResultKind::Honorarium | ResultKind::Transport, _) => ("honorarium", HONORARIUM, sesi),
        (ResultKind::Denda, Some(denda)) => ("honorarium", DENDA, denda),
        (ResultKind::Denda, None) => return Ok(None),
    };
    let row = db::row(tx, sql, vec![id.into()]).await?;
    row.map(|row| Ok(Blocking { kind: kind.into(), id: row.try_get("", "id")?, code: row.try_get("", "number")?, label: String::new() })).transpose()
}

/// The next human code of the year. Gaps are fine: a code names, it does not count.
async fn next_code(tx: &Tx, year: i32) -> Result<String, Failure> {
    let sql = match ConnectionTrait::get_database_backend(tx) {
        DbBackend::Postgres => "SELECT nextval('code_override') AS value",
        _ => "UPDATE code_sequence SET value = value + 1 WHERE name = 'override' RETURNING value",
    };
    let row = db::row(tx, sql, vec![]).await?.ok_or(Failure::Unknown { what: "code sequence", text: "override".into() })?;
    Ok(format!("OVR-{year}-{:06}", row.try_get::<i64>("", "value")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::tag::Tag;

    #[test]
    fn every_kind_of_settlement_is_called_alike_on_both_sides() {
        for kind in [Kind::Completed, Kind::NoShowStudent, Kind::Cancellation, Kind::Reschedule] {
            assert_eq!(settled(kind).as_str(), kind.to_value());
        }
    }
}
