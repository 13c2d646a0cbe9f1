//! The OpenAPI 3.1 document, made from the lines of the router's page.

use crate::auth::cookie;
use crate::route::Route;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder};

/// Where the document is served.
pub const ADDRESS: &str = "/api/openapi.json";

/// The document of these routes.
pub fn document(routes: &[Route]) -> OpenApi {
    let mut paths = PathsBuilder::new().build();
    let mut components = ComponentsBuilder::new()
        .security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(cookie::NAME, "Set by POST /api/v1/session/link"))))
        .security_scheme("csrf", SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description("X-CSRF-Token", "csrf_token of GET /api/v1/session"))));
    for route in routes {
        let item = PathItem::new(route.method.openapi(), route.operation.clone());
        match paths.paths.get_mut(route.path) {
            Some(there) => there.merge_operations(item),
            None => {
                paths.paths.insert(route.path.into(), item);
            }
        }
        components = components.schemas_from_iter(route.schemas.iter().cloned());
    }
    let info = InfoBuilder::new().title("Alur").version("1").description(Some(DESCRIPTION)).build();
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

const DESCRIPTION: &str = "Sesi, tasks and settlements of a tutoring business. \
Money is whole rupiah in fields ending in `_rp`; instants are RFC 3339 in UTC; lists take `q`, `filter[…]`, `sort`, `cursor`, `limit`; \
errors are `application/problem+json` with a stable `code`. `x-permission` of an operation is the permission it needs, `signed-in` or `public`.";

/// The document as it is kept in `api/openapi.json`.
pub fn text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::permissions;
    use crate::route::Guard;
    use crate::router;

    #[test]
    fn the_snapshot_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let snapshot = std::fs::read_to_string(path).unwrap_or_default();
        assert!(snapshot == text(&document(&router::routes())), "api/openapi.json is stale; run `alur openapi > api/openapi.json`");
    }

    #[test]
    fn every_operation_names_a_permission_that_roles_can_hold() {
        let known = permissions::all();
        for route in router::routes() {
            if let Guard::Permission(permission) = route.guard {
                assert!(known.contains(permission.0), "{} {}", route.path, permission.0);
            }
        }
        let document = serde_json::to_value(document(&router::routes())).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["x-permission"].is_string(), "{method} {path}");
            }
        }
    }

    #[test]
    fn no_two_schemas_share_a_name() {
        let mut seen = std::collections::HashMap::new();
        for (name, schema) in router::routes().into_iter().flat_map(|route| route.schemas) {
            let text = serde_json::to_string(&schema).unwrap();
            let earlier = seen.entry(name.clone()).or_insert_with(|| text.clone());
            assert_eq!(*earlier, text, "{name}");
        }
    }

    #[test]
    fn every_schema_referred_to_is_there() {
        let document = serde_json::to_value(document(&router::routes())).unwrap();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let text = document.to_string();
        for part in text.split("\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
