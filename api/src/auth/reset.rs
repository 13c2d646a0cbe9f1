//! Choosing a new password after forgetting the old one (SPEC AUTH-2): a mail with a token that works once, for an hour.
//!
//! The token is the HMAC of the reset's id under a key of this database: whoever sends the mail makes it again from the
//! id, so nothing secret lies in a job. The database holds its SHA-256, as of every token.

use super::account::{self, Account};
use super::secret::Secret;
use super::sign_in::{self, Client};
use super::throttle::{self, Key};
use super::{credential, password, token};
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use engine::batch::Batch;
use engine::db;
use engine::id::new_id;
use hmac::{Hmac, Mac};
use sea_orm::ConnectionTrait;
use serde_json::json;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use workflows::notification::{self, Mail};

/// How long a token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// Where the key lies.
pub const SETTING: &str = "secret.password_reset_key";
/// Which mail is sent.
pub const TEMPLATE: &str = "password_reset";
/// An answer takes this long whether the address is known or not; what is left to do then goes on without it.
const ANSWER_AFTER: Duration = Duration::from_millis(250);

/// The token of a reset.
pub fn token(key: &Secret, id: Uuid) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else { return String::new() };
    mac.update(b"password_reset");
    mac.update(id.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Sends a mail to the holder of this address, if there is one. The answer does not tell, neither by what it says nor by
/// how long it takes.
///
/// # Errors
/// 429 `too_many_attempts`.
pub async fn ask(app: &Arc<App>, email: &str, client: &Client) -> Result<(), Problem> {
    throttle::take(app, vec![Key::reset_from(client), Key::reset_of(email)]).await?;
    let (app, email, client) = (app.clone(), email.to_owned(), client.clone());
    let work = tokio::spawn(async move {
        if let Err(problem) = send(&app, &email, &client).await {
            tracing::error!(code = problem.code, "a mail to reset a password could not be asked for");
        }
    });
    let (_, _) = tokio::join!(tokio::time::sleep(ANSWER_AFTER), tokio::time::timeout(ANSWER_AFTER, work));
    Ok(())
}

/// Makes the reset and its mail in one transaction; earlier ones are void.
async fn send(app: &App, email: &str, client: &Client) -> Result<(), Problem> {
    let Some(account) = account::by_email(app.engine.db.reader(), email).await? else { return Ok(()) };
    let now = app.engine.clock.now();
    let (id, tx) = (new_id(now), app.engine.db.begin().await?);
    credential::hold(&tx, account.id).await?;
    let mut batch = Batch::default();
    void_all(account.id, (now, &mut batch));
    batch.push(
        "INSERT INTO password_reset (id, user_id, token_hash, created_at, expires_at) VALUES (?,?,?,?,?)",
        vec![id.into(), account.id.into(), token::hash(&token(&app.reset_key, id)).into(), now.into(), (now + LIFETIME).into()],
    );
    sign_in::record(&account, "user.password_forgotten", json!({ "expires_at": now + LIFETIME }), client, (now, &mut batch));
    batch.run(&tx).await?;
    let mail = Mail::to_user(TEMPLATE, account.id, id).until(now + LIFETIME);
    let within = app.engine.execute_within(&tx, &notification::by_system(&mail, now)).await?;
    tx.commit().await?;
    app.engine.ring(&within);
    Ok(())
}

/// A reset with the account it is for.
struct Reset {
    id: Uuid,
    account: Account,
}

/// Chooses a new password. Every session of the account ends, and so does every other reset of it.
///
/// # Errors
/// 404 `reset_unknown`; 410 `reset_used`, `reset_void` or `reset_expired`; 422 `invalid` at `password`; 429
/// `too_many_attempts`.
pub async fn complete(app: &App, reset_token: &str, new: String, client: &Client) -> Result<(), Problem> {
    let ticket = throttle::take(app, vec![Key::source(client)]).await?;
    let hash = token::hash(reset_token);
    let found = open(app.engine.db.reader(), &hash, app.engine.clock.now()).await?;
    password::check("password", &new, &found.account).map_err(Problem::invalid)?;
    let new = app.passwords.hash(new).await?;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    credential::hold(&tx, found.account.id).await?;
    let Reset { id, account } = open(&tx, &hash, now).await?;
    let mut batch = Batch::default();
    credential::set(account.id, new, (now, &mut batch));
    batch.push("UPDATE password_reset SET used_at = ? WHERE id = ?", vec![now.into(), id.into()]);
    let sql = "UPDATE password_reset SET voided_at = ? WHERE user_id = ? AND id <> ? AND used_at IS NULL AND voided_at IS NULL";
    batch.push(sql, vec![now.into(), account.id.into(), id.into()]);
    batch.push("UPDATE user_session SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", vec![now.into(), account.id.into()]);
    ticket.give_back(now, &mut batch);
    throttle::forgive(&account.email, &mut batch);
    sign_in::record(&account, "user.password_reset", json!({}), client, (now, &mut batch));
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The reset of this token while it is good.
async fn open(conn: &impl ConnectionTrait, hash: &str, now: DateTime<Utc>) -> Result<Reset, Problem> {
    let sql = "SELECT r.id, r.expires_at, r.used_at, r.voided_at, u.id AS user_id, u.email, u.name, u.account_state, u.user_type \
               FROM password_reset r JOIN user_account u ON u.id = r.user_id WHERE r.token_hash = ?";
    let row = db::row(conn, sql, vec![hash.into()]).await?.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "reset_unknown"))?;
    let at = |column: &str| row.try_get::<Option<DateTime<Utc>>>("", column);
    let (state, kind): (String, String) = (row.try_get("", "account_state")?, row.try_get("", "user_type")?);
    let refusal = match (at("used_at")?, at("voided_at")?, at("expires_at")?) {
        (Some(_), ..) => Some("reset_used"),
        (None, Some(_), _) => Some("reset_void"),
        (None, None, Some(until)) if until > now && state == "ACTIVE" && kind == "ADMIN" => None,
        (None, None, _) => Some("reset_expired"),
    };
    if let Some(code) = refusal {
        return Err(Problem::new(StatusCode::GONE, code));
    }
    let account = Account { id: row.try_get("", "user_id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? };
    Ok(Reset { id: row.try_get("", "id")?, account })
}

/// Adds the end of an account's open resets to what is written.
pub fn void_all(user: Uuid, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let sql = "UPDATE password_reset SET voided_at = ? WHERE user_id = ? AND used_at IS NULL AND voided_at IS NULL";
    batch.push(sql, vec![now.into(), user.into()]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_reset_and_its_database() {
        let (key, other) = (Secret::from(vec![7; 32]), Secret::from(vec![8; 32]));
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(token(&key, one), token(&key, one));
        assert_eq!(token(&key, one).len(), 64);
        assert_ne!(token(&key, one), token(&key, two));
        assert_ne!(token(&key, one), token(&other, one));
    }
}
