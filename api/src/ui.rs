//! The web UI, embedded by `build.rs`: compressed files as they are, hashed ones for ever, the rest checked by ETag.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../admin-ui/dist"]
struct Dist;

const INDEX: &str = "index.html";
/// Vite puts files whose names carry a hash of their content here.
const HASHED: &str = "assets/";

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Plain,
}

impl Encoding {
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Plain => "",
        }
    }
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Plain => None,
        }
    }
}

/// The file at the request's path; a path without a file is one of the UI's own pages.
pub fn serve(request: &Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    let wanted = if path.is_empty() { INDEX } else { path };
    match find(wanted, request.headers()) {
        Some((file, encoding)) => answer(wanted, &file, encoding, request.headers()),
        // A missing asset must not come back as a page: the browser would run it as a script.
        None if wanted.starts_with(HASHED) => StatusCode::NOT_FOUND.into_response(),
        None => match find(INDEX, request.headers()) {
            Some((file, encoding)) => answer(INDEX, &file, encoding, request.headers()),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

fn find(path: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, Encoding)> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encodings = [Encoding::Brotli, Encoding::Gzip, Encoding::Plain].into_iter().filter(|encoding| accepts(accepted, *encoding));
    encodings.into_iter().find_map(|encoding| Some((Dist::get(&format!("{path}{}", encoding.suffix()))?, encoding)))
}

fn accepts(accepted: &str, encoding: Encoding) -> bool {
    let Some(name) = encoding.name() else { return true };
    accepted.split(',').any(|offer| {
        let (offered, weight) = offer.split_once(';').unwrap_or((offer, ""));
        offered.trim() == name && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

fn answer(path: &str, file: &EmbeddedFile, encoding: Encoding, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let fresh = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|sent| sent.split(',').any(|tag| tag.trim() == etag));
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(file.data.to_vec()).into_response() };
    let headers = response.headers_mut();
    let cache = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if kind.type_() == "text" { "; charset=utf-8" } else { "" };
    if let Ok(kind) = HeaderValue::from_str(&format!("{kind}{charset}")) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, headers: &[(&str, &str)]) -> Response {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        serve(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn the_best_encoding_the_browser_takes_is_sent() {
        for (accepted, brotli, gzip) in [("gzip, deflate, br", true, true), ("gzip;q=1.0", false, true), ("br;q=0, gzip", false, true), ("", false, false)] {
            assert_eq!((accepts(accepted, Encoding::Brotli), accepts(accepted, Encoding::Gzip)), (brotli, gzip), "{accepted}");
            assert!(accepts(accepted, Encoding::Plain));
        }
    }

    #[test]
    fn every_page_of_the_ui_is_the_index_and_is_checked_each_time() {
        let page = get("/sesi/1", &[]);
        assert_eq!((page.status(), page.headers()[header::CACHE_CONTROL].to_str().unwrap()), (StatusCode::OK, "no-cache"));
        let etag = page.headers()[header::ETAG].to_str().unwrap();
        assert_eq!(get("/", &[("if-none-match", etag)]).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get("/assets/gone-123.js", &[]).status(), StatusCode::NOT_FOUND);
    }
}
