//! Jobs: work outside a command's transaction, done at least once with exactly one effect.
//!
//! This table is the truth. A runtime only carries ids: it claims a row, does the work, and reports
//! back with a command (`Origin::Job`) or with [`Engine::job_done`]; either commits together with
//! the row's `DONE` (invariant I5).

use crate::actor::Actor;
use crate::audit::{self, Action};
use crate::batch::Batch;
use crate::db;
use crate::definition::check_text;
use crate::execute::Engine;
use crate::id::new_id;
use crate::plan::JobSpec;
use crate::refusal::{Failure, Halt, Refusal, Rejected};
use crate::standing::is_cared_for;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::QueryResult;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use uuid::Uuid;

/// How long a worker may be silent about its attempt before another may take the job over.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// Who handles dead letters.
pub const HANDLE: crate::actor::Permission = crate::actor::Permission("job.handle");
pub const READ: crate::actor::Permission = crate::actor::Permission("job.read");

const FIRST_RETRY: TimeDelta = TimeDelta::seconds(5);
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(1);
/// Texts of errors are cut to this many characters.
const ERROR_LIMIT: usize = 2_000;

/// A job the runtime is told about.
#[derive(Clone, Debug)]
pub struct Announcement {
    pub id: Uuid,
    pub kind: String,
    pub run_at: DateTime<Utc>,
}

/// A job somebody has claimed.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: Uuid,
    pub kind: String,
    pub instance_id: Option<Uuid>,
    pub payload: Value,
    pub attempt: i64,
    pub max_attempts: i64,
}

/// What became of a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It will be tried again at this instant.
    Again(DateTime<Utc>),
    /// It was the last attempt: a dead letter now waits for a person.
    Dead,
    /// Somebody else has settled or taken over the job.
    Gone,
}

/// Adds a job to a batch. A job of the same kind and key already there stays as it is.
pub fn enqueue(spec: &JobSpec, instance_id: Option<Uuid>, now: DateTime<Utc>, batch: &mut Batch) -> Announcement {
    let id = new_id(now);
    batch.push(
        "INSERT INTO job (id, kind, key, instance_id, payload, state, attempt, max_attempts, run_at, created_at) VALUES (?,?,?,?,?,'PENDING',0,?,?,?) ON CONFLICT (kind, key) DO NOTHING",
        vec![
            id.into(),
            spec.kind.into(),
            spec.key.clone().into(),
            instance_id.into(),
            spec.payload.clone().into(),
            spec.max_attempts.into(),
            now.into(),
            now.into(),
        ],
    );
    Announcement { id, kind: spec.kind.into(), run_at: now }
}

/// Exponential back-off with jitter and a cap: 5 s, 10 s, 20 s … 1 h, each up to a quarter longer.
pub fn retry_delay(job: Uuid, attempt: i64) -> TimeDelta {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    let base = FIRST_RETRY.checked_mul(2_i32.pow(doublings)).unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY);
    let mut hasher = DefaultHasher::new();
    (job, attempt).hash(&mut hasher);
    let quarter = base.num_milliseconds() / 4;
    let jitter = i64::try_from(hasher.finish() % 1_000).unwrap_or(0) * quarter / 1_000;
    base + TimeDelta::milliseconds(jitter)
}

fn announcement(row: &QueryResult) -> Result<Announcement, Failure> {
    Ok(Announcement { id: row.try_get("", "id")?, kind: row.try_get("", "kind")?, run_at: row.try_get("", "run_at")? })
}

impl Engine {
    /// Takes the job for one attempt, or `None` when it is not due, settled, or held by another.
    pub async fn claim_job(&self, id: Uuid) -> Result<Option<Claimed>, Failure> {
        let now = self.clock.now();
        let sql = "UPDATE job SET state = 'RUNNING', attempt = attempt + 1, lease_until = ? \
                   WHERE id = ? AND attempt < max_attempts AND run_at <= ? AND (state = 'PENDING' OR (state = 'RUNNING' AND lease_until < ?)) \
                   RETURNING id, kind, instance_id, payload, attempt, max_attempts";
        let row = db::row(self.db.writer(), sql, vec![(now + LEASE).into(), id.into(), now.into(), now.into()]).await?;
        row.map(|row| {
            Ok(Claimed {
                id: row.try_get("", "id")?,
                kind: row.try_get("", "kind")?,
                instance_id: row.try_get("", "instance_id")?,
                payload: row.try_get("", "payload")?,
                attempt: row.try_get("", "attempt")?,
                max_attempts: row.try_get("", "max_attempts")?,
            })
        })
        .transpose()
    }

