//! Where an instance stands before a command: state, revision, open obligations, an earlier answer.

use crate::db::{self, Tx};
use crate::history::GENESIS;
use crate::refusal::Failure;
use crate::workflow::{Subject, Table};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value as SqlValue};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What sent a command besides a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Caller,
    /// A timer that fell due; its row is settled with the command.
    Timer {
        id: Uuid,
        name: String,
        due_at: DateTime<Utc>,
    },
    /// A job's attempt; its row becomes done with the command.
    Job {
        id: Uuid,
        attempt: i64,
    },
}

/// An answer given earlier under the same idempotency key.
pub(crate) struct Earlier {
    pub request_hash: String,
    pub answer: serde_json::Value,
}

/// An instance as loaded.
#[derive(Default)]
pub(crate) struct Standing {
    pub exists: bool,
    pub workflow: String,
    pub version: i64,
    pub state: String,
    pub revision: i64,
    pub parent_id: Option<Uuid>,
    pub updated_at: Option<DateTime<Utc>>,
    pub subject: Subject,
    pub head_hash: String,
    pub tasks: BTreeSet<String>,
    pub timers: BTreeSet<String>,
    /// Jobs that are not over yet, dead letters included: a person still has to handle those.
    pub jobs: i64,
    pub children: i64,
    /// The instance it waits for.
    pub waits_on: Option<Uuid>,
    /// Whether that one is live.
    pub awaited: bool,
    /// How many live instances wait for this one.
    pub waiters: i64,
    pub earlier: Option<Earlier>,
    /// Whether the timer or job that sent the command is still waiting for it.
    pub origin_open: bool,
    /// The row all this was read from; it holds the instance's record too.
    pub row: Option<QueryResult>,
}

