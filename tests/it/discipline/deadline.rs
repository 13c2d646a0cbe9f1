//! The end of the appeal window, with several processes at work on one database (SPEC FM-3).
//!
//! A process is an engine with a connection of its own. What came in by the last second wins while the timer may not fire
//! yet; when both are carried out at the same instant, exactly one of them is, and the other leaves a refusal or nothing.

use super::rules::broken;
use super::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use engine::execute::{Engine, Request, Silent, Target};
use engine::plan::AnyCommand;
use engine::policy::PolicyHost;
use engine::refusal::Halt;
use engine::timer::{Due, Fired};
use engine::view::Outcome;
use std::sync::Arc;
use std::time::Duration;
use tests::company::refused;
use tests::database::{Fixture, TestDb, on_postgres};
use uuid::Uuid;

const ROUNDS: u32 = 20;
/// From the last second on, a timer leaves those who are on their way so long.
const GRACE: TimeDelta = TimeDelta::seconds(60);
const WINDOW: TimeDelta = TimeDelta::days(14);
const APPEAL_CLOSES: &str = "appeal_closes";

/// Another process of the program, without a worker.
async fn process(world: &World) -> Engine {
    let db = engine::db::Db::connect(&world.company.db.url).await.unwrap();
    Engine::new(db, world.company.clock.clone(), Arc::new(workflows::registry()), Arc::new(PolicyHost::default()), Arc::new(Silent))
}

/// A claim that was rejected just now.
async fn rejected(world: &World, round: u32) -> Uuid {
    let tutor = world.tutors[round as usize % 3];
    let starts_at = world.company.now() + TimeDelta::hours(2);
    let sesi = world.approved(tutor, world.siswa[0], starts_at).await;
    world.left(sesi, 30).await;
    let claim = world.claimed(0, sesi, tutor).await;
    world.say(1, "fm_claim", claim, "reject").await;
    claim
}

/// An appeal that came in so long after the end of the window.
fn appeal(claim: Uuid, rejected_at: DateTime<Utc>, after_the_end: TimeDelta) -> Request {
    let command = AnyCommand::new("appeal").because("Surat dokter menyusul");
    Request { received_at: Some(rejected_at + WINDOW + after_the_end), ..Request::new("fm_claim", Target::Existing(claim), command, World::staff(0)) }
}

/// The timer that closes the window, of the claim or of its denda, when it is due.
async fn closing(engine: &Engine, id: Uuid, name: &str) -> Option<Due> {
    engine.due_timers(500).await.unwrap().into_iter().find(|due| due.instance_id == id && due.name == name)
}

async fn refusals(world: &World, claim: Uuid) -> i64 {
    let sql = "SELECT count(*) FROM audit_record WHERE entity_id = ? AND action = 'fm_claim.appeal.refused'";
    world.company.db.count(sql, vec![claim.into()]).await
}

async fn denda_of(world: &World, claim: Uuid) -> Uuid {
    let rows = world.company.db.rows("SELECT denda_id FROM fm_claim WHERE id = ?", vec![claim.into()]).await;
    rows[0].try_get("", "denda_id").unwrap()
}

async fn state(world: &World, claim: Uuid) -> String {
    world.company.db.texts("SELECT state AS text FROM workflow_instance WHERE id = ?", vec![claim.into()]).await.concat()
}

/// One of them came first, and all tell the same.
async fn one_won(world: &World, claim: Uuid, appealed: Result<Outcome, Halt>, (fired, of_denda): ([Fired; 2], Fired)) {
    let closed = fired.iter().filter(|one| **one == Fired::Done).count();
    let gone = fired.iter().filter(|one| **one == Fired::Gone).count();
    let stands = (state(world, claim).await, refusals(world, claim).await);
    match appealed {
        Ok(outcome) => {
            assert_eq!((outcome.state.as_str(), closed, gone, of_denda), ("PENDING_L2", 0, 2, Fired::Gone), "{fired:?}");
            assert_eq!(stands, ("PENDING_L2".into(), 0));
        }
        // The claim was closed before, or its denda was.
        Err(Halt::Refused(refusal)) => {
            assert!(["not_allowed", "appeal_window_closed"].contains(&refusal.code()), "{refusal:?}");
            assert_eq!((closed, gone), (1, 1), "{fired:?}");
            assert_eq!(stands, ("FINAL".into(), 1));
        }
        Err(Halt::Failed(failure)) => panic!("{failure:?}"),
    }
}

