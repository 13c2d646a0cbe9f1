//! The history of one cell (SPEC PRC-7): every price it ever held, who opened it and who ended it, when and why.
//!
//! The audit says who and why; what came by a clone is told by the clone.

use crate::prices::year::Cloned;
use crate::prices::{names, year};
use crate::records::price::{Cell, Entity, Model, of_cell};
use chrono::{DateTime, Utc};
use engine::db;
use engine::personal;
use engine::refusal::Failure;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, Value as SqlValue};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A price of the cell.
#[derive(Clone, Debug)]
pub struct Lived {
    pub price: Model,
    pub tahun_ajaran: String,
    pub opened: Event,
    /// Who gave it its last day, if it has one.
    pub ended: Option<Event>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub at: DateTime<Utc>,
    /// Nothing of somebody who was erased.
    pub by: Option<String>,
    pub reason: Option<String>,
    pub how: How,
}

#[derive(Clone, Debug)]
pub enum How {
    Edited,
    Imported,
    Cloned(Cloned),
}

/// Newest first.
pub async fn read(conn: &impl ConnectionTrait, cell: Cell) -> Result<Vec<Lived>, Failure> {
    let mut prices = Entity::find().filter(of_cell(cell)).all(conn).await?;
    prices.sort_by_key(|row| std::cmp::Reverse((row.effective_from, row.created_at, row.id)));
    let codes = year::all(conn).await?.into_iter().map(|year| (year.id, year.code)).collect();
    let clones = year::clones(conn).await?;
    let ids: Vec<Uuid> = prices.iter().map(|row| row.id).collect();
    let records = records(conn, &ids).await?;
    let came_by_clone = by_clone(conn, &ids).await?;
    let authors = prices.iter().filter_map(|row| row.created_by.parse().ok());
    let names = names(conn, records.iter().map(|record| record.actor_id).chain(authors).collect::<HashSet<_>>()).await?;
    let told = Told { records, names, codes, clones, came_by_clone };
    Ok(prices.iter().map(|price| told.lived(price, &prices)).collect())
}

/// What the audit says of a row.
struct Record {
    price_id: Uuid,
    at: DateTime<Utc>,
    actor_id: Uuid,
    action: String,
    reason: Option<String>,
    /// It opened the row.
    opens: bool,
}

struct Told {
    records: Vec<Record>,
    names: HashMap<Uuid, String>,
    /// Of the academic years.
    codes: HashMap<Uuid, String>,
    clones: HashMap<Uuid, Cloned>,
    came_by_clone: HashSet<Uuid>,
}

impl Told {
    fn lived(&self, price: &Model, all: &[Model]) -> Lived {
        let record = |opens: bool| self.records.iter().rfind(|record| record.price_id == price.id && record.opens == opens);
        let cloned = |row: &Model| self.came_by_clone.contains(&row.id).then(|| self.clones.get(&row.tahun_ajaran_id).cloned()).flatten();
        let unknown = || Event {
            at: price.created_at,
            by: price.created_by.parse().ok().and_then(|id: Uuid| self.names.get(&id)).cloned(),
            reason: None,
            how: How::Edited,
        };
        let opened = cloned(price).map(by_clone_event).or_else(|| record(true).map(|record| self.event(record)));
        // A clone ends the rows of the year before without a record for each.
        let follows = price.effective_until.and_then(|day| all.iter().find(|row| row.effective_from == day && row.id != price.id));
        let ended = record(false).map(|record| self.event(record)).or_else(|| follows.and_then(cloned).map(by_clone_event));
        Lived {
            price: price.clone(),
            tahun_ajaran: self.codes.get(&price.tahun_ajaran_id).cloned().unwrap_or_default(),
            opened: opened.unwrap_or_else(unknown),
            ended: ended.filter(|_| price.effective_until.is_some()),
        }
    }

    fn event(&self, record: &Record) -> Event {
        let how = if record.action.starts_with("import.") { How::Imported } else { How::Edited };
        Event { at: record.at, by: self.names.get(&record.actor_id).cloned(), reason: record.reason.clone(), how }
    }
}

fn by_clone_event(cloned: Cloned) -> Event {
    Event { at: cloned.at, by: cloned.by.clone(), reason: None, how: How::Cloned(cloned) }
}

/// The audit records of these rows, the oldest first.
async fn records(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Record>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!(
        "SELECT entity_id, at, actor_id, action, reason, before IS NULL AS opens FROM audit_record WHERE entity_type = 'price' AND entity_id IN ({}) ORDER BY at, id",
        places(ids)
    );
    let rows = db::rows(conn, &sql, values(ids)).await?;
    let mut reasons = rows.iter().map(|row| Ok(personal::stored_text(row.try_get("", "reason")?))).collect::<Result<Vec<Value>, Failure>>()?;
    personal::open(conn, reasons.iter_mut()).await?;
    let pairs = rows.iter().zip(reasons);
    pairs
        .map(|(row, reason)| {
            Ok(Record {
                price_id: row.try_get("", "entity_id")?,
                at: row.try_get("", "at")?,
                actor_id: row.try_get("", "actor_id")?,
                action: row.try_get("", "action")?,
                reason: reason.as_str().map(str::to_owned),
                opens: row.try_get("", "opens")?,
            })
        })
        .collect()
}

/// Which of these rows came by a clone.
async fn by_clone(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashSet<Uuid>, Failure> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = db::rows(conn, &format!("SELECT id FROM price WHERE clone_id IS NOT NULL AND id IN ({})", places(ids)), values(ids)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

fn places(ids: &[Uuid]) -> String {
    vec!["?"; ids.len()].join(",")
}

fn values(ids: &[Uuid]) -> Vec<SqlValue> {
    ids.iter().map(|id| SqlValue::from(*id)).collect()
}
