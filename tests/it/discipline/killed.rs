//! Killed inside the cascade of an OVERTURN, again and again: each happens as a whole, or not at all, and once.
//!
//! An OVERTURN reaches the denda, the strike, and what that strike has led to: a suspension that somebody already wants
//! lifted, or the final settlement of a tutor who has left since. Clients send each under one key until it is answered,
//! and then once more.

use super::rules::broken;
use super::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use engine::clock::{Clock, SystemClock};
use engine::plan::AnyCommand;
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};
use std::time::Duration;
use tests::browser::Browser;
use tests::database::{Fixture, TestDb, on_postgres, on_sqlite};
use tests::program::Home;
use uuid::Uuid;

/// Cases of each of the two kinds.
const EACH: usize = 8;
const CLIENTS: usize = 4;
/// The longest first life of the program after its start, in milliseconds: an OVERTURN or two on a machine at rest.
const LIFE: u64 = 25;
/// Each life may last so much longer than the one before: a slow machine comes to an end as well.
const LONGER: u64 = 6;
const BETWEEN: Duration = Duration::from_millis(10);

/// A claim that waits for its second review, and what its OVERTURN reaches.
#[derive(Clone, Debug)]
struct Appealed {
    claim: Uuid,
    denda: Uuid,
    strike: Uuid,
    tutor: Uuid,
    rest: Rest,
}

#[derive(Clone, Copy, Debug)]
enum Rest {
    Suspended { suspension: Uuid, reactivation: Uuid },
    Left { termination: Uuid },
}

/// Two sesi of a tutor of their own that they left; the claim is about the second.
async fn left_twice(world: &World, first_at: DateTime<Utc>) -> (Uuid, Uuid, Uuid, Uuid) {
    let (tutor, siswa) = (world.company.new_tutor("JKT").await, world.company.new_siswa("JKT").await);
    let first = world.approved(tutor, siswa, first_at).await;
    let second = world.approved(tutor, siswa, first_at + TimeDelta::hours(3)).await;
    world.left(first, 20).await;
    let (denda, strike) = world.left(second, 20).await;
    (tutor, second, denda, strike)
}

async fn rejected(world: &World, sesi: Uuid, tutor: Uuid) -> Uuid {
    let claim = world.claimed(0, sesi, tutor).await;
    world.say(1, "fm_claim", claim, "reject").await;
    claim
}

/// The second strike led to a suspension, and a reactivation is asked for.
async fn suspended(world: &World, first_at: DateTime<Utc>) -> Appealed {
    let (tutor, sesi, denda, strike) = left_twice(world, first_at).await;
    let confirmed = world.say(1, "strike", strike, "confirm_sanction").await;
    let suspension = confirmed.started.iter().find(|one| one.workflow == "suspension").unwrap().id;
    let asked = AnyCommand::with("request", &json!({ "tutor_id": tutor })).because("sudah sehat");
    let reactivation = world.give(0, "reactivation", world.fresh(), asked).await.id;
    let claim = rejected(world, sesi, tutor).await;
    world.say(0, "fm_claim", claim, "appeal").await;
    Appealed { claim, denda, strike, tutor, rest: Rest::Suspended { suspension, reactivation } }
}

/// The second strike led to the end, and the denda is in the final settlement.
async fn gone(world: &World, first_at: DateTime<Utc>) -> Appealed {
    let (tutor, sesi, denda, strike) = left_twice(world, first_at).await;
    let claim = rejected(world, sesi, tutor).await;
    let end = AnyCommand::with("decide", &json!({ "tutor_id": tutor, "strike_id": strike })).because("tidak dapat diandalkan");
    let termination = world.give(1, "termination", world.fresh(), end).await.id;
    world.drain().await;
    world.say(0, "fm_claim", claim, "appeal").await;
    Appealed { claim, denda, strike, tutor, rest: Rest::Left { termination } }
}

/// All of them, yesterday: the program's clock is the machine's.
async fn prepared(world: &World) -> Vec<Appealed> {
    let begin = SystemClock.now() - TimeDelta::hours(40);
    world.company.clock.set(begin);
    let mut all = vec![];
    for _ in 0..EACH {
        let first_at = world.company.now() + TimeDelta::hours(1);
        all.push(suspended(world, first_at).await);
        world.company.clock.set(begin);
        all.push(gone(world, first_at).await);
        world.company.clock.set(begin);
    }
    all
}

