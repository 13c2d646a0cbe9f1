//! Checking the books of the engine: replay (invariant I8), hash chains, obligations, audit presence.

use crate::db::{self, Db, Tx};
use crate::history::{GENESIS, canonical, chain};
use crate::migrate::MIGRATE;
use crate::personal::{self, Part, Personal};
use crate::refusal::Failure;
use crate::registry::Registry;
use crate::standing::is_cared_for;
use crate::workflow::AnyWorkflow;
use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::QueryResult;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something that does not add up, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub instance_id: Uuid,
    pub code: String,
    pub fault: String,
}

/// The result of checking every instance.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    pub instances: u64,
    pub steps: u64,
    pub faults: Vec<Fault>,
}

/// How many instances are read at a time.
const PAGE: u64 = 500;

/// Folds every history and compares it with what is stored.
pub async fn verify(db: &Db, registry: &Registry) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut after = Uuid::nil();
    loop {
        let tx = db.begin().await?;
        let sql = "SELECT id, workflow, version, state, revision, code, terminal FROM workflow_instance WHERE id > ? ORDER BY id LIMIT ?";
        let page = db::rows(&tx, sql, vec![after.into(), PAGE.into()]).await?;
        for row in &page {
            after = row.try_get("", "id")?;
            verify_instance(&tx, registry, row, &mut report).await?;
        }
        tx.rollback().await?;
        if page.is_empty() {
            return Ok(report);
        }
    }
}

async fn verify_instance(tx: &Tx, registry: &Registry, row: &QueryResult, report: &mut Report) -> Result<(), Failure> {
    let id: Uuid = row.try_get("", "id")?;
    let code: String = row.try_get("", "code")?;
    let (workflow, state): (String, String) = (row.try_get("", "workflow")?, row.try_get("", "state")?);
    let revision: i64 = row.try_get("", "revision")?;
    report.instances += 1;
    let mut faults = vec![];
    match registry.get(&workflow) {
        None => faults.push(format!("workflow `{workflow}` is unknown")),
        Some(known) => check_history(tx, known, (id, row.try_get("", "version")?, &state, revision), &mut faults, &mut report.steps).await?,
    }
    if !row.try_get::<bool>("", "terminal")? && !is_cared_for(tx, id).await? {
        faults.push("nothing will ever move it: no open task, armed timer, job or live child".into());
    }
    report.faults.extend(faults.into_iter().map(|fault| Fault { instance_id: id, code: code.clone(), fault }));
    Ok(())
}

async fn check_history(
    tx: &Tx,
    workflow: &dyn AnyWorkflow,
    (id, version, state, revision): (Uuid, i64, &str, i64),
    faults: &mut Vec<String>,
    steps: &mut u64,
) -> Result<(), Failure> {
    let sql = "SELECT h.seq, h.command, h.payload, h.actor_id, h.actor_name, h.actor_kind, h.amounts, h.on_behalf_of, h.facts, h.change, h.from_state, h.to_state, h.reason, h.at, h.previous_hash, h.hash, \
               (SELECT count(*) FROM audit_record a WHERE a.entity_id = h.instance_id AND a.instance_seq = h.seq) AS audited \
               FROM workflow_history h WHERE h.instance_id = ? ORDER BY h.seq";
    let mut previous = (GENESIS.to_owned(), None::<String>);
    let mut changes = vec![];
    let rows = db::rows(tx, sql, vec![id.into()]).await?;
    for (expected, row) in (1_i64..).zip(&rows) {
        let seq: i64 = row.try_get("", "seq")?;
        if seq != expected {
            faults.push(format!("step {expected} is missing"));
        }
        let (hash, stored_previous): (String, String) = (row.try_get("", "hash")?, row.try_get("", "previous_hash")?);
        if stored_previous != previous.0 || hash != chain(&stored_previous, &content(id, row)?) {
            faults.push(format!("step {seq} does not match its hash"));
        }
        if row.try_get::<Option<String>>("", "from_state")? != previous.1 {
            faults.push(format!("step {seq} does not start where step {} ended", seq - 1));
        }
        if row.try_get::<i64>("", "audited")? != 1 {
            faults.push(format!("step {seq} has not exactly one audit record"));
        }
        previous = (hash, Some(row.try_get("", "to_state")?));
        changes.push((row.try_get::<String>("", "command")?, row.try_get::<Value>("", "payload")?, row.try_get::<Value>("", "change")?));
        *steps += 1;
    }
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) != revision || previous.1.as_deref() != Some(state) {
        faults.push(format!("history ends in {:?} at step {}, the instance says {state} at {revision}", previous.1, rows.len()));
    }
    personal::open_for_replay(tx, changes.iter_mut().map(|(_, _, change)| change)).await?;
    let mut folded = workflow.fold(versioned(changes, version))?;
    let mut stored = workflow.stored(tx, id).await?.unwrap_or(Value::Null);
    leave_out_erased(tx, workflow, (&mut folded, &mut stored), faults).await?;
    if canonical(&folded) != canonical(&stored) {
        faults.push(format!("replay differs from the record: {}", first_difference(&folded, &stored)));
    }
    Ok(())
}

