//! Fires everything due and runs every due job, here and now, until nothing is left.
//!
//! For tests and demos with a manual clock: no runtime, no waiting, the same handlers and the same
//! path through [`crate::attempt`] as in production.

use crate::attempt::{Attempted, Attempts};
use crate::jobs::Handler;
use crate::options::Options;
use chrono::{DateTime, TimeDelta, Utc};
use engine::execute::Engine;
use engine::refusal::Failure;
use engine::timer::{Due, Fired};
use uuid::Uuid;

const BATCH: u64 = 256;
/// Work that breeds work without end is a bug in a workflow; it must not hang a test.
const MAX_ROUNDS: usize = 10_000;

/// What a drain did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DrainReport {
    pub timers_fired: usize,
    pub timers_refused: usize,
    pub jobs_done: usize,
    pub jobs_refused: usize,
    /// Failed and due again later: move the clock and drain again.
    pub jobs_waiting: usize,
    pub jobs_dead: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    #[error("draining failed")]
    Failed(#[from] Failure),
    #[error("timer `{name}` of instance {instance_id} cannot be fired")]
    Timer {
        name: String,
        instance_id: Uuid,
        #[source]
        source: Failure,
    },
    #[error("still work after {MAX_ROUNDS} rounds: something arms or enqueues itself for ever")]
    Endless,
}

enum Item {
    Timer(Due),
    Job(Uuid),
}

/// Carries out all work that is due by the engine's clock, in order of its due time.
///
/// # Errors
/// When the database fails, a timer cannot be fired, or the work has no end.
pub async fn drain(engine: &Engine, handlers: Vec<Box<dyn Handler>>) -> Result<DrainReport, DrainError> {
    let Options { attempt_timeout, renew_every, .. } = Options::default();
    let attempts = Attempts { engine: engine.clone(), handlers, timeout: attempt_timeout, renew_every };
    let mut report = DrainReport::default();
    for _ in 0..MAX_ROUNDS {
        let mut progress = false;
        for item in due_items(engine).await? {
            progress |= match item {
                Item::Timer(due) => report.fire(engine, due).await?,
                Item::Job(id) => report.attempt(&attempts, id).await?,
            };
        }
        if !progress {
            return Ok(report);
        }
    }
    Err(DrainError::Endless)
}

async fn due_items(engine: &Engine) -> Result<Vec<Item>, Failure> {
    let mut items: Vec<(DateTime<Utc>, Item)> = Vec::new();
    items.extend(engine.due_timers(BATCH).await?.into_iter().map(|due| (due.due_at, Item::Timer(due))));
    items.extend(engine.overdue_jobs(TimeDelta::zero(), BATCH).await?.into_iter().map(|job| (job.run_at, Item::Job(job.id))));
    items.sort_by_key(|(at, _)| *at);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

impl DrainReport {
    /// Fires a timer; tells whether that changed anything.
    async fn fire(&mut self, engine: &Engine, due: Due) -> Result<bool, DrainError> {
        let fired = engine.fire(&due).await.map_err(|source| DrainError::Timer { name: due.name.clone(), instance_id: due.instance_id, source })?;
        match fired {
            Fired::Done => self.timers_fired += 1,
            Fired::Refused(_) => self.timers_refused += 1,
            Fired::Gone => return Ok(false),
        }
        Ok(true)
    }

    /// Attempts a job; tells whether that changed anything.
    async fn attempt(&mut self, attempts: &Attempts, id: Uuid) -> Result<bool, DrainError> {
        match attempts.attempt(id).await? {
            Attempted::Done => self.jobs_done += 1,
            Attempted::Refused(_) => self.jobs_refused += 1,
            Attempted::Again(_) => self.jobs_waiting += 1,
            Attempted::Dead => self.jobs_dead += 1,
            Attempted::NotTaken | Attempted::Gone => return Ok(false),
        }
        Ok(true)
    }
}
