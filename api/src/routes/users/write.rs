//! Making and changing accounts, each in one turn with its audit record.

use super::{NewUser, UserChanges, WELCOME};
use crate::app::App;
use crate::auth::account::AccountState::{self, Active, Archived, Suspended};
use crate::auth::guard::SignedIn;
use crate::auth::input;
use crate::auth::permissions::USER_MANAGE;
use crate::auth::reset;
use crate::auth::roles::OWNER;
use crate::auth::session::joined;
use crate::auth::turn::Turn;
use crate::problem::Problem;
use crate::routes::roles::{Role, read as roles};
use engine::audit::Action;
use engine::db;
use engine::definition::check_text;
use engine::id::new_id;
use engine::refusal::{FieldError, Refusal};
use engine::tag::Tag;
use engine::within::Within;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;
use workflows::notification::{self, Mail};

/// An account as it is when its turn comes.
struct Account {
    email: String,
    state: AccountState,
    profile: Profile,
}

/// What can be edited about an account, and what the audit keeps of it.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Profile {
    name: String,
    roles: BTreeSet<String>,
    two_factor_google: bool,
}

/// Makes an active account; gives back its id.
pub async fn create(app: &App, who: &SignedIn, new: NewUser) -> Result<Uuid, Problem> {
    let mut turn = Turn::take(app, who, USER_MANAGE).await?;
    let (email, name) = match (free_email(&turn, &new.email).await?, input::name(&new.name)) {
        (Ok(email), Ok(name)) => (email, name),
        (email, name) => return Err(Refusal::Invalid(email.err().into_iter().chain(name.err()).collect()).into()),
    };
    let roles = givable(&turn, &new.roles).await?;
    let id = new_id(turn.now);
    turn.changes.push(
        "INSERT INTO user_account (id, email, name, user_type, account_state, created_at) VALUES (?,?,?,'ADMIN',?,?)",
        vec![id.into(), email.clone().into(), name.clone().into(), Active.as_str().into(), turn.now.into()],
    );
    grant(&mut turn, id, &roles);
    let after = json!({ "email": email, "name": name, "roles": new.roles, "state": Active });
    let mail = if new.welcome { Some(welcome(app, &mut turn, id).await?) } else { None };
    turn.commit(action("user.create", (id, &email), (None, after), None)).await?;
    if let Some(mail) = mail {
        app.engine.ring(&mail);
    }
    Ok(id)
}

/// Asks for the mail that welcomes a new account, in the transaction that makes it (SPEC NOT-1).
async fn welcome(app: &App, turn: &mut Turn<'_>, id: Uuid) -> Result<Within, Problem> {
    turn.write().await?;
    let mail = Mail::to_user(WELCOME, id, id);
    Ok(app.engine.execute_within(&turn.tx, &notification::by_person(&mail, turn.actor.clone(), turn.now)).await?)
}

/// Changes an account; nothing is written when nothing differs.
pub async fn edit(app: &App, who: &SignedIn, id: Uuid, changes: UserChanges) -> Result<(), Problem> {
    let mut turn = Turn::take(app, who, USER_MANAGE).await?;
    let account = find(&turn, id).await?;
    if account.state == Archived {
        return Err(Refusal::NotAllowed { state: account.state.as_str().into(), allowed: vec![] }.into());
    }
    let (before, after) = (&account.profile, changed(&account.profile, changes)?);
    let added = givable(&turn, &after.roles.difference(&before.roles).cloned().collect()).await?;
    givable(&turn, &before.roles.difference(&after.roles).cloned().collect()).await?;
    if account.is_active_owner() && !after.roles.contains(OWNER) {
        turn.keep_an_owner_besides(id).await?;
    }
    if after == *before {
        return Ok(());
    }
    turn.changes.push("UPDATE user_account SET name = ? WHERE id = ?", vec![after.name.clone().into(), id.into()]);
    grant(&mut turn, id, &added);
    withdraw(&mut turn, id, before.roles.difference(&after.roles));
    mark_two_factor(&mut turn, id, (before.two_factor_google, after.two_factor_google));
    let sides = (Some(json!(before)), json!(after));
    turn.commit(action("user.edit", (id, &account.email), sides, None)).await
}

/// Suspends an account or lets it in again; an account that is there already stays as it is.
pub async fn set_state(app: &App, who: &SignedIn, (id, to): (Uuid, AccountState), reason: &str) -> Result<(), Problem> {
    if let Some(fault) = check_text("reason", reason) {
        return Err(Problem::invalid(fault));
    }
    let mut turn = Turn::take(app, who, USER_MANAGE).await?;
    let account = find(&turn, id).await?;
    if account.state == to {
        return Ok(());
    }
    if !matches!(account.state, Active | Suspended) {
        return Err(Refusal::NotAllowed { state: account.state.as_str().into(), allowed: vec![] }.into());
    }
    // Letting somebody in gives them what their roles hold, shutting them out takes it.
    givable(&turn, &account.profile.roles).await?;
    if account.is_active_owner() {
        turn.keep_an_owner_besides(id).await?;
    }
    turn.changes.push("UPDATE user_account SET account_state = ? WHERE id = ?", vec![to.as_str().into(), id.into()]);
    end_access(&mut turn, id);
    let name = if to == Active { "user.activate" } else { "user.deactivate" };
    let sides = (Some(json!({ "state": account.state })), json!({ "state": to }));
    turn.commit(action(name, (id, &account.email), sides, Some(reason.trim()))).await
}

