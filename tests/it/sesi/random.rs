//! Random months of a company: whatever happens, the ledger equals the settlements and nobody is stranded.

use chrono::TimeDelta;
use engine::plan::AnyCommand;
use engine::refusal::Halt;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use tests::company::{Company, Lesson};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Step {
    Request { minutes: i64, duration: i64, offline: bool, surcharge_rp: i64, north: f64 },
    Command { which: usize, name: &'static str, pick: usize, minutes: i64 },
    Wait { minutes: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    // The names that move a sesi on come more often than the rest.
    let names = prop::sample::select(vec![
        "approve",
        "approve",
        "approve",
        "start",
        "start",
        "report",
        "report",
        "confirm",
        "confirm",
        "validate",
        "validate",
        "send_back",
        "cancel",
        "cancel",
        "reschedule",
        "no_show_student",
        "no_show_tutor",
        "edit",
        "reject",
        "raise_sla",
    ]);
    prop_oneof![
        3 => (-600_i64..6_000, 1_i64..500, any::<bool>(), -1_i64..50_000, -3.0_f64..3.0)
            .prop_map(|(minutes, duration, offline, surcharge_rp, north)| Step::Request { minutes, duration, offline, surcharge_rp, north }),
        12 => (0_usize..1_000, names, 0_usize..3, -300_i64..6_000).prop_map(|(which, name, pick, minutes)| Step::Command { which, name, pick, minutes }),
        3 => (0_i64..400).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

fn body(company: &Company, name: &str, pick: usize, minutes: i64) -> Value {
    let (party, later) = (["SISWA", "TUTOR", "ADMIN"][pick], company.now() + TimeDelta::minutes(minutes));
    match name {
        "cancel" => json!({ "party": party }),
        "reschedule" => json!({ "initiator": party, "starts_at": later }),
        "edit" => json!({ "starts_at": later }),
        "report" if pick == 0 => json!({ "attendance": "LATE" }),
        "report" => Value::Object(company.report().body),
        _ => json!({}),
    }
}

async fn live(company: &Company, steps: Vec<Step>) {
    let mut known: Vec<Uuid> = vec![];
    for step in steps {
        let answer = match step {
            Step::Request { minutes, duration, offline, surcharge_rp, north } => {
                let lesson = company.lesson().at(company.now() + TimeDelta::minutes(minutes));
                let lesson = if offline { lesson.offline(north) } else { lesson };
                let lesson = Lesson { duration_minutes: duration, mode_surcharge_rp: Some(surcharge_rp), ..lesson };
                company.engine.execute(&lesson.request(company)).await
            }
            Step::Command { which, name, pick, minutes } => {
                let Some(id) = known.get(which % known.len().max(1)).copied() else { continue };
                let command = AnyCommand::with(name, &body(company, name, pick, minutes));
                company.send(id, if minutes % 9 == 0 { command } else { command.because("alasan") }).await
            }
            Step::Wait { minutes } => {
                company.clock.advance(TimeDelta::minutes(minutes));
                company.drain().await;
                continue;
            }
        };
        match answer {
            Ok(outcome) => {
                let ids = std::iter::once(outcome.id).chain(outcome.started.iter().map(|started| started.id));
                known.extend(ids.filter(|id| !known.contains(id)).collect::<Vec<_>>());
            }
            Err(Halt::Refused(_)) => {}
            Err(Halt::Failed(failure)) => panic!("{failure:?}"),
        }
    }
}

async fn a_month(database: TestDb, steps: Vec<Step>) {
    let company = Company::on(database).await;
    live(&company, steps).await;
    company.clock.advance(TimeDelta::days(40));
    company.drain().await;
    assert_eq!(company.faults().await, Vec::<String>::new());
    let overlapping = "SELECT count(*) FROM sesi a JOIN sesi b ON a.id <> b.id AND a.tutor_id = b.tutor_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at \
                       WHERE a.state IN ('APPROVED','IN_PROGRESS') AND b.state IN ('APPROVED','IN_PROGRESS')";
    assert_eq!(company.db.count(overlapping, vec![]).await, 0);
}

fn months(cases: u32, on: impl Fn(Vec<Step>)) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    runner
        .run(&vec(step(), 1..80), |steps| {
            on(steps);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

mod a_random_month_leaves_ledger_and_settlements_equal {
    use super::{a_month, months, on_postgres, on_sqlite};

    #[test]
    fn sqlite() {
        months(40, |steps| on_sqlite(|database| a_month(database, steps)));
    }

    #[test]
    fn postgres() {
        months(15, |steps| on_postgres(|database| a_month(database, steps)));
    }
}
