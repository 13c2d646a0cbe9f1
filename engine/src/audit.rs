//! Audit records: who did what to what, in the same transaction as the change (SPEC AUD-1, AUD-2).
//!
//! What a record says about people is stored sealed under their keys, see [`personal`](crate::personal).

use crate::actor::{Actor, ActorKind};
use crate::batch::Batch;
use crate::db::Tx;
use crate::id::new_id;
use crate::personal::{self, Keyring};
use crate::refusal::Failure;
use crate::tag::Tag;
use chrono::{DateTime, Utc};
use sea_orm::Value as SqlValue;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
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

/// The columns of a record, in the order of [`Entry::values`].
pub const COLUMNS: [&str; 17] = [
    "id",
    "at",
    "actor_id",
    "actor_name",
    "actor_kind",
    "on_behalf_of",
    "action",
    "entity_type",
    "entity_id",
    "entity_code",
    "instance_seq",
    "before",
    "after",
    "reason",
    "ip",
    "request_id",
    "trace_id",
];

/// A record on its way into the database; its personal values are not sealed yet.
#[derive(Debug)]
pub struct Entry {
    at: DateTime<Utc>,
    actor: Actor,
    on_behalf_of: Option<String>,
    action: String,
    entity_type: String,
    entity_id: Uuid,
    entity_code: Option<String>,
    instance_seq: Option<i64>,
    before: Option<Value>,
    after: Option<Value>,
    reason: Option<String>,
    /// Who the reason tells about, besides an entity that is a person itself.
    about: Vec<Uuid>,
    /// Whose name `on_behalf_of` holds.
    done_for: Option<Uuid>,
}

/// Adds the record of an action to the batch of the change itself. Only the differing fields are kept.
///
/// When the entity has a key, everything said of it is sealed under it, apart from what tells nothing about a person
/// (ids, states, instants, amounts). Anything else that is about somebody is given as [`personal::marked`].
pub fn record(action: Action<'_>, actor: &Actor, at: DateTime<Utc>, batch: &mut Batch) {
    record_about(action, &[], actor, at, batch);
}

/// As [`record`], of something that is about these people: the reason is sealed under their keys.
pub fn record_about(action: Action<'_>, about: &[Uuid], actor: &Actor, at: DateTime<Utc>, batch: &mut Batch) {
    batch.audit(Entry::new(action, about, actor, at));
}

impl Entry {
    pub fn new(action: Action<'_>, about: &[Uuid], actor: &Actor, at: DateTime<Utc>) -> Self {
        let (before, after) = difference(action.before, action.after);
        Self {
            at,
            actor: actor.clone(),
            on_behalf_of: action.on_behalf_of.map(str::to_owned),
            action: action.action,
            entity_type: action.entity_type.into(),
            entity_id: action.entity_id,
            entity_code: action.entity_code.map(str::to_owned),
            instance_seq: action.instance_seq,
            before,
            after,
            reason: action.reason.map(str::to_owned),
            about: about.to_vec(),
            done_for: None,
        }
    }

    /// Says whose name `on_behalf_of` holds.
    #[must_use]
    pub(crate) fn done_for(self, whom: Option<Uuid>) -> Self {
        Self { done_for: whom, ..self }
    }

    /// Everybody whose key is needed to write it.
    pub fn people(&self, people: &mut BTreeSet<Uuid>) {
        people.extend(self.about.iter().copied().chain(self.done_for));
        people.insert(self.entity_id);
        people.extend(acting(&self.actor));
        [&self.before, &self.after].into_iter().flatten().for_each(|side| personal::owners_in(side, people));
    }

    /// The values of its row, in the order of [`COLUMNS`], with everything personal sealed.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn values(self, keys: &Keyring) -> Result<Vec<SqlValue>, Failure> {
        let itself = keys.knows(self.entity_id).then_some(self.entity_id);
        let actor: Vec<Uuid> = acting(&self.actor).collect();
        let about: Vec<Uuid> = self.about.iter().copied().chain(itself).collect();
        let text = |text: Option<String>, of: &[Uuid]| text.map(|text| personal::seal_text(&text, of, keys)).transpose();
        let side = |side: Option<Value>| -> Result<Option<Value>, Failure> {
            let Some(mut side) = side else { return Ok(None) };
            if let (Some(id), Value::Object(fields)) = (itself, &mut side) {
                mark_all(fields, id);
            }
            personal::seal(&mut side, keys)?;
            Ok(Some(side))
        };
        // A code is for people to speak of; an address is one only for want of a better.
        let of_code = itself.filter(|_| self.entity_code.as_ref().is_some_and(|code| code.contains('@')));
        Ok(vec![
            new_id(self.at).into(),
            self.at.into(),
            self.actor.id.into(),
            personal::seal_text(&self.actor.name, &actor, keys)?.into(),
            self.actor.kind.as_str().into(),
            text(self.on_behalf_of, &self.done_for.into_iter().collect::<Vec<_>>())?.into(),
            self.action.into(),
            self.entity_type.into(),
            self.entity_id.into(),
            text(self.entity_code, &of_code.into_iter().collect::<Vec<_>>())?.into(),
            self.instance_seq.into(),
            side(self.before)?.into(),
            side(self.after)?.into(),
            text(self.reason, &about)?.into(),
            text(self.actor.ip, &actor)?.into(),
            self.actor.request_id.into(),
            self.actor.trace_id.into(),
        ])
    }
}

/// The actor's own id, when it is a person.
pub(crate) fn acting(actor: &Actor) -> impl Iterator<Item = Uuid> {
    (actor.kind == ActorKind::Person).then_some(actor.id).into_iter()
}

/// The statement of one record.
pub(crate) fn insert() -> String {
    format!("INSERT INTO audit_record ({}) VALUES ({})", COLUMNS.join(", "), vec!["?"; COLUMNS.len()].join(","))
}

/// The records as statements, sealed under the keys of this moment: those of the transaction's own people too.
pub(crate) async fn sealed(entries: Vec<Entry>, tx: &Tx) -> Result<Batch, Failure> {
    let mut people = BTreeSet::new();
    entries.iter().for_each(|entry| entry.people(&mut people));
    let keys = personal::read_keys(tx, &people).await?;
    let mut batch = Batch::default();
    for entry in entries {
        batch.push(insert(), entry.values(&keys)?);
    }
    Ok(batch)
}

/// Fields of somebody that tell nothing about a person: they stay when everything else is erased.
const IMPERSONAL: [&str; 13] =
    ["id", "code", "state", "status", "kind", "roles", "permissions", "by", "size", "sha256", "content_type", "scan_state", "sessions_ended"];
const IMPERSONAL_ENDS: [&str; 4] = ["_id", "_at", "_on", "_rp"];

fn mark_all(fields: &mut Map<String, Value>, id: Uuid) {
    for (name, value) in fields {
        let impersonal = value.is_boolean() || IMPERSONAL.contains(&name.as_str()) || IMPERSONAL_ENDS.iter().any(|end| name.ends_with(end));
        if !impersonal {
            *value = personal::marked(value.take(), &[id]);
        }
    }
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
