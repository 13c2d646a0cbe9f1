//! Server-side sessions: a row per sign-in, found by the hash of the cookie's token.

use super::account::Account;
use super::cookie::Keep;
use super::scope::Scope;
use super::token;
use crate::app::App;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::BTreeSet;
use uuid::Uuid;
use workflows::records::config::AppConfig;

/// How often `last_seen_at` is written, so that reading stays reading.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// A live session with its account and what the account may do.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: Uuid,
    pub account: Account,
    pub roles: Vec<String>,
    pub permissions: BTreeSet<String>,
    pub scope: Scope,
    pub csrf_token: String,
    pub last_seen_at: DateTime<Utc>,
    pub absolute_expires_at: DateTime<Utc>,
    /// Whether the browser stays signed in after it has been closed.
    pub remember: bool,
}

impl Session {
    /// How long the browser keeps the cookie.
    pub fn keep(&self, now: DateTime<Utc>) -> Keep {
        if self.remember { Keep::Seconds((self.absolute_expires_at - now).num_seconds()) } else { Keep::WhileOpen }
    }
}

/// Whether the session was found, how its row is read: live, of an active admin, in one query.
const LIVE: &str = "SELECT s.id, s.csrf_token, s.last_seen_at, s.absolute_expires_at, s.remember, u.id AS user_id, u.email, u.name, u.tutor_id, u.siswa_id, \
    (SELECT string_agg(r.code, ',') FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id) AS roles, \
    (SELECT string_agg(p.permission, ',') FROM user_role ur JOIN role_permission p ON p.role_id = ur.role_id WHERE ur.user_id = u.id) AS permissions \
    FROM user_session s JOIN user_account u ON u.id = s.user_id \
    WHERE s.token_hash = ? AND s.revoked_at IS NULL AND s.idle_expires_at > ? AND s.absolute_expires_at > ? \
    AND u.account_state = 'ACTIVE' AND u.user_type = 'ADMIN'";

/// The live session of a token, its idle time renewed.
pub async fn find(app: &App, token: &str) -> Result<Option<Session>, Failure> {
    let now = app.engine.clock.now();
    let values = vec![token::hash(token).into(), now.into(), now.into()];
    let Some(row) = db::row(app.engine.db.reader(), LIVE, values).await? else { return Ok(None) };
    let session = read(&row)?;
    if now - session.last_seen_at >= TOUCH_EVERY {
        let sql = "UPDATE user_session SET last_seen_at = ?, idle_expires_at = ? WHERE id = ?";
        let idle = Limits::load(app.engine.db.reader()).await?.of(session.remember).idle;
        db::run(app.engine.db.writer(), sql, vec![now.into(), (now + idle).into(), session.id.into()]).await?;
    }
    Ok(Some(session))
}

/// The condition of a row of `user_session` that is live; its two values are both the present instant.
pub const IS_LIVE: &str = "revoked_at IS NULL AND idle_expires_at > ? AND absolute_expires_at > ?";

/// How long a session lives: without a request, and at most.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    pub idle: TimeDelta,
    pub absolute: TimeDelta,
}

/// How long sessions live (`session.*` of the settings, SPEC MD-8).
pub struct Limits {
    usual: Lifetime,
    remembered: TimeDelta,
}

impl Limits {
    pub async fn load(conn: &impl ConnectionTrait) -> Result<Self, Failure> {
        let settings = AppConfig::load(conn).await?;
        let usual = Lifetime { idle: TimeDelta::minutes(settings.session_idle_minutes), absolute: TimeDelta::hours(settings.session_absolute_hours) };
        Ok(Self { usual, remembered: TimeDelta::days(settings.session_remember_days) })
    }

    /// A browser that is to remember may rest for as long as it may stay.
    pub fn of(&self, remember: bool) -> Lifetime {
        if remember { Lifetime { idle: self.remembered, absolute: self.remembered } } else { self.usual }
    }
}

fn read(row: &QueryResult) -> Result<Session, Failure> {
    let scope = Scope::read(row)?;
    Ok(Session {
        id: row.try_get("", "id")?,
        account: Account { id: row.try_get("", "user_id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? },
        roles: joined(row, "roles")?.into_iter().collect(),
        permissions: scope.keep(joined(row, "permissions")?),
        scope,
        csrf_token: row.try_get("", "csrf_token")?,
        last_seen_at: row.try_get("", "last_seen_at")?,
        absolute_expires_at: row.try_get("", "absolute_expires_at")?,
        remember: row.try_get("", "remember")?,
    })
}

/// The texts `string_agg` has joined by commas in a column.
pub fn joined(row: &QueryResult, column: &str) -> Result<BTreeSet<String>, Failure> {
    let text: Option<String> = row.try_get("", column)?;
    Ok(text.unwrap_or_default().split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
