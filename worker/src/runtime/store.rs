//! apalis' two storages behind one seam, with the queries of its own that our queue runs itself.

use super::QUEUE;
use crate::options::Options;
use apalis_core::backend::persistence::TaskPersistLayer;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::worker::context::WorkerContext;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::{JsonCodec, SqliteStorage};
use futures::future::{BoxFuture, FutureExt};
use serde_json::Value;
use sqlx::{PgPool, SqlitePool};

/// A delivery as apalis stores it.
pub(super) type Delivery = Task<Vec<u8>>;
/// apalis' layer that sends what became of a delivery back to its storage.
pub(super) type Acknowledge = TaskPersistLayer<JsonCodec<Value>, Value>;

/// A database that holds deliveries.
pub(super) trait Store: Clone + Send + Sync + Unpin + 'static {
    type Error: std::error::Error + Send + Sync + Unpin + 'static;
    /// Registers the worker, reports that it lives, takes over from the dead and acknowledges.
    type Storage: Backend<Task = Delivery, Error = Self::Error> + BackendConfig<Layer = Acknowledge> + Send + Unpin + 'static;

    fn storage(&self) -> Self::Storage;
    /// Takes up to `limit` due deliveries for the worker.
    fn take(&self, worker: &WorkerContext, limit: usize) -> BoxFuture<'static, Result<Vec<Delivery>, Self::Error>>;
    /// Gives back deliveries that the worker took and never began.
    fn give_back(&self, worker: &WorkerContext, ids: Vec<String>) -> BoxFuture<'static, Result<(), Self::Error>>;
}

#[derive(Clone)]
pub(super) struct SqliteStore {
    pool: SqlitePool,
    config: apalis_sqlite::Config,
}

impl SqliteStore {
    pub fn new(pool: &SqlitePool, options: &Options) -> Self {
        let config = apalis_sqlite::Config::default()
            .queue(QUEUE)
            .heartbeat_interval(options.heartbeat)
            .missed_heartbeats(options.missed_heartbeats)
            .batch_size(options.concurrency)
            // Marks a row `Running` besides `Queued`; one more write that nothing here reads.
            .lock_tasks(false);
        Self { pool: pool.clone(), config }
    }
}

impl Store for SqliteStore {
    type Error = apalis_sqlite::Error;
    type Storage = SqliteStorage<Vec<u8>>;

    fn storage(&self) -> Self::Storage {
        SqliteStorage::new(&self.pool).with_config(self.config.clone())
    }

    fn take(&self, worker: &WorkerContext, limit: usize) -> BoxFuture<'static, Result<Vec<Delivery>, Self::Error>> {
        let (pool, config, worker) = (self.pool.clone(), self.config.clone().batch_size(limit), worker.clone());
        async move { apalis_sqlite::queries::fetch_next(&pool, &config, &worker).await }.boxed()
    }

    fn give_back(&self, worker: &WorkerContext, ids: Vec<String>) -> BoxFuture<'static, Result<(), Self::Error>> {
        let (pool, worker) = (self.pool.clone(), worker.clone());
        async move {
            apalis_sqlite::queries::reenqueue_abandoned(&pool, QUEUE, worker.name(), &ids).await?;
            Ok(())
        }
        .boxed()
    }
}

#[derive(Clone)]
pub(super) struct PostgresStore {
    pool: PgPool,
    config: apalis_postgres::Config,
}

impl PostgresStore {
    pub fn new(pool: &PgPool, options: &Options) -> Self {
        let config = apalis_postgres::Config::default()
            .queue(QUEUE)
            .heartbeat_interval(options.heartbeat)
            .missed_heartbeats(options.missed_heartbeats)
            .batch_size(options.concurrency)
            .lock_tasks(false);
        Self { pool: pool.clone(), config }
    }
}

impl Store for PostgresStore {
    type Error = apalis_postgres::Error;
    type Storage = PostgresStorage<Vec<u8>>;

    fn storage(&self) -> Self::Storage {
        PostgresStorage::new(&self.pool).with_config(self.config.clone())
    }

    fn take(&self, worker: &WorkerContext, limit: usize) -> BoxFuture<'static, Result<Vec<Delivery>, Self::Error>> {
        let (pool, config, worker) = (self.pool.clone(), self.config.clone().batch_size(limit), worker.clone());
        async move {
            let mut connection = pool.acquire().await?;
            apalis_postgres::queries::fetch_next(&mut *connection, &config, &worker).await
        }
        .boxed()
    }

    fn give_back(&self, worker: &WorkerContext, ids: Vec<String>) -> BoxFuture<'static, Result<(), Self::Error>> {
        let (pool, worker) = (self.pool.clone(), worker.clone());
        async move {
            let mut connection = pool.acquire().await?;
            apalis_postgres::queries::reenqueue_abandoned(&mut *connection, QUEUE, worker.name(), &ids).await?;
            Ok(())
        }
        .boxed()
    }
}