async fn overturn(browser: &Browser, claim: Uuid) {
    let (path, key) = (format!("/api/v1/workflows/fm_claim/{claim}/commands/overturn"), Uuid::new_v4().to_string());
    let body = json!({ "reason": "Surat dokter dari rumah sakit" });
    let first = insist(browser, &path, &body, &key).await;
    let again = insist(browser, &path, &body, &key).await;
    assert_eq!((&first["state"], &first["revision"]), (&again["state"], &again["revision"]));
    assert_eq!((&first["state"], &again["repeated"]), (&json!("OVERTURNED"), &json!(true)));
}

/// Until it is answered; what was acknowledged is never lost.
async fn insist(browser: &Browser, path: &str, body: &Value, key: &str) -> Value {
    loop {
        match browser.try_post(path, body, key).await {
            Ok(answer) if answer.status < 300 => return answer.body,
            Ok(answer) => assert_eq!(answer.status, 503, "{path}: {answer:?}"),
            Err(_) => tokio::time::sleep(BETWEEN).await,
        }
    }
}

async fn survives(database: TestDb) {
    let world = World::on(database).await;
    let all = prepared(&world).await;
    assert_eq!(broken(&world, true).await, Vec::<String>::new());
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&world.company.db.url, folder.path());
    let browser = Browser::new(&home.url());
    let mut program = home.serve();
    program.ready(&browser).await;
    let browser = browser.sign_in(&program.first_link()).await;
    let mut working = vec![];
    for part in all.chunks(all.len().div_ceil(CLIENTS)) {
        let (browser, part) = (browser.clone(), part.to_vec());
        working.push(tokio::spawn(async move {
            for one in part {
                overturn(&browser, one.claim).await;
            }
        }));
    }
    let mut chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut kills: u64 = 0;
    while working.iter().any(|client| !client.is_finished()) {
        tokio::time::sleep(Duration::from_millis(chance.next_u64() % (LIFE + LONGER * kills))).await;
        program.kill();
        kills += 1;
        program = home.serve();
        program.ready(&browser).await;
    }
    for client in working {
        client.await.unwrap();
    }
    assert!(kills > 1, "hardly ever killed: {kills}");
    program.kill();
    for one in &all {
        whole(&world, one).await;
    }
    world.company.clock.set(SystemClock.now());
    assert_eq!(broken(&world, false).await, Vec::<String>::new());
    assert_eq!(world.company.faults().await, Vec::<String>::new());
    // Ids never go back within a process, and other tests here live in years to come: the order of the audit by ids says
    // nothing of what two processes wrote.
    for check in [["workflow", "verify", "--json"], ["ledger", "check", "--json"]] {
        let output = home.run(&check);
        assert!(output.status.success(), "{check:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

/// Everything the OVERTURN reaches has been reached, each by one step.
async fn whole(world: &World, one: &Appealed) {
    let steps = async |id: Uuid, command: &str| {
        world.company.db.count("SELECT count(*) FROM workflow_history WHERE instance_id = ? AND command = ?", vec![id.into(), command.into()]).await
    };
    let reached = [(one.claim, "overturn"), (one.denda, "reverse"), (one.strike, "revoke_by_fm")];
    let led_to = match one.rest {
        Rest::Suspended { suspension, reactivation } => [(suspension, "lift"), (reactivation, "moot")],
        Rest::Left { termination } => [(termination, "revise_settlement"), (termination, "ground_fell")],
    };
    for (id, command) in reached.into_iter().chain(led_to) {
        assert_eq!(steps(id, command).await, 1, "{command} of {one:?}");
    }
    let reversed = "SELECT count(*) FROM journal_entry e JOIN journal_entry o ON o.id = e.reverses_id WHERE e.instance_id = ? AND o.instance_id = ?";
    assert_eq!(world.company.db.count(reversed, vec![one.denda.into(), one.denda.into()]).await, 1, "{one:?}");
    let status = world.company.db.texts("SELECT status AS text FROM tutor WHERE id = ?", vec![one.tutor.into()]).await.concat();
    let expected = if matches!(one.rest, Rest::Left { .. }) { "TERMINATED" } else { "ACTIVE" };
    assert_eq!(status, expected, "{one:?}");
}

mod an_overturn_that_is_killed_in_the_middle_reaches_everything_or_nothing {
    use super::{on_postgres, on_sqlite, survives};

    #[test]
    fn sqlite() {
        on_sqlite(survives);
    }

    #[test]
    fn postgres() {
        on_postgres(survives);
    }
}
