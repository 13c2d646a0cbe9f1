//! Signing in and out, and who is signed in.

use super::OurApp;
use crate::app::App;
use crate::auth::cookie;
use crate::auth::credential::{self, Typed};
use crate::auth::guard::SignedIn;
use crate::auth::session::{self, Session};
use crate::auth::sign_in::{self, Client};
use crate::http::Trail;
use crate::problem::Problem;
use crate::request::Body;
use crate::route::describe::{Gives, Sketch, Takes};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use engine::refusal::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who is signed in and what they may do.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    user: SessionUser,
    permissions: Vec<String>,
    /// Send it as `X-CSRF-Token` with every request that is not a GET.
    csrf_token: String,
    /// When the session ends whatever happens.
    expires_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
struct SessionUser {
    id: Uuid,
    name: String,
    email: String,
    roles: Vec<String>,
}

impl From<&Session> for SessionView {
    fn from(session: &Session) -> Self {
        let account = &session.account;
        let user = SessionUser { id: account.id, name: account.name.clone(), email: account.email.clone(), roles: session.roles.clone() };
        Self {
            user,
            permissions: session.permissions.iter().cloned().collect(),
            csrf_token: session.csrf_token.clone(),
            expires_at: session.absolute_expires_at,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkToken {
    /// What stands behind `#` in the sign-in link.
    token: String,
}

/// The longest token worth looking up.
const MAX_TOKEN: usize = 200;

pub async fn show(signed_in: SignedIn) -> Json<SessionView> {
    Json(SessionView::from(signed_in.session.as_ref()))
}

/// The ways there are to sign in here.
#[derive(Serialize, ToSchema)]
pub struct SignInWays {
    /// The identity provider; null when none is set up.
    #[schema(required)]
    oidc: Option<OidcWay>,
}

#[derive(Serialize, ToSchema)]
pub struct OidcWay {
    name: String,
    /// The organisation an account must belong to; null for any.
    #[schema(required)]
    hosted_domain: Option<String>,
}

pub async fn ways(State(app): OurApp) -> Json<SignInWays> {
    let oidc = app.oidc.as_ref().map(|provider| OidcWay { name: provider.name.clone(), hosted_domain: provider.hosted_domain.clone() });
    Json(SignInWays { oidc })
}

/// Trades a one-time link for a session; slows down whoever guesses.
pub async fn with_link(State(app): OurApp, Browser(client): Browser, Body(body): Body<LinkToken>) -> Result<WithCookie<Json<SessionView>>, Problem> {
    if body.token.is_empty() || body.token.len() > MAX_TOKEN {
        return Err(Problem::invalid(FieldError::new("token", "required")));
    }
    let token = sign_in::with_link(&app, &body.token, &client).await?;
    opened(&app, &token).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
    /// Whether to stay signed in after the browser has been closed.
    #[serde(default)]
    remember: bool,
}

/// 403 `credentials_refused`, whatever was wrong; 429 `too_many_attempts`.
pub async fn with_password(State(app): OurApp, Browser(client): Browser, Body(body): Body<Credentials>) -> Result<WithCookie<Json<SessionView>>, Problem> {
    let Credentials { email, password, remember } = body;
    for (field, text) in [("email", &email), ("password", &password)] {
        if text.is_empty() {
            return Err(Problem::invalid(FieldError::new(field, "required")));
        }
    }
    let token = credential::sign_in(&app, Typed { email, password, remember }, &client).await?;
    opened(&app, &token).await
}

/// The session of a token just given out, with its cookie.
async fn opened(app: &App, token: &str) -> Result<WithCookie<Json<SessionView>>, Problem> {
    let session = session::find(app, token).await?.ok_or_else(Problem::internal)?;
    let cookie = cookie::set(token, session.keep(app.engine.clock.now()), app.secure());
    Ok(WithCookie(cookie, Json(SessionView::from(&session))))
}

pub async fn sign_out(State(app): OurApp, signed_in: SignedIn, Browser(client): Browser) -> Result<WithCookie<StatusCode>, Problem> {
    sign_in::out(&app, &signed_in.session, &client).await?;
    Ok(WithCookie(cookie::clear(app.secure()), StatusCode::NO_CONTENT))
}

/// Where the request comes from.
pub struct Browser(pub Client);

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let trail = parts.extensions.get::<Trail>();
        Ok(Self(Client {
            ip: trail.and_then(|trail| trail.ip),
            user_agent: parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
            request_id: trail.map(|trail| trail.request_id.clone()),
            trace_id: trail.map(|trail| trail.trace_id.clone()),
            earlier_token: cookie::read(&parts.headers).map(str::to_owned),
        }))
    }
}

impl Takes for Browser {}

/// An answer that sets the session cookie.
pub struct WithCookie<T>(pub Option<HeaderValue>, pub T);

impl<T: IntoResponse> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        let mut response = self.1.into_response();
        if let Some(cookie) = self.0 {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl Gives for WithCookie<Json<SessionView>> {
    fn describe(sketch: &mut Sketch) {
        Json::<SessionView>::describe(sketch);
    }
}

impl Gives for WithCookie<StatusCode> {
    fn describe(sketch: &mut Sketch) {
        sketch.raw_answer("204", utoipa::openapi::Response::new("Signed out"));
    }
}
