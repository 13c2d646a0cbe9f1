//! What a decision about a suspension looks at: the tutor (held), what of them lies in it, what else is open about them.

use super::command::Command;
use super::record::Model;
use super::window::{self, Affected, Window};
use crate::people;
use crate::records::code;
use crate::records::config::AppConfig;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    pub tutor: Option<Tutor>,
    /// The suspension the tutor is under already.
    pub other: Option<Blocking>,
    /// What lies in it, as it is to be.
    pub affected: Affected,
    /// Somebody asks to end it early.
    pub reactivation_id: Option<Uuid>,
    pub sla_request_hours: i64,
}

/// A tutor's standing, as their row says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tutor {
    pub id: Uuid,
    pub code: String,
    pub status: String,
    pub suspended_until: Option<DateTime<Utc>>,
}

pub(super) async fn gather(tx: &Tx, record: Option<&Model>, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    match (command, record) {
        (Command::Impose { tutor_id, days, strike_id }, _) => impose(tx, (*tutor_id, *strike_id), end_after(ctx.now, *days), ctx).await,
        (Command::Extend { days }, Some(record)) => {
            let until = record.ends_at.and_then(|end| end_after(end, *days));
            let window = Window { tutor_id: record.tutor_id, from: ctx.now.max(record.begun_at), until };
            held(tx, record, Some(window)).await
        }
        (Command::ConfirmCleared, Some(record)) => held(tx, record, Some(of(record))).await,
        (Command::Lift { .. } | Command::Close | Command::End | Command::Keep, Some(record)) => held(tx, record, None).await,
        (_, None) => Ok(Facts::default()),
    }
}

/// The end of so many days; nothing when there is none.
pub(super) fn end_after(from: DateTime<Utc>, days: Option<i64>) -> Option<DateTime<Utc>> {
    days.map(|days| from + TimeDelta::days(days))
}

/// The time of a suspension, from its beginning.
fn of(record: &Model) -> Window {
    Window { tutor_id: record.tutor_id, from: record.begun_at, until: record.ends_at }
}

async fn impose(tx: &Tx, (tutor_id, strike_id): (Uuid, Option<Uuid>), until: Option<DateTime<Utc>>, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let unknown = |field: &str| Halt::from(Refusal::Invalid(vec![FieldError::new(field, "unknown")]));
    // Nobody is written about while they are erased, nor after.
    if !people::hold_key(tx, tutor_id).await? {
        return Err(unknown("tutor_id"));
    }
    let tutor = tutor(tx, tutor_id).await?.ok_or_else(|| unknown("tutor_id"))?;
    if let Some(strike) = strike_id {
        let sql = "SELECT id FROM strike WHERE id = ? AND tutor_id = ?";
        db::row(tx, sql, vec![strike.into(), tutor_id.into()]).await?.ok_or_else(|| unknown("strike_id"))?;
    }
    Ok(Facts {
        code: Some(code::yearly(tx, "suspension", "SUS", ctx.now).await?),
        tutor: Some(tutor),
        other: active(tx, tutor_id).await?,
        affected: window::look(tx, Window { tutor_id, from: ctx.now, until }).await?,
        reactivation_id: None,
        sla_request_hours: AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours,
    })
}

async fn held(tx: &Tx, record: &Model, window: Option<Window>) -> Result<Facts, Halt> {
    let tutor = tutor(tx, record.tutor_id).await?;
    let affected = match window {
        Some(window) => window::look(tx, window).await?,
        None => Affected::default(),
    };
    let sql = "SELECT id FROM reactivation WHERE suspension_id = ? AND state = 'REQUESTED'";
    let open = db::row(tx, sql, vec![record.id.into()]).await?;
    Ok(Facts {
        tutor,
        affected,
        reactivation_id: open.map(|row| row.try_get("", "id")).transpose()?,
        sla_request_hours: AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours,
        ..Facts::default()
    })
}

/// Held, so that approvals of sesi, edits and an end of the suspension come one after the other.
async fn tutor(tx: &Tx, id: Uuid) -> Result<Option<Tutor>, Failure> {
    let Some(row) = db::locked_row(tx, "SELECT code, status, suspended_until FROM tutor WHERE id = ?", vec![id.into()]).await? else { return Ok(None) };
    Ok(Some(Tutor { id, code: row.try_get("", "code")?, status: row.try_get("", "status")?, suspended_until: row.try_get("", "suspended_until")? }))
}

/// The suspension somebody is under.
///
/// # Errors
/// When the database fails.
pub async fn active(tx: &Tx, tutor_id: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT s.id, s.code, t.code AS label FROM suspension s JOIN tutor t ON t.id = s.tutor_id WHERE s.tutor_id = ? AND s.state = 'ACTIVE'";
    let row = db::row(tx, sql, vec![tutor_id.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "suspension".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
        .transpose()
}
