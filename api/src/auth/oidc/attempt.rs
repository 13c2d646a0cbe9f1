//! A way to the provider and back, bound to the browser that went.
//!
//! The browser keeps one secret in a cookie; state, nonce and PKCE verifier are made from it. So the database holds
//! nothing that would let a reader finish somebody's sign-in, and another browser's state is of no use.

use super::{Stop, refused};
use crate::app::App;
use crate::auth::token;
use crate::problem::Problem;
use chrono::{DateTime, TimeDelta, Utc};
use engine::batch::Batch;
use engine::db;
use engine::id::new_id;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How long somebody may take at the provider.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// The secret of a browser that went to the provider.
#[derive(Clone)]
pub struct Handle(String);

impl Handle {
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn random() -> std::io::Result<Self> {
        token::random().map(Self)
    }

    /// As the cookie brings it back.
    pub fn from_cookie(text: &str) -> Self {
        Self(text.into())
    }

    pub fn cookie(&self) -> &str {
        &self.0
    }

    pub fn state(&self) -> String {
        self.derived("state")
    }
    pub fn nonce(&self) -> String {
        self.derived("nonce")
    }
    pub fn verifier(&self) -> String {
        self.derived("verifier")
    }

    fn derived(&self, what: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else { return String::new() };
        mac.update(what.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }
}

/// What was meant when the browser left.
pub struct Attempt {
    pub next: String,
    pub remember: bool,
}

pub async fn begin(app: &App, handle: &Handle, next: &str, remember: bool) -> Result<(), Problem> {
    let now = app.engine.clock.now();
    let mut batch = Batch::default();
    batch.push("DELETE FROM oidc_attempt WHERE expires_at < ?", vec![(now - LIFETIME).into()]);
    batch.push(
        "INSERT INTO oidc_attempt (id, state_hash, return_path, remember, created_at, expires_at) VALUES (?,?,?,?,?,?)",
        vec![new_id(now).into(), token::hash(&handle.state()).into(), next.into(), remember.into(), now.into(), (now + LIFETIME).into()],
    );
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}

/// The attempt of this state, which is over with it.
///
/// # Errors
/// Refused as `oidc_lost` when the browser is not the one that left or comes back twice, as `oidc_expired` when it took
/// too long.
pub async fn end(app: &App, handle: Option<&Handle>, state: Option<&str>) -> Result<Attempt, Stop> {
    let expected = handle.map(Handle::state);
    let (Some(expected), Some(state)) = (expected, state) else { return Err(refused("oidc_lost")) };
    if !token::same(&expected, state) {
        return Err(refused("oidc_lost"));
    }
    let sql = "DELETE FROM oidc_attempt WHERE state_hash = ? RETURNING return_path, remember, expires_at";
    let row = db::row(app.engine.db.writer(), sql, vec![token::hash(state).into()]).await?.ok_or_else(|| refused("oidc_lost"))?;
    if row.try_get::<DateTime<Utc>>("", "expires_at").map_err(Problem::from)? <= app.engine.clock.now() {
        return Err(refused("oidc_expired"));
    }
    let (next, remember) = (row.try_get("", "return_path").map_err(Problem::from)?, row.try_get("", "remember").map_err(Problem::from)?);
    Ok(Attempt { next, remember })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_a_handle_is_its_own_and_differs_by_use() {
        let (one, other) = (Handle::random().unwrap(), Handle::random().unwrap());
        assert_eq!(one.state(), Handle::from_cookie(one.cookie()).state());
        assert_ne!(one.state(), other.state());
        assert!(one.state() != one.nonce() && one.nonce() != one.verifier() && one.state() != one.verifier());
        // RFC 7636: 43 to 128 letters.
        assert_eq!(one.verifier().len(), 64);
    }
}
