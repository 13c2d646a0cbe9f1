//! Random lives of toys: nothing panics, the ledger balances, nobody is stranded, replay equals state.

use super::rig::{Rig, person};
use super::toy::{HANDLE, REVIEW, WORK};
use engine::batch::Batch;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::job::Failed;
use engine::plan::AnyCommand;
use engine::refusal::{Failure, Halt};
use engine::view::Outcome;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use uuid::Uuid;

/// One thing that happens; numbers pick among what is there.
#[derive(Clone, Debug)]
enum Step {
    Open { title: &'static str, nest: i64 },
    Command { which: usize, name: &'static str, number: i64, actor: u128, key: Option<u8> },
    Wait { minutes: i64 },
    Work { fails: bool },
}

const RULES: [&str; 8] = ["edge", "task", "timer", "job", "obligation", "balance", "account", "none"];

fn step() -> impl Strategy<Value = Step> {
    let names = prop::sample::select(vec![
        "pay",
        "finish",
        "hand_over",
        "accept",
        "refuse",
        "drop",
        "snooze",
        "quiet",
        "enlist",
        "spawn",
        "tell",
        "hear",
        "break",
        "find",
        "remind",
        "fly",
    ]);
    let command = (any::<prop::sample::Index>(), names, -5_i64..600_000, 1_u128..4, prop::option::of(0_u8..6));
    prop_oneof![
        2 => (prop::sample::select(vec!["toy", "bad", "odd", ""]), -1_i64..7).prop_map(|(title, nest)| Step::Open { title, nest }),
        10 => command.prop_map(|(which, name, number, actor, key)| Step::Command { which: which.index(1_000), name, number, actor, key }),
        2 => (0_i64..300).prop_map(|minutes| Step::Wait { minutes }),
        2 => any::<bool>().prop_map(|fails| Step::Work { fails }),
    ]
}

/// A body that fits most commands; a field too many is refused, which is a way to be wrong as well.
fn body(name: &str, number: i64, other: Uuid) -> AnyCommand {
    let body = match name {
        "pay" => json!({ "amount_rp": number }),
        "snooze" => json!({ "hours": number % 120 }),
        "enlist" => json!({ "key": format!("k{}", number % 7) }),
        "spawn" => json!({ "title": if number % 5 == 0 { "bad" } else { "child" } }),
        "tell" => json!({ "to": other, "text": "hello" }),
        "hear" => json!({ "text": "hello" }),
        "find" => json!({ "finding": "x" }),
        "break" => json!({ "rule": RULES[usize::try_from(number.rem_euclid(8)).unwrap()] }),
        _ => json!({}),
    };
    let command = AnyCommand::with(name, &body);
    if number % 4 == 0 { command } else { command.because("a reason") }
}

async fn live(rig: &Rig, steps: Vec<Step>) {
    let mut known: Vec<Uuid> = vec![];
    for step in steps {
        match step {
            Step::Open { title, nest } => {
                let command = AnyCommand::with("open", &json!({ "title": title, "nest": nest }));
                let request = Request::new("toy", Target::New(new_id(rig.now())), command, person(1, &[WORK]));
                if let Ok(outcome) = rig.engine.execute(&request).await {
                    known.push(outcome.id);
                    known.extend(outcome.started.iter().map(|started| started.id));
                }
            }
            Step::Command { which, name, number, actor, key } => {
                let Some(id) = known.get(which % known.len().max(1)).copied() else { continue };
                let other = known[(which + 1) % known.len()];
                let permissions: &[_] = if actor == 3 { &[REVIEW] } else { &[WORK, REVIEW, HANDLE] };
                let mut request = Request::new("toy", Target::Existing(id), body(name, number, other), person(actor, permissions));
                request.idempotency_key = key.map(|key| format!("k{key}"));
                let answer = rig.engine.execute(&request).await;
                assert!(is_fine(&answer), "{name}: {answer:?}");
                if let Ok(outcome) = answer {
                    known.extend(outcome.started.iter().map(|started| started.id).filter(|id| !known.contains(id)).collect::<Vec<_>>());
                }
            }
            Step::Wait { minutes } => {
                rig.clock.advance(chrono::TimeDelta::minutes(minutes));
                rig.fire_due().await;
            }
            Step::Work { fails } => work(rig, fails).await,
        }
    }
}

/// Done, refused, or stopped by a rule that the toy broke on purpose; never a failure of the machine.
fn is_fine(answer: &Result<Outcome, Halt>) -> bool {
    match answer {
        Ok(_) | Err(Halt::Refused(_) | Halt::Failed(Failure::Broken { .. })) => true,
        // The plan named an account that does not exist.
        Err(Halt::Failed(failure)) => failure.db_text().is_some_and(|text| text.to_lowercase().contains("foreign key")),
    }
}

/// Carries out what is due, or fails at it; a dead letter is retried by a person.
async fn work(rig: &Rig, fails: bool) {
    for job in rig.engine.overdue_jobs(chrono::TimeDelta::zero(), 50).await.unwrap() {
        let Some(claimed) = rig.engine.claim_job(job.id).await.unwrap() else { continue };
        if !fails {
            // Not ours any more when another life has moved the clock past the lease.
            let _ = rig.engine.job_done(&claimed, json!({}), Batch::default()).await.unwrap();
        } else if rig.engine.job_failed(&claimed, "no luck").await.unwrap() == Failed::Dead {
            rig.engine.retry_job(claimed.id, &person(1, &[HANDLE])).await.unwrap();
        }
    }
}

async fn sound(rig: &Rig) {
    assert_eq!(rig.faults().await, Vec::<String>::new());
    assert_eq!(rig.count("SELECT sum(amount_rp) FROM posting", vec![]).await, 0);
    assert_eq!(rig.count("SELECT count(*) FROM journal_entry e WHERE (SELECT sum(amount_rp) FROM posting p WHERE p.entry_id = e.id) <> 0", vec![]).await, 0);
    let earned = rig.count("SELECT -sum(amount_rp) FROM posting WHERE account = '4100'", vec![]).await;
    assert_eq!(earned, rig.count("SELECT sum(paid_rp) FROM toy", vec![]).await);
    assert_eq!(
        rig.count("SELECT count(*) FROM workflow_instance WHERE terminal AND id IN (SELECT instance_id FROM task WHERE state = 'OPEN')", vec![]).await,
        0
    );
}

fn lives(cases: u32, on: impl Fn(Vec<Step>)) {
    // A seed of its own per process would make a failure hard to repeat.
    let mut runner = TestRunner::new_with_rng(
        Config { cases, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&vec(step(), 1..60), |steps| {
            on(steps);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

async fn a_life(database: TestDb, steps: Vec<Step>) {
    let rig = Rig::on(database).await;
    live(&rig, steps).await;
    sound(&rig).await;
}

mod a_random_life_leaves_everything_sound {
    use super::{a_life, lives, on_postgres, on_sqlite};

    #[test]
    fn sqlite() {
        lives(60, |steps| on_sqlite(|database| a_life(database, steps)));
    }

    #[test]
    fn postgres() {
        lives(25, |steps| on_postgres(|database| a_life(database, steps)));
    }
}

tests::both_databases! {
    async fn many_random_lives_at_once_leave_everything_sound(rig: Rig) {
        let rig = std::sync::Arc::new(rig.clone());
        let mut runner = TestRunner::deterministic();
        let lives: Vec<Vec<Step>> = (0..8).map(|_| proptest::strategy::ValueTree::current(&vec(step(), 40..60).new_tree(&mut runner).unwrap())).collect();
        let running = lives.into_iter().map(|steps| {
            let rig = rig.clone();
            tokio::spawn(async move { live(&rig, steps).await })
        });
        for life in futures::future::join_all(running).await {
            life.unwrap();
        }
        sound(&rig).await;
    }
}
