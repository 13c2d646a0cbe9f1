//! Reading what happened in the cases of a file: records with their steps, decisions, entries, evidence.

use super::related::Case;
use super::{Booking, Event, Evidence, Ruling, Said};
use crate::app::App;
use crate::routes::audit::record::{self, AuditRecord};
use crate::routes::sesi::WORKFLOW as SESI;
use crate::view::entry;
use crate::view::outcome::{Amount, Decision};
use crate::view::told::Told;
use chrono::{DateTime, Utc};
use engine::actor::ActorKind;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::Value as SqlValue;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The oldest so many records are told; a case with more is read in the audit.
const MOST: usize = 500;
/// Their fields are a siswa's or a letter's, and no part of a dispute.
const FIELDS_LEFT_OUT: [&str; 2] = [SESI, "notification"];

fn places(count: usize) -> String {
    vec!["?"; count].join(",")
}

fn ids(cases: &[Case]) -> Vec<SqlValue> {
    cases.iter().map(|case| case.id.into()).collect()
}

fn codes(cases: &[Case]) -> HashMap<Uuid, &str> {
    cases.iter().map(|case| (case.id, case.code.as_str())).collect()
}

/// What the history adds to the record of a step.
struct Step {
    command: String,
    from: Option<String>,
    to: String,
    amounts: Vec<Amount>,
}

/// Everything done to the cases, oldest first, and what it did to the tutor at the same instants.
pub(super) async fn timeline(app: &App, cases: &[Case], tutor: Option<Uuid>) -> Result<Vec<Event>, Failure> {
    let db = &app.engine.db;
    let mut steps = steps(db, cases).await?;
    let about_cases = format!("a.entity_id IN ({}) AND a.action <> 'casefile.export'", places(cases.len()));
    let mut records = records(db, &about_cases, ids(cases)).await?;
    records.retain(|record| cases.iter().any(|case| case.id == record.entity_id && case.workflow == record.entity_type));
    let moments: BTreeSet<DateTime<Utc>> = records.iter().filter(|record| record.instance_seq.is_some()).map(|record| record.at).collect();
    if let Some(tutor) = tutor.filter(|_| !moments.is_empty()) {
        let values = std::iter::once(tutor.into()).chain(moments.iter().map(|at| (*at).into())).collect();
        records.extend(self::records(db, &format!("a.entity_id = ? AND a.at IN ({})", places(moments.len())), values).await?);
    }
    let mut events: Vec<(bool, Event)> = records
        .into_iter()
        .map(|record| {
            let step = record.instance_seq.and_then(|seq| steps.remove(&(record.entity_id, seq)));
            let caused = step.as_ref().is_none_or(|step| !is_by_person(app, &record.entity_type, &step.command));
            (caused, event(record, step))
        })
        .collect();
    let begun: HashMap<Uuid, DateTime<Utc>> = cases.iter().map(|case| (case.id, case.created_at)).collect();
    // What happens in one transaction has one instant: first what somebody did, then what followed, the older case first.
    events.sort_by_key(|(caused, event)| (event.at, *caused, begun.get(&event.entity_id).copied().unwrap_or(event.at), event.record_id));
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

fn is_by_person(app: &App, workflow: &str, command: &str) -> bool {
    let definition = app.engine.registry.definition(workflow);
    definition.is_some_and(|definition| definition.commands.iter().any(|spec| spec.name == command && spec.by == ActorKind::Person))
}

async fn records(db: &Db, condition: &str, values: Vec<SqlValue>) -> Result<Vec<AuditRecord>, Failure> {
    let sql = format!("SELECT {} FROM {} WHERE {condition} ORDER BY a.at, a.id LIMIT {MOST}", record::SELECT, record::FROM);
    record::read(db, &db::rows(db.reader(), &sql, values).await?).await
}

async fn steps(db: &Db, cases: &[Case]) -> Result<HashMap<(Uuid, i64), Step>, Failure> {
    let sql = format!("SELECT instance_id, seq, command, from_state, to_state, amounts FROM workflow_history WHERE instance_id IN ({})", places(cases.len()));
    let rows = db::rows(db.reader(), &sql, ids(cases)).await?;
    rows.iter()
        .map(|row| {
            let amounts: Vec<engine::plan::Amount> =
                serde_json::from_value(row.try_get("", "amounts")?).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?;
            let step = Step {
                command: row.try_get("", "command")?,
                from: row.try_get("", "from_state")?,
                to: row.try_get("", "to_state")?,
                amounts: amounts.into_iter().map(Into::into).collect(),
            };
            Ok(((row.try_get("", "instance_id")?, row.try_get("", "seq")?), step))
        })
        .collect()
}

fn event(record: AuditRecord, step: Option<Step>) -> Event {
    let verb = record.action.split_once('.').map_or(record.action.as_str(), |(_, verb)| verb).to_owned();
    let (from, to, amounts) = step.map_or((None, None, vec![]), |step| (step.from, Some(step.to), step.amounts));
    Event {
        said: if FIELDS_LEFT_OUT.contains(&record.entity_type.as_str()) { vec![] } else { said(&record, !amounts.is_empty()) },
        at: record.at,
        verb,
        entity_type: record.entity_type,
        entity_id: record.entity_id,
        entity_code: record.entity_code,
        from,
        to,
        actor: record.actor,
        on_behalf_of: record.on_behalf_of,
        reason: record.reason,
        amounts,
        record_id: record.id,
        seal: record.seal,
    }
}

/// Fields that got a value people read. What the line says elsewhere, its time and reason among it, is not told twice.
fn said(record: &AuditRecord, has_amounts: bool) -> Vec<Said> {
    const ELSEWHERE: [&str; 7] = ["id", "code", "state", "status", "at", "number", "policy_version"];
    let is_told = |field: &str| ELSEWHERE.contains(&field) || (has_amounts && field.ends_with("_rp")) || field.starts_with("siswa");
    let reads = |field: &str| !is_told(field) && !field.ends_with("_id") && !field.ends_with("_by");
    let is_moment = |value: &Value| value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok()) == Some(record.at);
    let is_reason = |value: &Value| value.as_str().is_some_and(|text| record.reason.as_ref().and_then(Told::text) == Some(text));
    let is_nothing = |value: &Value| value.is_null() || *value == Value::Bool(false) || *value == 0 || *value == "NONE";
    let spoken = |value: &Value| !is_nothing(value) && !names_ids(value) && !is_moment(value) && !is_reason(value);
    let changes = record.changes.iter().filter(|change| reads(&change.field) && spoken(&change.new));
    changes.map(|change| Said { field: change.field.clone(), value: change.new.clone() }).collect()
}

