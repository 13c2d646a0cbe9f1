//! A fresh, migrated database per test: a file for SQLite, a database of the test server for Postgres.

use crate::postgres;
use engine::db::{self, Db};
use futures::FutureExt;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// What a test asks for: itself a database, or something that stands on one.
pub trait Fixture: Sized {
    fn on(database: TestDb) -> impl Future<Output = Self>;

    /// What must hold at the end of every test that stands on it.
    fn end(&self) -> impl Future<Output = ()> {
        async {}
    }
}

/// An empty database with the schema in it.
#[derive(Clone)]
pub struct TestDb {
    pub db: Db,
    /// `sqlite://…` or `postgres://…`.
    pub url: String,
}

impl Fixture for TestDb {
    async fn on(database: TestDb) -> Self {
        database
    }
}

impl TestDb {
    pub fn is_postgres(&self) -> bool {
        self.db.backend() == DbBackend::Postgres
    }

    /// Rows of a query written with `?` placeholders.
    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Vec<QueryResult> {
        db::rows(self.db.writer(), sql, values).await.unwrap_or_else(|error| panic!("{sql}: {}", error.db_text().unwrap_or_default()))
    }

    /// The number a query of one number answers.
    pub async fn count(&self, sql: &str, values: Vec<Value>) -> i64 {
        let rows = self.rows(&format!("SELECT CAST(({sql}) AS BIGINT) AS n"), values).await;
        rows[0].try_get::<Option<i64>>("", "n").expect("a number").unwrap_or(0)
    }

    /// The texts a query answers in its column `text`.
    pub async fn texts(&self, sql: &str, values: Vec<Value>) -> Vec<String> {
        self.rows(sql, values).await.iter().map(|row| row.try_get("", "text").expect("a text")).collect()
    }

    /// Executes a statement that must pass; returns the rows it touched.
    pub async fn run(&self, sql: &str, values: Vec<Value>) -> u64 {
        self.try_run(sql, values).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Executes a statement in its own transaction and answers the refusal of the database, if any.
    pub async fn try_run(&self, sql: &str, values: Vec<Value>) -> Result<u64, String> {
        let text = |failure: engine::refusal::Failure| failure.db_text().unwrap_or_else(|| failure.to_string());
        let tx = self.db.begin().await.map_err(text)?;
        let touched = db::run(&tx, sql, values).await.map_err(text)?;
        tx.commit().await.map_err(|error| error.to_string())?;
        Ok(touched)
    }

    /// Executes a statement behind the back of the rules of `table`, as somebody with full access could.
    pub async fn tamper(&self, table: &str, sql: &str, values: Vec<Value>) {
        if self.is_postgres() {
            self.run(&format!("ALTER TABLE {table} DISABLE TRIGGER ALL"), vec![]).await;
            self.run(sql, values).await;
            return;
        }
        for trigger in self.texts("SELECT name AS text FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", vec![table.into()]).await {
            self.run(&format!("DROP TRIGGER {trigger}"), vec![]).await;
        }
        self.run(sql, values).await;
    }

    /// The type of a column that holds an id.
    pub fn id_type(&self) -> &'static str {
        if self.is_postgres() { "uuid" } else { "uuid_text" }
    }
}

/// Runs a test on a fresh SQLite file.
pub fn on_sqlite<F: Future<Output = ()>>(test: impl FnOnce(TestDb) -> F) {
    block_on(async {
        let folder = tempfile::tempdir().expect("make a folder");
        let file = folder.path().join("alur.db");
        std::fs::copy(sqlite_template().await, &file).expect("copy the empty database");
        let url = format!("sqlite://{}", file.display());
        let db = Db::connect(&url).await.expect("open SQLite");
        test(TestDb { db, url }).await;
    });
}

/// Runs a test on a fresh database of the Postgres server, and drops it afterwards.
pub fn on_postgres<F: Future<Output = ()>>(test: impl FnOnce(TestDb) -> F) {
    block_on(async {
        let database = fresh_postgres().await;
        let url = database.url.clone();
        let outcome = AssertUnwindSafe(test(database)).catch_unwind().await;
        drop_postgres(&url).await;
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    });
}

/// Two threads, so that what may run at the same time does.
fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("start a runtime").block_on(test);
}

/// The path of an empty, migrated SQLite file, made once per process.
async fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceCell<(TempDir, PathBuf)> = OnceCell::const_new();
    let (_, file) = TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().expect("make a folder");
            let file = folder.path().join("template.db");
            let db = Db::connect(&format!("sqlite://{}", file.display())).await.expect("open SQLite");
            migrate(&db).await;
            db::run(db.writer(), "PRAGMA wal_checkpoint(TRUNCATE)", vec![]).await.expect("write the template back");
            db.writer().clone().close().await.expect("close SQLite");
            (folder, file)
        })
        .await;
    file
}

async fn migrate(db: &Db) {
    Migrator::up(db.writer(), None).await.expect("migrate");
}

/// A copy of the migrated template; the server may be shared by several test processes.
async fn fresh_postgres() -> TestDb {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    let server = Db::connect(postgres::url()).await.expect("connect to Postgres");
    let template = TEMPLATE.get_or_init(|| make_template(&server)).await;
    let name = format!("alur_test_{}", Uuid::now_v7().simple());
    run_alone(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    server.writer().clone().close().await.expect("close Postgres");
    let url = sibling(&name);
    TestDb { db: Db::connect(&url).await.expect("connect to the new database"), url }
}

/// Each process makes its own: another's may hold an older schema.
async fn make_template(server: &Db) -> String {
    let name = format!("alur_template_{}", Uuid::now_v7().simple());
    run_alone(server, &format!("CREATE DATABASE {name}")).await;
    let db = Db::connect(&sibling(&name)).await.expect("connect to the template");
    migrate(&db).await;
    db.writer().clone().close().await.expect("close the template");
    name
}

async fn drop_postgres(url: &str) {
    let server = Db::connect(postgres::url()).await.expect("connect to Postgres");
    let name = url.rsplit('/').next().unwrap_or_default();
    run_alone(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    server.writer().clone().close().await.expect("close Postgres");
}

/// Outside a transaction, as CREATE DATABASE asks for.
async fn run_alone(server: &Db, sql: &str) {
    server.writer().execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The URL of another database on the same server.
fn sibling(name: &str) -> String {
    let (server, _) = postgres::url().rsplit_once('/').expect("a URL that ends in a database");
    format!("{server}/{name}")
}

/// Runs each test on both databases: `mod a_sentence { sqlite, postgres }`. The argument is what the
/// test stands on, a [`Fixture`].
#[macro_export]
macro_rules! both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($argument:ident: $fixture:ty) $body:block)+) => {$(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn story(database: $crate::database::TestDb) {
                let fixture = <$fixture as $crate::database::Fixture>::on(database).await;
                let $argument = &fixture;
                $body
                $crate::database::Fixture::end(&fixture).await;
            }

            #[test]
            fn sqlite() {
                $crate::database::on_sqlite(story);
            }

            #[test]
            fn postgres() {
                $crate::database::on_postgres(story);
            }
        }
    )+};
}
