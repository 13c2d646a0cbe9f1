//! The check in front of every route: session, CSRF token, permission.

use super::session::{self, Session};
use super::{cookie, token};
use crate::app::App;
use crate::http::Trail;
use crate::problem::Problem;
use crate::route::Guard;
use crate::route::describe::Takes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use engine::actor::{Actor, Permission};
use std::sync::Arc;

const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever is signed in, as handlers take it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: Arc<Session>,
    pub actor: Actor,
}

impl SignedIn {
    pub fn may(&self, permission: Permission) -> bool {
        self.session.permissions.contains(permission.0)
    }
}

/// Lets a request through to its route, or answers 401 or 403.
pub async fn check(State((app, guard)): State<(Arc<App>, Guard)>, mut request: Request, next: Next) -> Result<Response, Problem> {
    if !is_reading(request.method()) && comes_from_elsewhere(request.headers()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf"));
    }
    if guard == Guard::Public {
        return Ok(next.run(request).await);
    }
    let token = cookie::read(request.headers()).ok_or_else(Problem::unauthenticated)?;
    let session = session::find(&app, token).await?.ok_or_else(Problem::unauthenticated)?;
    app.limit
        .take(session.id, app.engine.clock.now())
        .map_err(|seconds| Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests").retry_after(seconds))?;
    if !is_reading(request.method()) && !has_csrf_token(request.headers(), &session) {
        return Err(Problem::new(StatusCode::FORBIDDEN, "csrf"));
    }
    if let Guard::Permission(permission) = guard
        && !session.permissions.contains(permission.0)
    {
        return Err(Problem::forbidden(permission.0));
    }
    let signed_in = signed_in(session, request.extensions().get::<Trail>());
    request.extensions_mut().insert(signed_in);
    Ok(next.run(request).await)
}

fn is_reading(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser itself says that another site has sent the request. Signing in has no CSRF token yet.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site")
}

fn has_csrf_token(headers: &HeaderMap, session: &Session) -> bool {
    let sent = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    token::same(sent, &session.csrf_token)
}

fn signed_in(session: Session, trail: Option<&Trail>) -> SignedIn {
    let mut actor = Actor::person(session.account.id, session.account.name.clone(), session.permissions.iter().cloned());
    if let Some(trail) = trail {
        actor.ip = trail.ip.map(|ip| ip.to_string());
        actor.request_id = Some(trail.request_id.clone());
        actor.trace_id = Some(trail.trace_id.clone());
    }
    SignedIn { session: Arc::new(session), actor }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

impl Takes for SignedIn {}

#[cfg(test)]
mod tests {
    use super::super::account::Account;
    use super::*;
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    fn session() -> Session {
        let account = Account { id: Uuid::nil(), email: "a@b".into(), name: "A".into() };
        let epoch = DateTime::<Utc>::UNIX_EPOCH;
        Session {
            id: Uuid::nil(),
            account,
            roles: vec![],
            permissions: ["sesi.read".to_owned()].into(),
            scope: super::super::scope::Scope::All,
            csrf_token: "secret".into(),
            last_seen_at: epoch,
            absolute_expires_at: epoch,
            remember: false,
        }
    }

    #[test]
    fn only_the_sessions_own_csrf_token_opens_the_door() {
        for (sent, passes) in [(Some("secret"), true), (Some("Secret"), false), (Some(""), false), (None, false)] {
            let headers: HeaderMap = sent.map(|sent| (axum::http::HeaderName::from_static(CSRF_HEADER), sent.parse().unwrap())).into_iter().collect();
            assert_eq!(has_csrf_token(&headers, &session()), passes, "{sent:?}");
        }
        assert!(is_reading(&Method::GET) && !is_reading(&Method::POST) && !is_reading(&Method::DELETE));
    }

    #[test]
    fn the_actor_carries_the_sessions_permissions_and_where_the_request_came_from() {
        let trail = Trail { request_id: "r".into(), trace_id: "t".into(), ip: Some([127, 0, 0, 1].into()) };
        let signed_in = signed_in(session(), Some(&trail));
        assert!(signed_in.may(Permission("sesi.read")) && !signed_in.may(Permission("sesi.approve")));
        assert_eq!((signed_in.actor.ip.as_deref(), signed_in.actor.request_id.as_deref()), (Some("127.0.0.1"), Some("r")));
    }
}