/// Leaves out of the comparison what was erased: nothing can be folded for it, and the record must not hold it.
async fn leave_out_erased(tx: &Tx, workflow: &dyn AnyWorkflow, (folded, stored): (&mut Value, &mut Value), faults: &mut Vec<String>) -> Result<(), Failure> {
    let declared: Vec<&Personal> = workflow.personal().iter().filter(|one| one.part == Part::Record).collect();
    let people: BTreeSet<Uuid> = declared.iter().flat_map(|one| one.owners(stored)).collect();
    if people.is_empty() {
        return Ok(());
    }
    let keys = personal::read_keys(tx, &people).await?;
    for one in declared {
        if !one.owners(stored).into_iter().any(|id| keys.is_destroyed(id)) {
            continue;
        }
        let left = stored.get(one.path).filter(|value| !value.is_null() && value.as_str() != Some(""));
        if left.is_some() {
            faults.push(format!("the record still holds `{}` of somebody who was erased", one.path));
        }
        for side in [&mut *folded, &mut *stored] {
            _ = side.as_object_mut().and_then(|fields| fields.remove(one.path));
        }
    }
    Ok(())
}

/// Each change with the version that wrote it: the steps named `migrate` tell where the version rose.
fn versioned(steps: Vec<(String, Value, Value)>, last: i64) -> Vec<(i64, Value)> {
    let from = |(command, payload, _): &(String, Value, Value)| (command == MIGRATE).then(|| payload["from"].as_i64()).flatten();
    let mut version = steps.iter().find_map(from).unwrap_or(last);
    let mut changes = Vec::with_capacity(steps.len());
    for (command, payload, change) in steps {
        if command == MIGRATE {
            version = payload["to"].as_i64().unwrap_or(last);
        }
        changes.push((version, change));
    }
    changes
}

fn content(id: Uuid, row: &QueryResult) -> Result<Value, Failure> {
    let at: DateTime<Utc> = row.try_get("", "at")?;
    Ok(json!({
        "instance_id": id, "seq": row.try_get::<i64>("", "seq")?, "command": row.try_get::<String>("", "command")?,
        "payload": row.try_get::<Value>("", "payload")?, "actor_id": row.try_get::<Uuid>("", "actor_id")?,
        "actor_name": row.try_get::<String>("", "actor_name")?, "actor_kind": row.try_get::<String>("", "actor_kind")?,
        "amounts": row.try_get::<Value>("", "amounts")?,
        "on_behalf_of": row.try_get::<Option<String>>("", "on_behalf_of")?, "facts": row.try_get::<Value>("", "facts")?,
        "change": row.try_get::<Value>("", "change")?, "from": row.try_get::<Option<String>>("", "from_state")?,
        "to": row.try_get::<String>("", "to_state")?, "reason": row.try_get::<Option<String>>("", "reason")?,
        "at": at.to_rfc3339_opts(SecondsFormat::Micros, true),
    }))
}

fn first_difference(folded: &Value, stored: &Value) -> String {
    let (Some(one), Some(other)) = (folded.as_object(), stored.as_object()) else { return format!("{folded} / {stored}") };
    one.keys()
        .chain(other.keys())
        .find(|key| one.get(*key).map(canonical) != other.get(*key).map(canonical))
        .map(|key| format!("{key}: {:?} / {:?}", one.get(key), other.get(key)))
        .unwrap_or_default()
}
