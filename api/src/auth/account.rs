//! Accounts of people who administer.

use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::id::new_id;
use engine::refusal::Failure;
use engine::tags;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

tags! {
    /// Where an account stands; an administrator's is one of the last three.
    pub enum AccountState {
        PendingInterview => "PENDING_INTERVIEW",
        Approved => "APPROVED",
        Active => "ACTIVE",
        Suspended => "SUSPENDED",
        Archived => "ARCHIVED",
    }
}

/// An account that may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub name: String,
}

/// The active admin account with this e-mail address.
pub async fn by_email(conn: &impl ConnectionTrait, email: &str) -> Result<Option<Account>, Failure> {
    let sql = "SELECT id, email, name FROM user_account WHERE email = ? AND user_type = 'ADMIN' AND account_state = 'ACTIVE'";
    let row = db::row(conn, sql, vec![email.trim().to_lowercase().into()]).await?;
    row.map(|row| Ok(Account { id: row.try_get("", "id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? })).transpose()
}

/// Makes an active admin account with a role when there is none with this e-mail address; an account
/// that is there gets the role.
pub async fn ensure(db: &Db, (email, name): (&str, &str), role: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    let email = email.trim().to_lowercase();
    let tx = db.begin().await?;
    let sql =
        "INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES (?,?,?,'ADMIN','ACTIVE',?) ON CONFLICT (email) DO NOTHING";
    db::run(&tx, sql, vec![new_id(now).into(), email.clone().into(), name.into(), now.into()]).await?;
    let sql = "INSERT INTO user_role (user_id, role_id) SELECT u.id, r.id FROM user_account u, role r WHERE u.email = ? AND r.code = ? ON CONFLICT DO NOTHING";
    db::run(&tx, sql, vec![email.into(), role.into()]).await?;
    Ok(tx.commit().await?)
}
