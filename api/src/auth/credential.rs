//! Signing in with a password, and changing one's own (SPEC AUTH-2): the way in when the provider is away.

use super::account::Account;
use super::event::How;
use super::guard::SignedIn;
use super::sign_in::{self, Client, Entry, Refused};
use super::throttle::{self, Key};
use super::token;
use super::{password, reset};
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::refusal::{Failure, FieldError};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

/// What somebody types at the door.
pub struct Typed {
    pub email: String,
    pub password: String,
    pub remember: bool,
}

/// An active account with the hash of its password, if it has one.
struct Credential {
    account: Account,
    hash: Option<String>,
}

/// Trades address and password for a new session's token. A wrong password, an unknown address, an account without
/// password and one that is suspended are refused alike, after the same work.
///
/// # Errors
/// 403 `credentials_refused`; 429 `too_many_attempts`.
pub async fn sign_in(app: &App, typed: Typed, client: &Client) -> Result<String, Problem> {
    let ticket = throttle::take(app, vec![Key::source(client), Key::account(&typed.email)]).await?;
    let credential = find(app.engine.db.reader(), ("u.email", typed.email.trim().to_lowercase().into())).await?;
    let hash = credential.as_ref().and_then(|credential| credential.hash.clone());
    let possible = password::is_possible(&typed.password);
    let holds = app.passwords.holds(typed.password, hash.clone()).await? && possible;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let mut batch = Batch::default();
    let Some(credential) = credential.as_ref().filter(|_| holds) else {
        let refused = Refused { account: credential.as_ref().map(|one| &one.account), how: How::Password, code: "credentials_refused", about: json!({}) };
        sign_in::refuse(&refused, client, (now, &mut batch));
        batch.run(&tx).await?;
        tx.commit().await?;
        return Err(refused_credentials());
    };
    // The password may have been changed and the account suspended while the hash was computed.
    let present = find(&tx, ("u.id", credential.account.id.into())).await?;
    if present.is_none_or(|present| present.hash != hash) {
        return Err(refused_credentials());
    }
    let entry = Entry { account: &credential.account, how: How::Password, remember: typed.remember };
    let token = sign_in::enter(&tx, &entry, client, (now, &mut batch)).await?;
    ticket.give_back(now, &mut batch);
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(token)
}

fn refused_credentials() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "credentials_refused")
}

/// A change of one's own password.
pub struct Change {
    pub current: String,
    pub new: String,
}

/// Changes the caller's password; every other session of theirs ends, and theirs gets a new token, given back.
///
/// # Errors
/// 409 `no_password` for who has none (the mail for a forgotten one makes the first); 422 `invalid` at `current`
/// (`wrong`) or `new`; 429 `too_many_attempts`.
pub async fn change(app: &App, who: &SignedIn, change: Change, client: &Client) -> Result<String, Problem> {
    let account = &who.session.account;
    let credential = find(app.engine.db.reader(), ("u.id", account.id.into())).await?.ok_or_else(Problem::unauthenticated)?;
    let Some(old) = credential.hash else { return Err(Problem::new(StatusCode::CONFLICT, "no_password")) };
    password::check("new", &change.new, account).map_err(Problem::invalid)?;
    // Whoever sits at a browser left open must not guess at leisure.
    let ticket = throttle::take(app, vec![Key::account(&account.email)]).await?;
    let possible = password::is_possible(&change.current);
    if !app.passwords.holds(change.current, Some(old.clone())).await? || !possible {
        return Err(Problem::invalid(FieldError::new("current", "wrong")));
    }
    let new = app.passwords.hash(change.new).await?;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    hold(&tx, account.id).await?;
    if find(&tx, ("u.id", account.id.into())).await?.is_none_or(|present| present.hash.as_ref() != Some(&old)) {
        return Err(Problem::invalid(FieldError::new("current", "wrong")));
    }
    let (session_token, csrf_token) = (fresh()?, fresh()?);
    let mut batch = Batch::default();
    set(account.id, new, (now, &mut batch));
    reset::void_all(account.id, (now, &mut batch));
    let sql = "UPDATE user_session SET revoked_at = ? WHERE user_id = ? AND id <> ? AND revoked_at IS NULL";
    batch.push(sql, vec![now.into(), account.id.into(), who.session.id.into()]);
    let sql = "UPDATE user_session SET token_hash = ?, csrf_token = ? WHERE id = ? AND revoked_at IS NULL";
    batch.push(sql, vec![token::hash(&session_token).into(), csrf_token.into(), who.session.id.into()]);
    ticket.give_back(now, &mut batch);
    sign_in::record(account, "user.password_change", json!({}), client, (now, &mut batch));
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(session_token)
}

fn fresh() -> Result<String, Problem> {
    token::random().map_err(|_| Problem::internal())
}

/// Waits until nobody else changes the password of this account.
pub async fn hold(tx: &Tx, user: Uuid) -> Result<(), Failure> {
    db::locked_row(tx, "SELECT id FROM user_account WHERE id = ?", vec![user.into()]).await.map(|_| ())
}

/// Adds a new password to what is written.
pub fn set(user: Uuid, hash: String, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let sql = "INSERT INTO password_credential (user_id, hash, changed_at) VALUES (?,?,?) \
               ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at";
    batch.push(sql, vec![user.into(), hash.into(), now.into()]);
}

/// The active admin account of which `column` is `value`.
async fn find(conn: &impl ConnectionTrait, (column, value): (&str, sea_orm::Value)) -> Result<Option<Credential>, Failure> {
    let sql = format!(
        "SELECT u.id, u.email, u.name, p.hash FROM user_account u LEFT JOIN password_credential p ON p.user_id = u.id \
         WHERE {column} = ? AND u.user_type = 'ADMIN' AND u.account_state = 'ACTIVE'"
    );
    let row = db::row(conn, &sql, vec![value]).await?;
    row.map(|row| {
        let account = Account { id: row.try_get("", "id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? };
        Ok(Credential { account, hash: row.try_get("", "hash")? })
    })
    .transpose()
}
