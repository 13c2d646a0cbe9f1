//! Signing in with a link, and out; each with its audit record in the same transaction.

use super::account::Account;
use super::session::{Limits, Session};
use super::token;
use crate::app::App;
use crate::problem::Problem;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db;
use engine::id::new_id;
use serde_json::json;
use uuid::Uuid;

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct Client {
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub trace_id: Option<String>,
    /// The token of a session the browser already holds; it ends with this sign-in.
    pub earlier_token: Option<String>,
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
/// 404 `link_unknown`, 410 `link_used` or `link_expired`.
pub async fn with_link(app: &App, link_token: &str, client: &Client) -> Result<String, Problem> {
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let link = find(&tx, link_token).await?.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "link_unknown"))?;
    let refusal = match &link {
        link if link.used => Some("link_used"),
        link if link.expires_at <= now || !link.active => Some("link_expired"),
        _ => None,
    };
    let mut batch = Batch::default();
    if let Some(code) = refusal {
        record(&link.account, "session.refused", json!({ "code": code }), client, (now, &mut batch));
        batch.run(&tx).await?;
        tx.commit().await.map_err(engine::refusal::Failure::from)?;
        return Err(Problem::new(StatusCode::GONE, code));
    }
    let session_token = token::random().map_err(|_| Problem::internal())?;
    batch.push("UPDATE sign_in_link SET used_at = ? WHERE id = ? AND used_at IS NULL", vec![now.into(), link.id.into()]);
    batch.push("UPDATE user_account SET last_sign_in_at = ? WHERE id = ?", vec![now.into(), link.account.id.into()]);
    if let Some(earlier) = &client.earlier_token {
        batch.push("UPDATE user_session SET revoked_at = ? WHERE token_hash = ? AND revoked_at IS NULL", vec![now.into(), token::hash(earlier).into()]);
    }
    let limits = Limits::load(&tx).await?;
    open(&limits, &link.account, &session_token, client, (now, &mut batch))?;
    record(&link.account, "session.sign_in", json!({ "by": "link" }), client, (now, &mut batch));
    batch.run(&tx).await?;
    tx.commit().await.map_err(engine::refusal::Failure::from)?;
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
    tx.commit().await.map_err(engine::refusal::Failure::from)?;
    Ok(())
}

/// The link, held against a second use at the same instant.
async fn find(tx: &db::Tx, link_token: &str) -> Result<Option<Link>, Problem> {
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

fn open(limits: &Limits, account: &Account, session_token: &str, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) -> Result<(), Problem> {
    let csrf_token = token::random().map_err(|_| Problem::internal())?;
    let user_agent: Option<String> = client.user_agent.as_ref().map(|text| text.chars().take(MAX_USER_AGENT).collect());
    batch.push(
        "INSERT INTO user_session (id, token_hash, csrf_token, user_id, created_at, last_seen_at, idle_expires_at, absolute_expires_at, ip, user_agent) VALUES (?,?,?,?,?,?,?,?,?,?)",
        vec![
            new_id(now).into(),
            token::hash(session_token).into(),
            csrf_token.into(),
            account.id.into(),
            now.into(),
            now.into(),
            (now + limits.idle).into(),
            (now + limits.absolute).into(),
            client.ip.clone().into(),
            user_agent.into(),
        ],
    );
    Ok(())
}

fn record(account: &Account, action: &str, after: serde_json::Value, client: &Client, (now, batch): (DateTime<Utc>, &mut Batch)) {
    let mut actor = Actor::person(account.id, account.name.clone(), []);
    (actor.ip, actor.request_id, actor.trace_id) = (client.ip.clone(), client.request_id.clone(), client.trace_id.clone());
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
