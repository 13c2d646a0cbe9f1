//! Changing who may do what, one change at a time.
//!
//! Rules about all accounts together (an owner stays, nobody gives more than they hold) are only true while nobody
//! else changes accounts or roles. So every such change takes its turn: on Postgres it holds the row of the role
//! OWNER, on SQLite the one write connection. What the caller may do is read again once it is their turn.

use super::guard::SignedIn;
use super::roles::OWNER;
use super::session;
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::actor::{Actor, Permission};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::Failure;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A transaction that alone may change accounts and roles, with what it will write.
pub struct Turn<'a> {
    pub tx: Tx,
    pub now: DateTime<Utc>,
    pub changes: Batch,
    pub actor: &'a Actor,
    rights: BTreeSet<String>,
}

impl<'a> Turn<'a> {
    /// Waits until nobody else changes accounts or roles.
    ///
    /// # Errors
    /// 403 `forbidden` when the caller has lost the permission meanwhile.
    pub async fn take(app: &App, who: &'a SignedIn, permission: Permission) -> Result<Self, Problem> {
        let tx = app.engine.db.begin().await?;
        db::locked_row(&tx, "SELECT id FROM role WHERE code = ?", vec![OWNER.into()]).await?;
        let rights = rights(&tx, who.actor.id).await?;
        if !rights.contains(permission.0) {
            return Err(Problem::forbidden(permission.0));
        }
        Ok(Self { tx, now: app.engine.clock.now(), changes: Batch::default(), actor: &who.actor, rights })
    }

    /// Nobody gives or takes what they do not hold.
    ///
    /// # Errors
    /// 403 `beyond_own_rights`, with the permissions the caller lacks under `missing`.
    pub fn may_give<'p>(&self, permissions: impl IntoIterator<Item = &'p String>) -> Result<(), Problem> {
        let missing: BTreeSet<&str> = permissions.into_iter().filter(|permission| !self.rights.contains(*permission)).map(String::as_str).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "beyond_own_rights").with("missing", missing.into_iter().collect::<Vec<_>>()))
    }

    /// An active owner is left without this account.
    ///
    /// # Errors
    /// 409 `last_owner`.
    pub async fn keep_an_owner_besides(&self, id: Uuid) -> Result<(), Problem> {
        let sql = "SELECT u.id FROM user_account u JOIN user_role ur ON ur.user_id = u.id JOIN role r ON r.id = ur.role_id \
                   WHERE r.code = ? AND u.account_state = 'ACTIVE' AND u.user_type = 'ADMIN' AND u.id <> ? LIMIT 1";
        let other = db::row(&self.tx, sql, vec![OWNER.into(), id.into()]).await?;
        other.map(|_| ()).ok_or_else(|| Problem::new(StatusCode::CONFLICT, "last_owner"))
    }

    /// Writes the changes so far, for a command that looks at them; [`Turn::commit`] is still to come.
    pub async fn write(&mut self) -> Result<(), Problem> {
        std::mem::take(&mut self.changes).run(&self.tx).await?;
        Ok(())
    }

    /// Writes the changes and the record of them.
    pub async fn commit(mut self, action: Action<'_>) -> Result<(), Problem> {
        audit::record(action, self.actor, self.now, &mut self.changes);
        self.changes.run(&self.tx).await?;
        self.tx.commit().await?;
        Ok(())
    }
}

/// What an active account may do now.
async fn rights(tx: &Tx, id: Uuid) -> Result<BTreeSet<String>, Failure> {
    let sql = "SELECT string_agg(p.permission, ',') AS permissions FROM user_account u JOIN user_role ur ON ur.user_id = u.id \
               JOIN role_permission p ON p.role_id = ur.role_id WHERE u.id = ? AND u.account_state = 'ACTIVE'";
    let row = db::row(tx, sql, vec![id.into()]).await?;
    row.map_or_else(|| Ok(BTreeSet::new()), |row| session::joined(&row, "permissions"))
}