fn names_ids(value: &Value) -> bool {
    match value {
        Value::String(text) => Uuid::parse_str(text).is_ok(),
        Value::Array(items) => items.iter().all(names_ids),
        _ => false,
    }
}

pub(super) async fn decisions(db: &Db, cases: &[Case]) -> Result<Vec<Ruling>, Failure> {
    let sql = format!(
        "SELECT d.instance_id, d.at, d.kind, d.version, d.sha256, d.input, d.output, d.trace, v.effective_from \
         FROM policy_decision d LEFT JOIN policy_version v ON v.kind = d.kind AND v.number = d.version \
         WHERE d.instance_id IN ({}) ORDER BY d.at, d.id LIMIT {MOST}",
        places(cases.len())
    );
    let (codes, rows) = (codes(cases), db::rows(db.reader(), &sql, ids(cases)).await?);
    rows.iter()
        .map(|row| {
            let trace: Value = row.try_get("", "trace")?;
            let decision = Decision {
                kind: row.try_get("", "kind")?,
                version: row.try_get("", "version")?,
                sha256: row.try_get("", "sha256")?,
                input: row.try_get("", "input")?,
                output: row.try_get("", "output")?,
                trace: trace.as_array().cloned().unwrap_or_default(),
            };
            let case_code = codes.get(&row.try_get("", "instance_id")?).copied().unwrap_or_default().to_owned();
            Ok(Ruling { at: row.try_get("", "at")?, case_code, decision, effective_from: row.try_get("", "effective_from")? })
        })
        .collect()
}

/// Oldest first, whichever case posted them.
pub(super) async fn entries(db: &Db, cases: &[Case]) -> Result<Vec<Booking>, Failure> {
    let sql = format!("SELECT id, instance_id, reverses_id, at FROM journal_entry WHERE instance_id IN ({}) ORDER BY at, id", places(cases.len()));
    let posted = db::rows(db.reader(), &sql, ids(cases)).await?;
    let mut contents = HashMap::new();
    let posting: BTreeSet<Uuid> = posted.iter().map(|row| row.try_get("", "instance_id")).collect::<Result<_, _>>()?;
    for id in posting {
        contents.extend(entry::posted(db, id).await?.into_iter().map(|entry| (entry.id, entry)));
    }
    let codes = codes(cases);
    let mut entries = vec![];
    for row in posted {
        if let Some(entry) = contents.remove(&Some(row.try_get("", "id")?)) {
            let case_code = codes.get(&row.try_get("", "instance_id")?).copied().unwrap_or_default().to_owned();
            entries.push(Booking { case_code, reverses_id: row.try_get("", "reverses_id")?, entry });
        }
    }
    Ok(entries)
}

/// The documents that steps speak of.
pub(super) async fn evidence(db: &Db, cases: &[Case], spoken_of: &BTreeMap<Uuid, Uuid>) -> Result<Vec<Evidence>, Failure> {
    if spoken_of.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!(
        "SELECT id, name, content_type, size, sha256, uploaded_by_name, uploaded_at FROM document WHERE id IN ({}) ORDER BY uploaded_at, id",
        places(spoken_of.len())
    );
    let (codes, rows) = (codes(cases), db::rows(db.reader(), &sql, spoken_of.keys().map(|id| (*id).into()).collect()).await?);
    rows.iter()
        .map(|row| {
            let id: Uuid = row.try_get("", "id")?;
            let case_code = spoken_of.get(&id).and_then(|case| codes.get(case)).copied().unwrap_or_default().to_owned();
            Ok(Evidence {
                id,
                case_code,
                name: row.try_get("", "name")?,
                content_type: row.try_get("", "content_type")?,
                size: row.try_get("", "size")?,
                sha256: row.try_get("", "sha256")?,
                by: row.try_get("", "uploaded_by_name")?,
                at: row.try_get("", "uploaded_at")?,
            })
        })
        .collect()
}

/// The records of how the evidence came in: they hold its hash.
pub(super) async fn uploads(db: &Db, evidence: &[Evidence]) -> Result<Vec<Uuid>, Failure> {
    if evidence.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("SELECT id FROM audit_record WHERE entity_id IN ({}) AND action = 'document.upload' ORDER BY at, id", places(evidence.len()));
    let rows = db::rows(db.reader(), &sql, evidence.iter().map(|document| document.id.into()).collect()).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
