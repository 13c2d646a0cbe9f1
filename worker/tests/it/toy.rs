//! A workflow with nothing in it but what a worker meets: jobs, timers, commands that come back.

use chrono::{DateTime, Utc};
use engine::actor::Permission;
use engine::batch::Batch;
use engine::db::Tx;
use engine::definition::{CommandSpec, Definition, Field, FieldKind, TaskSpec, TimerSpec};
use engine::plan::{Effect, JobSpec, Plan};
use engine::refusal::{Failure, Halt, Rejected};
use engine::tags;
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

pub const USE: Permission = Permission("toy.use");
/// How many reports an instance takes.
pub const ENOUGH: i64 = 1_000;

tags! {
    pub enum State { Open => "OPEN", Closed => "CLOSED" }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Enqueues `jobs` jobs whose handler does `deed`; arms the bell for `due_at`.
    Start {
        deed: Option<String>,
        jobs: Option<i64>,
        max_attempts: Option<i64>,
        due_at: Option<DateTime<Utc>>,
    },
    /// What a job reports.
    Report {},
    /// What the bell fires.
    Ring {},
    Close {},
}

#[derive(Clone, Debug, PartialEq, FromQueryResult, Serialize, Deserialize)]
pub struct Record {
    pub reports: i64,
    pub rings: i64,
}

#[derive(Serialize, Deserialize)]
pub enum Change {
    Started,
    Reported,
    Rang,
    Closed,
}

pub enum Rejection {
    Enough,
}

impl From<Rejection> for Rejected {
    fn from(_: Rejection) -> Self {
        Rejected::new("enough")
    }
}

pub struct Toy;

impl Workflow for Toy {
    const NAME: &'static str = "toy";
    const VERSION: i64 = 1;
    type State = State;
    type Command = Command;
    type Rejection = Rejection;
    type Record = Record;
    type Facts = ();
    type Change = Change;

    fn definition() -> Definition {
        let start = vec![
            Field::new("deed", FieldKind::Text),
            Field::new("jobs", FieldKind::Integer),
            Field::new("max_attempts", FieldKind::Integer),
            Field::new("due_at", FieldKind::Instant),
        ];
        Definition {
            name: Self::NAME,
            version: Self::VERSION,
            states: Definition::states_of(&[State::Closed]),
            commands: vec![
                CommandSpec::by_person("start", USE).starts(State::Open).form(start),
                CommandSpec::by_system("report").edge(State::Open, State::Open),
                CommandSpec::by_system("ring").edge(State::Open, State::Open),
                CommandSpec::by_person("close", USE).edge(State::Open, State::Closed),
            ],
            tasks: vec![TaskSpec { name: "watch", permission: USE, commands: &["close"] }],
            timers: vec![TimerSpec { name: "bell", command: "ring" }],
            jobs: vec!["toy"],
        }
    }

    fn table() -> Table {
        Table::new("toy", &["reports", "rings"])
    }

    async fn facts<'a>(_: &'a Tx, _: Option<&'a Record>, _: &'a Command, _: Ctx<'a>) -> Result<(), Halt> {
        Ok(())
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Rejection>> {
        Ok(match case.command {
            Command::Start { deed, jobs, max_attempts, due_at } => {
                let (id, max_attempts) = (case.ctx.id, max_attempts.unwrap_or(3));
                let payload = json!({ "toy_id": id, "deed": deed });
                let jobs =
                    (0..jobs.unwrap_or(0)).map(|n| Effect::Enqueue(JobSpec { kind: "toy", key: format!("{id}/{n}"), payload: payload.clone(), max_attempts }));
                Plan::new(State::Open, Change::Started)
                    .effect(Effect::OpenTask { name: "watch", due_at: None })
                    .effects(jobs)
                    .effects(due_at.map(|due_at| Effect::ArmTimer { name: "bell", due_at }))
            }
            Command::Report {} if case.record.is_some_and(|record| record.reports >= ENOUGH) => return Err(Verdict::Rejected(Rejection::Enough)),
            Command::Report {} => Plan::new(State::Open, Change::Reported),
            Command::Ring {} => Plan::new(State::Open, Change::Rang),
            Command::Close {} => Plan::new(State::Closed, Change::Closed),
        })
    }

    fn apply(record: Option<Record>, change: &Change) -> Result<Record, Failure> {
        let record = record.unwrap_or(Record { reports: 0, rings: 0 });
        Ok(match change {
            Change::Started | Change::Closed => record,
            Change::Reported => Record { reports: record.reports + 1, ..record },
            Change::Rang => Record { rings: record.rings + 1, ..record },
        })
    }

    fn describe(_: &Record, _: &(), before: Option<&Subject>) -> Subject {
        before.cloned().unwrap_or_else(|| Subject { code: format!("TOY-{}", Uuid::now_v7()), label: "toy".into(), amount_rp: None })
    }

    fn store(ctx: Ctx<'_>, _: State, before: Option<&Record>, after: &Record, _: &Change, batch: &mut Batch) {
        if before.is_some() {
            batch.push("UPDATE toy SET reports = ?, rings = ? WHERE id = ?", vec![after.reports.into(), after.rings.into(), ctx.id.into()]);
        } else {
            batch.push("INSERT INTO toy (id, reports, rings) VALUES (?, 0, 0)", vec![ctx.id.into()]);
        }
    }
}
