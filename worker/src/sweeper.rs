//! The net under everything: announces overdue jobs again, buries lost ones, purges what is over.
//!
//! Deliveries may get lost or come too early (a crash between two commits, clocks that differ); a
//! job's row does not. So whatever is due and not running is announced again, at latest one sweep
//! later. Finished rows of the runtime go first: they would keep their announcements from being made.

use crate::options::Options;
use crate::runtime;
use chrono::TimeDelta;
use engine::batch::Batch;
use engine::execute::Engine;
use engine::refusal::Failure;
use tokio_util::sync::CancellationToken;

/// How many jobs one sweep announces again.
const LIMIT: u64 = 1_000;

pub(crate) async fn run(engine: Engine, options: Options, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(options.sweep_every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let overdue_by = TimeDelta::from_std(options.sweep_overdue).unwrap_or_default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(failure) = sweep(&engine, overdue_by).await {
            tracing::warn!(error = format!("{:#}", anyhow::Error::new(failure)), "cannot sweep");
        }
    }
}

async fn sweep(engine: &Engine, overdue_by: TimeDelta) -> Result<(), Failure> {
    runtime::purge(&engine.db).await?;
    let buried = engine.bury_lost_jobs().await?;
    let announced = announce_overdue(engine, overdue_by).await?;
    if announced > 0 || buried > 0 {
        tracing::info!(announced, buried, "swept jobs");
    }
    Ok(())
}

async fn announce_overdue(engine: &Engine, overdue_by: TimeDelta) -> Result<usize, Failure> {
    let overdue = engine.overdue_jobs(overdue_by, LIMIT).await?;
    if overdue.is_empty() {
        return Ok(0);
    }
    let mut batch = Batch::default();
    engine.announcer.announce(&overdue, &mut batch);
    let tx = engine.db.begin().await?;
    batch.run(&tx).await?;
    tx.commit().await?;
    engine.announcer.committed(true, false);
    Ok(overdue.len())
}
