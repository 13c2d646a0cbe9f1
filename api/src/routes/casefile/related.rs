//! Which cases belong to a file: started by each other, waiting for each other, or spoken of in each other's steps.

use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::{QueryResult, Value as SqlValue};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// A file takes up so many cases.
const MOST: usize = 40;
/// How often the steps of what was found are read for more.
const ROUNDS: usize = 2;
/// How many ids one step or file may speak of.
const MOST_IDS: usize = 10_000;
/// It settles everything somebody taught: a case in its steps belongs to its file, a sesi that was only paid for does not, and
/// what else it settled does not belong to the files of others.
const SETTLING: &str = "termination";
const PAID_FOR: &str = "sesi";

/// A case that belongs to the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CasefileCase)]
pub(super) struct Case {
    pub id: Uuid,
    pub workflow: String,
    pub code: String,
    pub state: String,
    pub created_at: DateTime<Utc>,
    #[serde(skip)]
    beside: [Option<Uuid>; 2],
}

impl Case {
    fn read(row: &QueryResult) -> Result<Self, Failure> {
        Ok(Self {
            id: row.try_get("", "id")?,
            workflow: row.try_get("", "workflow")?,
            code: row.try_get("", "code")?,
            state: row.try_get("", "state")?,
            created_at: row.try_get("", "created_at")?,
            beside: [row.try_get("", "parent_id")?, row.try_get("", "waits_on")?],
        })
    }
}

pub(super) struct Related {
    /// The subject first, then the others, oldest first.
    pub cases: Vec<Case>,
    pub left_out: bool,
    /// Every id that a step speaks of, with the case it does so in.
    pub spoken_of: BTreeMap<Uuid, Uuid>,
}

/// The subject with all that belongs to it; nothing when there is no such instance.
pub(super) async fn of(db: &Db, workflow: &str, id: Uuid) -> Result<Option<Related>, Failure> {
    let mut found = BTreeMap::new();
    let mut left_out = family(db, BTreeSet::from([id]), &mut found).await?;
    if found.get(&id).is_none_or(|subject: &Case| subject.workflow != workflow) {
        return Ok(None);
    }
    let (mut spoken_of, mut read) = (BTreeMap::new(), BTreeSet::new());
    for _ in 0..=ROUNDS {
        let is_read = |case: &&Case| case.id == id || case.workflow != SETTLING;
        let unread: Vec<Uuid> = found.values().filter(is_read).map(|case| case.id).filter(|id| read.insert(*id)).collect();
        speaking(db, &unread, &mut spoken_of).await?;
        let mut unknown = mentioned(db, &spoken_of, &found).await?;
        unknown.extend(settling(db, &unread).await?);
        left_out |= family(db, unknown, &mut found).await?;
    }
    let subject = found.remove(&id);
    let mut others: Vec<Case> = found.into_values().collect();
    others.sort_by_key(|case| (case.created_at, case.id));
    Ok(Some(Related { cases: subject.into_iter().chain(others).collect(), left_out, spoken_of }))
}

/// Adds these instances with whoever started them, whom they started, and who waits for whom. Answers whether some are left out.
async fn family(db: &Db, mut asked: BTreeSet<Uuid>, found: &mut BTreeMap<Uuid, Case>) -> Result<bool, Failure> {
    while !asked.is_empty() {
        let places = vec!["?"; asked.len()].join(",");
        let sql = format!(
            "SELECT id, workflow, code, state, created_at, parent_id, waits_on FROM workflow_instance \
             WHERE id IN ({places}) OR parent_id IN ({places}) OR waits_on IN ({places}) ORDER BY created_at, id LIMIT {MOST_IDS}"
        );
        let values: Vec<SqlValue> = (0..3).flat_map(|_| asked.iter().copied()).map(SqlValue::from).collect();
        let mut next = BTreeSet::new();
        for row in db::rows(db.reader(), &sql, values).await? {
            let case = Case::read(&row)?;
            if found.contains_key(&case.id) {
                continue;
            }
            if found.len() == MOST {
                return Ok(true);
            }
            if !asked.contains(&case.id) {
                next.insert(case.id);
            }
            next.extend(case.beside.into_iter().flatten().filter(|id| !found.contains_key(id)));
            found.insert(case.id, case);
        }
        asked = next;
    }
    Ok(false)
}

/// The instances among the ids that are spoken of, but for the sesi that a settlement paid.
async fn mentioned(db: &Db, spoken_of: &BTreeMap<Uuid, Uuid>, found: &BTreeMap<Uuid, Case>) -> Result<BTreeSet<Uuid>, Failure> {
    let unknown: Vec<Uuid> = spoken_of.keys().copied().filter(|id| !found.contains_key(id)).take(MOST_IDS).collect();
    let sql = format!("SELECT id, workflow FROM workflow_instance WHERE id IN ({})", vec!["?"; unknown.len()].join(","));
    let mut instances = BTreeSet::new();
    if unknown.is_empty() {
        return Ok(instances);
    }
    for row in db::rows(db.reader(), &sql, unknown.into_iter().map(SqlValue::from).collect()).await? {
        let (id, workflow): (Uuid, String) = (row.try_get("", "id")?, row.try_get("", "workflow")?);
        let speaker = spoken_of.get(&id).and_then(|speaker| found.get(speaker));
        if workflow != PAID_FOR || speaker.is_none_or(|speaker| speaker.workflow != SETTLING) {
            instances.insert(id);
        }
    }
    Ok(instances)
}

/// The terminations whose final settlement counted one of these.
async fn settling(db: &Db, ids: &[Uuid]) -> Result<Vec<Uuid>, Failure> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let sql = format!(
        "SELECT DISTINCT s.termination_id FROM final_settlement_line l JOIN final_settlement s ON s.id = l.settlement_id WHERE l.source_id IN ({})",
        vec!["?"; ids.len()].join(",")
    );
    let rows = db::rows(db.reader(), &sql, ids.iter().copied().map(SqlValue::from).collect()).await?;
    rows.iter().map(|row| Ok(row.try_get("", "termination_id")?)).collect()
}

/// Collects the ids in the commands and changes of these instances' steps.
async fn speaking(db: &Db, ids: &[Uuid], spoken_of: &mut BTreeMap<Uuid, Uuid>) -> Result<(), Failure> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = format!("SELECT instance_id, payload, change FROM workflow_history WHERE instance_id IN ({}) ORDER BY at, seq", vec!["?"; ids.len()].join(","));
    for row in db::rows(db.reader(), &sql, ids.iter().copied().map(SqlValue::from).collect()).await? {
        let speaker: Uuid = row.try_get("", "instance_id")?;
        for column in ["payload", "change"] {
            let said: Value = row.try_get("", column)?;
            collect(&said, &mut |id| {
                spoken_of.entry(id).or_insert(speaker);
            });
        }
    }
    Ok(())
}

fn collect(value: &Value, take: &mut impl FnMut(Uuid)) {
    match value {
        Value::String(text) if text.len() == 36 => {
            if let Ok(id) = text.parse() {
                take(id);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, take)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, take)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let id = "0193f3a0-0000-7000-8000-000000000001";
        let mut found = vec![];
        collect(&json!({ "a": [{ "b": id }, 3, "x"], "c": id, "d": null }), &mut |id| found.push(id.to_string()));
        assert_eq!(found, [id, id]);
    }
}
