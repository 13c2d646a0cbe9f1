//! One command: what it writes, and what it refuses without writing anything.

use super::rig::{Rig, broken_rule, command, person, refusal, reviewer, worker};
use super::toy::WORK;
use engine::actor::Actor;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::plan::Amount;
use engine::refusal::Refusal;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

both_databases! {
    async fn a_command_writes_state_history_task_timer_and_audit_together(rig: Rig) {
        let id = rig.open().await;
        let outcome = rig.done(id, "pay", &json!({ "amount_rp": 5_000 })).await;
        assert_eq!((outcome.state.as_str(), outcome.revision, outcome.repeated), ("OPEN", 2, false));
        assert_eq!(outcome.amounts, [Amount::rp("total", 10_000)]);
        assert_eq!(rig.stands(id).await, "OPEN@2");
        let expected = [
            ("workflow_instance", 1), ("workflow_history", 2), ("task", 1), ("timer", 2), ("job", 0), ("idempotency_key", 0),
            ("policy_decision", 1), ("journal_entry", 1), ("posting", 2), ("audit_record", 2), ("toy", 1),
        ];
        assert_eq!(rig.everything().await, expected);
        assert_eq!(rig.faults().await, Vec::<String>::new());
    }

    async fn a_command_not_allowed_in_the_state_is_refused_with_the_state_and_the_allowed_ones(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        let Refusal::NotAllowed { state, allowed } = refusal(rig.send(id, "accept", &json!({})).await) else { panic!("another refusal") };
        assert_eq!(state, "OPEN");
        assert_eq!(allowed.first(), Some(&"pay"));
        assert!(!allowed.contains(&"accept") && !allowed.contains(&"open"), "{allowed:?}");
        assert_eq!(rig.everything().await, before);
    }

    async fn nothing_is_allowed_after_a_terminal_state(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(refusal(rig.send(id, "pay", &json!({ "amount_rp": 1 })).await), Refusal::NotAllowed { state: "DONE".into(), allowed: vec![] });
        assert_eq!(rig.count("SELECT count(*) FROM task WHERE state = 'OPEN'", vec![]).await, 0);
        assert_eq!(rig.count("SELECT count(*) FROM timer WHERE state = 'ARMED'", vec![]).await, 0);
    }

    async fn a_stale_revision_is_refused_with_the_present_one(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "snooze", &json!({ "hours": 2 })).await;
        let seen = |revision| Request { expected_revision: Some(revision), ..rig.request(id, "snooze", &json!({ "hours": 3 })) };
        assert_eq!(refusal(rig.engine.execute(&seen(1)).await), Refusal::Stale { revision: 2 });
        assert_eq!(rig.engine.execute(&seen(2)).await.unwrap().revision, 3);
    }

    async fn an_actor_without_the_permission_is_refused(rig: Rig) {
        let id = rig.open().await;
        rig.hand_over(id).await;
        let stranger = person(9, &[WORK]);
        let answer = rig.send_as(stranger.clone(), id, command("accept", &json!({}))).await;
        assert_eq!(refusal(answer), Refusal::Forbidden { permission: "toy.review" });
        let preview = rig.engine.preview(&Request::new("toy", Target::Existing(id), command("accept", &json!({})), stranger)).await;
        assert_eq!(refusal(preview), Refusal::Forbidden { permission: "toy.review" });
    }

    async fn only_the_system_runs_a_system_command_and_only_people_run_the_others(rig: Rig) {
        let id = rig.open().await;
        assert_eq!(refusal(rig.send(id, "remind", &json!({})).await), Refusal::WrongActor);
        assert_eq!(refusal(rig.send_as(Actor::system(), id, command("quiet", &json!({}))).await), Refusal::WrongActor);
        assert_eq!(rig.stands(id).await, "OPEN@1");
    }

    async fn every_fault_in_a_form_is_named_at_its_field(rig: Rig) {
        let start = |body| Request::new("toy", Target::New(new_id(rig.now())), command("open", &body), worker());
        let faults = async |body| match refusal(rig.engine.execute(&start(body)).await) {
            Refusal::Invalid(faults) => faults.into_iter().map(|fault| format!("{}:{}", fault.field, fault.code)).collect::<Vec<_>>(),
            other => panic!("another refusal: {other:?}"),
        };
        assert_eq!(faults(json!({})).await, ["title:required"]);
        assert_eq!(faults(json!({ "title": "  " })).await, ["title:required"]);
        assert_eq!(faults(json!({ "title": 7 })).await, ["title:not_text"]);
        assert_eq!(faults(json!({ "title": "x".repeat(41), "nest": 21, "colour": "red" })).await, ["title:too_long", "nest:out_of_range", "colour:unknown_field"]);
        assert_eq!(faults(json!({ "title": "é".repeat(41) })).await, ["title:too_long"]);
        assert!(rig.engine.execute(&start(json!({ "title": "é".repeat(40) }))).await.is_ok());
        let id = rig.open().await;
        let Refusal::Invalid(faults) = refusal(rig.send(id, "drop", &json!({})).await) else { panic!("another refusal") };
        assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("reason", "required"));
    }

    async fn a_text_with_a_zero_character_is_refused_and_not_a_failure(rig: Rig) {
        let mut request = rig.opening("a\u{0}b");
        assert!(matches!(refusal(rig.engine.execute(&request).await), Refusal::Invalid(_)));
        request = rig.request(rig.open().await, "drop", &json!({}));
        request.command.reason = Some("a\u{0}b".into());
        assert!(matches!(refusal(rig.engine.execute(&request).await), Refusal::Invalid(_)));
    }

    async fn what_does_not_exist_is_not_found(rig: Rig) {
        let missing = |what| Refusal::NotFound { what };
        let id = rig.open().await;
        assert_eq!(refusal(rig.send(Uuid::from_u128(7), "pay", &json!({ "amount_rp": 1 })).await), missing("instance"));
        assert_eq!(refusal(rig.send(id, "fly", &json!({})).await), missing("command"));
        let other = Request { workflow: "other".into(), ..rig.request(id, "pay", &json!({})) };
        assert_eq!(refusal(rig.engine.execute(&other).await), missing("workflow"));
    }

    async fn a_rejection_of_the_business_changes_nothing(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        assert_eq!(refusal(rig.send(id, "pay", &json!({ "amount_rp": 900_000 })).await).code(), "too_dear");
        assert_eq!(rig.everything().await, before);
    }

    async fn whoever_handed_over_may_not_accept_but_another_may(rig: Rig) {
        let id = rig.open().await;
        rig.hand_over(id).await;
        let accept = |actor| rig.send_as(actor, id, command("accept", &json!({})));
        assert_eq!(refusal(accept(worker()).await), Refusal::FourEyes { command: "hand_over" });
        assert_eq!(accept(reviewer()).await.unwrap().state, "DONE");
    }

    async fn a_plan_that_breaks_a_rule_of_the_engine_is_not_written(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        for (rule, told) in [
            ("edge", "no declared edge"),
            ("task", "task `undeclared`"),
            ("timer", "timer `undeclared`"),
            ("job", "job `undeclared`"),
            ("balance", "does not balance"),
            ("obligation", "would be live with no"),
        ] {
            let answer = broken_rule(rig.send(id, "break", &json!({ "rule": rule })).await);
            assert!(answer.contains(told), "{rule}: {answer}");
        }
        assert!(rig.send(id, "break", &json!({ "rule": "account" })).await.is_err());
        assert_eq!(rig.everything().await, before);
        assert_eq!(rig.stands(id).await, "OPEN@1");
    }

    async fn a_second_instance_under_a_taken_id_is_refused(rig: Rig) {
        let id = rig.open().await;
        let again = Request { target: Target::New(id), ..rig.opening("again") };
        assert_eq!(refusal(rig.engine.execute(&again).await), Refusal::Stale { revision: 1 });
    }

    async fn history_and_audit_name_who_acted_for_whom_and_why(rig: Rig) {
        let id = rig.open().await;
        rig.hand_over(id).await;
        rig.send_as(reviewer(), id, command("refuse", &json!({})).because("not yet")).await.unwrap();
        let told = "SELECT command || '|' || actor_name || '|' || coalesce(on_behalf_of, '') || '|' || coalesce(reason, '') AS text FROM workflow_history WHERE instance_id = ? ORDER BY seq";
        assert_eq!(rig.db.texts(told, vec![id.into()]).await, ["open|Person 1||", "hand_over|Person 1|somebody else|", "refuse|Person 2||not yet"]);
        let audited = "SELECT action || '|' || instance_seq || '|' || coalesce(reason, '') AS text FROM audit_record WHERE entity_id = ? ORDER BY instance_seq";
        assert_eq!(rig.db.texts(audited, vec![id.into()]).await, ["toy.open|1|", "toy.hand_over|2|", "toy.refuse|3|not yet"]);
    }
}
