//! What people see and change about themselves: their name and their sessions (SPEC AUTH-3).

use super::OurApp;
use super::session::SessionView;
use crate::answer::NoContent;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::auth::input;
use crate::auth::session::{IS_LIVE, Session};
use crate::problem::Problem;
use crate::request::{At, Body};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// A live session of the caller.
#[derive(Serialize, ToSchema)]
pub struct OwnSession {
    id: Uuid,
    /// Whether it is the one that asks.
    current: bool,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
    /// When it ends whatever happens.
    absolute_expires_at: DateTime<Utc>,
}

/// The caller's live sessions, the one last used first.
#[derive(Serialize, ToSchema)]
pub struct OwnSessions {
    items: Vec<OwnSession>,
}

#[derive(Serialize, ToSchema)]
pub struct Revoked {
    /// How many sessions have ended.
    #[schema(value_type = i64)]
    revoked: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnChanges {
    name: String,
}

pub async fn sessions(State(app): OurApp, who: SignedIn) -> Result<Json<OwnSessions>, Problem> {
    let now = app.engine.clock.now();
    let sql = format!(
        "SELECT id, created_at, last_seen_at, ip, user_agent, absolute_expires_at FROM user_session WHERE user_id = ? AND {IS_LIVE} \
         ORDER BY last_seen_at DESC, id DESC"
    );
    let rows = db::rows(app.engine.db.reader(), &sql, vec![who.session.account.id.into(), now.into(), now.into()]).await?;
    let items = rows.iter().map(|row| read(row, who.session.id)).collect::<Result<_, Failure>>()?;
    Ok(Json(OwnSessions { items }))
}

fn read(row: &QueryResult, current: Uuid) -> Result<OwnSession, Failure> {
    let id = row.try_get("", "id")?;
    Ok(OwnSession {
        id,
        current: id == current,
        created_at: row.try_get("", "created_at")?,
        last_seen_at: row.try_get("", "last_seen_at")?,
        ip: row.try_get("", "ip")?,
        user_agent: row.try_get("", "user_agent")?,
        absolute_expires_at: row.try_get("", "absolute_expires_at")?,
    })
}

/// 404 for a session that has ended or is another's.
pub async fn revoke(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<NoContent, Problem> {
    match end(&app, &who, ("id = ?", id), "session.revoke").await? {
        0 => Err(Problem::not_found("session")),
        _ => Ok(NoContent),
    }
}

pub async fn revoke_others(State(app): OurApp, who: SignedIn) -> Result<Json<Revoked>, Problem> {
    Ok(Json(Revoked { revoked: end(&app, &who, ("id <> ?", who.session.id), "session.revoke_others").await? }))
}

/// 422 `invalid` at `name`.
pub async fn edit(State(app): OurApp, who: SignedIn, Body(changes): Body<OwnChanges>) -> Result<Json<SessionView>, Problem> {
    let name = input::name(&changes.name).map_err(Problem::invalid)?;
    let mut session = Session::clone(&who.session);
    if name != session.account.name {
        rename(&app, &who, &name).await?;
        session.account.name = name;
    }
    Ok(Json(SessionView::from(&session)))
}

async fn rename(app: &App, who: &SignedIn, name: &str) -> Result<(), Problem> {
    let tx = app.engine.db.begin().await?;
    let mut batch = Batch::default();
    batch.push("UPDATE user_account SET name = ? WHERE id = ?", vec![name.into(), who.actor.id.into()]);
    let sides = (Some(json!({ "name": who.session.account.name })), json!({ "name": name }));
    record(who, "user.edit", sides, (app.engine.clock.now(), &mut batch));
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// Ends the caller's live sessions that meet the condition; gives back how many.
async fn end(app: &App, who: &SignedIn, (condition, id): (&str, Uuid), action: &str) -> Result<u64, Problem> {
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let sql = format!("UPDATE user_session SET revoked_at = ? WHERE {condition} AND user_id = ? AND {IS_LIVE}");
    let ended = db::run(&tx, &sql, vec![now.into(), id.into(), who.actor.id.into(), now.into(), now.into()]).await?;
    if ended > 0 {
        let mut batch = Batch::default();
        record(who, action, (None, json!({ "sessions_ended": ended })), (now, &mut batch));
        batch.run(&tx).await?;
        tx.commit().await?;
    }
    Ok(ended)
}

fn record(who: &SignedIn, action: &str, (before, after): (Option<Value>, Value), (now, batch): (DateTime<Utc>, &mut Batch)) {
    let account = &who.session.account;
    let action = Action {
        action: action.into(),
        entity_type: "user",
        entity_id: account.id,
        entity_code: Some(&account.email),
        instance_seq: None,
        on_behalf_of: None,
        before,
        after: Some(after),
        reason: None,
    };
    audit::record(action, &who.actor, now, batch);
}
