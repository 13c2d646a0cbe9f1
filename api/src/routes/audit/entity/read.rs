//! Reading what happened to an entity, each kind of thing by its own index, and putting it in order.

use super::super::record::{self, AuditRecord};
use super::{Item, Related, Sealing, What};
use crate::listing::Where;
use crate::view::InstanceRef;
use crate::view::entry::{self, Entry};
use crate::view::outcome::Decision;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::QueryResult;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A page shows so many records and steps; an entity that had more is read in the list of the audit.
const MOST: usize = 300;

/// The records about an entity. The kind is no plain column, or SQLite would walk the index of kinds.
const ABOUT: &str = "a.entity_id = ? AND a.entity_type || '' = ?";

type Found = Result<Vec<Item>, Failure>;

/// The newest records, oldest first, and whether there are older ones.
pub async fn records(db: &Db, kind: &str, id: Uuid) -> Result<(Vec<AuditRecord>, bool), Failure> {
    let mut filter = Where::default();
    filter.and(ABOUT, [id.into(), kind.into()]);
    let (sql, values) = filter.select(record::SELECT, record::FROM, &format!(" ORDER BY a.at DESC, a.id DESC LIMIT {}", MOST + 1));
    let rows = db::rows(db.reader(), &sql, values).await?;
    let mut records = record::read(db, &rows[..rows.len().min(MOST)]).await?;
    records.reverse();
    Ok((records, rows.len() > MOST))
}

pub async fn sealing(db: &Db, kind: &str, id: Uuid) -> Result<Sealing, Failure> {
    let sql = format!(
        "SELECT x.records, x.sealed, x.first_seal, x.last_seal, (SELECT p.sealed_at FROM audit_seal p WHERE p.position = x.last_seal) AS sealed_at \
         FROM (SELECT count(*) AS records, count(s.seal) AS sealed, min(s.seal) AS first_seal, max(s.seal) AS last_seal \
               FROM audit_record a LEFT JOIN audit_sealed s ON s.record_id = a.id WHERE {ABOUT}) x"
    );
    let row = db::row(db.reader(), &sql, vec![id.into(), kind.into()]).await?;
    let Some(row) = row else { return Ok(Sealing { records: 0, sealed: 0, first_seal: None, last_seal: None, sealed_at: None }) };
    Ok(Sealing {
        records: row.try_get("", "records")?,
        sealed: row.try_get("", "sealed")?,
        first_seal: row.try_get("", "first_seal")?,
        last_seal: row.try_get("", "last_seal")?,
        sealed_at: row.try_get("", "sealed_at")?,
    })
}

pub async fn parent(db: &Db, id: Uuid) -> Result<Option<InstanceRef>, Failure> {
    let sql = "SELECT p.id, p.workflow, p.code FROM workflow_instance i JOIN workflow_instance p ON p.id = i.parent_id WHERE i.id = ?";
    let row = db::row(db.reader(), sql, vec![id.into()]).await?;
    row.map(|row| Ok(InstanceRef { id: row.try_get("", "id")?, workflow: row.try_get("", "workflow")?, code: row.try_get("", "code")? })).transpose()
}

/// What the instance started, and when.
pub async fn children(db: &Db, id: Uuid) -> Result<Vec<(DateTime<Utc>, Related)>, Failure> {
    let sql = format!("SELECT id, workflow, code, state, created_at FROM workflow_instance WHERE parent_id = ? ORDER BY id LIMIT {MOST}");
    let rows = db::rows(db.reader(), &sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            let child = Related {
                id: row.try_get("", "id")?,
                workflow: row.try_get("", "workflow")?,
                code: row.try_get("", "code")?,
                state: row.try_get("", "state")?,
            };
            Ok((row.try_get("", "created_at")?, child))
        })
        .collect()
}

