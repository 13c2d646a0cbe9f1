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
use futures::stream::{self, StreamExt};
use sea_orm::DbBackend;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How many due timers are read at a time.
const BATCH: usize = 500;
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
        let chains = chains(due, |id| self.paused.get(id).is_some_and(|pause| pause.until > Instant::now()));
        let tried = chains.iter().map(Vec::len).sum();
        let firing = stream::iter(chains).map(|chain| fire_as_task(self.engine.clone(), chain));
        let failed: Vec<Option<Uuid>> = firing.buffer_unordered(self.at_once).collect().await;
        for id in failed.into_iter().flatten() {
            let failures = self.paused.get(&id).map_or(0, |pause| pause.failures) + 1;
            self.paused.insert(id, Pause::after(failures));
        }
        Ok(tried)
    }
}

/// Due timers by instance, both in due order. A paused timer holds back the later ones of its instance.
fn chains(due: Vec<Due>, is_paused: impl Fn(&Uuid) -> bool) -> Vec<Vec<Due>> {
    let mut chains: Vec<Vec<Due>> = Vec::new();
    let mut places: HashMap<Uuid, Option<usize>> = HashMap::new();
    for timer in due {
        match places.get(&timer.instance_id) {
            Some(Some(place)) => chains[*place].push(timer),
            Some(None) => {}
            None if is_paused(&timer.id) => {
                places.insert(timer.instance_id, None);
            }
            None => {
                places.insert(timer.instance_id, Some(chains.len()));
                chains.push(vec![timer]);
            }
        }
    }
    chains
}

/// Fires the timers of one instance as a task of its own, so that all processors take part and a
/// command that panics is a timer that could not be fired.
async fn fire_as_task(engine: Engine, chain: Vec<Due>) -> Option<Uuid> {
    let first = chain.first()?.id;
    match tokio::spawn(fire_in_order(engine, chain)).await {
        Ok(failed) => failed,
        Err(error) => {
            tracing::error!(%first, %error, "a timer's command broke off");
            Some(first)
        }
    }
}

/// Fires the timers of one instance; stops at, and returns, the first that could not be fired.
async fn fire_in_order(engine: Engine, chain: Vec<Due>) -> Option<Uuid> {
    for timer in chain {
        match engine.fire(&timer).await {
            Ok(Fired::Done | Fired::Gone) => {}
            Ok(Fired::Refused(code)) => tracing::info!(id = %timer.id, name = timer.name, instance = %timer.instance_id, code, "timer refused"),
            Err(failure) => {
                let error = format!("{:#}", anyhow::Error::new(failure));
                tracing::error!(id = %timer.id, name = timer.name, instance = %timer.instance_id, error, "timer could not be fired");
                return Some(timer.id);
            }
        }
    }
    None
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
        let ids = |chains: Vec<Vec<Due>>| -> Vec<Vec<u128>> { chains.iter().map(|chain| chain.iter().map(|timer| timer.id.as_u128()).collect()).collect() };
        assert_eq!(ids(chains(all.clone(), |_| false)), [vec![1, 3], vec![2, 4]]);
        assert_eq!(ids(chains(all, |id| id.as_u128() == 1)), [vec![2, 4]]);
    }

    #[test]
    fn a_timer_that_keeps_failing_waits_longer_up_to_a_minute() {
        assert_eq!([1, 2, 3, 40].map(|failures| pause_after(failures).as_millis()), [200, 400, 800, 60_000]);
    }
}
