//! How somebody signs in, and when they did or tried: one's own, and anybody's for who may see users (SPEC AUTH-8).

use super::OurApp;
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many events are shown.
const MOST: u64 = 50;

/// Ways to sign in, and what was tried last.
#[derive(Serialize, ToSchema)]
pub struct SignIns {
    /// When the password was chosen; null for who has none.
    #[schema(required)]
    password_changed_at: Option<DateTime<Utc>>,
    identities: Vec<Identity>,
    /// The newest first, at most fifty.
    events: Vec<SignInEvent>,
}

/// An account at an identity provider.
#[derive(Serialize, ToSchema)]
pub struct Identity {
    provider: String,
    linked_at: DateTime<Utc>,
    last_used_at: DateTime<Utc>,
}

/// A sign-in, let in or refused.
#[derive(Serialize, ToSchema)]
pub struct SignInEvent {
    id: Uuid,
    at: DateTime<Utc>,
    /// `LINK`, `OIDC` or `PASSWORD`.
    how: String,
    /// `signed_in`, or the code of the refusal.
    outcome: String,
    #[schema(required)]
    ip: Option<String>,
    #[schema(required)]
    user_agent: Option<String>,
}

pub async fn own(State(app): OurApp, who: SignedIn) -> Result<Json<SignIns>, Problem> {
    Ok(Json(of(&app, who.session.account.id).await?))
}

pub async fn of_user(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<SignIns>, Problem> {
    let sql = "SELECT id FROM user_account WHERE id = ? AND user_type = 'ADMIN'";
    db::row(app.engine.db.reader(), sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("user"))?;
    Ok(Json(of(&app, id).await?))
}

async fn of(app: &App, user: Uuid) -> Result<SignIns, Failure> {
    let conn = app.engine.db.reader();
    let password = db::row(conn, "SELECT changed_at FROM password_credential WHERE user_id = ?", vec![user.into()]).await?;
    let sql = "SELECT p.name, i.linked_at, i.last_used_at FROM user_identity i JOIN identity_provider p ON p.id = i.provider_id \
               WHERE i.user_id = ? ORDER BY i.linked_at";
    let identities = db::rows(conn, sql, vec![user.into()]).await?;
    let sql = format!("SELECT id, at, how, outcome, ip, user_agent FROM login_event WHERE user_id = ? ORDER BY at DESC, id DESC LIMIT {MOST}");
    let events = db::rows(conn, &sql, vec![user.into()]).await?;
    Ok(SignIns {
        password_changed_at: password.map(|row| row.try_get("", "changed_at")).transpose()?,
        identities: identities.iter().map(identity).collect::<Result<_, Failure>>()?,
        events: events.iter().map(event).collect::<Result<_, Failure>>()?,
    })
}

fn identity(row: &QueryResult) -> Result<Identity, Failure> {
    Ok(Identity { provider: row.try_get("", "name")?, linked_at: row.try_get("", "linked_at")?, last_used_at: row.try_get("", "last_used_at")? })
}

fn event(row: &QueryResult) -> Result<SignInEvent, Failure> {
    Ok(SignInEvent {
        id: row.try_get("", "id")?,
        at: row.try_get("", "at")?,
        how: row.try_get("", "how")?,
        outcome: row.try_get("", "outcome")?,
        ip: row.try_get("", "ip")?,
        user_agent: row.try_get("", "user_agent")?,
    })
}
