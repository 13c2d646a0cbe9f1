//! A route: method, path, guard and handler in one line, and its OpenAPI operation from the same line.
//!
//! A route cannot exist without a [`Guard`]; a test walks the document's `x-permission` as every role.
//! Parameters, bodies and answers are read off the handler's own types, so the document cannot lie.

pub mod describe;

use crate::app::App;
use crate::auth;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use describe::{Described, Sketch};
use engine::actor::Permission;
use std::sync::Arc;
use utoipa::openapi::HttpMethod;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Required, Schema, SchemaFormat, SecurityRequirement, Type};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Whoever holds this permission.
    Permission(Permission),
    /// Whoever is signed in; what they may do is decided further in (a command's own permission, a task's).
    SignedIn,
    /// Everyone.
    Public,
}

impl Guard {
    /// What stands under `x-permission` in the OpenAPI document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Permission(permission) => permission.0,
            Self::SignedIn => "signed-in",
            Self::Public => "public",
        }
    }
}

/// The methods the API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }
    pub fn openapi(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::Get,
            Self::Post => HttpMethod::Post,
            Self::Patch => HttpMethod::Patch,
            Self::Delete => HttpMethod::Delete,
        }
    }
    /// In lower case.
    fn verb(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

/// One line of the router's page.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub guard: Guard,
    pub operation: Operation,
    /// The schemas the operation refers to, by name.
    pub schemas: Vec<(String, RefOr<Schema>)>,
    handler: MethodRouter<Arc<App>>,
    body_limit: Option<usize>,
}

impl Route {
    /// `summary` is one imperative sentence for the document.
    pub fn new<H, T>(method: Method, path: &'static str, guard: Guard, handler: H, summary: &str) -> Self
    where
        H: Handler<T, Arc<App>> + Described<T>,
        T: 'static,
    {
        let mut sketch = Sketch::new(OperationBuilder::new().summary(Some(summary)).operation_id(Some(operation_id(method, path))).tag(tag(path)));
        for name in parameters(path) {
            sketch.parameter(path_parameter(name));
        }
        H::describe(&mut sketch);
        sketch.problem();
        let (builder, schemas) = sketch.finish();
        let builder = builder.extensions(Some(ExtensionsBuilder::new().add("x-permission", guard.name()).build()));
        Self { method, path, guard, operation: secured(builder, guard, method).build(), schemas, handler: on(method.filter(), handler), body_limit: None }
    }

    /// Lets the body be this large, in bytes, instead of the limit for JSON.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: Some(bytes), ..self }
    }

    /// What stands behind the guard, for people who hand out permissions: `POST /api/v1/users`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method.verb().to_uppercase(), self.path)
    }

    /// Adds the route, its guard in front, to a router.
    pub fn mount(self, router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
        let limited = match self.body_limit {
            Some(bytes) => self.handler.layer(DefaultBodyLimit::max(bytes)),
            None => self.handler,
        };
        router.route(self.path, limited.route_layer(from_fn_with_state((app.clone(), self.guard), auth::guard::check)))
    }
}

fn secured(builder: OperationBuilder, guard: Guard, method: Method) -> OperationBuilder {
    let none: [&str; 0] = [];
    match (guard, method) {
        (Guard::Public, _) => builder.securities(Some([SecurityRequirement::default()])),
        (_, Method::Get) => builder.security(SecurityRequirement::new("session", none)),
        (_, Method::Post | Method::Patch | Method::Delete) => builder.security(SecurityRequirement::new("session", none).add("csrf", none)),
    }
}

/// The names in braces.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn path_parameter(name: &str) -> utoipa::openapi::path::Parameter {
    let schema = match name {
        "id" => ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
        "number" => ObjectBuilder::new().schema_type(Type::Integer),
        _ => ObjectBuilder::new().schema_type(Type::String),
    };
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(schema.build())).build()
}

/// `GET /api/v1/tasks/{id}` → `get_tasks_id`.
fn operation_id(method: Method, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1").split(['/', '{', '}', '-', '.']).filter(|word| !word.is_empty());
    std::iter::once(method.verb()).chain(words).collect::<Vec<_>>().join("_")
}

/// The first word of the path groups operations in the document.
fn tag(path: &str) -> &str {
    path.trim_start_matches("/api/v1").split('/').find(|word| !word.is_empty()).unwrap_or("server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_named_after_their_address() {
        assert_eq!(operation_id(Method::Get, "/api/v1/tasks/{id}"), "get_tasks_id");
        assert_eq!(operation_id(Method::Post, "/api/v1/workflows/{name}/commands/{command}/bulk"), "post_workflows_name_commands_command_bulk");
        assert_eq!(tag("/api/v1/tasks/{id}"), "tasks");
        assert_eq!(tag("/healthz"), "healthz");
    }
}
