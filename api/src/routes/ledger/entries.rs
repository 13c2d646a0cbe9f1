//! Entries of the journal, each with both its dates, its lines, what caused it and what it undoes.

use super::super::OurApp;
use super::filter::{self, EntryFilter};
use crate::listing::{Listing, Order, Sort, SortKey};
use crate::problem::Problem;
use crate::request::{At, List};
use crate::view::InstanceRef;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, Value};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Nobody reads further, and counting a million takes seconds.
const COUNTED: i64 = 10_000;

/// One page of the journal.
#[derive(Serialize, ToSchema)]
pub struct LedgerPage {
    items: Vec<LedgerEntry>,
    /// Pass it as `cursor` for the next page; null on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many match on all pages, counted up to 10,000.
    total: i64,
    /// There are more than `total`.
    more: bool,
}

/// An entry as it is posted.
#[derive(Serialize, ToSchema)]
pub struct LedgerEntry {
    pub id: Uuid,
    pub kind: String,
    /// The day of the event itself.
    pub occurred_on: NaiveDate,
    /// The day it counts to.
    pub posted_on: NaiveDate,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Its debits, which are its credits.
    pub amount_rp: i64,
    pub cause: InstanceRef,
    /// The entry it undoes.
    #[schema(required)]
    pub reverses: Option<EntryRef>,
    /// The entry that undoes it.
    #[schema(required)]
    pub reversed_by: Option<EntryRef>,
    pub lines: Vec<LedgerLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryRef {
    id: Uuid,
    kind: String,
    pub posted_on: NaiveDate,
}

/// A debit or a credit, the other zero.
#[derive(Serialize, ToSchema)]
pub struct LedgerLine {
    pub account: String,
    pub account_name: String,
    #[schema(required)]
    pub party: Option<LedgerParty>,
    pub debit_rp: i64,
    pub credit_rp: i64,
}

/// Whose account inside the ledger account.
#[derive(Serialize, ToSchema)]
pub struct LedgerParty {
    /// `siswa` or `tutor`.
    kind: String,
    id: Uuid,
    pub code: String,
    pub name: String,
}

static KEYS: [SortKey; 1] = [SortKey { name: "posted_on", sql: "e.posted_on", sort: Sort::Day }];
const SELECT: &str = "e.id, e.kind, e.occurred_on, e.posted_on, e.at, e.instance_id, i.workflow, i.code, \
    o.id AS reverses_id, o.kind AS reverses_kind, o.posted_on AS reverses_on, r.id AS reversed_id, r.kind AS reversed_kind, r.posted_on AS reversed_on";
const FROM: &str = "journal_entry e JOIN workflow_instance i ON i.id = e.instance_id LEFT JOIN journal_entry o ON o.id = e.reverses_id \
    LEFT JOIN journal_entry r ON r.id = (SELECT x.id FROM journal_entry x WHERE x.reverses_id = e.id ORDER BY x.at, x.id LIMIT 1)";

pub async fn list(State(app): OurApp, list: List<EntryFilter>) -> Result<Json<LedgerPage>, Problem> {
    let db = &app.engine.db;
    let page = listing(&list)?.page_counting(COUNTED, db, &list, head).await?;
    let (total, more) = (page.total.min(COUNTED), page.total > COUNTED);
    Ok(Json(LedgerPage { items: with_lines(db, page.items).await?, next_cursor: page.next_cursor, total, more }))
}

pub async fn show(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<LedgerEntry>, Problem> {
    let db = &app.engine.db;
    let row = db::row(db.reader(), &format!("SELECT {SELECT} FROM {FROM} WHERE e.id = ?"), vec![id.into()]).await?;
    let found = row.as_ref().map(head).transpose()?;
    with_lines(db, found.into_iter().collect()).await?.pop().map(Json).ok_or_else(|| Problem::not_found("entry"))
}

pub(super) fn listing(list: &List<EntryFilter>) -> Result<Listing<'static>, Problem> {
    Ok(Listing { select: SELECT, from: FROM, id: "e.id", filter: filter::wanted(list)?, order: Order::of(list.sort.as_deref(), "-posted_on", &KEYS)? })
}

/// An entry without its lines.
pub(super) fn head(row: &QueryResult) -> Result<LedgerEntry, Failure> {
    Ok(LedgerEntry {
        id: row.try_get("", "id")?,
        kind: row.try_get("", "kind")?,
        occurred_on: row.try_get("", "occurred_on")?,
        posted_on: row.try_get("", "posted_on")?,
        at: row.try_get("", "at")?,
        amount_rp: 0,
        cause: InstanceRef { id: row.try_get("", "instance_id")?, workflow: row.try_get("", "workflow")?, code: row.try_get("", "code")? },
        reverses: referred(row, "reverses")?,
        reversed_by: referred(row, "reversed")?,
        lines: vec![],
    })
}

fn referred(row: &QueryResult, name: &str) -> Result<Option<EntryRef>, Failure> {
    let Some(id) = row.try_get("", &format!("{name}_id"))? else { return Ok(None) };
    Ok(Some(EntryRef { id, kind: row.try_get("", &format!("{name}_kind"))?, posted_on: row.try_get("", &format!("{name}_on"))? }))
}

/// The entries of a page with their lines, in their order.
pub(super) async fn with_lines(db: &Db, mut entries: Vec<LedgerEntry>) -> Result<Vec<LedgerEntry>, Failure> {
    if entries.is_empty() {
        return Ok(entries);
    }
    let ids: Vec<Value> = entries.iter().map(|entry| entry.id.into()).collect();
    let sql = format!(
        "SELECT p.entry_id, p.account, a.name AS account_name, p.party_id, p.amount_rp, w.code AS siswa_code, w.name AS siswa_name, t.code AS tutor_code, \
         t.name AS tutor_name FROM posting p JOIN ledger_account a ON a.code = p.account LEFT JOIN siswa w ON w.id = p.party_id \
         LEFT JOIN tutor t ON t.id = p.party_id WHERE p.entry_id IN ({}) ORDER BY p.entry_id, p.line",
        vec!["?"; ids.len()].join(",")
    );
    let mut lines: HashMap<Uuid, Vec<LedgerLine>> = HashMap::new();
    for row in db::rows(db.reader(), &sql, ids).await? {
        lines.entry(row.try_get("", "entry_id")?).or_default().push(line(&row)?);
    }
    for entry in &mut entries {
        entry.lines = lines.remove(&entry.id).unwrap_or_default();
        entry.amount_rp = entry.lines.iter().map(|line| line.debit_rp).sum();
    }
    Ok(entries)
}

fn line(row: &QueryResult) -> Result<LedgerLine, Failure> {
    let amount_rp: i64 = row.try_get("", "amount_rp")?;
    Ok(LedgerLine {
        account: row.try_get("", "account")?,
        account_name: row.try_get("", "account_name")?,
        party: party(row)?,
        debit_rp: amount_rp.max(0),
        credit_rp: amount_rp.min(0).saturating_neg(),
    })
}

fn party(row: &QueryResult) -> Result<Option<LedgerParty>, Failure> {
    let Some(id) = row.try_get("", "party_id")? else { return Ok(None) };
    for kind in ["siswa", "tutor"] {
        let code: Option<String> = row.try_get("", &format!("{kind}_code"))?;
        if let Some(code) = code {
            return Ok(Some(LedgerParty { kind: kind.into(), id, code, name: row.try_get("", &format!("{kind}_name"))? }));
        }
    }
    Ok(None)
}
