//! apalis' tables: made at start-up beside ours, relieved of what harms us, and kept small.

use super::QUEUE;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::DbBackend;
use sqlx::migrate::MigrateError;

/// How long a worker must have been silent before its name is forgotten.
const FORGET_WORKER_S: i64 = 24 * 60 * 60;

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("apalis' migrations failed")]
    Migrate(#[from] MigrateError),
    #[error("apalis' tables cannot be adjusted")]
    Adjust(#[from] Failure),
}

/// Makes or upgrades apalis' tables. To be called after our own migrations, by every process.
pub async fn setup(db: &Db) -> Result<(), SetupError> {
    // Not `SqliteStorage::setup`: it turns `synchronous` off on our write connection.
    match db.backend() {
        DbBackend::Sqlite => {
            SqliteStorage::migrations().run(db.writer().get_sqlite_connection_pool()).await?;
            // SQLite prefers this index for acknowledging, and then walks all rows the worker ever had.
            db::run(db.writer(), "DROP INDEX IF EXISTS LIdx", vec![]).await?;
        }
        _ => {
            PostgresStorage::migrations().run(db.writer().get_postgres_connection_pool()).await?;
            // Notifies inside the command's transaction; Postgres lets only one such transaction commit
            // at a time (invariant I10). Our own bell rings after the commit instead.
            db::run(db.writer(), "DROP TRIGGER IF EXISTS notify_workers ON apalis.jobs", vec![]).await?;
        }
    }
    Ok(())
}

/// Deletes deliveries that are over, and workers long gone that hold none.
pub(crate) async fn purge(db: &Db) -> Result<(), Failure> {
    let (jobs, workers, is_silent) = match db.backend() {
        DbBackend::Sqlite => ("Jobs", "Workers", "last_seen < CAST(strftime('%s', 'now') AS INTEGER) - ?"),
        _ => ("apalis.jobs", "apalis.workers", "last_seen < now() - make_interval(secs => ?)"),
    };
    let over = format!("DELETE FROM {jobs} WHERE job_type = ? AND (status IN ('Done', 'Killed') OR (status = 'Failed' AND attempts >= max_attempts))");
    db::run(db.writer(), &over, vec![QUEUE.into()]).await?;
    let gone = format!("DELETE FROM {workers} WHERE worker_type = ? AND {is_silent} AND NOT EXISTS (SELECT 1 FROM {jobs} WHERE lock_by = {workers}.id)");
    db::run(db.writer(), &gone, vec![QUEUE.into(), FORGET_WORKER_S.into()]).await?;
    Ok(())
}
