//! People who administer: their accounts, roles and onboarding (SPEC USR-1).

mod read;
mod write;

use super::OurApp;
use crate::answer::Created;
use crate::auth::account::AccountState;
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body, List, Page};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The text that welcomes a new account.
const WELCOME: &str = "welcome_user";

/// An account of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserSummary {
    id: Uuid,
    email: String,
    name: String,
    /// `ACTIVE`, `SUSPENDED` or `ARCHIVED`.
    state: String,
    /// Codes, sorted.
    roles: BTreeSet<String>,
    #[schema(required)]
    last_sign_in_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// An account with what it may do and what is left to do about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    #[serde(flatten)]
    summary: UserSummary,
    /// Of all its roles together, sorted.
    permissions: BTreeSet<String>,
    /// How many of its sessions are live.
    sessions: i64,
    onboarding: Vec<OnboardingStep>,
    /// The welcome mail that was asked for last.
    #[schema(required)]
    welcome: Option<WelcomeMail>,
}

/// Where a welcome mail stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WelcomeMail {
    id: Uuid,
    code: String,
    /// As of the send log, e.g. `QUEUED` or `SENT`.
    state: String,
    requested_at: DateTime<Utc>,
    #[schema(required)]
    sent_at: Option<DateTime<Utc>>,
}

/// A step of the onboarding checklist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OnboardingStep {
    /// `two_factor_google` is marked by hand; `welcome_sent`, `signed_in_once` and `roles_assigned` are seen from the account.
    key: String,
    done: bool,
    #[schema(required)]
    done_at: Option<DateTime<Utc>>,
    /// Who marked it; null for a step nobody marks.
    #[schema(required)]
    done_by_name: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    /// Who holds one of these roles, by code.
    #[serde(rename = "filter[role]")]
    role: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    email: String,
    name: String,
    /// Codes.
    roles: BTreeSet<String>,
    /// Whether to send the welcome mail; needs `notification.send`.
    #[serde(default)]
    welcome: bool,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChanges {
    name: Option<String>,
    /// The codes of all of them, not only the new ones.
    roles: Option<BTreeSet<String>>,
    onboarding: Option<OnboardingChanges>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnboardingChanges {
    /// Whether somebody has seen that 2FA is on in the Google account.
    two_factor_google: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserStateChange {
    reason: String,
}

pub async fn list(State(app): OurApp, list: List<UserFilter>) -> Result<Json<Page<UserSummary>>, Problem> {
    Ok(Json(read::page(&app, &list).await?))
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<User>, Problem> {
    Ok(Json(read::one(&app, id).await?))
}

/// 422 `invalid` at `email` (`taken`, `malformed`), `name`, `roles` (`unknown`); 403 `beyond_own_rights`, or `forbidden`
/// when the mail may not be sent.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<NewUser>) -> Result<Created<User>, Problem> {
    let id = write::create(&app, &who, new).await?;
    Ok(Created(read::one(&app, id).await?))
}

/// 422 `invalid` at `name`, `roles` (`unknown`); 403 `beyond_own_rights`; 409 `last_owner`, or `not_allowed` when archived.
pub async fn edit(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(changes): Body<UserChanges>) -> Result<Json<User>, Problem> {
    write::edit(&app, &who, id, changes).await?;
    Ok(Json(read::one(&app, id).await?))
}

/// 422 `invalid` at `reason`; 409 `last_owner`, or `not_allowed` when the account is archived.
pub async fn deactivate(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<UserStateChange>) -> Result<Json<User>, Problem> {
    write::set_state(&app, &who, (id, AccountState::Suspended), &body.reason).await?;
    Ok(Json(read::one(&app, id).await?))
}

/// 422 `invalid` at `reason`; 403 `beyond_own_rights`; 409 `not_allowed` when the account is archived.
pub async fn activate(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<UserStateChange>) -> Result<Json<User>, Problem> {
    write::set_state(&app, &who, (id, AccountState::Active), &body.reason).await?;
    Ok(Json(read::one(&app, id).await?))
}
