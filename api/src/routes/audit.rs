//! The audit trail (SPEC AUD-4): the list, what may be chosen in its filters, all about one entity, exports.

mod archives;
mod changes;
mod entity;
mod export;
mod facets;
mod filter;
pub(super) mod record;

use super::OurApp;
use crate::listing::{Listing, Order, Sort, SortKey};
use crate::problem::Problem;
use crate::request::List;
pub use archives::{archive_content, archives};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
pub use entity::entity;
pub use export::{csv, xlsx};
pub use facets::facets;
use filter::{AuditFilter, Without};
use record::AuditRecord;
use serde::Serialize;
use utoipa::ToSchema;

/// Nobody reads further, and counting millions of rows takes seconds.
const COUNTED: i64 = 10_000;

/// One page of the audit.
#[derive(Serialize, ToSchema)]
pub struct AuditPage {
    items: Vec<AuditRecord>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many match on all pages, counted up to 10,000.
    total: i64,
    /// There are more than `total`.
    more: bool,
    /// A search without `filter[from]` goes back to here.
    #[schema(required)]
    searched_from: Option<DateTime<Utc>>,
}

static KEYS: [SortKey; 1] = [SortKey { name: "at", sql: "a.at", sort: Sort::Instant }];

pub async fn list(State(app): OurApp, list: List<AuditFilter>) -> Result<Json<AuditPage>, Problem> {
    let db = &app.engine.db;
    let wanted = filter::wanted(db, &list, app.engine.clock.now(), Without::Nothing).await?;
    let order = Order::of(list.sort.as_deref(), "-at", &KEYS)?;
    let listing = Listing { select: record::SELECT, from: record::FROM, id: "a.id", filter: wanted.filter, order };
    let page = listing.page_counting(COUNTED, db, &list, record::as_stored).await?;
    let (total, more) = (page.total.min(COUNTED), page.total > COUNTED);
    Ok(Json(AuditPage { items: record::opened(db, page.items).await?, next_cursor: page.next_cursor, total, more, searched_from: wanted.searched_from }))
}
