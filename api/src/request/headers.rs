//! The headers of commands: `Idempotency-Key` and `If-Match`.

use crate::problem::Problem;
use crate::route::describe::{Sketch, Takes};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, Required, SchemaFormat, Type};
use uuid::Uuid;

/// The key that makes a repeated command the same command (SPEC ENG-5).
pub struct Key(pub String);

/// The revision the caller saw, if they say.
pub struct Condition(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        key(&parts.headers).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Condition {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        condition(&parts.headers).map(Self)
    }
}

fn key(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "idempotency_key_required"));
    };
    let key = value.to_str().ok().and_then(|text| Uuid::parse_str(text.trim_matches('"')).ok());
    key.map(|key| key.to_string()).ok_or_else(|| malformed("Idempotency-Key", "a UUID"))
}

fn condition(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("if-match") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let number = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse();
    number.map(Some).map_err(|_| malformed("If-Match", "a revision in quotes, e.g. \"3\""))
}

fn malformed(header: &str, expected: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_header").with("header", header).with("expected", expected)
}

impl Takes for Key {
    fn describe(sketch: &mut Sketch) {
        let schema = ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))).build();
        sketch.parameter(
            ParameterBuilder::new()
                .name("Idempotency-Key")
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some("The same key with the same request gives the first answer again"))
                .schema(Some(schema))
                .build(),
        );
    }
}

impl Takes for Condition {
    fn describe(sketch: &mut Sketch) {
        let schema = ObjectBuilder::new().schema_type(Type::String).build();
        sketch.parameter(
            ParameterBuilder::new()
                .name("If-Match")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The revision seen, in quotes; 412 when it is no longer the present one"))
                .schema(Some(schema))
                .build(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> HeaderMap {
        [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_command_needs_a_key_that_is_a_uuid() {
        assert_eq!(key(&HeaderMap::new()).unwrap_err().code, "idempotency_key_required");
        assert_eq!(key(&with("idempotency-key", "again")).unwrap_err().code, "malformed_header");
        let text = "0198ffff-0000-7000-8000-000000000001";
        assert_eq!(key(&with("idempotency-key", text)).unwrap(), text);
    }

    #[test]
    fn a_revision_is_read_with_and_without_quotes() {
        for (text, expected) in [("\"3\"", Some(3)), ("3", Some(3)), ("W/\"3\"", Some(3)), ("*", None)] {
            assert_eq!(condition(&with("if-match", text)).unwrap(), expected);
        }
        assert_eq!(condition(&with("if-match", "\"x\"")).unwrap_err().code, "malformed_header");
        assert_eq!(condition(&HeaderMap::new()).unwrap(), None);
    }
}
