//! A fresh database per test, on SQLite and (when configured) on Postgres, and how to talk to it.

use migrations::{Migrator, MigratorTrait};
use sea_orm_migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, TransactionTrait};

/// Runs `test` on an empty database of each kind. `name` is unique among the tests.
pub async fn on_each_empty_database(name: &str, test: impl AsyncFn(&DatabaseConnection)) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alur.db");
    let db = connect(&format!("sqlite://{}?mode=rwc", file.display())).await;
    test(&db).await;
    db.close().await.unwrap();
    let Ok(server) = std::env::var("ALUR_TEST_POSTGRES_URL") else {
        return;
    };
    let admin = connect(&server).await;
    let database = format!("alur_schema_{name}");
    let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    admin.execute_unprepared(&drop).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {database}")).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let db = connect(&format!("{base}/{database}")).await;
    test(&db).await;
    db.close().await.unwrap();
    admin.execute_unprepared(&drop).await.unwrap();
}

/// As [`on_each_empty_database`], migrated.
pub async fn on_each_database(name: &str, test: impl AsyncFn(&DatabaseConnection)) {
    on_each_empty_database(name, async |db: &DatabaseConnection| {
        Migrator::up(db, None).await.unwrap();
        test(db).await;
    })
    .await;
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(if url.starts_with("sqlite") { 1 } else { 4 }).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

pub fn is_postgres(db: &impl ConnectionTrait) -> bool {
    db.get_database_backend() == DatabaseBackend::Postgres
}

/// Runs `statements` in one transaction and commits.
pub async fn commit(db: &DatabaseConnection, statements: &[String]) -> Result<(), String> {
    let tx = db.begin().await.unwrap();
    for statement in statements {
        if let Err(error) = tx.execute_unprepared(statement).await {
            tx.rollback().await.unwrap();
            return Err(error.to_string());
        }
    }
    tx.commit().await.map_err(|error| error.to_string())
}

/// Runs one statement that must pass.
pub async fn run(db: &DatabaseConnection, statement: &str) {
    if let Err(error) = db.execute_unprepared(statement).await {
        panic!("{statement}: {error}");
    }
}

/// Runs one statement that must be refused with `message`.
pub async fn refused(db: &DatabaseConnection, statement: &str, message: &str) {
    refused_all(db, &[String::from(statement)], message).await;
}

/// Runs a transaction that must be refused with `message`, at a statement or at its commit.
pub async fn refused_all(db: &DatabaseConnection, statements: &[String], message: &str) {
    match commit(db, statements).await {
        Ok(()) => panic!("should be refused with {message}: {statements:?}"),
        Err(error) => assert!(error.contains(message), "expected {message}, got {error}"),
    }
}