    /// Holds the job for another lease; false when somebody else has settled or taken it over.
    pub async fn renew_lease(&self, job: &Claimed) -> Result<bool, Failure> {
        let until = self.clock.now() + LEASE;
        let sql = "UPDATE job SET lease_until = ? WHERE id = ? AND state = 'RUNNING' AND attempt = ?";
        Ok(db::run(self.db.writer(), sql, vec![until.into(), job.id.into(), job.attempt.into()]).await? > 0)
    }

    /// Settles a job that reports no command; `effect` commits with its `DONE`.
    pub async fn job_done(&self, job: &Claimed, result: Value, effect: Batch) -> Result<bool, Failure> {
        let tx = self.db.begin().await?;
        let sql = "UPDATE job SET state = 'DONE', finished_at = ?, lease_until = NULL, last_error = NULL, result = ? WHERE id = ? AND state = 'RUNNING' AND attempt = ?";
        let held = db::run(&tx, sql, vec![self.clock.now().into(), result.into(), job.id.into(), job.attempt.into()]).await? > 0;
        if !held {
            tx.rollback().await?;
            return Ok(false);
        }
        effect.run(&tx).await?;
        if let Some(instance) = job.instance_id
            && !is_cared_for(&tx, instance).await?
        {
            return Err(Failure::Broken { workflow: job.kind.clone(), rule: format!("instance {instance} waits for this job's command") });
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Records a failed attempt: tried again later, or dead with a task for a person.
    pub async fn job_failed(&self, job: &Claimed, error: &str) -> Result<Failed, Failure> {
        let now = self.clock.now();
        let error: String = error.chars().take(ERROR_LIMIT).collect();
        let tx = self.db.begin().await?;
        let dead = job.attempt >= job.max_attempts;
        let run_at = if dead { now } else { now + retry_delay(job.id, job.attempt) };
        let sql =
            "UPDATE job SET state = ?, run_at = ?, lease_until = NULL, last_error = ?, finished_at = ? WHERE id = ? AND state = 'RUNNING' AND attempt = ?";
        let state = if dead { "DEAD" } else { "PENDING" };
        let held = db::run(&tx, sql, vec![state.into(), run_at.into(), error.into(), dead.then_some(now).into(), job.id.into(), job.attempt.into()]).await? > 0;
        if !held {
            tx.rollback().await?;
            return Ok(Failed::Gone);
        }
        let mut batch = Batch::default();
        if dead {
            open_dead_letter(job, now, &mut batch);
        } else {
            self.announcer.announce(&[Announcement { id: job.id, kind: job.kind.clone(), run_at }], &mut batch);
        }
        batch.run(&tx).await?;
        tx.commit().await?;
        self.announcer.committed(!dead, false);
        Ok(if dead { Failed::Dead } else { Failed::Again(run_at) })
    }

    /// Jobs that should have run by now: pending and due, or abandoned by their worker. Oldest first.
    pub async fn overdue_jobs(&self, overdue_by: TimeDelta, limit: u64) -> Result<Vec<Announcement>, Failure> {
        let now = self.clock.now();
        let sql = "SELECT id, kind, run_at FROM job WHERE attempt < max_attempts AND ((state = 'PENDING' AND run_at <= ?) OR (state = 'RUNNING' AND lease_until < ?)) ORDER BY run_at, id LIMIT ?";
        let rows = db::rows(self.db.reader(), sql, vec![(now - overdue_by).into(), now.into(), limit.into()]).await?;
        rows.iter().map(announcement).collect()
    }

    /// Declares jobs dead whose last attempt never came back; returns how many.
    pub async fn bury_lost_jobs(&self) -> Result<usize, Failure> {
        let now = self.clock.now();
        let sql =
            "SELECT id, kind, instance_id, payload, attempt, max_attempts FROM job WHERE state = 'RUNNING' AND lease_until < ? AND attempt >= max_attempts";
        let rows = db::rows(self.db.reader(), sql, vec![now.into()]).await?;
        for row in &rows {
            let job = Claimed {
                id: row.try_get("", "id")?,
                kind: row.try_get("", "kind")?,
                instance_id: row.try_get("", "instance_id")?,
                payload: row.try_get("", "payload")?,
                attempt: row.try_get("", "attempt")?,
                max_attempts: row.try_get("", "max_attempts")?,
            };
            self.job_failed(&job, "the worker died during the last attempt").await?;
        }
        Ok(rows.len())
    }

    /// Gives a dead letter a fresh set of attempts.
    pub async fn retry_job(&self, id: Uuid, actor: &Actor) -> Result<(), Halt> {
        let now = self.clock.now();
        self.settle_dead_letter(id, actor, ("job.retry", None), |batch, kind| {
            batch.push("UPDATE job SET state = 'PENDING', attempt = 0, run_at = ?, finished_at = NULL WHERE id = ?", vec![now.into(), id.into()]);
            self.announcer.announce(&[Announcement { id, kind: kind.into(), run_at: now }], batch);
        })
        .await?;
        self.announcer.committed(true, false);
        Ok(())
    }

    /// Gives a dead letter up, with a reason.
    pub async fn dismiss_job(&self, id: Uuid, reason: &str, actor: &Actor) -> Result<(), Halt> {
        if let Some(fault) = check_text("reason", reason) {
            return Err(Refusal::Invalid(vec![fault]).into());
        }
        let now = self.clock.now();
        self.settle_dead_letter(id, actor, ("job.dismiss", Some(reason)), |batch, _| {
            batch.push(
                "UPDATE job SET state = 'DISMISSED', finished_at = ?, dismissed_by = ?, dismissed_reason = ? WHERE id = ?",
                vec![now.into(), actor.id.into(), reason.into(), id.into()],
            );
        })
        .await
    }

    async fn settle_dead_letter(
        &self,
        id: Uuid,
        actor: &Actor,
        (action, reason): (&str, Option<&str>),
        settle: impl FnOnce(&mut Batch, &str),
    ) -> Result<(), Halt> {
        if !actor.may(HANDLE) {
            return Err(Refusal::Forbidden { permission: HANDLE.0 }.into());
        }
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let row = db::locked_row(&tx, "SELECT kind, state, last_error, instance_id FROM job WHERE id = ?", vec![id.into()]).await?;
        let row = row.ok_or(Refusal::NotFound { what: "job" })?;
        let (kind, state): (String, String) = (row.try_get("", "kind")?, row.try_get("", "state")?);
        if state != "DEAD" {
            return Err(Refusal::NotAllowed { state, allowed: vec![] }.into());
        }
        let mut batch = Batch::default();
        settle(&mut batch, &kind);
        batch.push(
            "UPDATE task SET state = 'DONE', closed_at = ?, closed_by = ? WHERE job_id = ? AND state = 'OPEN'",
            vec![now.into(), actor.id.into(), id.into()],
        );
        let before = json!({ "state": state, "last_error": row.try_get::<Option<String>>("", "last_error")? });
        let record = Action {
            action: action.into(),
            entity_type: "job",
            entity_id: id,
            entity_code: None,
            instance_seq: None,
            on_behalf_of: None,
            before: Some(before),
            after: Some(json!({ "state": if reason.is_some() { "DISMISSED" } else { "PENDING" } })),
            reason,
        };
        audit::record(record, actor, now, &mut batch);
        batch.run(&tx).await?;
        if let Some(instance) = row.try_get::<Option<Uuid>>("", "instance_id")?
            && !is_cared_for(&tx, instance).await?
        {
            return Err(Refusal::Rejected(Rejected::new("would_strand")).into());
        }
        tx.commit().await?;
        Ok(())
    }
}

fn open_dead_letter(job: &Claimed, now: DateTime<Utc>, batch: &mut Batch) {
    batch.push(
        "INSERT INTO task (id, job_id, workflow, name, permission, state, opened_at) VALUES (?,?,'job','dead_letter',?,'OPEN',?)",
        vec![new_id(now).into(), job.id.into(), HANDLE.0.into(), now.into()],
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_wait_longer_each_time_up_to_the_cap() {
        let job = Uuid::from_u128(7);
        let delays: Vec<i64> = (1..=15).map(|attempt| retry_delay(job, attempt).num_seconds()).collect();
        assert!((5..=6).contains(&delays[0]) && (10..=12).contains(&delays[1]) && (20..=25).contains(&delays[2]), "{delays:?}");
        assert!(delays[14] >= 3_600 && delays[14] <= 4_500, "{delays:?}");
    }
}