/// At the instant at which the timer is due, an appeal of the last second arrives as well.
async fn at_the_same_instant(database: TestDb) {
    let world = World::on(database).await;
    let (api, first, second) = (process(&world).await, process(&world).await, process(&world).await);
    for round in 0..ROUNDS {
        let claim = rejected(&world, round).await;
        let rejected_at = world.company.now();
        world.company.clock.set(rejected_at + WINDOW + GRACE);
        let due = closing(&api, claim, APPEAL_CLOSES).await.expect("the timer is due");
        let denda = closing(&api, denda_of(&world, claim).await, "contest_closes").await.expect("the timer of the denda is due");
        let asked = appeal(claim, rejected_at, TimeDelta::zero());
        let later = |wait: u32| tokio::time::sleep(Duration::from_micros(u64::from(wait)));
        let (appealed, one, other) = tokio::join!(
            async {
                later(round * 97 % 1_000).await;
                api.execute(&asked).await
            },
            async {
                later(round * 53 % 1_000).await;
                first.fire(&due).await.unwrap()
            },
            async {
                later(round * 71 % 1_000).await;
                let of_denda = second.fire(&denda).await.unwrap();
                (second.fire(&due).await.unwrap(), of_denda)
            },
        );
        one_won(&world, claim, appealed, ([one, other.0], other.1)).await;
        assert_eq!(broken(&world, false).await, Vec::<String>::new());
        world.drain().await;
    }
    assert_eq!(world.company.faults().await, Vec::<String>::new());
}

/// Carried out a little late, and still in time: no other process may close the window before.
async fn by_the_instant_it_came_in(database: TestDb) {
    let world = World::on(database).await;
    let (api, worker) = (process(&world).await, process(&world).await);
    for round in 0..ROUNDS {
        let in_time = rejected(&world, round).await;
        let rejected_at = world.company.now();
        let too_late = rejected(&world, round + 1).await;
        let again_at = world.company.now();
        world.company.clock.set(rejected_at + WINDOW + GRACE - TimeDelta::seconds(1));
        assert!(closing(&worker, in_time, APPEAL_CLOSES).await.is_none(), "nothing is closed before");
        let outcome = api.execute(&appeal(in_time, rejected_at, TimeDelta::zero())).await.unwrap();
        assert_eq!(outcome.state, "PENDING_L2");
        world.company.clock.set(again_at + WINDOW + TimeDelta::seconds(1));
        let (first, second) = (appeal(too_late, again_at, TimeDelta::seconds(1)), appeal(too_late, again_at, TimeDelta::seconds(2)));
        let (one, other) = tokio::join!(api.execute(&first), worker.execute(&second));
        for answer in [one, other] {
            assert_eq!(refused(answer).code(), "appeal_window_closed");
        }
        assert_eq!((state(&world, too_late).await.as_str(), refusals(&world, too_late).await), ("REJECTED", 2));
        world.company.clock.set(again_at + WINDOW + GRACE);
        let due = closing(&worker, too_late, APPEAL_CLOSES).await.expect("the timer is due");
        assert_eq!(worker.fire(&due).await.unwrap(), Fired::Done);
        assert_eq!(state(&world, too_late).await, "FINAL");
        world.drain().await;
    }
    assert_eq!(broken(&world, true).await, Vec::<String>::new());
    assert_eq!(world.company.faults().await, Vec::<String>::new());
}

#[test]
fn an_appeal_of_the_last_second_and_the_timer_at_one_instant_have_one_winner() {
    on_postgres(at_the_same_instant);
}

#[test]
fn an_appeal_counts_by_the_instant_it_came_in_whatever_other_processes_do() {
    on_postgres(by_the_instant_it_came_in);
}
