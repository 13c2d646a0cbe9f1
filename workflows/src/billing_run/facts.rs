//! What a decision about a billing run looks at, read in its transaction.

use super::calendar::Calendar;
use super::closing::Closing;
use super::command::Command;
use super::part::Part;
use super::record::Model;
use crate::records::config::AppConfig;
use engine::db::Tx;
use engine::refusal::Failure;
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};

/// Each command has its own; the others are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Where the month stands, for scheduling and beginning.
    pub calendar: Option<Calendar>,
    /// The range that is billed next.
    pub part: Option<Part>,
    /// What the last step needs.
    pub closing: Option<Closing>,
    pub settings: Option<Settings>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The day of the month from which the month before is billed.
    pub day: i64,
    pub due_days: i64,
    /// A sum that differs by more than this from the month before stops the run.
    pub halt_above_pct: i64,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    let nothing = Facts::default();
    Ok(match (command, record) {
        (Command::Schedule { period_month }, _) => begins(tx, period_month, ctx).await?,
        (Command::Begin { period_month, .. }, None) => begins(tx, period_month.as_deref().unwrap_or_default(), ctx).await?,
        (Command::Wake | Command::Begin { .. }, Some(record)) => begins(tx, &record.period_month, ctx).await?,
        (Command::Preflighted { .. }, _) => Facts { settings: Some(settings(tx).await?), ..nothing },
        (Command::Progress { part }, Some(record)) => Facts { part: Part::read(tx, record, *part, ctx.now).await?, ..nothing },
        (Command::Finish, Some(record)) => {
            Facts { closing: Some(Closing::read(tx, record.id, ctx.now).await?), settings: Some(settings(tx).await?), ..nothing }
        }
        _ => nothing,
    })
}

async fn begins(tx: &Tx, month: &str, ctx: Ctx<'_>) -> Result<Facts, Failure> {
    Ok(Facts { calendar: Calendar::read(tx, month, ctx).await?, settings: Some(settings(tx).await?), ..Facts::default() })
}

async fn settings(tx: &Tx) -> Result<Settings, Failure> {
    let config = AppConfig::load(tx).await?;
    Ok(Settings { day: config.billing_day, due_days: config.billing_due_days, halt_above_pct: config.billing_halt_above_pct })
}
