//! Fires timers: sleeps until the next one is due, fires what is due in order of `due_at`.
//!
//! The database decides what is due and settles each timer together with its command, so any number
//! of these loops may race; here is only the waiting. A timer that cannot be fired (the database is
//! away, its command breaks a rule) waits longer each time and holds up only its own instance.

use crate::options::Options;
use crate::wake::Listener;
use engine::execute::Engine;
use engine::refusal::Failure;
use engine::timer::{Due, Fired};
use engine::together;
use futures::stream::{self, StreamExt};
use sea_orm::DbBackend;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How many due timers are read at a time.
const BATCH: usize = 1_000;
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What waits before it is tried again.
struct Pause {
    until: Instant,
    failures: u32,
}

impl Pause {
    fn after(failures: u32) -> Self {
        Self { until: Instant::now() + pause_after(failures), failures }
    }
}

fn pause_after(failures: u32) -> Duration {
    SHORTEST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

pub(crate) struct Timers {
    engine: Engine,
    tick: Duration,
    at_once: usize,
    paused: HashMap<Uuid, Pause>,
}

impl Timers {
    pub fn new(engine: Engine, options: &Options) -> Self {
        // SQLite has one writer: there, firing side by side would only queue up for it.
        let at_once = if engine.db.backend() == DbBackend::Postgres { options.timers_at_once } else { 1 };
        Self { engine, tick: options.tick, at_once, paused: HashMap::new() }
    }

    /// Runs until `stop`; a timer being fired is finished first.
    pub async fn run(mut self, mut armed: Listener, stop: CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let wait = match self.round().await {
                Ok(0) => self.until_next().await,
                Ok(_) => Ok(Duration::ZERO),
                Err(failure) => Err(failure),
            };
            let wait = match wait {
                Ok(wait) => {
                    failures = 0;
                    wait
                }
                Err(failure) => {
                    failures += 1;
                    tracing::warn!(error = format!("{:#}", anyhow::Error::new(failure)), "cannot read timers");
                    pause_after(failures)
                }
            };
            if wait.is_zero() {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = armed.rung(), if failures == 0 => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// How long nothing will be due, at most a tick: another process may arm a timer unheard.
    async fn until_next(&self) -> Result<Duration, Failure> {
        if let Some(until) = self.paused.values().map(|pause| pause.until).min() {
            return Ok(until.saturating_duration_since(Instant::now()).min(self.tick));
        }
        let Some(due_at) = self.engine.next_due().await? else { return Ok(self.tick) };
        let left = (due_at - self.engine.clock.now()).to_std().unwrap_or(Duration::ZERO);
        Ok(left.min(self.tick))
    }

    /// Fires one batch; returns how many timers were tried.
    async fn round(&mut self) -> Result<usize, Failure> {
        let limit = u64::try_from(BATCH + self.paused.len()).unwrap_or(u64::MAX);
        let due = self.engine.due_timers(limit).await?;
        self.paused.retain(|id, _| due.iter().any(|timer| timer.id == *id));
        let due = heads(due, |id| self.paused.get(id).is_some_and(|pause| pause.until > Instant::now()));
        let groups: Vec<Vec<Due>> = due.chunks(together::MOST).map(<[Due]>::to_vec).collect();
        let firing = stream::iter(groups).map(|group| fire_as_task(self.engine.clone(), group));
        let failed: Vec<Vec<Uuid>> = firing.buffer_unordered(self.at_once).collect().await;
        for id in failed.into_iter().flatten() {
            let failures = self.paused.get(&id).map_or(0, |pause| pause.failures) + 1;
            self.paused.insert(id, Pause::after(failures));
        }
        Ok(due.len())
    }
}

/// The first due timer of each instance, in due order: the later ones wait for the next round, and
/// behind a paused one until it has fired.
fn heads(due: Vec<Due>, is_paused: impl Fn(&Uuid) -> bool) -> Vec<Due> {
    let mut seen = HashSet::new();
    due.into_iter().filter(|timer| seen.insert(timer.instance_id) && !is_paused(&timer.id)).collect()
}

/// Fires timers as a task of their own, so that all processors take part; returns those that could not be fired.
async fn fire_as_task(engine: Engine, group: Vec<Due>) -> Vec<Uuid> {
    let ids: Vec<Uuid> = group.iter().map(|timer| timer.id).collect();
    match tokio::spawn(fire(engine, group)).await {
        Ok(failed) => failed,
        Err(error) => {
            tracing::error!(?ids, %error, "firing timers broke off");
            ids
        }
    }
}

async fn fire(engine: Engine, group: Vec<Due>) -> Vec<Uuid> {
    let mut failed = vec![];
    for (timer, fired) in group.iter().zip(engine.fire_together(&group).await) {
        match fired {
            Ok(Fired::Done | Fired::Gone) => {}
            Ok(Fired::Refused(code)) => tracing::info!(id = %timer.id, name = timer.name, instance = %timer.instance_id, code, "timer refused"),
            Err(failure) => {
                let error = format!("{:#}", anyhow::Error::new(failure));
                tracing::error!(id = %timer.id, name = timer.name, instance = %timer.instance_id, error, "timer could not be fired");
                failed.push(timer.id);
            }
        }
    }
    failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use engine::plan::AnyCommand;

    fn due(id: u128, instance: u128) -> Due {
        Due {
            id: Uuid::from_u128(id),
            name: "t".into(),
            instance_id: Uuid::from_u128(instance),
            workflow: "w".into(),
            command: AnyCommand::new("c"),
            due_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn timers_of_one_instance_stay_in_order_behind_a_paused_one() {
        let all = vec![due(1, 10), due(2, 20), due(3, 10), due(4, 20)];
        let ids = |due: Vec<Due>| -> Vec<u128> { due.iter().map(|timer| timer.id.as_u128()).collect() };
        assert_eq!(ids(heads(all.clone(), |_| false)), [1, 2]);
        assert_eq!(ids(heads(all, |id| id.as_u128() == 1)), [2]);
    }

    #[test]
    fn a_timer_that_keeps_failing_waits_longer_up_to_a_minute() {
        assert_eq!([1, 2, 3, 40].map(|failures| pause_after(failures).as_millis()), [200, 400, 800, 60_000]);
    }
}
