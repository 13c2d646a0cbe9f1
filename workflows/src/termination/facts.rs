//! What decisions about a termination look at: the tutor, what is still open around them, what they have earned and owe.

use super::access::{self, Account};
use super::command::{Command, Transfer};
use super::ledger::{self, Ledger};
use super::record::Model;
use crate::people;
use crate::records::code;
use crate::records::config::AppConfig;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Everything gathered for one decision; what the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub tutor: Option<Tutor>,
    pub strike_known: bool,
    /// Force majeure claims of the tutor that are not decided.
    pub claims: Vec<Blocking>,
    /// Another termination of the tutor.
    pub terminations: Vec<Blocking>,
    pub sesi: Vec<Blocking>,
    pub sesi_count: i64,
    pub accounts: Vec<Account>,
    pub no_owner_left: bool,
    pub suspensions: Vec<Uuid>,
    /// Strikes whose proposal nobody has decided.
    pub strikes: Vec<Uuid>,
    pub ledger: Option<Ledger>,
    /// Claims, windows and denda that may still change the settlement.
    pub contestable: Vec<Blocking>,
    pub document_known: bool,
    pub sla_hours: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tutor {
    pub code: String,
    pub status: String,
    pub suspended_until: Option<DateTime<Utc>>,
    pub calendar: Calendar,
}

/// Today in the tutor's office, and the months nothing can be booked in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub today: NaiveDate,
    pub zone: Tz,
    pub locked_months: Vec<String>,
}

/// How many things in the way are named of each kind.
const MOST_NAMED: i64 = 10;

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let tutor_id = match (command, record) {
        (Command::Decide { tutor_id, .. }, _) => *tutor_id,
        (_, Some(record)) => record.tutor_id,
        (_, None) => return Ok(Facts::default()),
    };
    let mut facts = Facts { sla_hours: AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours, ..Facts::default() };
    match command {
        Command::Decide { strike_id, .. } => {
            facts.code = Some(code::yearly(tx, "termination", "TRM", ctx.now).await?);
            decision(tx, &mut facts, (tutor_id, *strike_id), ctx).await?;
        }
        Command::ConfirmCleared => (facts.sesi, facts.sesi_count) = live_sesi(tx, tutor_id).await?,
        Command::Settle | Command::Adjust { .. } | Command::Recalculate | Command::ReviseSettlement => {
            facts.tutor = Some(tutor(tx, tutor_id, ctx.now).await?.0);
            facts.ledger = Some(ledger::read(tx, tutor_id, record, ctx).await?);
        }
        Command::RecordPayout(transfer) | Command::RecordReceipt(transfer) => {
            facts.tutor = Some(tutor(tx, tutor_id, ctx.now).await?.0);
            facts.ledger = Some(ledger::read(tx, tutor_id, record, ctx).await?);
            facts.claims = pending_claims(tx, tutor_id).await?;
            facts.document_known = document_known(tx, transfer).await?;
        }
        Command::WriteOff => facts.tutor = Some(tutor(tx, tutor_id, ctx.now).await?.0),
        Command::Archive => {
            facts.tutor = Some(tutor(tx, tutor_id, ctx.now).await?.0);
            facts.ledger = Some(ledger::read(tx, tutor_id, record, ctx).await?);
            (facts.sesi, facts.sesi_count) = live_sesi(tx, tutor_id).await?;
            facts.contestable = contestable(tx, tutor_id).await?;
        }
        Command::ConfirmDocuments { .. } | Command::GroundFell | Command::NoteGround => {}
    }
    Ok(facts)
}

/// The tutor is held from here to the commit: nobody edits, suspends or books them meanwhile.
async fn decision(tx: &Tx, facts: &mut Facts, (id, strike): (Uuid, Option<Uuid>), ctx: Ctx<'_>) -> Result<(), Halt> {
    if !people::hold_key(tx, id).await? {
        return Err(Refusal::Invalid(vec![FieldError::new("tutor_id", "unknown")]).into());
    }
    db::locked_row(tx, "SELECT id FROM tutor WHERE id = ?", vec![id.into()]).await?;
    let (tutor, email) = tutor(tx, id, ctx.now).await?;
    facts.tutor = Some(tutor);
    facts.strike_known = match strike {
        None => true,
        Some(strike) => db::row(tx, "SELECT id FROM strike WHERE id = ? AND tutor_id = ?", vec![strike.into(), id.into()]).await?.is_some(),
    };
    facts.claims = pending_claims(tx, id).await?;
    let sql = "SELECT i.id, i.code, i.state AS label FROM termination t JOIN workflow_instance i ON i.id = t.id WHERE t.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?";
    facts.terminations = named(tx, "termination", sql, id).await?;
    (facts.sesi, facts.sesi_count) = live_sesi(tx, id).await?;
    facts.accounts = access::of_tutor(tx, id, email, ctx.now).await?;
    facts.no_owner_left = access::leaves_no_owner(tx, &facts.accounts).await?;
    let sql = "SELECT r.id FROM suspension r JOIN workflow_instance i ON i.id = r.id WHERE r.tutor_id = ? AND NOT i.terminal ORDER BY r.id";
    facts.suspensions = ids(tx, sql, id).await?;
    let sql = "SELECT r.id FROM strike r JOIN workflow_instance i ON i.id = r.id WHERE r.tutor_id = ? AND i.state = 'LIVE' \
               AND r.proposed IN ('FINAL_WARNING','TERMINATION') AND r.decision IS NULL ORDER BY r.id";
    facts.strikes = ids(tx, sql, id).await?;
    facts.ledger = Some(ledger::read(tx, id, None, ctx).await?);
    Ok(())
}

