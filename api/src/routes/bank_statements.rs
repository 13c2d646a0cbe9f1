//! Bank statements (SPEC FIN-4): a file tried and taken in, its lines with what may be behind them, and what becomes of them.

mod view;

use super::OurApp;
use super::imports::{Asked, CsvBody, shown_name};
use crate::answer::NoContent;
use crate::auth::guard::SignedIn;
use crate::listing::{Listing, Order, Sort, SortKey, Where};
use crate::problem::Problem;
use crate::request::{At, Body, List, Page};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use engine::db;
use engine::definition::check_text;
use engine::refusal::FieldError;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use view::{BankFigures, BankImport, BankLine, BankProposal, BankStatement, read_line, read_statement};
use workflows::bank::decide::{self, Verdict};
use workflows::bank::propose;
use workflows::bank::sheet::{self, SheetError};
use workflows::bank::statement::{self, Options};

pub const LIMIT: usize = sheet::MOST_BYTES + 1;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct BankLineFilter {
    #[serde(rename = "filter[state]")]
    state: Option<String>,
    /// `IN` or `OUT`.
    #[serde(rename = "filter[way]")]
    way: Option<String>,
    #[serde(rename = "filter[statement_id]")]
    statement_id: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct NoFilter {}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IgnoreLine {
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkLine {
    payment_id: Uuid,
}

static STATEMENT_KEYS: [SortKey; 1] = [SortKey { name: "imported_at", sql: "b.imported_at", sort: Sort::Instant }];
static LINE_KEYS: [SortKey; 1] = [SortKey { name: "booked_on", sql: "l.booked_on", sort: Sort::Day }];

pub async fn list(State(app): OurApp, list: List<NoFilter>) -> Result<Json<Page<BankStatement>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["b.name"], list.q.as_deref());
    let select = "b.*, u.name AS imported_by_name, (SELECT count(*) FROM bank_line l WHERE l.statement_id = b.id AND l.state = 'OPEN') AS open_count";
    let from = "bank_statement b LEFT JOIN user_account u ON u.id = b.imported_by";
    let listing = Listing { select, from, id: "b.id", filter, order: Order::of(list.sort.as_deref(), "-imported_at", &STATEMENT_KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read_statement).await?))
}

/// 422 at the field `file` when it cannot be read at all: `no_bank_header`, `not_utf8`, `file_empty`, `not_csv`.
pub async fn import(State(app): OurApp, who: SignedIn, asked: Asked, CsvBody(csv): CsvBody) -> Result<Json<BankImport>, Problem> {
    let sheet = sheet::read(&csv).map_err(|error| unreadable(&error))?;
    let file = shown_name(asked.file.as_deref().unwrap_or("mutasi.csv"));
    let options = Options { dry_run: asked.dry_run, only_valid: asked.only_valid, now: app.engine.clock.now(), actor: who.actor, file };
    Ok(Json(statement::keep(&app.engine.db, &csv, sheet, &options).await?.into()))
}

fn unreadable(error: &SheetError) -> Problem {
    let problem = |status| Problem::new(status, error.code()).at(FieldError::new("file", error.code()));
    match error {
        SheetError::TooLarge { most } => problem(StatusCode::PAYLOAD_TOO_LARGE).with("max_bytes", *most),
        SheetError::TooManyRows { most } => problem(StatusCode::UNPROCESSABLE_ENTITY).with("most", *most),
        SheetError::NotUtf8 { line } => problem(StatusCode::UNPROCESSABLE_ENTITY).with("line", *line),
        SheetError::Empty | SheetError::NotCsv(_) | SheetError::NoHeader => problem(StatusCode::UNPROCESSABLE_ENTITY),
    }
}

