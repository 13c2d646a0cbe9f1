//! Commands that send commands and start instances: one transaction, all or nothing.

use super::rig::{Rig, broken_rule, command, refusal, worker};
use engine::execute::{Request, Target};
use engine::id::new_id;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

both_databases! {
    async fn a_started_child_is_written_with_its_parent_and_named_in_the_outcome(rig: Rig) {
        let id = rig.open().await;
        let outcome = rig.done(id, "spawn", &json!({ "title": "child" })).await;
        assert_eq!((outcome.revision, outcome.started.len(), outcome.started[0].workflow.as_str()), (2, 1, "toy"));
        let child = outcome.started[0].id;
        assert_eq!(rig.stands(child).await, "OPEN@1");
        assert_eq!(rig.count("SELECT count(*) FROM workflow_instance WHERE parent_id = ?", vec![id.into()]).await, 1);
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn when_the_child_refuses_nothing_of_the_parent_is_written(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        assert_eq!(refusal(rig.send(id, "spawn", &json!({ "title": "bad" })).await).code(), "bad_title");
        assert_eq!(refusal(rig.send(id, "spawn", &json!({ "title": "x".repeat(41) })).await).code(), "invalid");
        assert_eq!(refusal(rig.send(id, "tell", &json!({ "to": Uuid::from_u128(4), "text": "x" })).await).code(), "not_found");
        assert_eq!(rig.everything().await, before);
        assert_eq!(rig.stands(id).await, "OPEN@1");
    }

    async fn a_preview_refuses_what_the_command_would_refuse_in_its_child(rig: Rig) {
        let id = rig.open().await;
        let preview = rig.engine.preview(&rig.request(id, "spawn", &json!({ "title": "bad" }))).await;
        assert_eq!(refusal(preview).code(), "bad_title");
    }

    async fn a_command_to_another_instance_moves_both_or_neither(rig: Rig) {
        let (one, other) = (rig.open().await, rig.open().await);
        rig.done(one, "tell", &json!({ "to": other, "text": "hello" })).await;
        assert_eq!((rig.stands(one).await.as_str(), rig.stands(other).await.as_str()), ("OPEN@2", "OPEN@2"));
        rig.done(other, "finish", &json!({})).await;
        assert_eq!(refusal(rig.send(one, "tell", &json!({ "to": other, "text": "hello" })).await).code(), "not_allowed");
        assert_eq!(rig.stands(one).await, "OPEN@2");
    }

    async fn many_who_tell_one_instance_at_once_are_all_heard(rig: Rig) {
        let target = rig.open().await;
        let mut tellers = vec![];
        for _ in 0..24 {
            tellers.push(rig.open().await);
        }
        let told = tellers.iter().map(|id| {
            let (engine, request) = (rig.engine.clone(), rig.request(*id, "tell", &json!({ "to": target, "text": "hello" })));
            tokio::spawn(async move { engine.execute(&request).await.map(|outcome| outcome.revision) })
        });
        for answer in futures::future::join_all(told).await {
            assert_eq!(answer.unwrap().unwrap(), 2);
        }
        assert_eq!(rig.stands(target).await, "OPEN@25");
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn two_instances_that_tell_each_other_at_once_both_succeed(rig: Rig) {
        let (one, other) = (rig.open().await, rig.open().await);
        let told = (0..20).map(|n| {
            let (from, to) = if n % 2 == 0 { (one, other) } else { (other, one) };
            let (engine, request) = (rig.engine.clone(), rig.request(from, "tell", &json!({ "to": to, "text": "hello" })));
            tokio::spawn(async move { engine.execute(&request).await.map(|outcome| outcome.state) })
        });
        for answer in futures::future::join_all(told).await {
            assert_eq!(answer.unwrap().unwrap(), "OPEN");
        }
        assert_eq!((rig.stands(one).await.as_str(), rig.stands(other).await.as_str()), ("OPEN@21", "OPEN@21"));
    }

    async fn nesting_ends_at_its_limit_and_nothing_of_it_is_written(rig: Rig) {
        let nest = |depth: i64| Request::new("toy", Target::New(new_id(rig.now())), command("open", &json!({ "title": "deep", "nest": depth })), worker());
        assert_eq!(rig.engine.execute(&nest(4)).await.unwrap().started.len(), 4);
        let before = rig.everything().await;
        assert!(broken_rule(rig.engine.execute(&nest(5)).await).contains("deeper than 4"));
        assert_eq!(rig.everything().await, before);
    }

    async fn an_instance_may_wait_on_a_live_child_alone(rig: Rig) {
        let id = rig.open().await;
        assert_eq!(rig.done(id, "wait", &json!({})).await.state, "WAITING");
        assert_eq!(rig.faults().await, Vec::<String>::new());
        rig.done(id, "hear", &json!({ "text": "go on" })).await;
        assert_eq!(rig.stands(id).await, "OPEN@3");
    }

    async fn waiting_on_a_child_that_is_born_ended_is_refused(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        let rule = broken_rule(rig.send(id, "wait", &json!({ "born_done": true })).await);
        assert!(rule.contains("would be live with no"), "{rule}");
        assert_eq!(rig.everything().await, before);
    }

    async fn a_child_cannot_end_and_leave_its_parent_waiting_for_nothing(rig: Rig) {
        let id = rig.open().await;
        let child = rig.done(id, "wait", &json!({})).await.started[0].id;
        let rule = broken_rule(rig.send(child, "finish", &json!({})).await);
        assert!(rule.contains("would be live with no"), "{rule}");
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn an_instance_may_wait_for_another_live_one_and_is_seen_to_when_that_ends(rig: Rig) {
        let (id, other) = (rig.open().await, rig.open().await);
        assert_eq!(rig.done(id, "wait_for", &json!({ "other": other })).await.state, "WAITING");
        assert_eq!(rig.faults().await, Vec::<String>::new());
        let rule = broken_rule(rig.send(other, "finish", &json!({})).await);
        assert!(rule.contains("would be live with no"), "{rule}");
        assert_eq!(rig.stands(other).await, "OPEN@1");
        rig.done(other, "tell", &json!({ "to": id, "text": "go on" })).await;
        rig.done(other, "finish", &json!({})).await;
        assert_eq!((rig.stands(id).await.as_str(), rig.stands(other).await.as_str()), ("OPEN@3", "DONE@3"));
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn nobody_waits_for_what_has_ended_or_never_was(rig: Rig) {
        let (id, other) = (rig.open().await, rig.open().await);
        rig.done(other, "finish", &json!({})).await;
        for gone in [other, Uuid::from_u128(4)] {
            let rule = broken_rule(rig.send(id, "wait_for", &json!({ "other": gone })).await);
            assert!(rule.contains("would be live with no"), "{rule}");
        }
        assert_eq!(rig.stands(id).await, "OPEN@1");
    }
}
