//! The accounts of a tutor, and what ends with the decision: nobody who has left can sign in or stay signed in (SPEC HR-4).

use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An account of the tutor with what lets somebody in by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: Uuid,
    pub state: String,
    pub sessions: i64,
    pub links: i64,
    pub resets: i64,
    pub identities: i64,
}

const ACCOUNTS: &str = "SELECT u.id, u.account_state, \
    (SELECT count(*) FROM user_session x WHERE x.user_id = u.id AND x.revoked_at IS NULL AND x.absolute_expires_at > ?) AS sessions, \
    (SELECT count(*) FROM sign_in_link x WHERE x.user_id = u.id AND x.used_at IS NULL AND x.expires_at > ?) AS links, \
    (SELECT count(*) FROM password_reset x WHERE x.user_id = u.id AND x.used_at IS NULL AND x.voided_at IS NULL AND x.expires_at > ?) AS resets, \
    (SELECT count(*) FROM user_identity x WHERE x.user_id = u.id) AS identities \
    FROM user_account u WHERE u.account_state <> 'ARCHIVED' AND (u.tutor_id = ? OR (u.user_type = 'TUTOR' AND u.email = lower(?))) ORDER BY u.id";

/// The accounts that are the tutor's: tied to them, or of a tutor with their address.
pub(super) async fn of_tutor(tx: &Tx, tutor: Uuid, email: Option<String>, now: DateTime<Utc>) -> Result<Vec<Account>, Failure> {
    let values = vec![now.into(), now.into(), now.into(), tutor.into(), email.unwrap_or_default().into()];
    let rows = db::rows(tx, ACCOUNTS, values).await?;
    let read = rows.iter().map(|row| {
        Ok(Account {
            id: row.try_get("", "id")?,
            state: row.try_get("", "account_state")?,
            sessions: row.try_get("", "sessions")?,
            links: row.try_get("", "links")?,
            resets: row.try_get("", "resets")?,
            identities: row.try_get("", "identities")?,
        })
    });
    read.collect()
}

/// Whether these accounts are all that may do everything. Whoever changes accounts takes the same turn.
pub(super) async fn leaves_no_owner(tx: &Tx, accounts: &[Account]) -> Result<bool, Failure> {
    if accounts.is_empty() {
        return Ok(false);
    }
    db::locked_row(tx, "SELECT id FROM role WHERE code = 'OWNER'", vec![]).await?;
    let sql = "SELECT u.id FROM user_account u JOIN user_role ur ON ur.user_id = u.id JOIN role r ON r.id = ur.role_id \
               WHERE r.code = 'OWNER' AND u.account_state = 'ACTIVE' AND u.user_type = 'ADMIN'";
    let owners: Vec<Uuid> = db::rows(tx, sql, vec![]).await?.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    Ok(!owners.is_empty() && owners.iter().all(|owner| accounts.iter().any(|account| account.id == *owner)))
}

/// The statements that close an account and void whatever lets somebody in by it.
pub(super) fn close(account: &Account, now: DateTime<Utc>, batch: &mut Batch) {
    let (id, at): (sea_orm::Value, sea_orm::Value) = (account.id.into(), now.into());
    batch.push("UPDATE user_account SET account_state = 'ARCHIVED' WHERE id = ?", vec![id.clone()]);
    batch.push("UPDATE user_session SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", vec![at.clone(), id.clone()]);
    batch.push("UPDATE sign_in_link SET expires_at = ? WHERE user_id = ? AND used_at IS NULL AND expires_at > ?", vec![at.clone(), id.clone(), at.clone()]);
    batch.push("UPDATE password_reset SET voided_at = ? WHERE user_id = ? AND used_at IS NULL AND voided_at IS NULL", vec![at, id.clone()]);
    batch.push("DELETE FROM user_identity WHERE user_id = ?", vec![id]);
}