impl Account {
    fn is_active_owner(&self) -> bool {
        self.state == Active && self.profile.roles.contains(OWNER)
    }
}

async fn find(turn: &Turn<'_>, id: Uuid) -> Result<Account, Problem> {
    let sql = "SELECT u.email, u.name, u.account_state, \
               (SELECT string_agg(r.code, ',') FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id) AS roles, \
               EXISTS (SELECT 1 FROM onboarding_mark m WHERE m.user_id = u.id AND m.step = 'two_factor_google') AS two_factor_google \
               FROM user_account u WHERE u.id = ? AND u.user_type = 'ADMIN'";
    let row = db::row(&turn.tx, sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("user"))?;
    let state: String = row.try_get("", "account_state")?;
    Ok(Account {
        email: row.try_get("", "email")?,
        state: AccountState::parse(&state).ok_or_else(Problem::internal)?,
        profile: Profile { name: row.try_get("", "name")?, roles: joined(&row, "roles")?, two_factor_google: row.try_get("", "two_factor_google")? },
    })
}

/// The profile as it is to be.
fn changed(profile: &Profile, changes: UserChanges) -> Result<Profile, Problem> {
    let mut after = profile.clone();
    if let Some(name) = changes.name {
        after.name = input::name(&name).map_err(Problem::invalid)?;
    }
    if let Some(roles) = changes.roles {
        after.roles = roles;
    }
    if let Some(two_factor_google) = changes.onboarding.and_then(|onboarding| onboarding.two_factor_google) {
        after.two_factor_google = two_factor_google;
    }
    Ok(after)
}

async fn free_email(turn: &Turn<'_>, text: &str) -> Result<Result<String, FieldError>, Problem> {
    let Ok(email) = input::email(text) else { return Ok(input::email(text)) };
    let there = db::row(&turn.tx, "SELECT id FROM user_account WHERE email = ?", vec![email.clone().into()]).await?;
    Ok(if there.is_some() { Err(FieldError::new("email", "taken")) } else { Ok(email) })
}

/// The roles of these codes, which the caller may give and take.
async fn givable(turn: &Turn<'_>, codes: &BTreeSet<String>) -> Result<Vec<Role>, Problem> {
    let roles: Vec<Role> = roles::all(&turn.tx).await?.into_iter().filter(|role| codes.contains(&role.code)).collect();
    if let Some(unknown) = codes.iter().find(|code| !roles.iter().any(|role| role.code == **code)) {
        return Err(Problem::invalid(FieldError::new("roles", "unknown").with("role", unknown.as_str())));
    }
    turn.may_give(roles.iter().flat_map(|role| &role.permissions))?;
    Ok(roles)
}

fn grant(turn: &mut Turn<'_>, id: Uuid, roles: &[Role]) {
    for role in roles {
        turn.changes.push("INSERT INTO user_role (user_id, role_id) VALUES (?,?)", vec![id.into(), role.id.into()]);
    }
}

fn withdraw<'c>(turn: &mut Turn<'_>, id: Uuid, codes: impl Iterator<Item = &'c String>) {
    for code in codes {
        let sql = "DELETE FROM user_role WHERE user_id = ? AND role_id = (SELECT id FROM role WHERE code = ?)";
        turn.changes.push(sql, vec![id.into(), code.clone().into()]);
    }
}

fn mark_two_factor(turn: &mut Turn<'_>, id: Uuid, (before, after): (bool, bool)) {
    if after && !before {
        let sql = "INSERT INTO onboarding_mark (user_id, step, done_at, done_by) VALUES (?,'two_factor_google',?,?)";
        turn.changes.push(sql, vec![id.into(), turn.now.into(), turn.actor.id.into()]);
    }
    if before && !after {
        turn.changes.push("DELETE FROM onboarding_mark WHERE user_id = ? AND step = 'two_factor_google'", vec![id.into()]);
    }
}

/// Ends all sessions, unused sign-in links and open resets of the password. On the way back too: a sign-in that was under way while the
/// account was suspended must not come to life.
fn end_access(turn: &mut Turn<'_>, id: Uuid) {
    let now = turn.now;
    turn.changes.push("UPDATE user_session SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL", vec![now.into(), id.into()]);
    reset::void_all(id, (now, &mut turn.changes));
    let sql = "UPDATE sign_in_link SET expires_at = ? WHERE user_id = ? AND used_at IS NULL AND expires_at > ?";
    turn.changes.push(sql, vec![now.into(), id.into(), now.into()]);
}

fn action<'a>(name: &str, (id, email): (Uuid, &'a str), (before, after): (Option<Value>, Value), reason: Option<&'a str>) -> Action<'a> {
    Action {
        action: name.into(),
        entity_type: "user",
        entity_id: id,
        entity_code: Some(email),
        instance_seq: None,
        on_behalf_of: None,
        before,
        after: Some(after),
        reason,
    }
}
