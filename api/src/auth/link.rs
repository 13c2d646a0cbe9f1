//! One-time sign-in links (SPEC AUTH-4): good for 15 minutes, used once, the newest one only.

use super::account::Account;
use super::token;
use crate::app::App;
use anyhow::Context;
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::id::new_id;
use serde_json::json;

/// How long a link is good for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Makes a link for the account and returns its address. Older unused links of the account end.
///
/// The token stands behind `#`, so that it reaches no log of a proxy and no `Referer`.
pub async fn create(app: &App, account: &Account, actor: &Actor) -> anyhow::Result<String> {
    let token = token::random().context("no randomness")?;
    let now = app.engine.clock.now();
    let mut batch = Batch::default();
    batch.push(
        "UPDATE sign_in_link SET expires_at = ? WHERE user_id = ? AND used_at IS NULL AND expires_at > ?",
        vec![now.into(), account.id.into(), now.into()],
    );
    batch.push(
        "INSERT INTO sign_in_link (id, token_hash, user_id, created_at, expires_at) VALUES (?,?,?,?,?)",
        vec![new_id(now).into(), token::hash(&token).into(), account.id.into(), now.into(), (now + LIFETIME).into()],
    );
    let record = Action {
        action: "session.link".into(),
        entity_type: "user",
        entity_id: account.id,
        entity_code: Some(&account.email),
        instance_seq: None,
        on_behalf_of: None,
        before: None,
        after: Some(json!({ "expires_at": now + LIFETIME })),
        reason: None,
    };
    audit::record(record, actor, now, &mut batch);
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(format!("{}/sign-in#{token}", app.config.base_url()))
}
