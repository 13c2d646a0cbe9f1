//! Whether the program runs, and whether it can serve; for load balancers.

use super::OurApp;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::db;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; anything else is a problem.
    status: &'static str,
}

/// The process answers.
pub async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The database answers, too.
pub async fn ready(State(app): OurApp) -> Result<Json<Health>, Problem> {
    match db::row(app.engine.db.reader(), "SELECT count(*) AS n FROM role", vec![]).await {
        Ok(_) => Ok(Json(Health { status: "ok" })),
        Err(failure) => {
            tracing::error!(%failure, "not ready");
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy"))
        }
    }
}
