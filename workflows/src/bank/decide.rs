//! What becomes of a line besides a new payment: it is ignored for a reason, looked at again, or found to be a payment that
//! somebody has recorded already.

use crate::payment::standing::LIVE;
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Db, Tx};
use engine::refusal::{FieldError, Halt, Refusal, Rejected};
use serde_json::{Value, json};
use uuid::Uuid;

/// What somebody says of a line.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It is no payment of ours: fees, interest, transfers between own accounts.
    Ignore {
        reason: String,
    },
    Reopen,
    /// It is this payment.
    Link {
        payment_id: Uuid,
    },
}

/// Carries out what somebody says of a line.
///
/// # Errors
/// 404 for a line that is not there; 422 `bank_line_taken`, `bank_line_open`, `bank_line_amount`, `payment_linked` or `unknown` at its field.
pub async fn decide(db: &Db, id: Uuid, verdict: &Verdict, (actor, now): (&Actor, DateTime<Utc>)) -> Result<(), Halt> {
    let tx = db.begin().await?;
    // The payment before the line, as a reversal holds them.
    let payment = match verdict {
        Verdict::Link { payment_id } => Some(payment(&tx, *payment_id).await?),
        Verdict::Ignore { .. } | Verdict::Reopen => None,
    };
    let row = db::locked_row(&tx, "SELECT state, amount_rp, payment_id FROM bank_line WHERE id = ?", vec![id.into()]).await?;
    let row = row.ok_or(Refusal::NotFound { what: "bank_line" })?;
    let (state, amount_rp): (String, i64) = (row.try_get("", "state")?, row.try_get("", "amount_rp")?);
    let before: Option<Uuid> = row.try_get("", "payment_id")?;
    let (next, reason) = match verdict {
        Verdict::Ignore { .. } | Verdict::Link { .. } if state != "OPEN" => return Err(rejected("bank_line_id", "bank_line_taken")),
        Verdict::Reopen if state == "OPEN" => return Err(rejected("bank_line_id", "bank_line_open")),
        Verdict::Link { .. } if payment.is_none_or(|moved_rp| moved_rp != amount_rp) => return Err(rejected("payment_id", "bank_line_amount")),
        Verdict::Ignore { reason } => ("IGNORED", Some(reason.clone())),
        Verdict::Reopen => ("OPEN", None),
        Verdict::Link { .. } => ("MATCHED", None),
    };
    let after = match verdict {
        Verdict::Link { payment_id } => Some(*payment_id),
        Verdict::Ignore { .. } | Verdict::Reopen => None,
    };
    let mut batch = Batch::default();
    let sql = "UPDATE bank_line SET state = ?, payment_id = ?, ignored_reason = ?, decided_by = ?, decided_at = ? WHERE id = ?";
    batch.push(sql, vec![next.into(), after.into(), reason.clone().into(), actor.id.into(), now.into(), id.into()]);
    let told = (json!({ "state": state, "payment_id": before }), json!({ "state": next, "payment_id": after }));
    record(id, told, reason.as_deref(), (actor, now), &mut batch);
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// What a live payment without a line moved: what came above zero, what went below.
async fn payment(tx: &Tx, id: Uuid) -> Result<i64, Halt> {
    db::locked_row(tx, "SELECT id FROM payment WHERE id = ?", vec![id.into()]).await?;
    let sql = format!(
        "SELECT CASE WHEN p.kind = 'SISWA' THEN p.amount_rp ELSE -p.amount_rp END AS rp, EXISTS (SELECT 1 FROM bank_line l WHERE l.payment_id = p.id) AS linked \
         FROM payment p WHERE p.id = ? AND p.kind <> 'DEPOSIT' AND {LIVE}"
    );
    let row = db::row(tx, &sql, vec![id.into()]).await?.ok_or_else(|| rejected("payment_id", "unknown"))?;
    if row.try_get::<bool>("", "linked")? {
        return Err(rejected("payment_id", "payment_linked"));
    }
    Ok(row.try_get("", "rp")?)
}

fn rejected(field: &str, code: &str) -> Halt {
    Refusal::Rejected(Rejected::new(code).at(FieldError::new(field, code))).into()
}

fn record(id: Uuid, (before, after): (Value, Value), reason: Option<&str>, (actor, now): (&Actor, DateTime<Utc>), batch: &mut Batch) {
    let action = Action {
        action: "bank_line.decide".into(),
        entity_type: "bank_line",
        entity_id: id,
        entity_code: None,
        instance_seq: None,
        on_behalf_of: None,
        before: Some(before),
        after: Some(after),
        reason,
    };
    audit::record(action, actor, now, batch);
}
