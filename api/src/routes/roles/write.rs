//! Making, changing and removing roles, each in one turn with its audit record.

use super::{NewRole, Role, RoleChanges, read};
use crate::app::App;
use crate::auth::guard::SignedIn;
use crate::auth::input;
use crate::auth::permissions::{self, ROLE_MANAGE};
use crate::auth::roles::OWNER;
use crate::auth::turn::Turn;
use crate::problem::Problem;
use axum::http::StatusCode;
use engine::audit::Action;
use engine::batch::Batch;
use engine::id::new_id;
use engine::refusal::{FieldError, Refusal};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Makes a role; gives back its code.
pub async fn create(app: &App, who: &SignedIn, new: NewRole) -> Result<String, Problem> {
    let mut turn = Turn::take(app, who, ROLE_MANAGE).await?;
    let taken = read::all(&turn.tx).await?.iter().any(|role| role.code == new.code).then(|| FieldError::new("code", "taken"));
    let (code, name) = (input::role_code(&new.code), input::name(&new.name));
    let (code, name) = match (code, name, taken, unknown(&new.permissions)) {
        (Ok(code), Ok(name), None, None) => (code, name),
        (code, name, taken, unknown) => return Err(Refusal::Invalid(code.err().into_iter().chain(name.err()).chain(taken).chain(unknown).collect()).into()),
    };
    turn.may_give(&new.permissions)?;
    let id = new_id(turn.now);
    turn.changes
        .push("INSERT INTO role (id, code, name, created_at) VALUES (?,?,?,?)", vec![id.into(), code.clone().into(), name.clone().into(), turn.now.into()]);
    add(id, &new.permissions, &mut turn.changes);
    let after = json!({ "name": name, "permissions": new.permissions });
    turn.commit(action("role.create", (id, &code), (None, Some(after)))).await?;
    Ok(code)
}

/// Changes a role; nothing is written when nothing differs.
pub async fn edit(app: &App, who: &SignedIn, code: &str, changes: RoleChanges) -> Result<(), Problem> {
    let mut turn = Turn::take(app, who, ROLE_MANAGE).await?;
    let before = read::one(&turn.tx, code).await?;
    let after = changed(&before, changes)?;
    let added: BTreeSet<String> = after.permissions.difference(&before.permissions).cloned().collect();
    if let Some(fault) = unknown(&added) {
        return Err(Problem::invalid(fault));
    }
    turn.may_give(&added)?;
    if (&after.name, &after.permissions) == (&before.name, &before.permissions) {
        return Ok(());
    }
    turn.changes.push("UPDATE role SET name = ? WHERE id = ?", vec![after.name.clone().into(), after.id.into()]);
    for permission in before.permissions.difference(&after.permissions) {
        turn.changes.push("DELETE FROM role_permission WHERE role_id = ? AND permission = ?", vec![after.id.into(), permission.clone().into()]);
    }
    add(after.id, &added, &mut turn.changes);
    turn.commit(action("role.edit", (after.id, code), (Some(content(&before)), Some(content(&after))))).await
}

/// Removes a role nobody holds.
pub async fn remove(app: &App, who: &SignedIn, code: &str) -> Result<(), Problem> {
    let mut turn = Turn::take(app, who, ROLE_MANAGE).await?;
    let role = read::one(&turn.tx, code).await?;
    if role.members > 0 || role.code == OWNER {
        return Err(Problem::new(StatusCode::CONFLICT, "role_in_use").with("members", role.members));
    }
    turn.changes.push("DELETE FROM role_permission WHERE role_id = ?", vec![role.id.into()]);
    turn.changes.push("DELETE FROM role WHERE id = ?", vec![role.id.into()]);
    turn.commit(action("role.delete", (role.id, code), (Some(content(&role)), None))).await
}

/// The role as it is to be.
fn changed(role: &Role, changes: RoleChanges) -> Result<Role, Problem> {
    let mut after = role.clone();
    if let Some(name) = changes.name {
        after.name = input::name(&name).map_err(Problem::invalid)?;
    }
    if let Some(permissions) = changes.permissions {
        after.permissions = permissions;
    }
    if role.code == OWNER && after.permissions != role.permissions {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "owner_holds_all"));
    }
    Ok(after)
}

/// A permission the program does not have.
fn unknown(permissions: &BTreeSet<String>) -> Option<FieldError> {
    let known = permissions::all();
    let unknown = permissions.iter().find(|permission| !known.contains(permission.as_str()))?;
    Some(FieldError::new("permissions", "unknown").with("permission", unknown.as_str()))
}

fn add(id: Uuid, permissions: &BTreeSet<String>, batch: &mut Batch) {
    for permission in permissions {
        batch.push("INSERT INTO role_permission (role_id, permission) VALUES (?,?)", vec![id.into(), permission.clone().into()]);
    }
}

fn content(role: &Role) -> Value {
    json!({ "name": role.name, "permissions": role.permissions })
}

fn action<'a>(name: &str, (id, code): (Uuid, &'a str), (before, after): (Option<Value>, Option<Value>)) -> Action<'a> {
    Action {
        action: name.into(),
        entity_type: "role",
        entity_id: id,
        entity_code: Some(code),
        instance_seq: None,
        on_behalf_of: None,
        before,
        after,
        reason: None,
    }
}
