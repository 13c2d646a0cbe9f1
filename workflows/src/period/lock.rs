//! The row of a month: locked, or open. Every change leaves an audit record of the month itself.

use crate::books::balance::Month;
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use engine::workflow::Ctx;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Waits on Postgres for everybody who is posting into the month or making a document of it, and lets nobody begin until this
/// transaction ends: what is read of the month from here on is what it is locked with. (SQLite has one writer anyway.)
pub async fn hold(tx: &Tx, month: Month) -> Result<(), Failure> {
    if ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres {
        db::row(tx, "SELECT CAST(pg_advisory_xact_lock(hashtextextended('period:' || CAST(? AS text), 0)) AS text) AS held", vec![month.to_string().into()])
            .await?;
    }
    Ok(())
}

/// Whether nothing can be booked in the month.
pub async fn is_locked(conn: &impl ConnectionTrait, month: Month) -> Result<bool, Failure> {
    let sql = "SELECT month FROM period WHERE month = ? AND state = 'LOCKED'";
    Ok(db::row(conn, sql, vec![month.to_string().into()]).await?.is_some())
}

/// Locked months after this one, the last first: they are re-opened before it.
pub async fn later_locked(conn: &impl ConnectionTrait, month: Month) -> Result<Vec<String>, Failure> {
    let rows = db::rows(conn, "SELECT month FROM period WHERE month > ? AND state = 'LOCKED' ORDER BY month DESC", vec![month.to_string().into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "month")?)).collect()
}

/// Why a month changes its state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'a> {
    pub month: &'a str,
    /// `period.lock` or `period.reopen`.
    pub action: &'static str,
    pub by: Uuid,
    pub reason: Option<&'a str>,
}

pub(crate) fn lock(ctx: Ctx<'_>, turn: Turn<'_>, batch: &mut Batch) {
    let values = vec![turn.month.into(), ctx.now.into(), turn.by.into(), ctx.now.into(), turn.by.into()];
    batch.push(
        "INSERT INTO period (month, state, locked_at, locked_by) VALUES (?,'LOCKED',?,?) \
         ON CONFLICT (month) DO UPDATE SET state = 'LOCKED', locked_at = ?, locked_by = ?, opened_until = NULL",
        values,
    );
    record(ctx, turn, ["OPEN", "LOCKED"], None, batch);
}

pub(crate) fn open(ctx: Ctx<'_>, turn: Turn<'_>, until: DateTime<Utc>, batch: &mut Batch) {
    batch.push("UPDATE period SET state = 'OPEN', opened_until = ? WHERE month = ?", vec![until.into(), turn.month.into()]);
    record(ctx, turn, ["LOCKED", "OPEN"], Some(until), batch);
}

/// The id under which the audit knows a month: months have names, the audit has ids.
pub fn audit_id(month: &str) -> Uuid {
    let digest = Sha256::digest(format!("period:{month}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn record(ctx: Ctx<'_>, turn: Turn<'_>, [before, after]: [&str; 2], until: Option<DateTime<Utc>>, batch: &mut Batch) {
    let action = Action {
        action: turn.action.into(),
        entity_type: "period",
        entity_id: audit_id(turn.month),
        entity_code: Some(turn.month),
        instance_seq: None,
        on_behalf_of: None,
        before: Some(json!({ "state": before })),
        after: Some(json!({ "state": after, "opened_until": until })),
        reason: turn.reason,
    };
    audit::record(action, ctx.actor, ctx.now, batch);
}
