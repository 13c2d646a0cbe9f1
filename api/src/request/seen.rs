//! `If-Match` with the tag of a row: what whoever edits it saw, and the answer when it has changed since.

use crate::problem::Problem;
use crate::route::describe::{Sketch, Takes};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::Value;
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};
use workflows::held::NotHeld;

/// The tag of the row the caller saw; without it, whatever there is now is changed.
pub struct Seen(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Seen {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("if-match") else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        let tag = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
        Ok(Self((tag != "*").then(|| tag.to_owned())))
    }
}

impl Takes for Seen {
    fn describe(sketch: &mut Sketch) {
        let schema = ObjectBuilder::new().schema_type(Type::String).build();
        sketch.parameter(
            ParameterBuilder::new()
                .name("If-Match")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The `etag` seen, in quotes; 412 with what is there now (`params.now`) when it has changed"))
                .schema(Some(schema))
                .build(),
        );
    }
}

/// Why a row could not be changed: 404 `not_found`, 412 `stale_revision` with `params.now`, made by `shown`, or what
/// the change itself was refused for.
pub fn not_held<M>(error: NotHeld<M>, what: &str, shown: impl FnOnce(&M) -> Value) -> Problem {
    match error {
        NotHeld::Missing => Problem::not_found(what),
        NotHeld::Stale(row) => Problem::new(StatusCode::PRECONDITION_FAILED, "stale_revision").with("now", shown(&row)),
        NotHeld::Refused(refusal) => refusal.into(),
        NotHeld::Failed(failure) => failure.into(),
    }
}