pub async fn lines(State(app): OurApp, list: List<BankLineFilter>) -> Result<Json<Page<BankLine>>, Problem> {
    let mut filter = Where::default();
    filter.search(&["l.description"], list.q.as_deref());
    filter.one_of("l.state", list.filter.state.as_deref());
    filter.one_of_ids("l.statement_id", "filter[statement_id]", list.filter.statement_id.as_deref())?;
    match list.filter.way.as_deref() {
        Some("IN") => filter.and("l.amount_rp > 0", []),
        Some("OUT") => filter.and("l.amount_rp < 0", []),
        _ => {}
    }
    let select = "l.*, b.name AS statement_name, p.code AS payment_code";
    let from = "bank_line l JOIN bank_statement b ON b.id = l.statement_id LEFT JOIN payment p ON p.id = l.payment_id";
    let listing = Listing { select, from, id: "l.id", filter, order: Order::of(list.sort.as_deref(), "booked_on", &LINE_KEYS)? };
    Ok(Json(listing.page(&app.engine.db, &list, read_line).await?))
}

pub async fn figures(State(app): OurApp) -> Result<Json<BankFigures>, Problem> {
    let sql = "SELECT CAST(COALESCE(sum(CASE WHEN state = 'OPEN' THEN 1 ELSE 0 END), 0) AS BIGINT) AS open_count, \
               CAST(COALESCE(sum(CASE WHEN state = 'OPEN' AND amount_rp > 0 THEN amount_rp ELSE 0 END), 0) AS BIGINT) AS open_in_rp, \
               CAST(COALESCE(sum(CASE WHEN state = 'OPEN' AND amount_rp < 0 THEN -amount_rp ELSE 0 END), 0) AS BIGINT) AS open_out_rp, \
               CAST(COALESCE(sum(CASE WHEN state = 'MATCHED' THEN 1 ELSE 0 END), 0) AS BIGINT) AS matched, \
               CAST(COALESCE(sum(CASE WHEN state = 'IGNORED' THEN 1 ELSE 0 END), 0) AS BIGINT) AS ignored FROM bank_line";
    let row = db::row(app.engine.db.reader(), sql, vec![]).await?.ok_or_else(Problem::internal)?;
    Ok(Json(BankFigures {
        open: row.try_get("", "open_count")?,
        open_in_rp: row.try_get("", "open_in_rp")?,
        open_out_rp: row.try_get("", "open_out_rp")?,
        matched: row.try_get("", "matched")?,
        ignored: row.try_get("", "ignored")?,
    }))
}

/// The likeliest first; none when nothing fits.
pub async fn proposals(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Vec<BankProposal>>, Problem> {
    let conn = app.engine.db.reader();
    let sql = "SELECT booked_on, description, amount_rp FROM bank_line WHERE id = ?";
    let row = db::row(conn, sql, vec![id.into()]).await?.ok_or_else(|| Problem::not_found("bank_line"))?;
    let line =
        propose::Line { booked_on: row.try_get("", "booked_on")?, description: row.try_get("", "description")?, amount_rp: row.try_get("", "amount_rp")? };
    Ok(Json(propose::propose(conn, &line).await?.into_iter().map(Into::into).collect()))
}

pub async fn ignore(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<IgnoreLine>) -> Result<NoContent, Problem> {
    if let Some(fault) = check_text("reason", &body.reason) {
        return Err(Problem::invalid(fault));
    }
    decided(&app, who, id, Verdict::Ignore { reason: body.reason.trim().to_owned() }).await
}

pub async fn reopen(State(app): OurApp, who: SignedIn, At(id): At<Uuid>) -> Result<NoContent, Problem> {
    decided(&app, who, id, Verdict::Reopen).await
}

/// It is a payment that is recorded already. 422 `bank_line_amount` when it is another amount.
pub async fn link(State(app): OurApp, who: SignedIn, At(id): At<Uuid>, Body(body): Body<LinkLine>) -> Result<NoContent, Problem> {
    decided(&app, who, id, Verdict::Link { payment_id: body.payment_id }).await
}

async fn decided(app: &crate::app::App, who: SignedIn, id: Uuid, verdict: Verdict) -> Result<NoContent, Problem> {
    decide::decide(&app.engine.db, id, &verdict, (&who.actor, app.engine.clock.now())).await?;
    Ok(NoContent)
}
