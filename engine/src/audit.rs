//! Audit records: who did what to what, in the same transaction as the change (SPEC AUD-1, AUD-2).

use crate::actor::Actor;
use crate::batch::Batch;
use crate::id::new_id;
use crate::tag::Tag;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One state-changing action.
pub struct Action<'a> {
    /// `<entity>.<verb>`, e.g. `lesson.approve`.
    pub action: String,
    pub entity_type: &'a str,
    pub entity_id: Uuid,
    pub entity_code: Option<&'a str>,
    pub instance_seq: Option<i64>,
    pub on_behalf_of: Option<&'a str>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub reason: Option<&'a str>,
}

/// Adds the record of an action to the batch of the change itself. Only the differing fields are kept.
pub fn record(action: Action<'_>, actor: &Actor, at: DateTime<Utc>, batch: &mut Batch) {
    let (before, after) = difference(action.before, action.after);
    batch.push(
        "INSERT INTO audit_record (id, at, actor_id, actor_name, actor_kind, on_behalf_of, action, entity_type, entity_id, entity_code, instance_seq, before, after, reason, ip, request_id, trace_id) \
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        vec![
            new_id(at).into(),
            at.into(),
            actor.id.into(),
            actor.name.clone().into(),
            actor.kind.as_str().into(),
            action.on_behalf_of.map(str::to_owned).into(),
            action.action.into(),
            action.entity_type.into(),
            action.entity_id.into(),
            action.entity_code.map(str::to_owned).into(),
            action.instance_seq.into(),
            before.into(),
            after.into(),
            action.reason.map(str::to_owned).into(),
            actor.ip.clone().into(),
            actor.request_id.clone().into(),
            actor.trace_id.clone().into(),
        ],
    );
}

/// Both sides reduced to the top-level fields that differ; a new thing keeps its non-null fields.
pub fn difference(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let changed: Vec<&String> = new.keys().filter(|key| old.get(*key) != new.get(*key)).collect();
            let pick = |from: &Map<String, Value>| Value::Object(changed.iter().filter_map(|key| Some(((*key).clone(), from.get(*key)?.clone()))).collect());
            (Some(pick(&old)), Some(pick(&new)))
        }
        (None, Some(Value::Object(new))) => (None, Some(Value::Object(new.into_iter().filter(|(_, value)| !value.is_null()).collect()))),
        sides => sides,
    }
}
