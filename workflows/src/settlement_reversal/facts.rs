//! What a reversal looks at: the settlement, the document it stands on, and whatever else is about to change it.

use super::command::Command;
use crate::money_adjustment::record::Side;
use crate::records::code;
use crate::records::day::Days;
use crate::records::settlement::{Kind, Status};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ActiveEnum, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub settlement: Option<Settlement>,
    /// The Tagihan or Honorarium it stands on.
    pub document: Option<Blocking>,
    /// An override of the same sesi that waits for approval.
    pub overriding: Option<Blocking>,
    pub days: Days,
}

/// What a sesi was worth to one side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub sesi_id: Uuid,
    pub sesi_code: String,
    pub party_id: Uuid,
    pub party_code: String,
    /// A tutor with a final settlement.
    pub left: bool,
    pub kind: Kind,
    pub status: Status,
    pub amount_rp: i64,
    pub transport_rp: i64,
    pub held_on: NaiveDate,
}

pub(super) async fn gather(tx: &Tx, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let Command::Request { side, settlement_id } = command;
    let id = *settlement_id;
    let Some(settlement) = settlement(tx, *side, id).await? else {
        return Err(Refusal::Invalid(vec![FieldError::new("settlement_id", "unknown")]).into());
    };
    Ok(Facts {
        code: Some(code::yearly(tx, "settlement_reversal", "REV", ctx.now).await?),
        document: document(tx, *side, id).await?,
        overriding: overriding(tx, settlement.sesi_id, *side).await?,
        days: Days::read(tx, ctx.now).await?,
        settlement: Some(settlement),
    })
}

const SISWA: &str = "SELECT d.sesi_id, d.siswa_id AS party_id, p.code AS party_code, p.status AS party_status, d.kind, d.status, d.amount_rp, CAST(0 AS BIGINT) AS transport_rp \
    FROM siswa_settlement d JOIN siswa p ON p.id = d.siswa_id WHERE d.id = ?";
const TUTOR: &str = "SELECT d.sesi_id, d.tutor_id AS party_id, p.code AS party_code, p.status AS party_status, d.kind, d.status, d.honorarium_rp AS amount_rp, d.transport_rp \
    FROM tutor_settlement d JOIN tutor p ON p.id = d.tutor_id WHERE d.id = ?";

/// Held, the sesi first: overrides of it and billing wait.
async fn settlement(tx: &Tx, side: Side, id: Uuid) -> Result<Option<Settlement>, Failure> {
    let (table, sql) = match side {
        Side::Siswa => ("siswa_settlement", SISWA),
        Side::Tutor => ("tutor_settlement", TUTOR),
    };
    let Some(row) = db::row(tx, &format!("SELECT sesi_id FROM {table} WHERE id = ?"), vec![id.into()]).await? else { return Ok(None) };
    let sesi: Uuid = row.try_get("", "sesi_id")?;
    db::locked_row(tx, "SELECT id FROM sesi WHERE id = ?", vec![sesi.into()]).await?;
    db::locked_row(tx, &format!("SELECT id FROM {table} WHERE id = ?"), vec![id.into()]).await?;
    let (code, held_on) = lesson(tx, sesi).await?;
    let row = db::row(tx, sql, vec![id.into()]).await?;
    row.map(|row| read(&row, side, (code, held_on))).transpose()
}

fn read(row: &QueryResult, side: Side, (sesi_code, held_on): (String, NaiveDate)) -> Result<Settlement, Failure> {
    let (kind, status, party): (String, String, String) = (row.try_get("", "kind")?, row.try_get("", "status")?, row.try_get("", "party_status")?);
    Ok(Settlement {
        sesi_id: row.try_get("", "sesi_id")?,
        sesi_code,
        party_id: row.try_get("", "party_id")?,
        party_code: row.try_get("", "party_code")?,
        left: side == Side::Tutor && matches!(party.as_str(), "TERMINATED" | "ARCHIVED"),
        kind: Kind::try_from_value(&kind)?,
        status: Status::try_from_value(&status)?,
        amount_rp: row.try_get("", "amount_rp")?,
        transport_rp: row.try_get("", "transport_rp")?,
        held_on,
    })
}

async fn lesson(tx: &Tx, sesi: Uuid) -> Result<(String, NaiveDate), Failure> {
    let sql = "SELECT s.code, s.starts_at, o.zone FROM sesi s JOIN office o ON o.id = s.office_id WHERE s.id = ?";
    let row = db::row(tx, sql, vec![sesi.into()]).await?.ok_or(Failure::Unknown { what: "sesi", text: sesi.to_string() })?;
    let text: String = row.try_get("", "zone")?;
    let zone: Tz = text.parse().map_err(|_| Failure::Unknown { what: "zone", text })?;
    let starts_at: DateTime<Utc> = row.try_get("", "starts_at")?;
    Ok((row.try_get("", "code")?, starts_at.with_timezone(&zone).date_naive()))
}

/// The document that a live line of it stands on.
pub(crate) async fn document(tx: &Tx, side: Side, settlement: Uuid) -> Result<Option<Blocking>, Failure> {
    let (kind, sql) = match side {
        Side::Siswa => {
            ("tagihan", "SELECT d.id, d.number FROM tagihan_line l JOIN tagihan d ON d.id = l.tagihan_id WHERE l.source_id = ? AND l.voided_at IS NULL LIMIT 1")
        }
        Side::Tutor => (
            "honorarium",
            "SELECT d.id, d.number FROM honorarium_line l JOIN honorarium d ON d.id = l.honorarium_id WHERE l.source_id = ? AND l.voided_at IS NULL \
             AND l.kind <> 'REVERSED' LIMIT 1",
        ),
    };
    let row = db::row(tx, sql, vec![settlement.into()]).await?;
    row.map(|row| Ok(Blocking { kind: kind.into(), id: row.try_get("", "id")?, code: row.try_get("", "number")?, label: String::new() })).transpose()
}

async fn overriding(tx: &Tx, sesi: Uuid, side: Side) -> Result<Option<Blocking>, Failure> {
    let results = match side {
        Side::Siswa => "'TAGIHAN'",
        Side::Tutor => "'HONORARIUM', 'TRANSPORT'",
    };
    let sql = format!("SELECT id, code, result FROM result_override WHERE sesi_id = ? AND result IN ({results}) AND state = 'REQUESTED' LIMIT 1");
    let row = db::row(tx, &sql, vec![sesi.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "override".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "result")? }))
        .transpose()
}