/// Everything, oldest first; what happened at one instant in the order in which it is told here.
pub async fn items(db: &Db, kind: &str, id: Uuid, records: Vec<AuditRecord>, is_instance: bool) -> Found {
    let documents = documents(db, kind, id, &records).await?;
    let mut items = vec![];
    if is_instance {
        items.extend(steps(db, id, records).await?);
        items.extend(decisions(db, id).await?);
        items.extend(entries(db, id).await?);
        items.extend(timers(db, id).await?);
        items.extend(jobs(db, "instance_id", id).await?);
        let started = children(db, id).await?.into_iter().map(|(at, Related { id, workflow, code, .. })| {
            let child = InstanceRef { id, workflow, code };
            Item { at, seq: None, what: What::Started { child } }
        });
        items.extend(started);
        items.extend(tasks(db, "instance_id", id).await?);
    } else {
        items.extend(records.into_iter().map(|record| Item { at: record.at, seq: None, what: What::Record { record: Box::new(record) } }));
        if kind == "job" {
            items.extend(jobs(db, "id", id).await?);
            items.extend(tasks(db, "job_id", id).await?);
        }
    }
    items.extend(documents);
    items.sort_by_key(|item| item.at);
    Ok(items)
}

/// Steps with their records. A record without a step (a task that was claimed) stands for itself.
async fn steps(db: &Db, id: Uuid, records: Vec<AuditRecord>) -> Found {
    let (mut by_seq, mut items) = (HashMap::new(), vec![]);
    for record in records {
        match record.instance_seq {
            Some(seq) => drop(by_seq.insert(seq, record)),
            None => items.push(Item { at: record.at, seq: None, what: What::Record { record: Box::new(record) } }),
        }
    }
    let sql =
        format!("SELECT seq, command, from_state, to_state, at, amounts, hash FROM workflow_history WHERE instance_id = ? ORDER BY seq DESC LIMIT {MOST}");
    for row in db::rows(db.reader(), &sql, vec![id.into()]).await?.iter().rev() {
        let seq: i64 = row.try_get("", "seq")?;
        let amounts: Vec<engine::plan::Amount> =
            serde_json::from_value(row.try_get("", "amounts")?).map_err(|source| Failure::Stored { what: "amounts of a step".into(), source })?;
        let what = What::Step {
            command: row.try_get("", "command")?,
            from: row.try_get("", "from_state")?,
            to: row.try_get("", "to_state")?,
            hash: row.try_get("", "hash")?,
            amounts: amounts.into_iter().map(Into::into).collect(),
            record: by_seq.remove(&seq).map(Box::new),
        };
        items.push(Item { at: row.try_get("", "at")?, seq: Some(seq), what });
    }
    Ok(items)
}

async fn decisions(db: &Db, id: Uuid) -> Found {
    let sql =
        format!("SELECT seq, at, kind, version, sha256, input, output, trace FROM policy_decision WHERE instance_id = ? ORDER BY seq DESC, id LIMIT {MOST}");
    let rows = db::rows(db.reader(), &sql, vec![id.into()]).await?;
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
            Ok(Item { at: row.try_get("", "at")?, seq: row.try_get("", "seq")?, what: What::Decision { decision } })
        })
        .collect()
}

async fn entries(db: &Db, id: Uuid) -> Found {
    let mut posted: HashMap<Option<Uuid>, Entry> = entry::posted(db, id).await?.into_iter().map(|entry| (entry.id, entry)).collect();
    let rows = db::rows(db.reader(), "SELECT id, seq, at FROM journal_entry WHERE instance_id = ? ORDER BY at, id", vec![id.into()]).await?;
    let mut items = vec![];
    for row in rows {
        if let Some(entry) = posted.remove(&Some(row.try_get("", "id")?)) {
            items.push(Item { at: row.try_get("", "at")?, seq: row.try_get("", "seq")?, what: What::Entry { entry } });
        }
    }
    Ok(items)
}

