//! Instances of an older definition are carried over by an explicit step, and their history still replays.

use super::rig::{Rig, broken_rule, command, worker};
use super::toy::{Record, Rejection, WORK};
use engine::batch::Batch;
use engine::boot;
use engine::db::Tx;
use engine::definition::{CommandSpec, Definition, TaskSpec};
use engine::execute::{Engine, Request, Silent, Target};
use engine::plan::{Effect, Plan};
use engine::refusal::{Failure, Halt};
use engine::registry::Registry;
use engine::replay;
use engine::workflow::{Case, Ctx, PlanOf, Subject, Table, Verdict, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::both_databases;

engine::tags! {
    /// REVIEW is CHECKING now, WAITING is gone.
    pub enum State { Open => "OPEN", Checking => "CHECKING", Done => "DONE" }
}

#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Finish,
}

/// `paid` says `rp` now; what else a toy lived through leaves no trace in its record.
#[derive(Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Opened { record: Record },
    Paid { rp: i64 },
    Titled { title: String },
    Nothing,
}

/// The toy of the next release, which carries over what is of version `FROM` or later.
struct Later<const FROM: i64>;

impl<const FROM: i64> Workflow for Later<FROM> {
    const NAME: &'static str = "toy";
    const VERSION: i64 = 2;
    const MIGRATES_FROM: i64 = FROM;
    type State = State;
    type Command = Command;
    type Rejection = Rejection;
    type Record = Record;
    type Facts = ();
    type Change = Change;

    fn definition() -> Definition {
        Definition {
            name: "toy",
            version: 2,
            states: Definition::states_of(&[State::Done]),
            commands: vec![CommandSpec::by_person("finish", WORK).edge(State::Checking, State::Done)],
            tasks: vec![TaskSpec { name: "check", permission: WORK, commands: &["finish"] }],
            timers: vec![],
            jobs: vec![],
        }
    }

    fn table() -> Table {
        super::toy::Toy::table()
    }

    async fn facts<'a>(_: &'a Tx, _: Option<&'a Record>, _: &'a Command, _: Ctx<'a>) -> Result<(), Halt> {
        Ok(())
    }

    fn decide(case: &Case<'_, Self>) -> Result<PlanOf<Self>, Verdict<Rejection>> {
        let Command::Finish = case.command;
        Ok(Plan::new(State::Done, Change::Nothing))
    }

    fn apply(record: Option<Record>, change: &Change) -> Result<Record, Failure> {
        let record = match (record, change) {
            (_, Change::Opened { record }) => return Ok(record.clone()),
            (Some(record), _) => record,
            (None, _) => return Err(Failure::Broken { workflow: "toy".into(), rule: "a change came before the opening".into() }),
        };
        Ok(match change {
            Change::Paid { rp } => Record { paid_rp: record.paid_rp + rp, ..record },
            Change::Titled { title } => Record { heard: Some(title.clone()), ..record },
            Change::Opened { .. } | Change::Nothing => record,
        })
    }

    fn describe(record: &Record, (): &(), _: Option<&Subject>) -> Subject {
        Subject { code: format!("TOY-{}", record.id.simple()), label: record.title.clone(), amount_rp: Some(record.paid_rp) }
    }

    fn migrate(from: i64, state: &str, record: &Record, _: Ctx<'_>) -> Option<PlanOf<Self>> {
        let step = Plan::new(State::Checking, Change::Titled { title: format!("{} of version {from}", record.title) });
        let step = step.effect(Effect::OpenTask { name: "check", due_at: None });
        match state {
            "OPEN" => Some(step.effects([Effect::CloseTask("work"), Effect::DisarmTimer("reminder"), Effect::DisarmTimer("pulse")])),
            "REVIEW" => Some(step.effect(Effect::CloseTask("review"))),
            _ => None,
        }
    }

    fn upcast(_: i64, change: Value) -> Value {
        match change["change"].as_str() {
            Some("paid") => json!({ "change": "paid", "rp": change["amount_rp"] }),
            Some("beaten" | "heard") => json!({ "change": "nothing" }),
            _ => change,
        }
    }

    fn store(_: Ctx<'_>, _: State, _: Option<&Record>, after: &Record, _: &Change, batch: &mut Batch) {
        batch.push("UPDATE toy SET paid_rp = ?, heard = ? WHERE id = ?", vec![after.paid_rp.into(), after.heard.clone().into(), after.id.into()]);
    }
}

