//! apalis, and everything we know about it: no other module of the program names it.
//!
//! apalis carries deliveries: its rows say *look at job X now*, its workers bring them here, take
//! them over from dead processes and stop in order. What a job is, whether it runs, when it is tried
//! again and what it did is in our `job` table alone, so a delivery may come twice, early, late or
//! never (the sweeper then sends another). A delivery is always acknowledged as done.
//!
//! apalis 1.0.0 has eight defects that lose, stall, slow or double work; the README names for each
//! the place here that avoids it and the test that guards it.

mod announcer;
mod queue;
mod schema;
mod store;

pub use announcer::ApalisAnnouncer;
pub(crate) use schema::purge;
pub use schema::{SetupError, setup};

use crate::attempt::{Attempted, Attempts};
use crate::options::Options;
use crate::wake::Wake;
use apalis::prelude::{Event, Monitor, WorkerBuilder, WorkerBuilderExt, WorkerContext};
use apalis_core::error::BoxDynError;
use engine::db;
use engine::refusal::Failure;
use queue::Queue;
use sea_orm::DbBackend;
use std::sync::Arc;
use std::time::Duration;
use store::{PostgresStore, SqliteStore, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use ulid::Ulid;
use uuid::Uuid;

/// apalis' name for the one queue that all deliveries go through.
const QUEUE: &str = "alur";
/// How far ahead of us the announcing machine's clock may be before a delivery is left to the sweeper.
const CLOCK_SKEW: Duration = Duration::from_secs(2);

/// The part of a worker that takes deliveries.
#[derive(Clone)]
pub(crate) struct Runtime {
    pub attempts: Arc<Attempts>,
    pub options: Options,
    pub wake: Wake,
    /// Attempts in progress; they outlive a restart of apalis' worker.
    pub running: TaskTracker,
}

impl Runtime {
    /// Takes deliveries until `stop`, then waits for those being carried out.
    pub async fn run(self, stop: CancellationToken) {
        let writer = self.attempts.engine.db.writer();
        while !stop.is_cancelled() {
            match self.attempts.engine.db.backend() {
                DbBackend::Sqlite => self.monitor(SqliteStore::new(writer.get_sqlite_connection_pool(), &self.options), stop.clone()).await,
                _ => self.monitor(PostgresStore::new(writer.get_postgres_connection_pool(), &self.options), stop.clone()).await,
            }
        }
    }

    async fn monitor<T: Store>(&self, store: T, stop: CancellationToken) {
        let Self { attempts, options, wake, running } = self.clone();
        let monitor = Monitor::new()
            .on_event(log_event)
            // A database error ends apalis' worker; the next one starts under a new name after a pause.
            .should_restart(|_, _| true)
            .register(move |restarts| {
                let (attempts, running) = (attempts.clone(), running.clone());
                WorkerBuilder::new(worker_name(&options.role))
                    .backend(Queue::new(store.clone(), &options, wake.jobs.listen(), restarts))
                    .concurrency(options.concurrency)
                    .build(move |payload: Vec<u8>| deliver(attempts.clone(), running.clone(), payload))
            });
        let signal = async move {
            stop.cancelled().await;
            Ok(())
        };
        if let Err(error) = monitor.run_with_signal(signal).await {
            tracing::error!(%error, "the job runtime ended");
        }
    }
}

/// A name that no other start of any worker has had: role, host, process, and a ULID.
fn worker_name(role: &str) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = Some(host.trim()).filter(|host| !host.is_empty()).unwrap_or("host");
    format!("{role}-{host}-{}-{}", std::process::id(), Ulid::generate())
}

fn log_event(worker: &WorkerContext, event: &Event) {
    match event {
        Event::Error(error) => tracing::error!(worker = worker.name(), %error, "delivery failed"),
        Event::Start => tracing::info!(worker = worker.name(), "job worker started"),
        Event::Stop | Event::Exit => tracing::info!(worker = worker.name(), %event, "job worker stops"),
        _ => {}
    }
}

/// Carries out one delivery. It runs as a task of its own: when apalis drops its worker, the attempt
/// goes on and is settled, and no handler's work delays apalis' heartbeat.
async fn deliver(attempts: Arc<Attempts>, running: TaskTracker, payload: Vec<u8>) -> Result<(), BoxDynError> {
    let Ok(id) = serde_json::from_slice::<Uuid>(&payload) else {
        tracing::error!("a delivery that names no job");
        return Ok(());
    };
    let attempt = running.spawn(async move {
        if let Err(failure) = attempt_when_due(&attempts, id).await {
            tracing::error!(%id, error = format!("{:#}", anyhow::Error::new(failure)), "attempt not recorded");
        }
    });
    if let Err(error) = attempt.await {
        tracing::error!(%id, %error, "attempt broken off");
    }
    Ok(())
}

/// Attempts the job; one that comes a moment early by this machine's clock is waited for.
async fn attempt_when_due(attempts: &Attempts, id: Uuid) -> Result<(), Failure> {
    if attempts.attempt(id).await? != Attempted::NotTaken {
        return Ok(());
    }
    let engine = &attempts.engine;
    let Some(row) = db::row(engine.db.reader(), "SELECT run_at FROM job WHERE id = ? AND state = 'PENDING'", vec![id.into()]).await? else {
        return Ok(());
    };
    let run_at: chrono::DateTime<chrono::Utc> = row.try_get("", "run_at")?;
    let early = (run_at - engine.clock.now()).to_std().unwrap_or(Duration::ZERO);
    if early <= CLOCK_SKEW {
        tokio::time::sleep(early).await;
        attempts.attempt(id).await?;
    }
    Ok(())
}
