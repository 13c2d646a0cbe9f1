//! Signing in and out; each with its audit record in the same transaction.

use super::account::Account;
use super::event::{self, Event, How};
use super::session::{Limits, Session};
use super::throttle::{self, Key};
use super::token;
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::tag::Tag;
use serde_json::{Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct Client {
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub trace_id: Option<String>,
    /// The token of a session the browser already holds; it ends with this sign-in.
    pub earlier_token: Option<String>,
}

impl Client {
    pub fn ip_text(&self) -> Option<String> {
        self.ip.map(|ip| ip.to_string())
    }

    /// What the browser calls itself, cut to a sensible length.
    pub fn browser(&self) -> Option<String> {
        self.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT).collect())
    }

    /// Somebody who acts from here.
    pub fn actor(&self, actor: Actor) -> Actor {
        Actor { ip: self.ip_text(), request_id: self.request_id.clone(), trace_id: self.trace_id.clone(), ..actor }
    }
}

/// Somebody who has proved who they are.
pub struct Entry<'a> {
    pub account: &'a Account,
    pub how: How,
    /// Whether the browser is to stay signed in after it has been closed.
    pub remember: bool,
}

struct Link {
    id: Uuid,
    account: Account,
    active: bool,
    expires_at: DateTime<Utc>,
    used: bool,
}

const MAX_USER_AGENT: usize = 300;

/// Trades a link's token for a new session's token.
///
/// # Errors
/// 404 `link_unknown`, 410 `link_used` or `link_expired`, 429 `too_many_attempts`.
pub async fn with_link(app: &App, link_token: &str, client: &Client) -> Result<String, Problem> {
    let ticket = throttle::take(app, vec![Key::source(client)]).await?;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let mut batch = Batch::default();
    let found = find(&tx, link_token).await?;
    let refusal = match &found {
        None => Some((StatusCode::NOT_FOUND, "link_unknown")),
        Some(link) if link.used => Some((StatusCode::GONE, "link_used")),
        Some(link) if link.expires_at <= now || !link.active => Some((StatusCode::GONE, "link_expired")),
        Some(_) => None,
    };
    let link = match (found, refusal) {
        (Some(link), None) => link,
        (found, refusal) => {
            let (status, code) = refusal.unwrap_or((StatusCode::NOT_FOUND, "link_unknown"));
            let refused = Refused { account: found.as_ref().map(|link| &link.account), how: How::Link, code, about: json!({}) };
            refuse(&refused, client, (now, &mut batch));
            batch.run(&tx).await?;
            tx.commit().await?;
            return Err(Problem::new(status, code));
        }
    };
    batch.push("UPDATE sign_in_link SET used_at = ? WHERE id = ? AND used_at IS NULL", vec![now.into(), link.id.into()]);
    let session_token = enter(&tx, &Entry { account: &link.account, how: How::Link, remember: false }, client, (now, &mut batch)).await?;
    ticket.give_back(now, &mut batch);
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(session_token)
}

