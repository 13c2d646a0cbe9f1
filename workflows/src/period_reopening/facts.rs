//! What opening a month again looks at: its closing, later ones, and what is in it.

use super::command::Command;
use super::record::Model;
use crate::books::balance::Month;
use crate::period::contents::Contents;
use crate::period::lock;
use crate::records::code;
use engine::db::{self, Tx};
use engine::id::new_id;
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
    pub locked: bool,
    /// The number of its newest closing; 0 when it was never closed.
    pub closing_number: i64,
    pub later_locked: Vec<String>,
    /// Another request, or an opening that is not over.
    pub open: Option<Blocking>,
    /// What is in the month.
    pub contents: Option<Contents>,
    /// Openings that are over and wait for the month to be closed anew.
    pub overdue: Vec<Uuid>,
    /// For the step-through that closes it anew.
    pub new_id: Option<Uuid>,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    let text = match (command, record) {
        (Command::Request { month, .. }, _) => month,
        (_, Some(record)) => &record.period_month,
        (_, None) => return Ok(Facts::default()),
    };
    let Some(month) = Month::parse(text) else { return Ok(Facts::default()) };
    let mut facts = Facts { month: Some(month.to_string()), ..Facts::default() };
    match command {
        Command::Request { .. } => {
            facts.code = Some(code::yearly(tx, "period_reopening", "BB", ctx.now).await?);
            standing(tx, &mut facts, month, ctx).await?;
        }
        Command::Approve => {
            standing(tx, &mut facts, month, ctx).await?;
            facts.contents = Some(Contents::read(tx, month).await?);
        }
        Command::Expire => {
            // Whoever is posting has ended, and nobody begins before it is locked.
            lock::hold(tx, month).await?;
            facts.contents = Some(Contents::read(tx, month).await?);
        }
        Command::CloseAnew => facts.new_id = Some(new_id(ctx.now)),
        Command::Reject | Command::Withdraw | Command::Closed | Command::Supersede => {}
    }
    Ok(facts)
}

async fn standing(tx: &Tx, facts: &mut Facts, month: Month, ctx: Ctx<'_>) -> Result<(), Failure> {
    facts.locked = lock::is_locked(tx, month).await?;
    facts.later_locked = lock::later_locked(tx, month).await?;
    let row = db::row(tx, "SELECT count(*) AS n FROM period_closing WHERE month = ?", vec![month.to_string().into()]).await?;
    facts.closing_number = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let sql = "SELECT id, code, state FROM period_reopening WHERE period_month = ? AND state IN ('REQUESTED', 'REOPENED') AND id <> ?";
    let row = db::row(tx, sql, vec![month.to_string().into(), ctx.id.into()]).await?;
    let other = row.map(|row| -> Result<Blocking, Failure> {
        Ok(Blocking { kind: "period_reopening".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "state")? })
    });
    facts.open = other.transpose()?;
    let rows = db::rows(tx, "SELECT id FROM period_reopening WHERE period_month = ? AND state = 'OVERDUE' ORDER BY id", vec![month.to_string().into()]).await?;
    facts.overdue = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    Ok(())
}
