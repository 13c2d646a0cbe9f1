//! Answers other than 200 with JSON: something made, and nothing to say.

use crate::route::describe::{Gives, Sketch};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// 201 with what was made.
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

impl<T: ToSchema> Gives for Created<T> {
    fn describe(sketch: &mut Sketch) {
        sketch.answer::<T>("201", "Created");
    }
}

/// 204.
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

impl Gives for NoContent {
    fn describe(sketch: &mut Sketch) {
        sketch.raw_answer("204", utoipa::openapi::Response::new("Done"));
    }
}
