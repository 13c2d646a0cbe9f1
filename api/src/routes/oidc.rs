//! To the identity provider and back (SPEC AUTH-1). Browsers come here by themselves, so every answer leads on.

use super::OurApp;
use super::session::Browser;
use crate::app::App;
use crate::auth::cookie;
use crate::auth::oidc::{self, Handle, LIFETIME, Leaving, Returned, TurnedAway};
use crate::auth::session;
use crate::problem::Problem;
use crate::route::describe::{Gives, Sketch, Takes};
use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use openidconnect::url::form_urlencoded::Serializer;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct LeavingQuery {
    /// The page to open afterwards.
    next: Option<String>,
    /// `true` to stay signed in after the browser has been closed.
    remember: bool,
    /// `true` to choose another account than the one the provider knows.
    again: bool,
}

#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ReturnedQuery {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// Leads to the provider, or to the sign-in page with `problem`.
pub async fn leave(State(app): OurApp, Browser(client): Browser, query: LeavingQuery) -> Onward {
    let leaving = Leaving { next: query.next.unwrap_or_default(), remember: query.remember, again: query.again };
    match oidc::leave(&app, &leaving, &client).await {
        Ok((address, handle)) => {
            Onward { to: address, cookies: cookie::set_handle(handle.cookie(), LIFETIME.num_seconds(), app.secure()).into_iter().collect() }
        }
        Err(turned_away) => to_the_door(&turned_away, vec![]),
    }
}

/// Leads to the page that was wanted, or to the sign-in page with `problem`.
pub async fn come_back(State(app): OurApp, Browser(client): Browser, Away(handle): Away, query: ReturnedQuery) -> Onward {
    let mut cookies: Vec<HeaderValue> = cookie::clear_handle(app.secure()).into_iter().collect();
    let returned = Returned { state: query.state, code: query.code, error: query.error };
    let welcomed = match oidc::come_back(&app, returned, handle, &client).await {
        Ok(welcomed) => welcomed,
        Err(turned_away) => return to_the_door(&turned_away, cookies),
    };
    match session_cookie(&app, &welcomed.token).await {
        Ok(cookie) => {
            cookies.extend(cookie);
            Onward { to: welcomed.next, cookies }
        }
        Err(problem) => to_the_door(&TurnedAway { code: problem.code.clone(), wait_s: None, next: Some(welcomed.next) }, cookies),
    }
}

async fn session_cookie(app: &App, token: &str) -> Result<Option<HeaderValue>, Problem> {
    let session = session::find(app, token).await?.ok_or_else(Problem::internal)?;
    Ok(cookie::set(token, session.keep(app.engine.clock.now()), app.secure()))
}

/// The sign-in page, saying what happened.
fn to_the_door(turned_away: &TurnedAway, cookies: Vec<HeaderValue>) -> Onward {
    let mut query = Serializer::new(String::new());
    query.append_pair("problem", &turned_away.code);
    if let Some(seconds) = turned_away.wait_s {
        query.append_pair("wait", &seconds.to_string());
    }
    if let Some(next) = turned_away.next.as_deref().filter(|next| *next != "/") {
        query.append_pair("next", next);
    }
    Onward { to: format!("/sign-in?{}", query.finish()), cookies }
}

/// 303: the browser goes on to another address.
pub struct Onward {
    to: String,
    cookies: Vec<HeaderValue>,
}

impl IntoResponse for Onward {
    fn into_response(self) -> Response {
        let Ok(to) = HeaderValue::from_str(&self.to) else { return Problem::internal().into_response() };
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, to);
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        (StatusCode::SEE_OTHER, headers).into_response()
    }
}

impl Gives for Onward {
    fn describe(sketch: &mut Sketch) {
        sketch.raw_answer("303", utoipa::openapi::Response::new("The browser goes on"));
    }
}

/// The handle of a browser that was at the provider.
pub struct Away(Option<Handle>);

impl<S: Send + Sync> FromRequestParts<S> for Away {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(cookie::read_handle(&parts.headers).map(Handle::from_cookie)))
    }
}

impl Takes for Away {}

/// A query that cannot be read says nothing; a page of JSON would help nobody here.
macro_rules! forgiving_query {
    ($name:ident) => {
        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = Problem;
            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                Ok(Query::<Self>::from_request_parts(parts, state).await.map(|Query(query)| query).unwrap_or_default())
            }
        }

        impl Takes for $name {
            fn describe(sketch: &mut Sketch) {
                for parameter in Self::into_params(|| Some(ParameterIn::Query)) {
                    sketch.parameter(parameter);
                }
            }
        }
    };
}

forgiving_query!(LeavingQuery);
forgiving_query!(ReturnedQuery);
