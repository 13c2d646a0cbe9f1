//! Puts a delivery into apalis' table, in the transaction that made the job due.
//!
//! The statement mirrors apalis' own push (a contract test compares the rows), with two differences:
//! it goes through the engine's batch, and an announcement already waiting is left as it is on both
//! databases (apalis' own push raises an error on Postgres, which would undo the command).

use super::QUEUE;
use crate::wake::Wake;
use chrono::{DateTime, Utc};
use engine::batch::Batch;
use engine::clock::Clock;
use engine::execute::Announcer;
use engine::job::Announcement;
use sea_orm::{DbBackend, Value};
use std::sync::Arc;
use ulid::Ulid;

const COLUMNS: &str = "job, id, job_type, status, attempts, max_attempts, run_at, priority, metadata, idempotency_key";
const ON_CONFLICT: &str = "ON CONFLICT (job_type, idempotency_key) DO NOTHING";
/// Announcements in one statement, well below the databases' limits on parameters.
const CHUNK: usize = 500;

/// Tells apalis about jobs, and this and other processes that there is work.
pub struct ApalisAnnouncer {
    backend: DbBackend,
    clock: Arc<dyn Clock>,
    wake: Wake,
}

impl ApalisAnnouncer {
    pub fn new(backend: DbBackend, clock: Arc<dyn Clock>, wake: Wake) -> Self {
        Self { backend, clock, wake }
    }

    fn statement(&self, rows: usize) -> String {
        let (table, row) = match self.backend {
            DbBackend::Sqlite => ("Jobs", "(?, ?, ?, 'Pending', 0, 1, ?, 0, '{}', ?)"),
            _ => ("apalis.jobs", "(?, ?, ?, 'Pending', 0, 1, to_timestamp(?), 0, '', ?)"),
        };
        let values = vec![row; rows].join(", ");
        format!("INSERT INTO {table} ({COLUMNS}) VALUES {values} {ON_CONFLICT}")
    }
}

impl Announcer for ApalisAnnouncer {
    fn announce(&self, jobs: &[Announcement], batch: &mut Batch) {
        let now = self.clock.now();
        for chunk in jobs.chunks(CHUNK) {
            let values = chunk.iter().flat_map(|job| row(job, now)).collect();
            batch.push(self.statement(chunk.len()), values);
        }
    }

    fn committed(&self, jobs: bool, timers: bool) {
        if jobs {
            self.wake.jobs.ring();
        }
        if timers {
            self.wake.timers.ring();
        }
        if jobs || timers {
            self.wake.others.ring();
        }
    }
}

/// The values of one delivery. Its key names the job and the instant it is due, so announcing the
/// same attempt again adds nothing, and the next attempt is another delivery.
fn row(job: &Announcement, now: DateTime<Utc>) -> [Value; 5] {
    let payload = serde_json::Value::from(job.id.to_string()).to_string().into_bytes();
    let key = format!("{}@{}", job.id, job.run_at.timestamp_micros());
    [payload.into(), Ulid::generate().to_string().into(), QUEUE.into(), whole_seconds(job.run_at, now).into(), key.into()]
}

/// apalis counts in whole seconds: what is due goes at once, what is not never goes early.
fn whole_seconds(run_at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let part = i64::from(run_at > now && run_at.timestamp_subsec_nanos() > 0);
    run_at.timestamp() + part
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_due_job_goes_at_once_and_a_later_one_never_early() {
        let now = DateTime::from_timestamp(1_000, 300_000_000).unwrap();
        assert_eq!(whole_seconds(now, now), 1_000);
        assert_eq!(whole_seconds(now - TimeDelta::milliseconds(200), now), 1_000);
        assert_eq!(whole_seconds(now + TimeDelta::milliseconds(1), now), 1_001);
        assert_eq!(whole_seconds(now + TimeDelta::milliseconds(700), now), 1_001);
    }
}
