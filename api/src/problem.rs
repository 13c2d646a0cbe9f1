//! Problems (RFC 9457): the one shape of every error of the API.
//!
//! A problem carries a stable code with parameters for the UI's sentence, and an English `detail`
//! that says what to do. Everything the engine refuses or fails with becomes one here.

mod hint;
mod mapping;

pub(crate) use mapping::chain;

use crate::view::AnyObject;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::refusal::{Blocking, FieldError, Params};
use serde::Serialize;
use serde_json::Value;
use std::ops::Deref;
use utoipa::ToSchema;
use uuid::Uuid;

const TYPE_BASE: &str = "https://alur.app/problems/";

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FieldFault {
    pub field: String,
    pub code: String,
    #[schema(value_type = AnyObject)]
    pub params: Params,
}

/// Something that stands in the way, with enough to link to it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Obstacle {
    pub kind: String,
    pub id: Uuid,
    pub code: String,
    pub label: String,
}

/// An error on its way to the caller; boxed, for it travels in every `Result`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem(Box<ProblemBody>);

/// An error as the API tells it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `https://alur.app/problems/<code>`
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in English words.
    pub title: String,
    #[schema(value_type = i32)]
    pub status: u16,
    /// Stable; the UI translates it.
    pub code: String,
    /// What happened and what to do about it, in English, for logs and developers.
    pub detail: String,
    #[schema(value_type = AnyObject)]
    pub params: Params,
    pub fields: Vec<FieldFault>,
    pub blocking: Vec<Obstacle>,
    /// To find the request in the log.
    #[schema(required)]
    pub request_id: Option<String>,
    #[serde(skip)]
    retry_after_s: Option<i64>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &str) -> Self {
        Self(Box::new(ProblemBody {
            kind: format!("{TYPE_BASE}{code}"),
            title: title(code),
            status: status.as_u16(),
            code: code.into(),
            detail: hint::of(code, status).into(),
            params: Params::new(),
            fields: vec![],
            blocking: vec![],
            request_id: None,
            retry_after_s: None,
        }))
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.params.insert(key.into(), value.into());
        self
    }

    #[must_use]
    pub fn at(mut self, field: FieldError) -> Self {
        self.0.fields.push(field.into());
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self.with("retry_after_s", seconds)
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found").with("what", what)
    }
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated")
    }
    pub fn forbidden(permission: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden").with("permission", permission)
    }
    /// The request itself is wrong at one field.
    pub fn invalid(fault: FieldError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid").at(fault)
    }
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }

    /// The answer with the request's id filled in; the outermost middleware calls it.
    pub fn into_answer(mut self, request_id: Option<&str>) -> Response {
        self.0.request_id = request_id.map(str::to_owned);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.0.code == "unauthenticated" {
            // No scheme of RFC 7235 fits a session cookie; the header is required with a 401 all the same.
            headers.insert(HeaderName::from_static("www-authenticate"), HeaderValue::from_static("Cookie"));
        }
        response
    }
}

impl Deref for Problem {
    type Target = ProblemBody;
    fn deref(&self) -> &ProblemBody {
        &self.0
    }
}

/// Carried as an extension: the body is written once the request's id is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<FieldError> for FieldFault {
    fn from(FieldError { field, code, params }: FieldError) -> Self {
        Self { field, code, params }
    }
}

impl From<Blocking> for Obstacle {
    fn from(Blocking { kind, id, code, label }: Blocking) -> Self {
        Self { kind, id, code, label }
    }
}

/// `price_missing` → `Price missing`.
fn title(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
