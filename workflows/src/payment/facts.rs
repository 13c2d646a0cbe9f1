//! What recording a payment looks at: who pays, what they have open, the line of the bank, the Honorarium, what was withheld.
//!
//! Held until the commit, always in this order: the siswa, their Tagihan by id, the Honorarium, the payment, the line. So two
//! payments of one Tagihan at once never pay more than is open.

use super::bill::{self, Bill};
use super::command::{Allocation, Command};
use super::standing::{self, Slip, Standing};
use crate::people;
use crate::records::code;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Tx};
use engine::refusal::{Failure, Halt};
use engine::workflow::Ctx;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub calendar: Option<Calendar>,
    /// The code of whoever it is about: a siswa, a tutor, or the month of PPh.
    pub of_whom: Option<String>,
    pub siswa_known: bool,
    pub bills: Vec<Bill>,
    /// The Titipan of the siswa.
    pub deposit_rp: i64,
    pub slip: Option<Slip>,
    /// Of what was withheld in the month, so much has not gone to the state.
    pub withheld_rp: i64,
    pub line: Option<Line>,
    pub document_known: bool,
    pub standing: Option<Standing>,
}

/// Today in Jakarta, where the company keeps its books, and the months nothing can be booked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub today: NaiveDate,
    pub locked_months: Vec<String>,
}

/// A line of a bank statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: Uuid,
    pub state: String,
    pub amount_rp: i64,
}

pub(super) async fn gather(tx: &Tx, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let mut facts = Facts { calendar: Some(calendar(tx, ctx.now).await?), document_known: true, ..Facts::default() };
    match command {
        Command::Record(received) => {
            of_siswa(tx, &mut facts, received.siswa_id, &received.allocations).await?;
            facts.line = line(tx, received.bank_line_id).await?;
            facts.document_known = document_known(tx, received.moved.proof_document_id).await?;
        }
        Command::ApplyDeposit { siswa_id, allocations } => of_siswa(tx, &mut facts, *siswa_id, allocations).await?,
        Command::PayHonorarium(paid) => {
            facts.slip = standing::slip(tx, paid.honorarium_id).await?;
            facts.of_whom = facts.slip.as_ref().map(|slip| format!("{} · {}", slip.tutor_code, slip.number));
            facts.line = line(tx, paid.bank_line_id).await?;
            facts.document_known = document_known(tx, paid.moved.proof_document_id).await?;
        }
        Command::RemitPph(remitted) => {
            facts.withheld_rp = standing::withheld_left(tx, &remitted.month).await?;
            facts.of_whom = Some(format!("PPh {}", remitted.month));
            facts.line = line(tx, remitted.bank_line_id).await?;
            facts.document_known = document_known(tx, remitted.moved.proof_document_id).await?;
        }
        Command::Reverse { payment_id } => {
            facts.standing = standing::read(tx, *payment_id).await?;
            facts.of_whom = facts.standing.as_ref().map(|standing| standing.payment.code.clone());
        }
    }
    facts.code = Some(code::yearly(tx, "payment", "PAY", ctx.now).await?);
    Ok(facts)
}

async fn of_siswa(tx: &Tx, facts: &mut Facts, siswa: Uuid, allocations: &[Allocation]) -> Result<(), Failure> {
    let Some(code) = held(tx, siswa).await? else { return Ok(()) };
    facts.of_whom = Some(code);
    facts.siswa_known = true;
    facts.bills = bill::of_siswa(tx, siswa, allocations).await?;
    facts.deposit_rp = deposit(tx, siswa).await?;
    Ok(())
}

/// Holds a siswa, so that nobody else takes from their Titipan meanwhile; their code, unless they are erased.
pub(crate) async fn held(tx: &Tx, siswa: Uuid) -> Result<Option<String>, Failure> {
    if !people::hold_key(tx, siswa).await? {
        return Ok(None);
    }
    let row = db::locked_row(tx, "SELECT code FROM siswa WHERE id = ?", vec![siswa.into()]).await?;
    Ok(row.map(|row| row.try_get("", "code")).transpose()?)
}

/// The Titipan of a siswa: what stands on 2300 for them. Whoever takes from it holds the siswa before ([`held`]).
///
/// # Errors
/// When the database fails.
pub async fn deposit(conn: &impl ConnectionTrait, siswa: Uuid) -> Result<i64, Failure> {
    let sql = "SELECT CAST(COALESCE(-sum(amount_rp), 0) AS BIGINT) AS rp FROM posting WHERE account = '2300' AND party_id = ?";
    let row = db::row(conn, sql, vec![siswa.into()]).await?;
    Ok(row.map(|row| row.try_get("", "rp")).transpose()?.unwrap_or(0))
}

async fn calendar(tx: &Tx, now: DateTime<Utc>) -> Result<Calendar, Failure> {
    let locked = db::rows(tx, "SELECT month FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await?;
    let locked_months = locked.iter().map(|row| Ok(row.try_get("", "month")?)).collect::<Result<_, Failure>>()?;
    Ok(Calendar { today: now.with_timezone(&Jakarta).date_naive(), locked_months })
}

async fn line(tx: &Tx, id: Option<Uuid>) -> Result<Option<Line>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let row = db::locked_row(tx, "SELECT state, amount_rp FROM bank_line WHERE id = ?", vec![id.into()]).await?;
    row.map(|row| Ok(Line { id, state: row.try_get("", "state")?, amount_rp: row.try_get("", "amount_rp")? })).transpose()
}

/// A file somebody has uploaded, and nobody's KTP or evidence.
async fn document_known(tx: &Tx, id: Option<Uuid>) -> Result<bool, Failure> {
    let Some(id) = id else { return Ok(true) };
    let sql = "SELECT id FROM document WHERE id = ? AND scan_state <> 'INFECTED' AND NOT EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = document.id) \
               AND NOT EXISTS (SELECT 1 FROM fm_evidence e WHERE e.document_id = document.id)";
    Ok(db::row(tx, sql, vec![id.into()]).await?.is_some())
}

impl Calendar {
    pub(super) fn is_locked(&self, day: NaiveDate) -> bool {
        self.locked_months.contains(&month(day))
    }
}

/// `YYYY-MM`.
pub(super) fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}
