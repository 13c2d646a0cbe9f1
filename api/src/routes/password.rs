//! Passwords: the mail for a forgotten one, choosing a new one, and changing one's own (SPEC AUTH-2).

use super::OurApp;
use super::session::{Browser, SessionView, WithCookie};
use crate::answer::NoContent;
use crate::auth::credential::{self, Change};
use crate::auth::guard::SignedIn;
use crate::auth::{cookie, input, reset, session};
use crate::problem::Problem;
use crate::request::Body;
use crate::route::describe::{Gives, Sketch};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::refusal::FieldError;
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    email: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// What stands behind `#` in the link of the mail.
    token: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    current: String,
    new: String,
}

/// The longest token worth looking up.
const MAX_TOKEN: usize = 200;

/// 202 whether the address is known or not; 422 `invalid` at `email` for a text that is no address.
pub async fn forgot(State(app): OurApp, Browser(client): Browser, Body(body): Body<Forgotten>) -> Result<Accepted, Problem> {
    let email = input::email(&body.email).map_err(Problem::invalid)?;
    reset::ask(&app, &email, &client).await?;
    Ok(Accepted)
}

/// 404 `reset_unknown`; 410 `reset_used`, `reset_void`, `reset_expired`; 422 `invalid` at `password`.
pub async fn reset(State(app): OurApp, Browser(client): Browser, Body(body): Body<NewPassword>) -> Result<NoContent, Problem> {
    if body.token.is_empty() || body.token.len() > MAX_TOKEN {
        return Err(Problem::invalid(FieldError::new("token", "required")));
    }
    reset::complete(&app, &body.token, body.password, &client).await?;
    Ok(NoContent)
}

/// 409 `no_password`; 422 `invalid` at `current` or `new`. Every other session of the caller ends, this one gets a new
/// cookie and CSRF token.
pub async fn change(
    State(app): OurApp,
    who: SignedIn,
    Browser(client): Browser,
    Body(body): Body<PasswordChange>,
) -> Result<WithCookie<Json<SessionView>>, Problem> {
    let token = credential::change(&app, &who, Change { current: body.current, new: body.new }, &client).await?;
    let session = session::find(&app, &token).await?.ok_or_else(Problem::internal)?;
    let cookie = cookie::set(&token, session.keep(app.engine.clock.now()), app.secure());
    Ok(WithCookie(cookie, Json(SessionView::from(&session))))
}

/// 202.
pub struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

impl Gives for Accepted {
    fn describe(sketch: &mut Sketch) {
        sketch.raw_answer("202", utoipa::openapi::Response::new("A mail is sent if the address is known"));
    }
}
