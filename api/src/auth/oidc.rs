//! Signing in with an OpenID Connect provider (SPEC AUTH-1): authorisation code with PKCE, nonce and state.
//!
//! ```text
//! browser ── GET /session/oidc ──► attempt (a row, a cookie) ──► provider ──► GET /session/oidc/callback ──► session
//! ```
//! Everybody who is turned away lands on the sign-in page with a code that says why, and leaves an event and an audit
//! record behind.

mod attempt;
mod identity;
mod provider;

pub use attempt::{Handle, LIFETIME};
pub use provider::Provider;

use super::event::How;
use super::sign_in::{self, Client, Entry, Refused};
use super::throttle::{self, Key};
use super::{account::Account, return_path};
use crate::app::App;
use crate::problem::Problem;
use attempt::Attempt;
use engine::batch::Batch;
use identity::Visit;
use serde_json::{Value, json};

/// Where somebody wants to go through the provider.
pub struct Leaving {
    pub next: String,
    pub remember: bool,
    /// Whether they want to choose another account than the one the provider knows.
    pub again: bool,
}

/// What the provider has sent the browser back with.
#[derive(Default)]
pub struct Returned {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
}

/// Somebody who was turned away.
#[derive(Debug)]
pub struct TurnedAway {
    pub code: String,
    pub wait_s: Option<i64>,
    /// Where they wanted to go, for the next try.
    pub next: Option<String>,
}

/// Somebody who is in.
pub struct Welcomed {
    pub token: String,
    pub next: String,
}

/// Why, whose account it was about, and what else the audit is to know.
struct Refusal {
    code: &'static str,
    account: Option<Account>,
    about: Value,
}

impl Refusal {
    fn new(code: &'static str) -> Self {
        Self { code, account: None, about: json!({}) }
    }
}

impl From<&'static str> for Refusal {
    fn from(code: &'static str) -> Self {
        Self::new(code)
    }
}

/// What goes wrong on the way: a refusal that is recorded, or a failure that is not.
enum Stop {
    Refused(Refusal),
    Failed(Problem),
}

impl<E: Into<Problem>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn refused(refusal: impl Into<Refusal>) -> Stop {
    Stop::Refused(refusal.into())
}

/// The provider's address to send the browser to, and the handle it is to keep meanwhile.
pub async fn leave(app: &App, leaving: &Leaving, client: &Client) -> Result<(String, Handle), TurnedAway> {
    let next = return_path::local(&leaving.next);
    match try_leave(app, leaving, &next, client).await {
        Ok(left) => Ok(left),
        Err(stop) => Err(turn_away(app, stop, Some(next), client).await),
    }
}

async fn try_leave(app: &App, leaving: &Leaving, next: &str, client: &Client) -> Result<(String, Handle), Stop> {
    let provider = app.oidc.as_ref().ok_or_else(|| refused("oidc_off"))?;
    throttle::take(app, vec![Key::leaving(client)]).await?;
    let handle = Handle::random().map_err(|_| Problem::internal())?;
    let address = provider.address(&handle, leaving.again, app.engine.clock.as_ref()).await.map_err(refused)?;
    attempt::begin(app, &handle, next, leaving.remember).await?;
    Ok((address, handle))
}

/// Reads who came back, and signs them in.
pub async fn come_back(app: &App, returned: Returned, handle: Option<Handle>, client: &Client) -> Result<Welcomed, TurnedAway> {
    let attempt = match attempt::end(app, handle.as_ref(), returned.state.as_deref()).await {
        Ok(attempt) => attempt,
        Err(stop) => return Err(turn_away(app, stop, None, client).await),
    };
    let Some(handle) = handle else { return Err(turn_away(app, refused("oidc_lost"), None, client).await) };
    match welcome(app, returned, &handle, &attempt, client).await {
        Ok(token) => Ok(Welcomed { token, next: attempt.next }),
        Err(stop) => Err(turn_away(app, stop, Some(attempt.next), client).await),
    }
}

async fn welcome(app: &App, returned: Returned, handle: &Handle, attempt: &Attempt, client: &Client) -> Result<String, Stop> {
    let provider = app.oidc.as_ref().ok_or_else(|| refused("oidc_off"))?;
    let code = match (returned.error.as_deref(), returned.code) {
        (Some("access_denied"), _) => return Err(refused("oidc_denied")),
        (None, Some(code)) => code,
        (Some(_), _) | (None, None) => return Err(refused("oidc_failed")),
    };
    let person = provider.person(code, handle, app.engine.clock.clone()).await.map_err(refused)?;
    provider.admits(&person).map_err(Stop::Refused)?;
    let now = app.engine.clock.now();
    let tx = app.engine.db.begin().await?;
    let mut batch = Batch::default();
    let account = match identity::account_of(&tx, &Visit { provider, person: &person, client }, (now, &mut batch)).await {
        Ok(account) => account,
        Err(stop) => {
            // At once: the record of the refusal must not wait for what this has locked.
            tx.rollback().await?;
            return Err(stop);
        }
    };
    let entry = Entry { account: &account, how: How::Oidc, remember: attempt.remember };
    let token = sign_in::enter(&tx, &entry, client, (now, &mut batch)).await?;
    throttle::give_back_one(Key::leaving(client), &mut batch);
    batch.run(&tx).await?;
    tx.commit().await?;
    Ok(token)
}

/// Records a refusal; what fails is told without one.
async fn turn_away(app: &App, stop: Stop, next: Option<String>, client: &Client) -> TurnedAway {
    let problem = match stop {
        Stop::Failed(problem) => problem,
        Stop::Refused(refusal) => match record(app, &refusal, client).await {
            Ok(()) => return TurnedAway { code: refusal.code.into(), wait_s: None, next },
            Err(problem) => problem,
        },
    };
    TurnedAway { code: problem.code.clone(), wait_s: problem.params.get("retry_after_s").and_then(Value::as_i64), next }
}

async fn record(app: &App, refusal: &Refusal, client: &Client) -> Result<(), Problem> {
    let now = app.engine.clock.now();
    let mut batch = Batch::default();
    let refused = Refused { account: refusal.account.as_ref(), how: How::Oidc, code: refusal.code, about: refusal.about.clone() };
    sign_in::refuse(&refused, client, (now, &mut batch));
    let tx = app.engine.db.begin().await?;
    batch.run(&tx).await?;
    Ok(tx.commit().await?)
}
