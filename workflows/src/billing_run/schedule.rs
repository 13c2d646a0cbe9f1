//! The run that lies ready: made when the program starts, found when somebody begins.

use super::BillingRun;
use crate::books::balance::Month;
use chrono_tz::Asia::Jakarta;
use engine::actor::Actor;
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use engine::refusal::{Failure, Halt, Refusal};
use engine::workflow::Workflow;
use serde_json::json;
use uuid::Uuid;

/// Lets a run lie ready for this month, in WIB, when none ever did: afterwards each run that begins makes the next.
///
/// # Errors
/// When the database cannot.
pub async fn first(engine: &Engine) -> Result<(), Failure> {
    let row = db::row(engine.db.reader(), "SELECT count(*) AS n FROM billing_run", vec![]).await?;
    if row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0) > 0 {
        return Ok(());
    }
    let now = engine.clock.now();
    let Some(month) = Month::of(now.with_timezone(&Jakarta).date_naive()) else { return Ok(()) };
    let command = AnyCommand::with("schedule", &json!({ "period_month": month.to_string() }));
    let request = Request::new(BillingRun::NAME, Target::New(new_id(now)), command, Actor::system());
    match engine.execute(&request).await {
        // Another process was quicker.
        Ok(_) | Err(Halt::Refused(Refusal::Rejected(_))) => Ok(()),
        Err(Halt::Failed(failure)) => Err(failure),
        Err(Halt::Refused(refusal)) => Err(Failure::Broken { workflow: BillingRun::NAME.into(), rule: format!("no run lies ready: {}", refusal.code()) }),
    }
}

/// The run of a month that lies ready.
///
/// # Errors
/// When the database cannot be read.
pub async fn ready(db: &Db, month: &str) -> Result<Option<Uuid>, Failure> {
    let row = db::row(db.reader(), "SELECT id FROM billing_run WHERE period_month = ? AND state = 'SCHEDULED'", vec![month.into()]).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}
