//! The history of an instance, oldest step first, with what each step changed.

use super::super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use crate::view::outcome::Amount;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
pub struct History {
    items: Vec<Step>,
}

/// One command that was carried out.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryStep)]
struct Step {
    seq: i64,
    command: String,
    #[schema(required)]
    from: Option<String>,
    to: String,
    actor: StepActor,
    #[schema(required)]
    on_behalf_of: Option<String>,
    #[schema(required)]
    reason: Option<String>,
    at: DateTime<Utc>,
    changed: Vec<Changed>,
    amounts: Vec<Amount>,
    /// The step's link in the hash chain.
    hash: String,
}

#[derive(Serialize, ToSchema)]
struct StepActor {
    id: Uuid,
    name: String,
    /// `PERSON` or `SYSTEM`.
    kind: String,
}

/// A field of the record before and after.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ChangedField)]
struct Changed {
    field: String,
    #[schema(value_type = Value)]
    old: Value,
    #[schema(value_type = Value)]
    new: Value,
}

pub async fn history(State(app): OurApp, At((workflow, id)): At<(String, Uuid)>) -> Result<Json<History>, Problem> {
    let sql = "SELECT h.seq, h.command, h.from_state, h.to_state, h.actor_id, h.actor_name, h.actor_kind, h.on_behalf_of, h.reason, h.at, h.amounts, h.hash, \
               a.before AS old_fields, a.after AS new_fields \
               FROM workflow_history h JOIN workflow_instance i ON i.id = h.instance_id \
               LEFT JOIN audit_record a ON a.entity_id = h.instance_id AND a.instance_seq = h.seq \
               WHERE h.instance_id = ? AND i.workflow = ? ORDER BY h.seq";
    let rows = db::rows(app.engine.db.reader(), sql, vec![id.into(), workflow.into()]).await?;
    if rows.is_empty() {
        return Err(Problem::not_found("instance"));
    }
    Ok(Json(History { items: rows.iter().map(step).collect::<Result<_, _>>()? }))
}

fn step(row: &QueryResult) -> Result<Step, Failure> {
    let amounts: Vec<engine::plan::Amount> =
        serde_json::from_value(row.try_get("", "amounts")?).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?;
    Ok(Step {
        seq: row.try_get("", "seq")?,
        command: row.try_get("", "command")?,
        from: row.try_get("", "from_state")?,
        to: row.try_get("", "to_state")?,
        actor: StepActor { id: row.try_get("", "actor_id")?, name: row.try_get("", "actor_name")?, kind: row.try_get("", "actor_kind")? },
        on_behalf_of: row.try_get("", "on_behalf_of")?,
        reason: row.try_get("", "reason")?,
        at: row.try_get("", "at")?,
        changed: changed(row.try_get("", "old_fields")?, row.try_get("", "new_fields")?),
        amounts: amounts.into_iter().map(Into::into).collect(),
        hash: row.try_get("", "hash")?,
    })
}

/// The audit keeps the differing fields of both sides; a side without a field had nothing there.
fn changed(old: Option<Value>, new: Option<Value>) -> Vec<Changed> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let fields: BTreeSet<&String> = [&old, &new].into_iter().filter_map(Value::as_object).flat_map(|side| side.keys()).collect();
    let at = |side: &Value, field: &str| side.get(field).cloned().unwrap_or_default();
    fields
        .into_iter()
        .map(|field| Changed { field: field.clone(), old: at(&old, field), new: at(&new, field) })
        .filter(|changed| changed.old != changed.new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_step_shows_the_fields_that_differ() {
        let all = changed(Some(json!({ "state": "A", "x": null })), Some(json!({ "state": "B", "x": null, "y": 1 })));
        assert_eq!(all, [Changed { field: "state".into(), old: json!("A"), new: json!("B") }, Changed { field: "y".into(), old: json!(null), new: json!(1) },]);
        assert_eq!(changed(None, None), []);
    }
}