async fn tutor(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<(Tutor, Option<String>), Halt> {
    let sql = "SELECT t.code, t.status, t.suspended_until, t.email, o.zone FROM tutor t JOIN office o ON o.id = t.office_id WHERE t.id = ?";
    let row = db::row(tx, sql, vec![id.into()]).await?.ok_or_else(|| Refusal::Invalid(vec![FieldError::new("tutor_id", "unknown")]))?;
    let zone = zone(&row)?;
    let locked = db::rows(tx, "SELECT month FROM period WHERE state = 'LOCKED' ORDER BY month", vec![]).await.map_err(Halt::from)?;
    let locked_months = locked.iter().map(|row| Ok(row.try_get("", "month")?)).collect::<Result<_, Failure>>()?;
    let calendar = Calendar { today: now.with_timezone(&zone).date_naive(), zone, locked_months };
    let text = |column: &str| -> Result<String, Failure> { Ok(row.try_get("", column)?) };
    let suspended_until = row.try_get("", "suspended_until").map_err(Failure::from)?;
    let email = row.try_get("", "email").map_err(Failure::from)?;
    Ok((Tutor { code: text("code")?, status: text("status")?, suspended_until, calendar }, email))
}

/// Claims, their windows and denda that may still change what a tutor is paid, and Honorarium of locked months that wait to be paid.
///
/// # Errors
/// When the database fails.
pub async fn contestable(conn: &impl ConnectionTrait, tutor: Uuid) -> Result<Vec<Blocking>, Failure> {
    let mut found = claims(conn, tutor, "NOT i.terminal").await?;
    let sql = "SELECT i.id, i.code, i.state AS label FROM denda d JOIN workflow_instance i ON i.id = d.id WHERE d.tutor_id = ? AND NOT i.terminal ORDER BY i.code LIMIT ?";
    found.extend(named(conn, "denda", sql, tutor).await?);
    let sql = "SELECT id, number AS code, status AS label FROM honorarium WHERE tutor_id = ? AND status IN ('DRAFT','ISSUED') ORDER BY number LIMIT ?";
    found.extend(named(conn, "honorarium", sql, tutor).await?);
    Ok(found)
}

/// Claims of a tutor that wait for a decision.
///
/// # Errors
/// When the database fails.
pub async fn pending_claims(conn: &impl ConnectionTrait, tutor: Uuid) -> Result<Vec<Blocking>, Failure> {
    claims(conn, tutor, PENDING).await
}

/// Sesi that are not over, the next ones named, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn live_sesi(conn: &impl ConnectionTrait, tutor: Uuid) -> Result<(Vec<Blocking>, i64), Failure> {
    let from = "FROM sesi s JOIN workflow_instance i ON i.id = s.id WHERE s.tutor_id = ? AND NOT i.terminal";
    let first = named(conn, "sesi", &format!("SELECT s.id, s.code, i.state AS label {from} ORDER BY s.starts_at LIMIT ?"), tutor).await?;
    let row = db::row(conn, &format!("SELECT count(*) AS n {from}"), vec![tutor.into()]).await?;
    Ok((first, row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0)))
}

/// Claims that wait for a decision.
const PENDING: &str = "i.state IN ('PENDING_L1','PENDING_L2')";

async fn claims(conn: &impl ConnectionTrait, tutor: Uuid, condition: &str) -> Result<Vec<Blocking>, Failure> {
    let sql = format!(
        "SELECT i.id, i.code, i.state AS label FROM fm_claim c JOIN workflow_instance i ON i.id = c.id WHERE c.tutor_id = ? AND {condition} ORDER BY i.code LIMIT ?"
    );
    named(conn, "fm_claim", &sql, tutor).await
}

async fn named(conn: &impl ConnectionTrait, kind: &str, sql: &str, tutor: Uuid) -> Result<Vec<Blocking>, Failure> {
    let rows = db::rows(conn, sql, vec![tutor.into(), MOST_NAMED.into()]).await?;
    let blocking =
        |row: &QueryResult| Ok(Blocking { kind: kind.into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? });
    rows.iter().map(blocking).collect()
}

async fn ids(tx: &Tx, sql: &str, tutor: Uuid) -> Result<Vec<Uuid>, Failure> {
    let rows = db::rows(tx, sql, vec![tutor.into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// A file somebody has uploaded, and nobody's KTP.
async fn document_known(tx: &Tx, transfer: &Transfer) -> Result<bool, Failure> {
    let Some(id) = transfer.proof_document_id else { return Ok(true) };
    let sql =
        "SELECT id FROM document WHERE id = ? AND scan_state <> 'INFECTED' AND NOT EXISTS (SELECT 1 FROM person_document p WHERE p.document_id = document.id)";
    Ok(db::row(tx, sql, vec![id.into()]).await?.is_some())
}

pub(super) fn zone(row: &QueryResult) -> Result<Tz, Failure> {
    let text: String = row.try_get("", "zone")?;
    text.parse().map_err(|_| Failure::Unknown { what: "zone", text })
}
