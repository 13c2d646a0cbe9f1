//! An engine with the toy workflow, a clock that stands still, and people to work it.

use super::toy::{HANDLE, REVIEW, Toy, WORK};
use chrono::{DateTime, TimeDelta, Utc};
use engine::actor::{Actor, Permission};
use engine::batch::Batch;
use engine::clock::{Clock, ManualClock};
use engine::execute::{Announcer, Engine, Request, Target};
use engine::id::new_id;
use engine::job::Announcement;
use engine::plan::AnyCommand;
use engine::policy::{PolicyHost, PolicySource, compile};
use engine::refusal::{Failure, Halt, Refusal};
use engine::registry::Registry;
use engine::replay;
use engine::timer::Fired;
use engine::view::Outcome;
use sea_orm::Value as SqlValue;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tests::database::{Fixture, TestDb};
use uuid::Uuid;

/// Remembers what the engine announces.
#[derive(Default)]
pub struct Recorder {
    pub announced: Mutex<Vec<Announcement>>,
    pub committed: Mutex<Vec<(bool, bool)>>,
}

impl Announcer for Recorder {
    fn announce(&self, jobs: &[Announcement], _: &mut Batch) {
        self.announced.lock().unwrap().extend_from_slice(jobs);
    }
    fn committed(&self, jobs: bool, timers: bool) {
        self.committed.lock().unwrap().push((jobs, timers));
    }
}

#[derive(Clone)]
pub struct Rig {
    pub db: TestDb,
    pub clock: Arc<ManualClock>,
    pub announcer: Arc<Recorder>,
    pub engine: Engine,
}

pub const START: &str = "2026-11-21T02:00:00Z";

impl Fixture for Rig {
    async fn on(db: TestDb) -> Self {
        let id = db.id_type();
        let table = format!(
            "CREATE TABLE toy (id {id} PRIMARY KEY, title TEXT NOT NULL, paid_rp BIGINT NOT NULL, beats BIGINT NOT NULL, heard TEXT, made_at {} NOT NULL, ratio DOUBLE PRECISION)",
            if db.is_postgres() { "timestamptz" } else { "timestamp_with_timezone_text" }
        );
        db.run(&table, vec![]).await;
        db.run("CREATE TABLE toy_rate (rate BIGINT NOT NULL)", vec![]).await;
        db.run("INSERT INTO toy_rate (rate) VALUES (2)", vec![]).await;
        db.run("INSERT INTO ledger_account (code, name, kind) VALUES ('1100', 'Owed', 'ASSET'), ('4100', 'Earned', 'REVENUE') ON CONFLICT DO NOTHING", vec![])
            .await;
        let policies = PolicyHost::default();
        let script = "fn decide(input, params) { #{ total_rp: input.amount_rp * input.rate } }".into();
        policies.insert(compile(&PolicySource { kind: "toy".into(), number: 1, script, params: json!({}) }).unwrap());
        let clock = Arc::new(ManualClock::at(START.parse().unwrap()));
        let announcer = Arc::new(Recorder::default());
        let engine = Engine::new(db.db.clone(), clock.clone(), Arc::new(Registry::new().with::<Toy>()), Arc::new(policies), announcer.clone());
        Self { db, clock, announcer, engine }
    }
}

/// Person number `n`, who may do these things.
pub fn person(n: u128, permissions: &[Permission]) -> Actor {
    Actor::person(Uuid::from_u128(n), format!("Person {n}"), permissions.iter().map(|permission| permission.0.to_owned()))
}

/// Somebody who may do everything but is not the reviewer.
pub fn worker() -> Actor {
    person(1, &[WORK, REVIEW, HANDLE])
}

pub fn reviewer() -> Actor {
    person(2, &[WORK, REVIEW, HANDLE])
}

pub fn command(name: &str, body: &Value) -> AnyCommand {
    AnyCommand::with(name, body)
}

/// The refusal in an answer that must be one.
pub fn refusal<T: std::fmt::Debug>(answer: Result<T, Halt>) -> Refusal {
    match answer {
        Err(Halt::Refused(refusal)) => refusal,
        other => panic!("should have been refused: {other:?}"),
    }
}

/// The rule of the engine that an answer says was broken.
pub fn broken_rule<T: std::fmt::Debug>(answer: Result<T, Halt>) -> String {
    match answer {
        Err(Halt::Failed(Failure::Broken { rule, .. })) => rule,
        other => panic!("should have broken a rule: {other:?}"),
    }
}

impl Rig {
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn advance_hours(&self, hours: i64) {
        self.clock.advance(TimeDelta::hours(hours));
    }

    pub fn request(&self, id: Uuid, name: &str, body: &Value) -> Request {
        Request::new("toy", Target::Existing(id), command(name, body), worker())
    }

    pub fn opening(&self, title: &str) -> Request {
        Request::new("toy", Target::New(new_id(self.now())), command("open", &json!({ "title": title })), worker())
    }

    /// A new instance in OPEN.
    pub async fn open(&self) -> Uuid {
        self.engine.execute(&self.opening("a toy")).await.unwrap().id
    }

    pub async fn send(&self, id: Uuid, name: &str, body: &Value) -> Result<Outcome, Halt> {
        self.engine.execute(&self.request(id, name, body)).await
    }

    /// A command that must pass.
    pub async fn done(&self, id: Uuid, name: &str, body: &Value) -> Outcome {
        self.send(id, name, body).await.unwrap_or_else(|halt| panic!("{name}: {halt:?}"))
    }

    pub async fn send_as(&self, actor: Actor, id: Uuid, command: AnyCommand) -> Result<Outcome, Halt> {
        self.engine.execute(&Request::new("toy", Target::Existing(id), command, actor)).await
    }

    /// Moves an instance from OPEN to REVIEW.
    pub async fn hand_over(&self, id: Uuid) {
        self.done(id, "hand_over", &json!({})).await;
    }

    pub async fn count(&self, sql: &str, values: Vec<SqlValue>) -> i64 {
        self.db.count(sql, values).await
    }

    /// `state@revision` of an instance.
    pub async fn stands(&self, id: Uuid) -> String {
        let sql = "SELECT state || '@' || revision AS text FROM workflow_instance WHERE id = ?";
        self.db.texts(sql, vec![id.into()]).await.join(",")
    }

    /// Fires everything due, as a worker would; answers what became of each timer.
    pub async fn fire_due(&self) -> Vec<(String, Fired)> {
        let mut fired = vec![];
        for due in self.engine.due_timers(100).await.unwrap() {
            fired.push((due.name.clone(), self.engine.fire(&due).await.unwrap()));
        }
        fired
    }

    /// How many rows every table of the engine holds, to show that nothing was written.
    pub async fn everything(&self) -> Vec<(&'static str, i64)> {
        let tables = [
            "workflow_instance",
            "workflow_history",
            "task",
            "timer",
            "job",
            "idempotency_key",
            "policy_decision",
            "journal_entry",
            "posting",
            "audit_record",
            "toy",
        ];
        let mut counts = vec![];
        for table in tables {
            counts.push((table, self.count(&format!("SELECT count(*) FROM {table}"), vec![]).await));
        }
        counts
    }

    /// The texts of every fault that verification finds.
    pub async fn faults(&self) -> Vec<String> {
        replay::verify(&self.engine.db, &self.engine.registry).await.unwrap().faults.into_iter().map(|fault| fault.fault).collect()
    }
}