/// Ends the session.
pub async fn out(app: &App, session: &Session, client: &Client) -> Result<(), Problem> {
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let mut batch = Batch::default();
    batch.push("UPDATE user_session SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", vec![now.into(), session.id.into()]);
    record(&session.account, "session.sign_out", json!({}), client, (now, &mut batch));
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The link, held against a second use at the same instant.
async fn find(tx: &Tx, link_token: &str) -> Result<Option<Link>, Problem> {
    let hash = token::hash(link_token);
    let lock = if sea_orm::ConnectionTrait::get_database_backend(tx) == sea_orm::DbBackend::Postgres { " FOR UPDATE OF l" } else { "" };
    let sql = format!(
        "SELECT l.id, l.expires_at, l.used_at, u.id AS user_id, u.email, u.name, u.account_state, u.user_type \
         FROM sign_in_link l JOIN user_account u ON u.id = l.user_id WHERE l.token_hash = ?{lock}"
    );
    let Some(row) = db::row(tx, &sql, vec![hash.into()]).await? else { return Ok(None) };
    let (state, kind): (String, String) = (row.try_get("", "account_state")?, row.try_get("", "user_type")?);
    Ok(Some(Link {
        id: row.try_get("", "id")?,
        account: Account { id: row.try_get("", "user_id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? },
        active: state == "ACTIVE" && kind == "ADMIN",
        expires_at: row.try_get("", "expires_at")?,
        used: row.try_get::<Option<DateTime<Utc>>>("", "used_at")?.is_some(),
    }))
}

/// Adds to the batch whatever a sign-in writes, and gives back the new session's token: always a fresh one, and what
/// the browser held before ends.
pub async fn enter(tx: &Tx, entry: &Entry<'_>, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) -> Result<String, Problem> {
    let session_token = token::random().map_err(|_| Problem::internal())?;
    batch.push("UPDATE user_account SET last_sign_in_at = ? WHERE id = ?", vec![now.into(), entry.account.id.into()]);
    if let Some(earlier) = &client.earlier_token {
        batch.push("UPDATE user_session SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL", vec![now.into(), token::hash(earlier).into()]);
    }
    let limits = Limits::load(tx).await?;
    open(&limits, entry, &session_token, client, (now, &mut *batch))?;
    event::push(&Event { user: Some(entry.account.id), how: entry.how, outcome: event::SIGNED_IN }, client, (now, &mut *batch));
    record(entry.account, "session.sign_in", json!({ "by": entry.how.as_str().to_lowercase() }), client, (now, batch));
    Ok(session_token)
}

fn open(limits: &Limits, entry: &Entry<'_>, session_token: &str, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) -> Result<(), Problem> {
    let csrf_token = token::random().map_err(|_| Problem::internal())?;
    let lasts = limits.of(entry.remember);
    batch.push(
        "INSERT INTO user_session (id, token_hash, csrf_token, user_id, created_at, last_seen_at, idle_expires_at, absolute_expires_at, ip, user_agent, remember) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        vec![
            new_id(now).into(),
            token::hash(session_token).into(),
            csrf_token.into(),
            entry.account.id.into(),
            now.into(),
            now.into(),
            (now + lasts.idle).into(),
            (now + lasts.absolute).into(),
            client.ip_text().into(),
            client.browser().into(),
            entry.remember.into(),
        ],
    );
    Ok(())
}

/// Somebody who was not let in.
pub struct Refused<'a> {
    /// Whose account it was about; `None` when nobody's.
    pub account: Option<&'a Account>,
    pub how: How,
    pub code: &'a str,
    /// What else the audit is to keep, without anything personal.
    pub about: Value,
}

/// Adds the event and the audit record of a refusal to the batch.
pub fn refuse(refused: &Refused<'_>, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let user = refused.account.map(|account| account.id);
    let event = event::push(&Event { user, how: refused.how, outcome: refused.code }, client, (now, &mut *batch));
    let mut after = json!({ "by": refused.how.as_str().to_lowercase(), "code": refused.code });
    if let (Some(after), Some(about)) = (after.as_object_mut(), refused.about.as_object()) {
        after.extend(about.clone());
    }
    match refused.account {
        Some(account) => record(account, "session.refused", after, client, (now, batch)),
        None => {
            let (entity_type, entity_id, entity_code) = ("sign_in", event, None);
            let action = "session.refused".into();
            let (instance_seq, on_behalf_of, before, reason) = (None, None, None, None);
            let action = Action { action, entity_type, entity_id, entity_code, instance_seq, on_behalf_of, before, after: Some(after), reason };
            audit::record(action, &client.actor(Actor::system()), now, batch);
        }
    }
}

/// Adds the record of what somebody did about their own account.
pub fn record(account: &Account, action: &str, after: Value, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let actor = client.actor(Actor::person(account.id, account.name.clone(), []));
    let record = Action {
        action: action.into(),
        entity_type: "user",
        entity_id: account.id,
        entity_code: Some(&account.email),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(after),
        reason: None,
    };
    audit::record(record, &actor, now, batch);
}
