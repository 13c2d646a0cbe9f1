//! Around every request: its ids, its log line, its problem's body, a net under panics, safe headers.

use crate::app::App;
use crate::problem::Problem;
use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: &str = "x-request-id";
const MAX_ID: usize = 64;

/// What identifies a request in the log, in the audit and to whoever asks about it.
#[derive(Clone, Debug)]
pub struct Trail {
    pub request_id: String,
    /// The W3C trace the request belongs to, or a new one.
    pub trace_id: String,
    pub ip: Option<IpAddr>,
}

/// Wraps the router: outermost the trail, inside it the net, then the headers.
pub fn wrap(router: Router, app: &Arc<App>) -> Router {
    router.layer(from_fn_with_state(app.clone(), safe_headers)).layer(CatchPanicLayer::custom(panicked)).layer(from_fn_with_state(app.clone(), trail))
}

async fn trail(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trail = Trail {
        request_id: request_id(request.headers()),
        trace_id: trace_id(request.headers()),
        ip: client_ip(peer, request.headers(), app.config.server.behind_proxy),
    };
    request.extensions_mut().insert(trail.clone());
    let (method, started) = (request.method().clone(), Instant::now());
    // The pattern, not the path: paths hold signatures and tell whom somebody looks at.
    let path = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id = %trail.request_id, trace = %trail.trace_id);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let headers = std::mem::take(response.headers_mut());
        response = problem.into_answer(Some(&trail.request_id));
        for (name, value) in headers.iter().filter(|(name, _)| !matches!(**name, header::CONTENT_LENGTH | header::CONTENT_TYPE | header::CACHE_CONTROL)) {
            response.headers_mut().append(name, value.clone());
        }
    }
    if let Ok(value) = HeaderValue::from_str(&trail.request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(%method, path, status = response.status().as_u16(), ms, "answered"));
    response
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(panic = text, "a handler panicked");
    Problem::internal().into_response()
}

/// Pages may load nothing from elsewhere and be framed by nobody.
const SAFE_HEADERS: [(header::HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (header::HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=(), payment=()"),
];

/// Half a year, renewed with every answer: browsers then ask by https only.
const ALWAYS_HTTPS: &str = "max-age=15552000";

async fn safe_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SAFE_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if app.config.is_https() {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static(ALWAYS_HTTPS));
    }
    if is_api {
        // Answers are about people and money: no cache keeps them unless the route says so.
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    response
}

/// The caller's own id when it is harmless, a fresh one otherwise.
fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    sent.filter(harmless).map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The trace id of a `traceparent` header (`00-<32 hex>-<16 hex>-01`), or a fresh one.
fn trace_id(headers: &HeaderMap) -> String {
    let parent = headers.get("traceparent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let sent = parent.split('-').nth(1).filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    sent.map_or_else(|| Uuid::new_v4().simple().to_string(), str::to_ascii_lowercase)
}

/// The last address a trusted proxy saw, or the peer's own.
fn client_ip(peer: Option<IpAddr>, headers: &HeaderMap, behind_proxy: bool) -> Option<IpAddr> {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    if behind_proxy { forwarded.or(peer) } else { peer }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        [(header::HeaderName::from_static(name), HeaderValue::from_static(value))].into_iter().collect()
    }

    #[test]
    fn a_request_keeps_a_harmless_id_and_loses_any_other() {
        assert_eq!(request_id(&headers(REQUEST_ID, "abc-1")), "abc-1");
        for text in ["", "a b", "a\"b"] {
            assert_ne!(request_id(&headers(REQUEST_ID, text)), text);
        }
        assert_eq!(trace_id(&headers("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace_id(&HeaderMap::new()).len(), 32);
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asks() {
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        let headers = headers("x-forwarded-for", "6.6.6.6, 8.8.8.8");
        assert_eq!(client_ip(peer, &headers, false), peer);
        assert_eq!(client_ip(peer, &headers, true), Some(IpAddr::from([8, 8, 8, 8])));
        assert_eq!(client_ip(peer, &HeaderMap::new(), true), peer);
    }
}