/// The next release on the same database.
fn next_release(rig: &Rig) -> Engine {
    let registry = Arc::new(Registry::new().with::<Later<1>>());
    Engine::new(rig.engine.db.clone(), rig.engine.clock.clone(), registry, rig.engine.policies.clone(), Arc::new(Silent))
}

async fn faults(engine: &Engine) -> Vec<String> {
    replay::verify(&engine.db, &engine.registry).await.unwrap().faults.into_iter().map(|fault| fault.fault).collect()
}

both_databases! {
    async fn live_instances_are_carried_over_by_a_step_of_their_history(rig: Rig) {
        let (open, review, done) = (rig.open().await, rig.open().await, rig.open().await);
        rig.done(open, "pay", &json!({ "amount_rp": 500 })).await;
        rig.hand_over(review).await;
        rig.done(done, "finish", &json!({})).await;
        let next = next_release(rig);
        assert_eq!(boot::stranded(&next.db, &next.registry, &["look"], &["toy"]).await.unwrap(), []);
        let finish = |id| Request::new("toy", Target::Existing(id), command("finish", &json!({})), worker());
        assert!(broken_rule(next.execute(&finish(review)).await).contains("of version 1, this program knows 2"));

        assert_eq!(next.older_instances().await.unwrap(), 2);
        assert_eq!((next.migrate_instances().await.unwrap(), next.migrate_instances().await.unwrap()), (2, 0));
        assert_eq!((rig.stands(open).await.as_str(), rig.stands(review).await.as_str(), rig.stands(done).await.as_str()), ("CHECKING@3", "CHECKING@3", "DONE@2"));
        assert_eq!(faults(&next).await, Vec::<String>::new(), "what version 1 wrote still replays");
        let open_tasks = "SELECT name AS text FROM task WHERE state = 'OPEN' AND instance_id = ?";
        assert_eq!(rig.db.texts(open_tasks, vec![open.into()]).await, ["check"]);
        assert_eq!(rig.count("SELECT count(*) FROM timer WHERE state = 'ARMED' AND instance_id = ?", vec![open.into()]).await, 0);
        assert_eq!(rig.count("SELECT count(*) FROM audit_record WHERE action = 'toy.migrate'", vec![]).await, 2);

        assert!(broken_rule(rig.send(open, "pay", &json!({ "amount_rp": 1 })).await).contains("of version 2, this program knows 1"), "the old program keeps its hands off");
        assert_eq!(next.execute(&finish(open)).await.unwrap().state, "DONE");
        assert_eq!(faults(&next).await, Vec::<String>::new());
    }

    async fn an_instance_without_a_way_stops_the_start_and_is_named(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "wait", &json!({})).await;
        let next = next_release(rig);
        let failure = next.migrate_instances().await.unwrap_err().to_string();
        assert!(failure.contains(&id.to_string()) && failure.contains("WAITING of version 1 has no way to version 2"), "{failure}");
        let without = Registry::new().with::<Later<2>>();
        let stranded: Vec<String> = boot::stranded(&next.db, &without, &["look"], &["toy"]).await.unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(stranded, ["definition version toy v1 (1 live)", "definition version toy v1 (1 live)"]);
    }

    async fn two_processes_that_start_at_once_carry_each_instance_over_once(rig: Rig) {
        for _ in 0..12 {
            rig.open().await;
        }
        let both = [next_release(rig), next_release(rig)].map(|next| tokio::spawn(async move { next.migrate_instances().await.unwrap() }));
        let carried: u64 = futures::future::join_all(both).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(carried, 12);
        assert_eq!(rig.count("SELECT count(*) FROM workflow_history WHERE command = 'migrate'", vec![]).await, 12);
        assert_eq!(faults(&next_release(rig)).await, Vec::<String>::new());
    }
}
