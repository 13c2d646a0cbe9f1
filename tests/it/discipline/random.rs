//! Random stories of tutors who leave sesi, claim, appeal, are suspended and leave: every rule holds after every step.

use super::rules::broken;
use super::step::{Step, play, step};
use super::world::World;
use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};

/// How often the whole of history and books is looked through on the way.
const NOW_AND_THEN: usize = 25;
/// Strikes decay, windows close.
const LONG: TimeDelta = TimeDelta::days(120);

async fn a_story(database: TestDb, steps: Vec<Step>) {
    let world = World::on(database).await;
    for (number, step) in steps.iter().enumerate() {
        play(&world, step).await;
        let fired = !matches!(step, Step::WaitAsleep { .. });
        assert_eq!(broken(&world, fired).await, Vec::<String>::new(), "after step {number}, {step:?}");
        if number % NOW_AND_THEN == NOW_AND_THEN - 1 {
            assert_eq!(world.company.faults().await, Vec::<String>::new(), "after step {number}, {step:?}");
        }
    }
    world.pass_until(world.company.now() + LONG).await;
    assert_eq!(broken(&world, true).await, Vec::<String>::new());
    assert_eq!(world.company.faults().await, Vec::<String>::new());
    let left = "SELECT count(*) FROM denda d JOIN workflow_instance i ON i.id = d.id WHERE NOT i.terminal \
                AND NOT EXISTS (SELECT 1 FROM fm_claim c JOIN workflow_instance j ON j.id = c.id WHERE c.denda_id = d.id AND NOT j.terminal)";
    assert_eq!(world.company.db.count(left, vec![]).await, 0, "a denda that nobody contests is final in the end");
}

fn stories(cases: u32, on: impl Fn(Vec<Step>)) {
    let cases = std::env::var("ALUR_STORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let told = runner.run(&vec(step(), 1..90), |steps| {
        on(steps);
        Ok(())
    });
    told.unwrap_or_else(|error| panic!("{error}"));
}

mod a_random_story_keeps_every_rule_of_discipline {
    use super::{a_story, on_postgres, on_sqlite, stories};

    #[test]
    fn sqlite() {
        stories(25, |steps| on_sqlite(|database| a_story(database, steps)));
    }

    #[test]
    fn postgres() {
        stories(8, |steps| on_postgres(|database| a_story(database, steps)));
    }
}
