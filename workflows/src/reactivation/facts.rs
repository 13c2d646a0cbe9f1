//! What a request for reactivation looks at: the suspension the tutor is under, and another such request.

use super::command::Command;
use crate::people;
use crate::records::code;
use crate::records::config::AppConfig;
use crate::suspension;
use engine::db::{self, Tx};
use engine::refusal::{Blocking, Failure, FieldError, Halt, Refusal};
use engine::workflow::Ctx;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Facts of a request; the other commands need none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub code: Option<String>,
    /// The suspension; the label is the tutor's code.
    pub suspension: Option<Blocking>,
    /// Another request that waits for approval.
    pub open: Option<Blocking>,
    pub sla_request_hours: i64,
}

pub(super) async fn gather(tx: &Tx, command: &Command, ctx: Ctx<'_>) -> Result<Facts, Halt> {
    let Command::Request { tutor_id } = command else { return Ok(Facts::default()) };
    // Held as a suspension holds them, so that none ends unseen meanwhile.
    let there = people::hold_key(tx, *tutor_id).await? && db::locked_row(tx, "SELECT id FROM tutor WHERE id = ?", vec![(*tutor_id).into()]).await?.is_some();
    if !there {
        return Err(Refusal::Invalid(vec![FieldError::new("tutor_id", "unknown")]).into());
    }
    let suspension = suspension::facts::active(tx, *tutor_id).await?;
    let open = match &suspension {
        Some(suspension) => open(tx, suspension.id).await?,
        None => None,
    };
    let sla_request_hours = AppConfig::load(tx).await.map_err(Failure::from)?.sla_request_hours;
    Ok(Facts { code: Some(code::yearly(tx, "reactivation", "RAK", ctx.now).await?), suspension, open, sla_request_hours })
}

async fn open(tx: &Tx, suspension: Uuid) -> Result<Option<Blocking>, Failure> {
    let sql = "SELECT i.id, i.code, i.label FROM reactivation r JOIN workflow_instance i ON i.id = r.id WHERE r.suspension_id = ? AND r.state = 'REQUESTED'";
    let row = db::row(tx, sql, vec![suspension.into()]).await?;
    row.map(|row| Ok(Blocking { kind: "reactivation".into(), id: row.try_get("", "id")?, code: row.try_get("", "code")?, label: row.try_get("", "label")? }))
        .transpose()
}
