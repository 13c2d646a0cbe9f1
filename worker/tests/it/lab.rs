//! A laboratory per test: its own database, engine and clock, a scripted handler, workers on demand.

use crate::probe::{Probe, Scripted};
use crate::toy::{Toy, USE};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::Actor;
use engine::batch::Batch;
use engine::clock::{Clock, SystemClock};
use engine::db::{self, Db};
use engine::execute::{Engine, Request, Target};
use engine::plan::AnyCommand;
use engine::policy::PolicyHost;
use engine::registry::Registry;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{QueryResult, Value};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::Instant;
use uuid::Uuid;
use worker::{ApalisAnnouncer, Handler, Options, Running, Wake, Worker};

/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(30);
/// Names a Postgres server on which databases may be made; without it only SQLite is tested.
pub const POSTGRES_URL: &str = "ALUR_TEST_POSTGRES_URL";

/// Runs a test in a laboratory on SQLite and in one on Postgres.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use $crate::lab::Lab;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$test(&Lab::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                if let Some(lab) = Lab::postgres().await {
                    super::$test(&lab).await;
                    lab.close().await;
                }
            }
        }
    )+};
}

/// The machine's clock, moved on by hand.
pub struct Ahead(AtomicI64);

impl Ahead {
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::microseconds(self.0.load(Ordering::SeqCst))
    }
}

pub struct Lab {
    pub engine: Engine,
    pub wake: Wake,
    pub clock: Arc<Ahead>,
    pub probe: Arc<Probe>,
    pub url: String,
    _folder: TempDir,
}

impl Lab {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("lab.db").display());
        Self::make(url, folder).await
    }

    pub async fn postgres() -> Option<Self> {
        // Databases are copies of a template that allows one copy at a time.
        static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
        let server = std::env::var(POSTGRES_URL).ok()?;
        let turn = ONE_AT_A_TIME.lock().await;
        let name = format!("worker_lab_{}", Uuid::now_v7().simple());
        administer(&server, &format!("CREATE DATABASE {name}")).await;
        drop(turn);
        let base = server.rsplit_once('/').unwrap().0;
        Some(Self::make(format!("{base}/{name}"), tempfile::tempdir().unwrap()).await)
    }

    async fn make(url: String, folder: TempDir) -> Self {
        let lab = Self::on(url, folder).await;
        let db = &lab.engine.db;
        Migrator::up(db.writer(), None).await.unwrap();
        worker::setup(db).await.unwrap();
        lab.run("CREATE TABLE toy (id uuid PRIMARY KEY, reports bigint NOT NULL, rings bigint NOT NULL)", vec![]).await;
        lab
    }

    async fn on(url: String, folder: TempDir) -> Self {
        let (wake, clock) = (Wake::new(), Arc::new(Ahead(AtomicI64::new(0))));
        let engine = engine_on(Db::connect(&url).await.unwrap(), clock.clone(), wake.clone());
        Self { engine, wake, clock, probe: Arc::new(Probe::default()), url, _folder: folder }
    }

    /// A laboratory that another process has made.
    pub async fn of_another_process(url: String) -> Self {
        Self::on(url, tempfile::tempdir().unwrap()).await
    }

    /// Another process on the same database: it shares nothing else.
    pub async fn other_process(&self) -> (Engine, Wake) {
        let wake = Wake::new();
        (engine_on(Db::connect(&self.url).await.unwrap(), self.clock.clone(), wake.clone()), wake)
    }

    /// Closes the connections and removes the database.
    pub async fn close(&self) {
        let (base, name) = self.url.rsplit_once('/').unwrap();
        self.engine.db.writer().clone().close().await.unwrap();
        administer(&format!("{base}/postgres"), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    }

    pub fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    pub fn worker(&self, options: Options) -> Running {
        self.worker_as(&self.engine, &self.wake, options)
    }

    pub fn worker_as(&self, engine: &Engine, wake: &Wake, options: Options) -> Running {
        Worker { engine: engine.clone(), wake: wake.clone(), handlers: self.handlers(), options }.start().unwrap()
    }

    pub fn handlers(&self) -> Vec<Box<dyn Handler>> {
        vec![Box::new(Scripted(self.probe.clone()))]
    }

    /// Starts an instance with jobs whose handler does `deed`.
    pub async fn enqueue(&self, deed: &str, jobs: i64) -> Uuid {
        self.start(json!({ "deed": deed, "jobs": jobs })).await
    }

    pub async fn start(&self, body: serde_json::Value) -> Uuid {
        start_on(&self.engine, body).await
    }

    pub async fn command(&self, id: Uuid, name: &str) {
        self.engine.execute(&Request::new("toy", Target::Existing(id), AnyCommand::new(name), person())).await.unwrap();
    }

    /// The jobs of an instance.
    pub async fn jobs(&self, toy: Uuid) -> Vec<Job> {
        let sql = "SELECT id, state, attempt, last_error, result, run_at FROM job WHERE instance_id = ? ORDER BY key";
        self.rows(sql, vec![toy.into()]).await.iter().map(Job::read).collect()
    }

    pub async fn job(&self, toy: Uuid) -> Job {
        self.jobs(toy).await.remove(0)
    }

    /// Waits until every job of the instance is in this state.
    pub async fn until_jobs(&self, toy: Uuid, state: &str) {
        until(&format!("all jobs {state}"), async || self.jobs(toy).await.iter().all(|job| job.state == state)).await;
    }

    pub async fn count(&self, sql: &str) -> i64 {
        let row = db::row(self.engine.db.reader(), sql, vec![]).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    pub async fn rows(&self, sql: &str, values: Vec<Value>) -> Vec<QueryResult> {
        db::rows(self.engine.db.reader(), sql, values).await.unwrap()
    }

    pub async fn run(&self, sql: &str, values: Vec<Value>) -> u64 {
        db::run(self.engine.db.writer(), sql, values).await.unwrap()
    }

    /// apalis' table of workers.
    pub fn workers(&self) -> &'static str {
        if self.is_postgres() { "apalis.workers" } else { "Workers" }
    }

    /// apalis' table of deliveries.
    pub fn deliveries(&self) -> &'static str {
        if self.is_postgres() { "apalis.jobs" } else { "Jobs" }
    }

    /// Puts one more delivery of a job into apalis' table, as a duplicate would come.
    pub async fn deliver_again(&self, job: Uuid) {
        let mut batch = Batch::default();
        let run_at = self.engine.clock.now();
        self.engine.announcer.announce(&[engine::job::Announcement { id: job, kind: "toy".into(), run_at }], &mut batch);
        let tx = self.engine.db.begin().await.unwrap();
        batch.run(&tx).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.announcer.committed(true, false);
    }
}

