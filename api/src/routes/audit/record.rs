//! An audit record as the API shows it, read from its row.

use super::changes::{Change, changes};
use crate::view::AnyObject;
use crate::view::told::{Told, stored};
use chrono::{DateTime, Utc};
use engine::db::Db;
use engine::personal;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who acted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditActor {
    pub id: Uuid,
    pub name: Told,
    /// `PERSON` or `SYSTEM`.
    pub kind: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditRecord {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub actor: AuditActor,
    #[schema(required)]
    pub on_behalf_of: Option<Told>,
    pub action: String,
    pub entity_type: String,
    pub entity_id: Uuid,
    #[schema(required)]
    pub entity_code: Option<Told>,
    /// The step of the instance's history it belongs to.
    #[schema(required)]
    pub instance_seq: Option<i64>,
    /// The differing fields before.
    #[schema(required, value_type = Option<AnyObject>)]
    pub before: Option<Value>,
    /// The differing fields after.
    #[schema(required, value_type = Option<AnyObject>)]
    pub after: Option<Value>,
    /// Both sides field by field, nested ones by their way.
    pub changes: Vec<Change>,
    #[schema(required)]
    pub reason: Option<Told>,
    #[schema(required)]
    pub ip: Option<Told>,
    #[schema(required)]
    pub request_id: Option<String>,
    /// The W3C trace the request belonged to.
    #[schema(required)]
    pub trace_id: Option<String>,
    /// Position of the seal that covers it; null while none does.
    #[schema(required)]
    pub seal: Option<i64>,
}

/// What [`read`] reads, of [`FROM`].
pub const SELECT: &str = "a.id, a.at, a.actor_id, a.actor_name, a.actor_kind, a.on_behalf_of, a.action, a.entity_type, a.entity_id, a.entity_code, \
    a.instance_seq, a.before, a.after, a.reason, a.ip, a.request_id, a.trace_id, (SELECT s.seal FROM audit_sealed s WHERE s.record_id = a.id) AS seal";
pub const FROM: &str = "audit_record a";

/// Columns that may be sealed: actor's name, on behalf of, code, reason, address, and both sides.
const SEALED: [&str; 5] = ["actor_name", "on_behalf_of", "entity_code", "reason", "ip"];

/// A record as it is stored, with what may be sealed beside it.
#[derive(Debug)]
pub struct Stored {
    record: AuditRecord,
    texts: [Value; SEALED.len()],
}

/// The records in these rows, opened as far as their people are not erased.
pub async fn read(db: &Db, rows: &[QueryResult]) -> Result<Vec<AuditRecord>, Failure> {
    opened(db, rows.iter().map(as_stored).collect::<Result<Vec<_>, _>>()?).await
}

pub async fn opened(db: &Db, mut all: Vec<Stored>) -> Result<Vec<AuditRecord>, Failure> {
    let mut values: Vec<&mut Value> = vec![];
    for Stored { record, texts } in &mut all {
        values.extend(texts.iter_mut().chain(&mut record.before).chain(&mut record.after));
    }
    personal::open(db.reader(), values).await?;
    Ok(all.into_iter().map(finish).collect())
}

pub fn as_stored(row: &QueryResult) -> Result<Stored, Failure> {
    let mut texts: [Value; SEALED.len()] = Default::default();
    for (text, column) in texts.iter_mut().zip(SEALED) {
        *text = stored(row, column)?;
    }
    let record = AuditRecord {
        id: row.try_get("", "id")?,
        at: row.try_get("", "at")?,
        actor: AuditActor { id: row.try_get("", "actor_id")?, name: Told::certain(&Value::Null), kind: row.try_get("", "actor_kind")? },
        on_behalf_of: None,
        action: row.try_get("", "action")?,
        entity_type: row.try_get("", "entity_type")?,
        entity_id: row.try_get("", "entity_id")?,
        entity_code: None,
        instance_seq: row.try_get("", "instance_seq")?,
        before: row.try_get("", "before")?,
        after: row.try_get("", "after")?,
        changes: vec![],
        reason: None,
        ip: None,
        request_id: row.try_get("", "request_id")?,
        trace_id: row.try_get("", "trace_id")?,
        seal: row.try_get("", "seal")?,
    };
    Ok(Stored { record, texts })
}

fn finish(Stored { mut record, texts: [name, on_behalf_of, code, reason, ip] }: Stored) -> AuditRecord {
    record.actor.name = Told::certain(&name);
    record.on_behalf_of = Told::of(&on_behalf_of);
    record.entity_code = Told::of(&code);
    record.reason = Told::of(&reason);
    record.ip = Told::of(&ip);
    record.changes = changes(record.before.as_ref(), record.after.as_ref());
    record
}
