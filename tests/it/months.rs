//! Random months from the first sesi to the closing: whatever is taught, adjusted, billed, paid, credited, given back or written off in
//! whatever order, the books balance, say what the documents say, and a closed month can be made again (SPEC 10).

mod rules;
mod step;

use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::sync::Mutex;
use step::{Step, World, step};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};

/// What stories on SQLite have led to so far, and how often.
static ENDS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
/// Where some of them must lead, or they prove nothing.
const MUST: [&str; 11] = [
    "billing_run DONE",
    "credit_note ISSUED",
    "honorarium PAID",
    "money_adjustment POSTED",
    "payment RECORDED",
    "period LOCKED",
    "refund SENT",
    "settlement_reversal DONE",
    "tagihan PAID",
    "tagihan PARTIALLY_PAID",
    "tagihan WRITTEN_OFF",
];
const ALL: &str = "SELECT workflow || ' ' || state AS text FROM workflow_instance UNION ALL SELECT 'tagihan ' || status FROM tagihan \
    UNION ALL SELECT 'honorarium ' || status FROM honorarium UNION ALL SELECT 'period ' || state FROM period";

async fn a_story(database: TestDb, steps: Vec<Step>) {
    let world = World::on(database).await;
    for (number, step) in steps.iter().enumerate() {
        step::play(&world, step).await;
        assert_eq!(rules::broken(&world.company).await, Vec::<String>::new(), "after step {number}, {step:?}");
    }
    assert_eq!(world.company.faults().await, Vec::<String>::new());
    assert_eq!(rules::unlike_their_closings(&world.company).await, Vec::<String>::new());
    if !world.company.db.is_postgres() {
        let ends = world.company.db.texts(ALL, vec![]).await;
        let mut seen = ENDS.lock().unwrap();
        ends.into_iter().for_each(|end| *seen.entry(end).or_default() += 1);
    }
}

fn stories(cases: u32, on: impl Fn(Vec<Step>)) {
    let cases = std::env::var("ALUR_STORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let told = runner.run(&vec(step(), 20..70), |steps| {
        on(steps);
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
}

mod random_months_balance_age_like_the_ledger_and_are_made_again_as_they_were_closed {
    use super::{ENDS, MUST, a_story, on_postgres, on_sqlite, stories};

    #[test]
    fn sqlite() {
        stories(14, |steps| on_sqlite(|database| a_story(database, steps)));
        let seen = ENDS.lock().unwrap();
        let never: Vec<_> = MUST.iter().filter(|end| !seen.contains_key(**end)).collect();
        assert!(never.is_empty(), "no story led to {never:?}, only to {seen:?}");
    }

    #[test]
    fn postgres() {
        stories(3, |steps| on_postgres(|database| a_story(database, steps)));
    }
}
