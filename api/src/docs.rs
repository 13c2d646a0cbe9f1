//! The OpenAPI document and its interactive page, both for everyone: they tell the shape of the API, no data.

use crate::openapi;
use crate::problem::Problem;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::sync::Arc;
use utoipa_swagger_ui::Config;

/// `/api/openapi.json` and `/api/docs`.
pub fn router(document: Arc<String>) -> Router {
    let config = Arc::new(Config::from(openapi::ADDRESS).try_it_out_enabled(true).show_extensions(true).doc_expansion("none").validator_url("none"));
    let index = config.clone();
    Router::new()
        .route(
            openapi::ADDRESS,
            get(move || async move { ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], document.as_str().to_owned()) }),
        )
        .route("/api/docs", get(|| async { Redirect::permanent("/api/docs/") }))
        .route("/api/docs/", get(move || async move { file("index.html", index) }))
        .route("/api/docs/{*file}", get(move |Path(path): Path<String>| async move { file(&path, config) }))
}

fn file(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => ([(header::CONTENT_TYPE, file.content_type), (header::CACHE_CONTROL, "no-cache".into())], file.bytes.into_owned()).into_response(),
        Ok(None) => Problem::not_found("address").into_response(),
        Err(error) => {
            tracing::error!(%error, "the documentation page cannot be made");
            Problem::internal().into_response()
        }
    }
}
