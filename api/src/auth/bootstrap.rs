//! The first owner: with nobody who can sign in as one, the server prints a one-time link (SPEC AUTH-4).

use super::account::{self, Account};
use super::{link, roles};
use crate::app::App;
use engine::actor::Actor;
use engine::db;

/// A link for the bootstrap admin while no active owner has ever signed in; `None` afterwards.
pub async fn first_link(app: &App) -> anyhow::Result<Option<String>> {
    let sql = "SELECT count(*) AS n FROM user_account u JOIN user_role ur ON ur.user_id = u.id JOIN role r ON r.id = ur.role_id \
               WHERE r.code = ? AND u.account_state = 'ACTIVE' AND u.last_sign_in_at IS NOT NULL";
    let row = db::row(app.engine.db.reader(), sql, vec![roles::OWNER.into()]).await?;
    let owners: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    if owners > 0 {
        return Ok(None);
    }
    let account = ensure_owner(app).await?;
    Ok(Some(link::create(app, &account, &Actor::system()).await?))
}

/// The bootstrap admin's account, made and given the owner's role when missing.
async fn ensure_owner(app: &App) -> anyhow::Result<Account> {
    let now = app.engine.clock.now();
    let admin = &app.config.bootstrap_admin;
    let email = admin.email.trim().to_lowercase();
    account::ensure(&app.engine.db, (&email, &admin.name), roles::OWNER, now).await?;
    let found = account::by_email(app.engine.db.reader(), &email).await?;
    found.ok_or_else(|| anyhow::anyhow!("bootstrap_admin.email: the account {email} is not an active admin; name another"))
}
