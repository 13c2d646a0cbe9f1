//! Seals new audit records every few seconds, after the commands that wrote them have committed (SPEC AUD-3).
//!
//! A round with nothing new is two short reads. Every process seals; one wins each seal.

use engine::execute::Engine;
use engine::seal::{self, Look};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two rounds: how long a record may stand unsealed.
const EVERY: Duration = Duration::from_secs(10);
/// Every so many rounds all records are looked through, for those that committed very late: each hour.
const ROUNDS_BETWEEN_FULL: u64 = 360;

pub(crate) async fn run(engine: Engine, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in 0_u64.. {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let look = if round % ROUNDS_BETWEEN_FULL == 0 { Look::Everywhere } else { Look::Recent };
        // A seal under way when the worker stops is rolled back and made by the next round of anyone.
        tokio::select! {
            () = stop.cancelled() => return,
            () = round_of(&engine, look) => {}
        }
    }
}

async fn round_of(engine: &Engine, look: Look) {
    match seal::seal(&engine.db, engine.clock.as_ref(), look).await {
        Ok(0) => {}
        Ok(sealed) => tracing::debug!(sealed, "sealed audit records"),
        Err(failure) => tracing::warn!(error = format!("{:#}", anyhow::Error::new(failure)), "cannot seal audit records"),
    }
}