impl Standing {
    /// Reads everything in one round trip, the record in `table` included.
    pub async fn load(tx: &Tx, id: Uuid, table: &Table, key: Option<(Uuid, &str)>, origin: &Origin) -> Result<Self, Failure> {
        let postgres = ConnectionTrait::get_database_backend(tx) == DbBackend::Postgres;
        // Found by its key alone: the condition stays out of WHERE, where an index on state and time would tempt the planner.
        let (origin_sql, mut values) = match origin {
            Origin::Caller => ("1", vec![]),
            Origin::Timer { id, due_at, .. } => {
                ("(SELECT CASE WHEN state = 'ARMED' AND due_at = ? THEN 1 ELSE 0 END FROM timer WHERE id = ?)", vec![(*due_at).into(), (*id).into()])
            }
            Origin::Job { id, attempt } => {
                ("(SELECT CASE WHEN state = 'RUNNING' AND attempt = ? THEN 1 ELSE 0 END FROM job WHERE id = ?)", vec![(*attempt).into(), (*id).into()])
            }
        };
        let (actor, key) = key.unwrap_or((Uuid::nil(), ""));
        values.extend([actor.into(), SqlValue::from(key), actor.into(), key.into(), id.into()]);
        let list = if postgres { "string_agg(name, ',')" } else { "group_concat(name, ',')" };
        let sql = format!(
            "SELECT i.id, i.workflow, i.version, i.state, i.revision, i.parent_id, i.updated_at, i.code, i.label, i.amount_rp, i.waits_on, \
             CAST(COALESCE({origin_sql}, 0) AS BIGINT) AS origin_open, \
             (SELECT request_hash FROM idempotency_key WHERE actor_id = ? AND key = ?) AS earlier_hash, \
             (SELECT answer FROM idempotency_key WHERE actor_id = ? AND key = ?) AS earlier_answer, \
             (SELECT hash FROM workflow_history WHERE instance_id = i.id AND seq = i.revision) AS head_hash, \
             (SELECT {list} FROM task WHERE instance_id = i.id AND state = 'OPEN') AS tasks, \
             (SELECT {list} FROM timer WHERE instance_id = i.id AND state = 'ARMED') AS timers, \
             (SELECT count(*) FROM job WHERE instance_id = i.id AND state IN ('PENDING','RUNNING','DEAD')) AS jobs, \
             (SELECT count(*) FROM workflow_instance c WHERE c.parent_id = i.id AND NOT c.terminal) AS children, \
             (SELECT count(*) FROM workflow_instance a WHERE a.id = i.waits_on AND NOT a.terminal) AS awaited, \
             (SELECT count(*) FROM workflow_instance w WHERE w.waits_on = i.id AND NOT w.terminal) AS waiters, {} \
             FROM (SELECT 1 AS one) o LEFT JOIN workflow_instance i ON i.id = ? LEFT JOIN {} r ON r.id = i.id",
            table.selected(),
            table.name()
        );
        let Some(row) = db::row(tx, &sql, values).await? else { return Ok(Self::default()) };
        let earlier = match row.try_get::<Option<String>>("", "earlier_hash")? {
            Some(request_hash) => Some(Earlier { request_hash, answer: row.try_get("", "earlier_answer")? }),
            None => None,
        };
        let origin_open = row.try_get::<i64>("", "origin_open")? > 0;
        if row.try_get::<Option<Uuid>>("", "id")?.is_none() {
            return Ok(Self { head_hash: GENESIS.into(), earlier, origin_open, ..Self::default() });
        }
        let names = |column: &str| -> Result<BTreeSet<String>, Failure> {
            Ok(row.try_get::<Option<String>>("", column)?.map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default())
        };
        Ok(Self {
            exists: true,
            workflow: row.try_get("", "workflow")?,
            version: row.try_get("", "version")?,
            state: row.try_get("", "state")?,
            revision: row.try_get("", "revision")?,
            parent_id: row.try_get("", "parent_id")?,
            updated_at: row.try_get("", "updated_at")?,
            subject: Subject { code: row.try_get("", "code")?, label: row.try_get("", "label")?, amount_rp: row.try_get("", "amount_rp")? },
            head_hash: row.try_get::<Option<String>>("", "head_hash")?.unwrap_or_default(),
            tasks: names("tasks")?,
            timers: names("timers")?,
            jobs: row.try_get("", "jobs")?,
            children: row.try_get("", "children")?,
            waits_on: row.try_get("", "waits_on")?,
            awaited: row.try_get::<i64>("", "awaited")? > 0,
            waiters: row.try_get("", "waiters")?,
            earlier,
            origin_open,
            row: Some(row),
        })
    }
}

/// The live instances that wait for this one.
pub(crate) async fn waiters(tx: &Tx, id: Uuid) -> Result<Vec<Uuid>, Failure> {
    let rows = db::rows(tx, "SELECT id FROM workflow_instance WHERE waits_on = ? AND NOT terminal ORDER BY id", vec![id.into()]).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

/// Whether something will move the instance: an open task, an armed timer, a job that is not over, a live
/// child, another live instance that it waits for. True of a terminal instance too, which nothing has to move.
pub(crate) async fn is_cared_for(tx: &Tx, id: Uuid) -> Result<bool, Failure> {
    let sql = "SELECT (SELECT count(*) FROM workflow_instance WHERE id = ? AND terminal) + (SELECT count(*) FROM task WHERE instance_id = ? AND state = 'OPEN') \
               + (SELECT count(*) FROM timer WHERE instance_id = ? AND state = 'ARMED') \
               + (SELECT count(*) FROM job WHERE instance_id = ? AND state IN ('PENDING','RUNNING','DEAD')) \
               + (SELECT count(*) FROM workflow_instance WHERE parent_id = ? AND NOT terminal) \
               + (SELECT count(*) FROM workflow_instance w JOIN workflow_instance a ON a.id = w.waits_on WHERE w.id = ? AND NOT a.terminal) AS n";
    let row = db::row(tx, sql, vec![id.into(); 6]).await?;
    Ok(row.map(|row| row.try_get::<i64>("", "n")).transpose()?.unwrap_or(0) > 0)
}
