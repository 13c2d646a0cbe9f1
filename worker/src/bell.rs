//! Rings across processes on Postgres: `NOTIFY` after a commit, `LISTEN` for the others.
//!
//! The notification is sent after the business transaction, not in it (Postgres serialises the
//! commits of transactions that notify), and any number of commits may share one. A process that
//! dies in between leaves the others to their slow tick. On SQLite there is only the tick.

use crate::wake::Wake;
use engine::db::{self, Db};
use sea_orm::DbBackend;
use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ulid::Ulid;

const CHANNEL: &str = "alur_work";
const PAUSE: Duration = Duration::from_secs(1);

/// Tells other processes about this one's commits, until `stop`. Every process that executes
/// commands runs it, also one without a worker.
pub async fn ring_others(db: Db, wake: Wake, origin: Origin, stop: CancellationToken) {
    if db.backend() != DbBackend::Postgres {
        return;
    }
    let mut committed = wake.others.listen();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = committed.rung() => {}
        }
        let notify = db::row(db.writer(), "SELECT pg_notify(?, ?)", vec![CHANNEL.into(), origin.0.clone().into()]).await;
        if let Err(failure) = notify {
            tracing::warn!(error = format!("{:#}", anyhow::Error::new(failure)), "cannot notify other processes");
        }
    }
}

/// Rings here whatever other processes rang, until `stop`.
pub(crate) async fn hear_others(db: Db, wake: Wake, origin: Origin, stop: CancellationToken) {
    if db.backend() != DbBackend::Postgres {
        return;
    }
    let pool = db.writer().get_postgres_connection_pool();
    while !stop.is_cancelled() {
        tokio::select! {
            () = stop.cancelled() => return,
            Err(error) = hear(pool, &wake, &origin) => tracing::warn!(%error, "cannot hear other processes"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Who rang: a process knows its own notifications by it.
#[derive(Clone, Debug)]
pub struct Origin(String);

impl Origin {
    pub fn new() -> Self {
        Self(Ulid::generate().to_string())
    }
}

impl Default for Origin {
    fn default() -> Self {
        Self::new()
    }
}

async fn hear(pool: &PgPool, wake: &Wake, origin: &Origin) -> Result<(), sqlx::Error> {
    // A connection of its own: waiting on one of the pool's would take it away from commands.
    let own = PgPoolOptions::new().max_connections(1).connect_with((*pool.connect_options()).clone()).await?;
    let mut listener = PgListener::connect_with(&own).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // Rung once after each (re)connection, for what was missed before it.
        wake.jobs.ring();
        wake.timers.ring();
        while let Some(notification) = listener.try_recv().await? {
            if notification.payload() != origin.0 {
                break;
            }
        }
    }
}