async fn timers(db: &Db, id: Uuid) -> Found {
    let sql = format!("SELECT name, state, armed_at, due_at, settled_at FROM timer WHERE instance_id = ? ORDER BY armed_at DESC LIMIT {MOST}");
    let rows = db::rows(db.reader(), &sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            let what = What::Timer {
                name: row.try_get("", "name")?,
                state: row.try_get("", "state")?,
                due_at: row.try_get("", "due_at")?,
                settled_at: row.try_get("", "settled_at")?,
            };
            Ok(Item { at: row.try_get("", "armed_at")?, seq: None, what })
        })
        .collect()
}

async fn jobs(db: &Db, column: &str, id: Uuid) -> Found {
    let sql = format!("SELECT id, kind, state, attempt, created_at, finished_at, last_error FROM job WHERE {column} = ? ORDER BY created_at DESC LIMIT {MOST}");
    let rows = db::rows(db.reader(), &sql, vec![id.into()]).await?;
    rows.iter()
        .map(|row| {
            let what = What::Job {
                id: row.try_get("", "id")?,
                job: row.try_get("", "kind")?,
                state: row.try_get("", "state")?,
                attempt: row.try_get("", "attempt")?,
                finished_at: row.try_get("", "finished_at")?,
                last_error: row.try_get("", "last_error")?,
            };
            Ok(Item { at: row.try_get("", "created_at")?, seq: None, what })
        })
        .collect()
}

async fn tasks(db: &Db, column: &str, id: Uuid) -> Found {
    let sql = format!(
        "SELECT t.id, t.name, t.state, t.opened_at, t.closed_at, t.due_at, u.name AS closed_by_name \
         FROM task t LEFT JOIN user_account u ON u.id = t.closed_by WHERE t.{column} = ? ORDER BY t.opened_at DESC LIMIT {MOST}"
    );
    let mut items = vec![];
    for row in db::rows(db.reader(), &sql, vec![id.into()]).await? {
        items.push(opened(&row)?);
        items.extend(closed(&row)?);
    }
    Ok(items)
}

fn opened(row: &QueryResult) -> Result<Item, Failure> {
    let what =
        What::TaskOpened { id: row.try_get("", "id")?, name: row.try_get("", "name")?, due_at: row.try_get("", "due_at")?, state: row.try_get("", "state")? };
    Ok(Item { at: row.try_get("", "opened_at")?, seq: None, what })
}

fn closed(row: &QueryResult) -> Result<Option<Item>, Failure> {
    let Some(at) = row.try_get("", "closed_at")? else { return Ok(None) };
    let what = What::TaskClosed {
        id: row.try_get("", "id")?,
        name: row.try_get("", "name")?,
        state: row.try_get("", "state")?,
        by: row.try_get("", "closed_by_name")?,
    };
    Ok(Some(Item { at, seq: None, what }))
}

/// The documents that records speak of: every field that ends with `document_id`.
async fn documents(db: &Db, kind: &str, id: Uuid, records: &[AuditRecord]) -> Found {
    let named = records.iter().flat_map(|record| &record.changes).filter(|change| change.field.ends_with("document_id"));
    let mut ids: BTreeSet<Uuid> = named.flat_map(|change| [&change.old, &change.new]).filter_map(|value| value.as_str()?.parse().ok()).collect();
    if kind == "document" {
        ids.insert(id);
    }
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!("SELECT id, name, content_type, size, uploaded_by_name, uploaded_at FROM document WHERE id IN ({})", vec!["?"; ids.len()].join(","));
    let rows = db::rows(db.reader(), &sql, ids.into_iter().map(Into::into).collect()).await?;
    rows.iter()
        .map(|row| {
            let what = What::Document {
                id: row.try_get("", "id")?,
                name: row.try_get("", "name")?,
                content_type: row.try_get("", "content_type")?,
                size: row.try_get("", "size")?,
                by: row.try_get("", "uploaded_by_name")?,
            };
            Ok(Item { at: row.try_get("", "uploaded_at")?, seq: None, what })
        })
        .collect()
}
