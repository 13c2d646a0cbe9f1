//! JSON bodies. What cannot be read is refused at its field.

use crate::problem::Problem;
use crate::route::describe::{Sketch, Takes};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use engine::refusal::FieldError;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::marker::PhantomData;
use utoipa::ToSchema;

/// The largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 1024 * 1024;

/// A body of type `T`.
pub struct Body<T>(pub T);

/// A JSON object documented as `T` but checked by the engine against the command's form, so that
/// every fault is reported at once and by one rule.
pub struct Fields<T> {
    pub map: Map<String, Value>,
    documented: PhantomData<T>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        read(request, state).await.map(Self)
    }
}

impl<S: Send + Sync, T> FromRequest<S> for Fields<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Ok(Self { map: read(request, state).await?, documented: PhantomData })
    }
}

async fn read<S: Send + Sync, T: DeserializeOwned>(request: Request, state: &S) -> Result<T, Problem> {
    let json = is_json(request.headers());
    let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.into_response().status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            Problem::new(status, "too_large").with("max_bytes", JSON_LIMIT)
        } else {
            Problem::new(StatusCode::BAD_REQUEST, "malformed_json")
        }
    })?;
    match (json, bytes.is_empty()) {
        (true, false) => parse(&bytes),
        // A command without fields may be sent without a body.
        (_, true) => parse(b"{}"),
        (false, false) => Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.to_ascii_lowercase().ends_with("+json")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| refused(&error))?;
    deserializer.end().map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "malformed_json").with("message", error.to_string()))?;
    Ok(value)
}

fn refused(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let text = error.inner().to_string();
    if !error.inner().is_data() {
        return Problem::new(StatusCode::BAD_REQUEST, "malformed_json").with("message", text);
    }
    let path = Some(error.path().to_string()).filter(|path| path != ".");
    if let Some(field) = quoted_after(&text, "unknown field ") {
        return Problem::new(StatusCode::BAD_REQUEST, "unknown_field").at(FieldError::new(path.unwrap_or_else(|| field.into()), "unknown_field"));
    }
    if let Some(field) = quoted_after(&text, "missing field ") {
        let field = path.map_or_else(|| field.to_owned(), |parent| format!("{parent}.{field}"));
        return Problem::invalid(FieldError::new(field, "required"));
    }
    match path {
        Some(field) => Problem::invalid(FieldError::new(field, "malformed").with("message", text)),
        None => Problem::new(StatusCode::BAD_REQUEST, "malformed_json").with("message", text),
    }
}

/// ``missing field `mode` at line 1`` → `mode`.
fn quoted_after<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.strip_prefix('`')?.split('`').next()
}

impl<T: ToSchema> Takes for Body<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.body::<T>();
    }
}

impl<T: ToSchema> Takes for Fields<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.body::<T>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read into")]
    struct Form {
        name: String,
        place: Option<Place>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only read into")]
    struct Place {
        lat: i64,
    }

    #[test]
    fn what_cannot_be_read_is_refused_at_its_field() {
        let cases = [
            ("{", 400, "malformed_json", None),
            ("[]", 400, "malformed_json", None),
            ("{\"name\":\"a\"} x", 400, "malformed_json", None),
            ("{\"name\":\"a\",\"color\":1}", 400, "unknown_field", Some("color")),
            ("{}", 422, "invalid", Some("name")),
            ("{\"name\":5}", 422, "invalid", Some("name")),
            ("{\"name\":\"a\",\"place\":{\"lat\":\"x\"}}", 422, "invalid", Some("place.lat")),
            ("{\"name\":\"a\",\"place\":{}}", 422, "invalid", Some("place.lat")),
        ];
        for (text, status, code, field) in cases {
            let problem = parse::<Form>(text.as_bytes()).unwrap_err();
            assert_eq!((problem.status, problem.code.as_str(), problem.fields.first().map(|fault| fault.field.as_str())), (status, code, field), "{text}");
        }
        assert!(parse::<Form>(b"{\"name\":\"a\"}").is_ok());
    }
}
