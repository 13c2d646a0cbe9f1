//! Whose account somebody is: by their subject once it is known, by their address the first time.

use super::provider::{Person, Provider};
use super::{Refusal, Stop, refused};
use crate::auth::account::Account;
use crate::auth::credential;
use crate::auth::sign_in::{self, Client};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::db::{self, Tx};
use engine::id::new_id;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde_json::json;
use uuid::Uuid;

/// Somebody at the door whom the provider has sent.
pub struct Visit<'a> {
    pub provider: &'a Provider,
    pub person: &'a Person,
    pub client: &'a Client,
}

/// The account of somebody whom the provider vouches for; a first visit ties the subject to it.
///
/// # Errors
/// Refused as `oidc_unknown_user`, `oidc_deactivated`, or `oidc_other_subject` when the address has wandered to somebody
/// else at the provider.
pub async fn account_of(tx: &Tx, visit: &Visit<'_>, (now, batch): (DateTime<Utc>, &mut Batch)) -> Result<Account, Stop> {
    let Visit { provider, person, client } = *visit;
    let provider_id = ensure(tx, provider, now).await?;
    let known = by_subject(tx, provider_id, &person.subject).await?;
    let account = match &known {
        Some(found) => active(found)?,
        None => by_address(tx, provider_id, person).await?,
    };
    if known.is_some() {
        let sql = "UPDATE user_identity SET last_used_at = ? WHERE provider_id = ? AND subject = ?";
        batch.push(sql, vec![now.into(), provider_id.into(), person.subject.clone().into()]);
        return Ok(account);
    }
    batch.push(
        "INSERT INTO user_identity (provider_id, subject, user_id, linked_at, last_used_at) VALUES (?,?,?,?,?)",
        vec![provider_id.into(), person.subject.clone().into(), account.id.into(), now.into(), now.into()],
    );
    sign_in::record(&account, "user.identity_link", json!({ "provider_id": provider_id }), client, (now, batch));
    Ok(account)
}

/// The row of the provider.
async fn ensure(tx: &Tx, provider: &Provider, now: DateTime<Utc>) -> Result<Uuid, Stop> {
    let sql = "INSERT INTO identity_provider (id, issuer, name, created_at) VALUES (?,?,?,?) \
               ON CONFLICT (issuer) DO UPDATE SET name = excluded.name RETURNING id";
    let values = vec![new_id(now).into(), provider.issuer.clone().into(), provider.name.clone().into(), now.into()];
    let row = db::row(tx, sql, values).await?.ok_or_else(Problem::internal)?;
    Ok(row.try_get("", "id").map_err(Problem::from)?)
}

struct Found {
    account: Account,
    active: bool,
    /// Whether another subject of the provider is tied to the account.
    tied: bool,
}

async fn by_subject(tx: &Tx, provider: Uuid, subject: &str) -> Result<Option<Found>, Stop> {
    let sql = "SELECT u.id, u.email, u.name, u.account_state, u.user_type, FALSE AS tied FROM user_identity i \
               JOIN user_account u ON u.id = i.user_id WHERE i.provider_id = ? AND i.subject = ?";
    Ok(db::row(tx, sql, vec![provider.into(), subject.into()]).await?.map(|row| read(&row)).transpose()?)
}

async fn by_address(tx: &Tx, provider: Uuid, person: &Person) -> Result<Account, Stop> {
    let email = person.email.clone().unwrap_or_default();
    let there = db::row(tx, "SELECT id FROM user_account WHERE email = ?", vec![email.into()]).await?;
    let id: Uuid = there.ok_or_else(|| refused("oidc_unknown_user"))?.try_get("", "id").map_err(Problem::from)?;
    // Two who come at once with one address are tied one after the other.
    credential::hold(tx, id).await?;
    let sql = "SELECT u.id, u.email, u.name, u.account_state, u.user_type, \
               EXISTS (SELECT 1 FROM user_identity i WHERE i.user_id = u.id AND i.provider_id = ?) AS tied FROM user_account u WHERE u.id = ?";
    let row = db::row(tx, sql, vec![provider.into(), id.into()]).await?.ok_or_else(|| refused("oidc_unknown_user"))?;
    let found = read(&row)?;
    match by_subject(tx, provider, &person.subject).await? {
        // The same person in another tab was faster.
        Some(_) => Err(refused("oidc_lost")),
        None if found.tied => Err(refused(Refusal { account: Some(found.account), ..Refusal::new("oidc_other_subject") })),
        None => active(&found),
    }
}

fn active(found: &Found) -> Result<Account, Stop> {
    if found.active {
        return Ok(found.account.clone());
    }
    Err(refused(Refusal { account: Some(found.account.clone()), ..Refusal::new("oidc_deactivated") }))
}

fn read(row: &QueryResult) -> Result<Found, Failure> {
    let (state, kind): (String, String) = (row.try_get("", "account_state")?, row.try_get("", "user_type")?);
    Ok(Found {
        account: Account { id: row.try_get("", "id")?, email: row.try_get("", "email")?, name: row.try_get("", "name")? },
        active: state == "ACTIVE" && kind == "ADMIN",
        tied: row.try_get("", "tied")?,
    })
}
