//! The same command twice, and many commands at once.

use super::rig::{Rig, command, refusal, reviewer, worker};
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::refusal::Refusal;
use serde_json::json;
use std::collections::BTreeSet;
use tests::both_databases;

fn keyed(request: Request, key: &str) -> Request {
    Request { idempotency_key: Some(key.into()), ..request }
}

both_databases! {
    async fn a_repeated_key_with_the_same_body_gets_the_first_answer_and_one_effect(rig: Rig) {
        let id = rig.open().await;
        let pay = keyed(rig.request(id, "pay", &json!({ "amount_rp": 10 })), "k1");
        let first = rig.engine.execute(&pay).await.unwrap();
        rig.done(id, "quiet", &json!({})).await;
        let again = rig.engine.execute(&pay).await.unwrap();
        assert_eq!((first.repeated, again.repeated), (false, true));
        assert_eq!((again.revision, &again.amounts, &again.outcome), (2, &first.amounts, &first.outcome));
        assert_eq!(rig.count("SELECT count(*) FROM journal_entry", vec![]).await, 1);
    }

    async fn a_repeated_key_answers_even_when_the_command_is_no_longer_allowed(rig: Rig) {
        let id = rig.open().await;
        let finish = keyed(Request { expected_revision: Some(1), ..rig.request(id, "finish", &json!({})) }, "k1");
        rig.engine.execute(&finish).await.unwrap();
        assert!(rig.engine.execute(&finish).await.unwrap().repeated);
    }

    async fn a_repeated_key_with_another_body_target_or_command_is_refused(rig: Rig) {
        let (id, other) = (rig.open().await, rig.open().await);
        rig.engine.execute(&keyed(rig.request(id, "pay", &json!({ "amount_rp": 10 })), "k1")).await.unwrap();
        let before = rig.everything().await;
        for request in [
            rig.request(id, "pay", &json!({ "amount_rp": 11 })),
            rig.request(other, "pay", &json!({ "amount_rp": 10 })),
            rig.request(id, "finish", &json!({})),
        ] {
            assert_eq!(refusal(rig.engine.execute(&keyed(request, "k1")).await), Refusal::KeyReused);
        }
        assert_eq!(rig.everything().await, before);
    }

    async fn keys_of_different_people_do_not_meet(rig: Rig) {
        let id = rig.open().await;
        let pay = |actor| keyed(Request::new("toy", Target::Existing(id), command("pay", &json!({ "amount_rp": 10 })), actor), "k1");
        rig.engine.execute(&pay(worker())).await.unwrap();
        assert!(!rig.engine.execute(&pay(reviewer())).await.unwrap().repeated);
    }

    async fn a_refused_command_does_not_use_up_its_key(rig: Rig) {
        let id = rig.open().await;
        let accept = keyed(Request::new("toy", Target::Existing(id), command("accept", &json!({})), reviewer()), "k1");
        assert_eq!(refusal(rig.engine.execute(&accept).await).code(), "not_allowed");
        rig.hand_over(id).await;
        assert!(!rig.engine.execute(&accept).await.unwrap().repeated);
    }

    async fn a_start_repeated_under_a_fresh_id_answers_the_first_instance(rig: Rig) {
        let first = rig.engine.execute(&keyed(rig.opening("once"), "k1")).await.unwrap();
        let again = rig.engine.execute(&keyed(rig.opening("once"), "k1")).await.unwrap();
        assert_eq!((again.id, again.repeated), (first.id, true));
        assert_eq!(rig.count("SELECT count(*) FROM workflow_instance", vec![]).await, 1);
    }

    async fn of_sixteen_duplicates_at_once_one_has_the_effect_and_all_get_its_answer(rig: Rig) {
        let id = rig.open().await;
        let pay = keyed(rig.request(id, "pay", &json!({ "amount_rp": 10 })), "k1");
        let opening = rig.opening("once");
        let answers = (0..16).map(|_| {
            let (engine, pay) = (rig.engine.clone(), pay.clone());
            let opening = Request { target: Target::New(new_id(rig.now())), ..keyed(opening.clone(), "k2") };
            tokio::spawn(async move { (engine.execute(&pay).await.unwrap(), engine.execute(&opening).await.unwrap()) })
        });
        let answers: Vec<_> = futures::future::join_all(answers).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(answers.iter().filter(|(paid, _)| !paid.repeated).count(), 1);
        assert_eq!(answers.iter().filter(|(_, opened)| !opened.repeated).count(), 1);
        assert_eq!(answers.iter().map(|(_, opened)| opened.id).collect::<BTreeSet<_>>().len(), 1);
        assert_eq!(rig.count("SELECT count(*) FROM journal_entry", vec![]).await, 1);
        assert_eq!(rig.stands(id).await, "OPEN@2");
    }

    async fn sixteen_commands_at_once_on_one_instance_all_happen_one_after_the_other(rig: Rig) {
        let id = rig.open().await;
        let sent = (0..16).map(|n| {
            let (engine, request) = (rig.engine.clone(), rig.request(id, "pay", &json!({ "amount_rp": n + 1 })));
            tokio::spawn(async move { engine.execute(&request).await.unwrap().revision })
        });
        let revisions: BTreeSet<i64> = futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(revisions, (2..=17).collect());
        assert_eq!(rig.count("SELECT paid_rp FROM toy WHERE id = ?", vec![id.into()]).await, 2 * (1..=16).sum::<i64>());
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn of_sixteen_who_saw_the_same_revision_exactly_one_wins(rig: Rig) {
        let id = rig.open().await;
        for round in 1..=5 {
            let sent = (0..16).map(|_| {
                let engine = rig.engine.clone();
                let request = Request { expected_revision: Some(round), ..rig.request(id, "pay", &json!({ "amount_rp": 1 })) };
                tokio::spawn(async move { engine.execute(&request).await })
            });
            let answers: Vec<_> = futures::future::join_all(sent).await.into_iter().map(Result::unwrap).collect();
            let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
            assert_eq!(won.len(), 1);
            for answer in lost {
                assert_eq!(refusal(answer), Refusal::Stale { revision: round + 1 });
            }
        }
        assert_eq!(rig.stands(id).await, "OPEN@6");
    }
}
