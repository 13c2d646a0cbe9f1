//! The history of an instance, oldest step first, with what each step changed.

use super::super::OurApp;
use crate::problem::Problem;
use crate::request::At;
use crate::view::outcome::Amount;
use crate::view::told::{Told, stored};
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db;
use engine::personal;
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
    on_behalf_of: Option<Told>,
    #[schema(required)]
    reason: Option<Told>,
    at: DateTime<Utc>,
    changed: Vec<Changed>,
    amounts: Vec<Amount>,
    /// The step's link in the hash chain.
    hash: String,
}

#[derive(Serialize, ToSchema)]
struct StepActor {
    id: Uuid,
    name: Told,
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
    let mut told = rows.iter().map(about).collect::<Result<Vec<_>, _>>()?;
    personal::open(app.engine.db.reader(), told.iter_mut().flatten()).await?;
    Ok(Json(History { items: rows.iter().zip(told).map(|(row, told)| step(row, told)).collect::<Result<_, _>>()? }))
}

/// What a row says of people: the actor's name, for whom, the reason, and both sides of the record.
fn about(row: &QueryResult) -> Result<[Value; 5], Failure> {
    let side = |column: &str| row.try_get::<Option<Value>>("", column).map(Option::unwrap_or_default);
    Ok([stored(row, "actor_name")?, stored(row, "on_behalf_of")?, stored(row, "reason")?, side("old_fields")?, side("new_fields")?])
}

fn step(row: &QueryResult, [actor_name, on_behalf_of, reason, old, new]: [Value; 5]) -> Result<Step, Failure> {
    let amounts: Vec<engine::plan::Amount> =
        serde_json::from_value(row.try_get("", "amounts")?).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?;
    Ok(Step {
        seq: row.try_get("", "seq")?,
        command: row.try_get("", "command")?,
        from: row.try_get("", "from_state")?,
        to: row.try_get("", "to_state")?,
        actor: StepActor { id: row.try_get("", "actor_id")?, name: Told::certain(&actor_name), kind: row.try_get("", "actor_kind")? },
        on_behalf_of: Told::of(&on_behalf_of),
        reason: Told::of(&reason),
        at: row.try_get("", "at")?,
        changed: changed(&old, &new),
        amounts: amounts.into_iter().map(Into::into).collect(),
        hash: row.try_get("", "hash")?,
    })
}

/// The audit keeps the differing fields of both sides; a side without a field had nothing there.
fn changed(old: &Value, new: &Value) -> Vec<Changed> {
    let fields: BTreeSet<&String> = [old, new].into_iter().filter_map(Value::as_object).flat_map(|side| side.keys()).collect();
    let at = |side: &Value, field: &str| side.get(field).cloned().unwrap_or_default();
    fields
        .into_iter()
        .map(|field| Changed { field: field.clone(), old: at(old, field), new: at(new, field) })
        .filter(|changed| changed.old != changed.new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_step_shows_the_fields_that_differ() {
        let all = changed(&json!({ "state": "A", "x": null }), &json!({ "state": "B", "x": null, "y": 1 }));
        assert_eq!(all, [Changed { field: "state".into(), old: json!("A"), new: json!("B") }, Changed { field: "y".into(), old: json!(null), new: json!(1) },]);
        assert_eq!(changed(&Value::Null, &Value::Null), []);
    }
}
