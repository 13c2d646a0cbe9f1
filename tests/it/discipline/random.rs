//! Random stories of tutors who leave sesi, claim, appeal, are suspended and leave: every rule holds after every step.

use super::rules::broken;
use super::step::{Step, play, step};
use super::world::World;
use chrono::TimeDelta;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tests::both_databases;
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};

/// How often the whole of history and books is looked through on the way.
const NOW_AND_THEN: usize = 25;
/// Strikes decay, windows close.
const LONG: TimeDelta = TimeDelta::days(120);

/// Where stories on SQLite have led so far, and how often.
static ENDS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());
/// Where some of them must lead, or they prove nothing.
const MUST: [&str; 15] = [
    "denda FINAL",
    "denda REVERSED",
    "fm_claim APPROVED",
    "fm_claim FINAL",
    "fm_claim OVERTURNED",
    "fm_claim UPHELD",
    "fm_claim WITHDRAWN",
    "override APPLIED",
    "reactivation APPROVED",
    "strike DECAYED",
    "strike REVOKED",
    "suspension CLOSED",
    "suspension ENDED",
    "suspension LIFTED",
    "termination ARCHIVED",
];

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
    if !world.company.db.is_postgres() {
        let ends = world.company.db.texts("SELECT workflow || ' ' || state AS text FROM workflow_instance", vec![]).await;
        let mut seen = ENDS.lock().unwrap();
        ends.into_iter().for_each(|end| *seen.entry(end).or_default() += 1);
    }
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
    use super::{ENDS, MUST, a_story, on_postgres, on_sqlite, stories};

    #[test]
    fn sqlite() {
        stories(40, |steps| on_sqlite(|database| a_story(database, steps)));
        let seen = ENDS.lock().unwrap();
        let never: Vec<_> = MUST.iter().filter(|end| !seen.contains_key(**end)).collect();
        assert!(never.is_empty(), "no story led to {never:?}, only to {seen:?}");
    }

    #[test]
    fn postgres() {
        stories(8, |steps| on_postgres(|database| a_story(database, steps)));
    }
}

both_databases! {
    /// Each tampering, and the beginning of what is said about it.
    async fn what_breaks_a_rule_is_named(world: World) {
        let starts_at = world.company.now() + TimeDelta::hours(3);
        let sesi = world.approved(world.tutors[0], world.siswa[0], starts_at).await;
        let (denda, strike) = world.left(sesi, 30).await;
        assert_eq!(broken(world, true).await, Vec::<String>::new());
        let tutor = world.tutors[0];
        for (id, set, back, said) in [
            (tutor, "tutor SET status = 'SUSPENDED'", "tutor SET status = 'ACTIVE'", "a tutor is SUSPENDED without"),
            (tutor, "tutor SET status = 'TERMINATED'", "tutor SET status = 'ACTIVE'", "a tutor is TERMINATED without"),
            (denda, "denda SET status = 'HELD'", "denda SET status = 'APPLIED'", "a denda is held for no claim"),
            (denda, "denda SET status = 'REVERSED'", "denda SET status = 'APPLIED'", "a denda is reversed without its one entry"),
            (strike, "strike SET status = 'HELD'", "strike SET status = 'LIVE'", "a strike is held for no claim"),
            (strike, "strike SET proposed = 'NONE'", "strike SET proposed = 'WARNING'", "less is proposed than"),
        ] {
            world.company.db.run(&format!("UPDATE {set} WHERE id = ?"), vec![id.into()]).await;
            let found = broken(world, true).await;
            assert!(found.iter().any(|one| one.starts_with(said)), "{set}: {found:?}");
            world.company.db.run(&format!("UPDATE {back} WHERE id = ?"), vec![id.into()]).await;
        }
        assert_eq!(broken(world, true).await, Vec::<String>::new());
    }
}
