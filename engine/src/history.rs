//! The history of an instance: one row per command, hash-chained, never changed.

use crate::actor::Actor;
use crate::batch::Batch;
use crate::plan::Amount;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use uuid::Uuid;

/// The hash "before" the first row of every instance.
pub const GENESIS: &str = "";

/// A row to be written.
pub(crate) struct Step<'a> {
    pub instance_id: Uuid,
    pub seq: i64,
    pub command: &'a str,
    pub payload: Value,
    pub actor: &'a Actor,
    /// As stored, as are the other texts and values: sealed where they are about somebody.
    pub actor_name: String,
    pub on_behalf_of: Option<String>,
    pub facts: Value,
    pub change: Value,
    pub from_state: Option<&'a str>,
    pub to_state: &'a str,
    pub reason: Option<String>,
    pub amounts: &'a [Amount],
    pub at: DateTime<Utc>,
    pub previous_hash: &'a str,
}

impl Step<'_> {
    fn content(&self) -> Value {
        json!({
            "instance_id": self.instance_id, "seq": self.seq, "command": self.command, "payload": self.payload,
            "actor_id": self.actor.id, "actor_name": self.actor_name, "actor_kind": self.actor.kind, "on_behalf_of": self.on_behalf_of, "facts": self.facts, "change": self.change,
            "from": self.from_state, "to": self.to_state, "reason": self.reason, "amounts": self.amounts,
            "at": self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
        })
    }

    /// Adds the row to a batch and returns its hash.
    pub fn write(self, batch: &mut Batch) -> String {
        let hash = chain(self.previous_hash, &self.content());
        batch.push(
            "INSERT INTO workflow_history (instance_id, seq, command, payload, actor_id, actor_name, actor_kind, on_behalf_of, facts, change, from_state, to_state, reason, amounts, at, previous_hash, hash) \
             VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            vec![
                self.instance_id.into(),
                self.seq.into(),
                self.command.into(),
                self.payload.into(),
                self.actor.id.into(),
                self.actor_name.into(),
                crate::tag::Tag::as_str(self.actor.kind).into(),
                self.on_behalf_of.into(),
                self.facts.into(),
                self.change.into(),
                self.from_state.map(str::to_owned).into(),
                self.to_state.into(),
                self.reason.into(),
                json!(self.amounts).into(),
                self.at.into(),
                self.previous_hash.into(),
                hash.clone().into(),
            ],
        );
        hash
    }
}

/// The hash of a row: SHA-256 over the previous hash and the row's canonical JSON, in hex.
pub fn chain(previous: &str, content: &Value) -> String {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(canonical(content));
    hex::encode(hasher.finalize())
}

/// JSON with sorted keys and no spaces: the same text on both databases, whatever order they keep.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (position, key) in keys.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{}:", Value::from(key.as_str()));
                write_canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        // Postgres keeps no negative zero.
        Value::Number(number) if number.is_f64() && number.as_f64() == Some(0.0) => out.push_str("0.0"),
        plain => {
            let _ = write!(out, "{plain}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_does_not_depend_on_the_order_of_keys() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"z":null,"a":"x"}],"a":2}"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":2,"b":[1,{"a":"x","z":null}]}"#);
    }

    #[test]
    fn a_changed_row_changes_every_later_hash() {
        let first = chain(GENESIS, &json!({"seq": 1}));
        assert_ne!(chain(&first, &json!({"seq": 2})), chain(&chain(GENESIS, &json!({"seq": 9})), &json!({"seq": 2})));
    }
}
