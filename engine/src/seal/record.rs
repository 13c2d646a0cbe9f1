//! The content of an audit record in the one form that is hashed: canonical JSON of all its columns.

use super::merkle::{self, Hash};
use crate::history::canonical;
use crate::refusal::Failure;
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{DbErr, QueryResult};
use serde_json::{Value, json};
use uuid::Uuid;

/// The columns [`content`] reads, of `audit_record a`.
pub(super) const COLUMNS: &str = "a.id, a.at, a.actor_id, a.actor_name, a.actor_kind, a.on_behalf_of, a.action, a.entity_type, a.entity_id, a.entity_code, \
    a.instance_seq, a.before, a.after, a.reason, a.ip, a.request_id, a.trace_id";

/// A record about to be sealed.
pub(super) struct Record {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub hash: Hash,
}

impl Record {
    pub fn read(row: &QueryResult) -> Result<Self, Failure> {
        Ok(Self { id: row.try_get("", "id")?, at: row.try_get("", "at")?, hash: hash(&content(row)?) })
    }
}

/// All columns of a record as a JSON object; instants in UTC with microseconds.
pub(super) fn content(row: &QueryResult) -> Result<Value, DbErr> {
    let text = |column: &str| row.try_get::<Option<String>>("", column);
    let at: DateTime<Utc> = row.try_get("", "at")?;
    Ok(json!({
        "id": row.try_get::<Uuid>("", "id")?, "at": at.to_rfc3339_opts(SecondsFormat::Micros, true),
        "actor_id": row.try_get::<Uuid>("", "actor_id")?, "actor_name": text("actor_name")?, "actor_kind": text("actor_kind")?,
        "on_behalf_of": text("on_behalf_of")?, "action": text("action")?, "entity_type": text("entity_type")?,
        "entity_id": row.try_get::<Uuid>("", "entity_id")?, "entity_code": text("entity_code")?,
        "instance_seq": row.try_get::<Option<i64>>("", "instance_seq")?,
        "before": row.try_get::<Option<Value>>("", "before")?, "after": row.try_get::<Option<Value>>("", "after")?,
        "reason": text("reason")?, "ip": text("ip")?, "request_id": text("request_id")?, "trace_id": text("trace_id")?,
    }))
}

/// The hash of a record as a leaf.
pub(super) fn hash(content: &Value) -> Hash {
    merkle::leaf(&canonical(content))
}
