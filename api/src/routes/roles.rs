//! Roles: named sets of permissions, put together at run time (SPEC AUTH-5).

pub mod read;
mod write;

use super::OurApp;
use crate::answer::{Created, NoContent};
use crate::auth::guard::SignedIn;
use crate::problem::Problem;
use crate::request::{At, Body};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// A role as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Role {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// Sorted.
    pub permissions: BTreeSet<String>,
    /// How many accounts hold it, active or not.
    pub members: i64,
}

/// All roles, by code.
#[derive(Serialize, ToSchema)]
pub struct RoleList {
    items: Vec<Role>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// `^[A-Z][A-Z0-9_]{1,39}$`
    code: String,
    name: String,
    permissions: BTreeSet<String>,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChanges {
    name: Option<String>,
    /// All of them, not only the new ones.
    permissions: Option<BTreeSet<String>>,
}

pub async fn list(State(app): OurApp) -> Result<Json<RoleList>, Problem> {
    Ok(Json(RoleList { items: read::all(app.engine.db.reader()).await? }))
}

/// 422 `invalid` at `code` (`malformed`, `taken`), `name`, `permissions` (`unknown`); 403 `beyond_own_rights`.
pub async fn create(State(app): OurApp, who: SignedIn, Body(new): Body<NewRole>) -> Result<Created<Role>, Problem> {
    let code = write::create(&app, &who, new).await?;
    Ok(Created(read::one(app.engine.db.reader(), &code).await?))
}

/// 422 `owner_holds_all`, or `invalid` at `name`, `permissions` (`unknown`); 403 `beyond_own_rights`.
pub async fn edit(State(app): OurApp, who: SignedIn, At(code): At<String>, Body(changes): Body<RoleChanges>) -> Result<Json<Role>, Problem> {
    write::edit(&app, &who, &code, changes).await?;
    Ok(Json(read::one(app.engine.db.reader(), &code).await?))
}

/// 409 `role_in_use` with `members`.
pub async fn remove(State(app): OurApp, who: SignedIn, At(code): At<String>) -> Result<NoContent, Problem> {
    write::remove(&app, &who, &code).await?;
    Ok(NoContent)
}
