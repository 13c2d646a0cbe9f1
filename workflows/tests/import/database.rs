//! A migrated and seeded database per test, and how to import into it.

use chrono::{DateTime, Utc};
use engine::actor::Actor;
use engine::db::{self, Db};
use engine::personal;
use migrations::{Migrator, MigratorTrait};
use sea_orm::ConnectionTrait;
use serde_json::Value;
use uuid::Uuid;
use workflows::import::{ImportError, ImportOptions, ImportReport, Kind, import};
use workflows::seed::reference_data;

pub const ROLES: [(&str, &[&str]); 2] = [("OWNER", &["sesi.approve", "audit.read"]), ("OPERATOR", &["sesi.approve"])];

/// A database of its own, its clock standing on 21 November 2026.
pub struct Company {
    pub db: Db,
    pub now: DateTime<Utc>,
    actor: Actor,
}

/// Runs `test` on a fresh database of each kind. `name` is unique among the tests.
pub async fn on_each_database(name: &str, test: impl AsyncFn(&Company)) {
    let folder = tempfile::tempdir().unwrap();
    run_on(&format!("sqlite://{}", folder.path().join("alur.db").display()), &test).await;
    let Ok(server) = std::env::var("ALUR_TEST_POSTGRES_URL") else { return };
    let admin = Db::connect(&server).await.unwrap();
    let database = format!("alur_import_{name}");
    let drop = format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    admin.writer().execute_unprepared(&drop).await.unwrap();
    admin.writer().execute_unprepared(&format!("CREATE DATABASE {database}")).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    run_on(&format!("{base}/{database}"), &test).await;
    admin.writer().execute_unprepared(&drop).await.unwrap();
}

async fn run_on(url: &str, test: &impl AsyncFn(&Company)) {
    let db = Db::connect(url).await.unwrap();
    Migrator::up(db.writer(), None).await.unwrap();
    let now = "2026-11-21T03:00:00.123456Z".parse().unwrap();
    let company = Company { db, now, actor: Actor::person(Uuid::from_u128(7), "Sari", []) };
    company.seed().await;
    test(&company).await;
}

impl Company {
    pub async fn seed(&self) {
        let tx = self.db.begin().await.unwrap();
        reference_data(&tx, self.now, &ROLES).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn options(&self) -> ImportOptions {
        ImportOptions { dry_run: false, only_valid: false, now: self.now, actor: self.actor.clone(), file: None }
    }

    pub async fn try_import(&self, kind: Kind, csv: &str) -> Result<ImportReport, ImportError> {
        import(self.db.writer(), kind, csv.as_bytes(), &self.options()).await
    }

    pub async fn import(&self, kind: Kind, csv: &str) -> ImportReport {
        self.try_import(kind, csv).await.unwrap()
    }

    pub async fn import_valid_rows(&self, kind: Kind, csv: &str) -> ImportReport {
        let options = ImportOptions { only_valid: true, ..self.options() };
        import(self.db.writer(), kind, csv.as_bytes(), &options).await.unwrap()
    }

    pub async fn dry_run(&self, kind: Kind, csv: &str) -> ImportReport {
        let options = ImportOptions { dry_run: true, ..self.options() };
        import(self.db.writer(), kind, csv.as_bytes(), &options).await.unwrap()
    }

    pub async fn run(&self, sql: &str) {
        db::run(self.db.writer(), sql, vec![]).await.unwrap();
    }

    pub async fn count(&self, table: &str) -> i64 {
        let row = db::row(self.db.writer(), &format!("SELECT count(*) AS count FROM {table}"), vec![]).await.unwrap();
        row.unwrap().try_get("", "count").unwrap()
    }

    /// The column `text` of each row.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = db::rows(self.db.writer(), sql, vec![]).await.unwrap();
        rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
    }

    /// Before and after of each audit row of an action, oldest first, opened for reading.
    pub async fn audit_of(&self, action: &str) -> Vec<(Value, Value)> {
        let sql = "SELECT before, after FROM audit_record WHERE action = ? ORDER BY id";
        let rows = db::rows(self.db.writer(), sql, vec![action.into()]).await.unwrap();
        let side = |row: &sea_orm::QueryResult, name| row.try_get::<Option<Value>>("", name).unwrap().unwrap_or_default();
        let mut sides: Vec<(Value, Value)> = rows.iter().map(|row| (side(row, "before"), side(row, "after"))).collect();
        personal::open(self.db.writer(), sides.iter_mut().flat_map(|(before, after)| [before, after])).await.unwrap();
        sides
    }
}
