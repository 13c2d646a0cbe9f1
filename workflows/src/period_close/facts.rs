//! What closing a month looks at: its evidence, its contents, and who else is at it.

use super::command::Command;
use super::record::Model;
use crate::books::balance::Month;
use crate::period::contents::{self, Contents, Moved};
use crate::period::evidence::{self, Asked, Evidence};
use crate::period::{lock, receipt};
use crate::records::code;
use chrono::NaiveTime;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Everything gathered for one decision; what the command does not need stays empty.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    /// Nothing when the text is no month.
    pub month: Option<String>,
    /// The first of it has come, in UTC: nowhere in Indonesia later.
    pub begun: bool,
    pub locked: bool,
    /// Whoever closes the month already.
    pub running: Option<Blocking>,
    pub evidence: Vec<Evidence>,
    pub contents: Contents,
    pub ledger: Vec<Moved>,
    /// How many of the documents that were hashed are still documents that count.
    pub hashed_there: i64,
    pub closings: i64,
    pub previous_sha256: Option<String>,
    /// Re-openings of the month that wait for it to be closed again.
    pub reopenings: Vec<Uuid>,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    let text = match (command, record) {
        (Command::Begin { month }, _) => month,
        (_, Some(record)) => &record.period_month,
        (_, None) => return Ok(Facts::default()),
    };
    let Some(month) = Month::parse(text) else { return Ok(Facts::default()) };
    let mut facts = Facts { month: Some(month.to_string()), begun: month.first.and_time(NaiveTime::MIN).and_utc() <= ctx.now, ..Facts::default() };
    match (command, record) {
        (Command::Begin { .. }, _) => {
            facts.code = Some(code::yearly(tx, "period_close", "TB", ctx.now).await?);
            facts.locked = lock::is_locked(tx, month).await?;
            facts.running = running(tx, month).await?;
            facts.reopenings = reopenings(tx, month).await?;
        }
        (Command::Sign { .. } | Command::Close { .. }, Some(record)) => seen(tx, &mut facts, (month, record), ctx).await?,
        (Command::Seal, Some(record)) => {
            // Nobody posts into the month from here on.
            lock::hold(tx, month).await?;
            seen(tx, &mut facts, (month, record), ctx).await?;
            facts.locked = lock::is_locked(tx, month).await?;
            facts.ledger = contents::moved(tx, month).await?;
            facts.hashed_there = contents::still_there(tx, (record.id, record.attempt)).await?;
            facts.previous_sha256 = receipt::newest_sha256(tx).await?;
            facts.reopenings = reopenings(tx, month).await?;
        }
        _ => {}
    }
    Ok(facts)
}

async fn seen(tx: &Tx, facts: &mut Facts, (month, record): (Month, &Model), ctx: Ctx<'_>) -> Result<(), Failure> {
    let books = record.books()?;
    facts.evidence = evidence::gather(tx, Asked { month, now: ctx.now, books: books.as_ref() }).await?;
    facts.contents = Contents::read(tx, month).await?;
    let row = db::row(tx, "SELECT count(*) AS n FROM period_closing WHERE month = ?", vec![month.to_string().into()]).await?;
    facts.closings = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    Ok(())
}

async fn running(tx: &Tx, month: Month) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT id, code, state FROM period_close WHERE period_month = ? AND state IN ('OPEN', 'SEALING')";
    let row = db::row(tx, sql, vec![month.to_string().into()]).await?;
    row.map(|row| Ok(Blocking { kind: "period_close".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "state")? }))
        .transpose()
}

async fn reopenings(tx: &Tx, month: Month) -> Result<Vec<Uuid>, Failure> {
    let sql = "SELECT id FROM period_reopening WHERE period_month = ? AND state IN ('REOPENED', 'OVERDUE') ORDER BY id";
    let rows = db::rows(tx, sql, vec![month.to_string().into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