pub struct Job {
    pub id: Uuid,
    pub state: String,
    pub attempt: i64,
    pub last_error: Option<String>,
    pub result: Option<serde_json::Value>,
    pub run_at: DateTime<Utc>,
}

impl Job {
    fn read(row: &QueryResult) -> Self {
        Self {
            id: row.try_get("", "id").unwrap(),
            state: row.try_get("", "state").unwrap(),
            attempt: row.try_get("", "attempt").unwrap(),
            last_error: row.try_get("", "last_error").unwrap(),
            result: row.try_get("", "result").unwrap(),
            run_at: row.try_get("", "run_at").unwrap(),
        }
    }
}

fn engine_on(db: Db, clock: Arc<Ahead>, wake: Wake) -> Engine {
    let announcer = ApalisAnnouncer::new(db.backend(), clock.clone(), wake);
    Engine::new(db, clock, Arc::new(Registry::new().with::<Toy>()), Arc::new(PolicyHost::default()), Arc::new(announcer))
}

pub async fn start_on(engine: &Engine, body: serde_json::Value) -> Uuid {
    let id = engine::id::new_id(engine.clock.now());
    let command = AnyCommand::with("start", &body);
    engine.execute(&Request::new("toy", Target::New(id), command, person())).await.unwrap();
    id
}

pub fn person() -> Actor {
    Actor::person(Uuid::from_u128(1), "Ani", [USE.0.to_owned(), engine::job::HANDLE.0.to_owned()])
}

/// Waits for a condition, and gives up loudly at the deadline.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition().await {
        assert!(Instant::now() < deadline, "gave up waiting for: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn administer(server: &str, sql: &str) {
    let admin = Db::connect(server).await.unwrap();
    db::run(admin.writer(), sql, vec![]).await.unwrap();
    admin.writer().clone().close().await.unwrap();
}
