//! Commands that share a transaction: each is still all or nothing, and none pays for another.

use super::rig::{Rig, broken_rule, command, refusal};
use engine::db::Db;
use engine::execute::Engine;
use engine::refusal::{Failure, Halt};
use engine::timer::Fired;
use serde_json::json;
use std::time::Duration;
use tests::both_databases;
use tests::proxy::{Cut, Proxy};

both_databases! {
    async fn a_refused_command_does_not_disturb_those_before_and_after_it(rig: Rig) {
        let (one, other) = (rig.open().await, rig.open().await);
        let pay = |id| rig.request(id, "pay", &json!({ "amount_rp": 500 }));
        let spawn = rig.request(one, "spawn", &json!({ "title": "child" }));
        let mut answers = rig.engine.execute_together(&[pay(one), rig.opening("bad"), pay(other), pay(one), spawn]).await.into_iter();
        assert_eq!(answers.next().unwrap().unwrap().revision, 2);
        assert_eq!(refusal(answers.next().unwrap()).code(), "bad_title");
        assert_eq!(answers.next().unwrap().unwrap().revision, 2);
        assert_eq!(answers.next().unwrap().unwrap().revision, 3, "it sees what came before it");
        assert_eq!(answers.next().unwrap().unwrap().started.len(), 1);
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn what_fails_after_it_has_written_takes_only_itself_along(rig: Rig) {
        let (one, other) = (rig.open().await, rig.open().await);
        let pay = |id| rig.request(id, "pay", &json!({ "amount_rp": 500 }));
        for (name, body) in [("spawn", json!({ "title": "bad" })), ("break", json!({ "rule": "account" })), ("break", json!({ "rule": "panic" }))] {
            let before = (rig.stands(one).await, rig.stands(other).await);
            let answers = rig.engine.execute_together(&[pay(one), rig.request(other, name, &body), pay(other)]).await;
            let passed: Vec<bool> = answers.iter().map(Result::is_ok).collect();
            assert_eq!(passed, [true, false, true], "{name} {body}: {answers:?}");
            assert_ne!((rig.stands(one).await, rig.stands(other).await), before);
        }
        assert_eq!((rig.stands(one).await.as_str(), rig.stands(other).await.as_str()), ("OPEN@4", "OPEN@4"));
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn one_key_twice_in_a_group_has_one_effect(rig: Rig) {
        let id = rig.open().await;
        let mut keyed = rig.request(id, "pay", &json!({ "amount_rp": 500 }));
        keyed.idempotency_key = Some("once".into());
        let answers = rig.engine.execute_together(&[keyed.clone(), keyed]).await;
        let repeated: Vec<bool> = answers.into_iter().map(|answer| answer.unwrap().repeated).collect();
        assert_eq!((repeated, rig.stands(id).await.as_str()), (vec![false, true], "OPEN@2"));
    }

    async fn due_timers_fire_together_and_a_refused_one_is_recorded(rig: Rig) {
        let ids = [rig.open().await, rig.open().await, rig.open().await];
        rig.advance_hours(1);
        let mut due = rig.engine.due_timers(10).await.unwrap();
        assert_eq!(due.len(), 3);
        due[1].command = command("hear", &json!({ "text": "not for timers" }));
        let fired: Vec<Fired> = rig.engine.fire_together(&due).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(fired, [Fired::Done, Fired::Refused("wrong_actor".into()), Fired::Done]);
        assert!(rig.engine.due_timers(10).await.unwrap().is_empty());
        let again: Vec<Fired> = rig.engine.fire_together(&due).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(again, [Fired::Gone, Fired::Gone, Fired::Gone]);
        for id in ids {
            assert!(["OPEN@1", "OPEN@2"].contains(&rig.stands(id).await.as_str()));
        }
    }

    async fn a_caller_who_goes_away_leaves_the_others_their_turn(rig: Rig) {
        let id = rig.open().await;
        let spawn = |amount_rp: i64| {
            let (engine, request) = (rig.engine.clone(), rig.request(id, "pay", &json!({ "amount_rp": amount_rp })));
            tokio::spawn(async move { engine.execute(&request).await })
        };
        for round in 0..20 {
            let calls: Vec<_> = (1..=6).map(spawn).collect();
            tokio::time::sleep(Duration::from_micros(round * 50)).await;
            calls[0].abort();
            calls[3].abort();
            for (place, call) in calls.into_iter().enumerate() {
                match call.await {
                    Ok(answer) => drop(answer.unwrap()),
                    Err(gone) => assert!(gone.is_cancelled() && [0, 3].contains(&place)),
                }
            }
        }
        // The last of those who went away may still be at it.
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn a_command_that_panics_alone_is_a_failure_that_leaves_nothing(rig: Rig) {
        let id = rig.open().await;
        let answer = rig.send(id, "break", &json!({ "rule": "panic" })).await;
        assert_eq!(broken_rule(answer), "the toy broke off");
        assert_eq!(rig.stands(id).await, "OPEN@1");
    }

    async fn connections_that_died_while_idle_are_not_lent(rig: Rig) {
        if !rig.db.is_postgres() {
            return;
        }
        let ids = futures::future::join_all((0..8).map(|_| rig.open())).await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        rig.db.count("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", vec![]).await;
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        for id in ids {
            rig.done(id, "pay", &json!({ "amount_rp": 500 })).await;
        }
    }

    async fn a_commit_without_an_answer_is_not_tried_again(rig: Rig) {
        if !rig.db.is_postgres() {
            return;
        }
        let proxy = Proxy::to(&rig.db.url).await;
        let Engine { clock, registry, policies, announcer, .. } = rig.engine.clone();
        let engine = Engine::new(Db::connect(&proxy.url).await.unwrap(), clock, registry, policies, announcer);
        for (cut, done) in [(Cut::After, 1), (Cut::Before, 0)] {
            let ids = [rig.open().await, rig.open().await];
            let pay = |id| rig.request(id, "pay", &json!({ "amount_rp": 500 }));
            proxy.cut_next_commit(cut);
            for answer in engine.execute_together(&ids.map(pay)).await {
                assert!(matches!(answer, Err(Halt::Failed(Failure::Unanswered(_)))), "{cut:?}: {answer:?}");
            }
            for id in ids {
                assert_eq!(rig.stands(id).await, format!("OPEN@{}", 1 + done), "{cut:?}, together");
            }
            let mut keyed = pay(ids[0]);
            keyed.idempotency_key = Some(format!("{cut:?}"));
            proxy.cut_next_commit(cut);
            let answer = engine.execute(&keyed).await;
            assert!(matches!(answer, Err(Halt::Failed(Failure::Unanswered(_)))), "{cut:?}: {answer:?}");
            assert_eq!(rig.stands(ids[0]).await, format!("OPEN@{}", 1 + 2 * done), "{cut:?}, alone");
            let again = engine.execute(&keyed).await.unwrap();
            assert_eq!((again.repeated, again.revision), (done == 1, 2 + done), "{cut:?}: safe to repeat under its key");
        }
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }
}
