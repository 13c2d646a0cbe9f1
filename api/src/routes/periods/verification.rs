//! A closed month made again from its sources, and held against its newest closing.

use super::super::OurApp;
use super::month;
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::tag::Tag;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use workflows::period::verify::{self, Difference};

#[derive(Serialize, ToSchema)]
pub struct PeriodVerification {
    /// `2026-11`
    month: String,
    /// The closing it is held against.
    closing: i64,
    sha256: String,
    at: DateTime<Utc>,
    /// How many documents were made again.
    documents: i64,
    /// Nothing differs.
    same: bool,
    /// The first 1,000.
    differences: Vec<PeriodDifference>,
}

/// Something that is not as it was closed.
#[derive(Serialize, ToSchema)]
pub struct PeriodDifference {
    /// `DOCUMENT`, `SOURCE`, `BOTH`, `ADDED`, `MISSING`, `LEDGER` or `RECEIPT`.
    what: String,
    /// The number of the document, the code of the account, or the month.
    subject: String,
    #[schema(required)]
    document_id: Option<Uuid>,
    #[schema(required)]
    line: Option<i64>,
    /// Which figure.
    field: String,
    /// As the document or the receipt says.
    stated: String,
    /// As it comes out of the sources or the journal.
    found: String,
}

/// 404 when the month was never closed.
pub async fn show(State(app): OurApp, At(text): At<String>) -> Result<Json<PeriodVerification>, Problem> {
    let report = verify::month(app.engine.db.reader(), month(&text)?).await?.ok_or_else(|| Problem::not_found("closing"))?;
    Ok(Json(PeriodVerification {
        month: report.month.to_string(),
        closing: report.closing.receipt.number,
        sha256: report.closing.sha256,
        at: app.engine.clock.now(),
        documents: report.documents,
        same: report.differences.is_empty(),
        differences: report.differences.into_iter().map(difference).collect(),
    }))
}

fn difference(of: Difference) -> PeriodDifference {
    let Difference { what, subject, document_id, line, field, stated, found } = of;
    PeriodDifference { what: what.as_str().into(), subject, document_id, line, field, stated, found }
}
