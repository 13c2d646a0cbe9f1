//! A preview writes nothing and tells what the command then does.

use super::rig::{Rig, command, refusal};
use engine::execute::Request;
use engine::refusal::Refusal;
use serde_json::json;
use tests::both_databases;

both_databases! {
    async fn a_preview_writes_nothing_and_equals_the_command(rig: Rig) {
        let id = rig.open().await;
        let before = rig.everything().await;
        let request = rig.request(id, "pay", &json!({ "amount_rp": 10 }));
        let preview = rig.engine.preview(&request).await.unwrap();
        assert_eq!(rig.everything().await, before);
        assert_eq!((preview.from.as_deref(), preview.to.as_str()), (Some("OPEN"), "OPEN"));
        assert_eq!(preview.decisions[0].output, json!({ "total_rp": 20 }));
        let lines: Vec<_> = preview.entries[0].lines.iter().map(|line| (line.account.as_str(), line.debit_rp, line.credit_rp)).collect();
        assert_eq!(lines, [("1100", 20, 0), ("4100", 0, 20)]);
        let outcome = rig.engine.execute(&request).await.unwrap();
        assert_eq!((outcome.outcome, outcome.amounts), (preview.outcome, preview.amounts));
    }

    async fn a_preview_names_tasks_timers_jobs_children_and_warnings(rig: Rig) {
        let opening = rig.engine.preview(&rig.opening("odd")).await.unwrap();
        assert_eq!((opening.from, opening.tasks_opened, opening.warnings[0].code.as_str()), (None, vec!["work".to_owned()], "odd_title"));
        assert_eq!(opening.timers_armed.iter().map(|armed| armed.name.as_str()).collect::<Vec<_>>(), ["pulse", "reminder"]);
        let id = rig.open().await;
        let handing = rig.engine.preview(&rig.request(id, "hand_over", &json!({}))).await.unwrap();
        assert_eq!((handing.tasks_opened, handing.tasks_closed, handing.jobs), (vec!["review".to_owned()], vec!["work".to_owned()], vec!["look".to_owned()]));
        assert_eq!(handing.on_behalf_of.as_deref(), Some("somebody else"));
        let finishing = rig.engine.preview(&rig.request(id, "finish", &json!({}))).await.unwrap();
        assert_eq!((finishing.tasks_closed, finishing.timers_disarmed.len()), (vec!["work".to_owned()], 2));
        let spawning = rig.engine.preview(&rig.request(id, "spawn", &json!({ "title": "child" }))).await.unwrap();
        assert_eq!(spawning.starts, ["toy"]);
    }

    async fn a_command_whose_outcome_is_no_longer_the_one_shown_is_refused_with_the_new_one(rig: Rig) {
        let id = rig.open().await;
        let request = rig.request(id, "pay", &json!({ "amount_rp": 10 }));
        let shown = rig.engine.preview(&request).await.unwrap();
        rig.db.run("UPDATE toy_rate SET rate = 3", vec![]).await;
        let confirmed = Request { expected_outcome: Some(shown.outcome), ..request.clone() };
        let Refusal::OutcomeChanged { outcome, now } = refusal(rig.engine.execute(&confirmed).await) else { panic!("another refusal") };
        assert_eq!(now[0].rp, Some(30));
        assert_eq!(rig.stands(id).await, "OPEN@1");
        let agreed = Request { expected_outcome: Some(outcome), ..request };
        assert_eq!(rig.engine.execute(&agreed).await.unwrap().amounts[0].rp, Some(30));
    }

    async fn previews_and_commands_at_once_do_not_disturb_each_other(rig: Rig) {
        let id = rig.open().await;
        let mixed = (0..24).map(|n| {
            let (engine, request) = (rig.engine.clone(), rig.request(id, "pay", &json!({ "amount_rp": 1 })));
            tokio::spawn(async move { if n % 2 == 0 { engine.preview(&request).await.map(|_| ()) } else { engine.execute(&request).await.map(|_| ()) } })
        });
        for answer in futures::future::join_all(mixed).await {
            answer.unwrap().unwrap();
        }
        assert_eq!(rig.stands(id).await, "OPEN@13");
    }

    async fn a_preview_shows_what_would_become_of_other_instances_and_the_outcome_covers_it(rig: Rig) {
        let (one, other) = (rig.open().await, rig.open().await);
        let telling = rig.request(one, "tell", &json!({ "to": other, "text": "hello" }));
        let shown = rig.engine.preview(&telling).await.unwrap();
        let [nested] = shown.nested.as_slice() else { panic!("{:?}", shown.nested) };
        assert_eq!((nested.id, nested.command.as_str(), nested.depth, nested.from.as_deref(), nested.to.as_str()), (other, "hear", 1, Some("OPEN"), "OPEN"));
        assert_eq!((nested.label.as_str(), nested.tasks_opened.as_slice()), ("a toy", ["work".to_owned()].as_slice()));
        assert_eq!(rig.engine.preview(&rig.opening("deep")).await.unwrap().nested.len(), 0);
        let deep = Request { command: command("open", &json!({ "title": "deep", "nest": 3 })), ..rig.opening("deep") };
        assert_eq!(rig.engine.preview(&deep).await.unwrap().nested.iter().map(|one| one.depth).collect::<Vec<_>>(), [1, 2, 3]);

        rig.done(other, "wait", &json!({})).await;
        let confirmed = Request { expected_outcome: Some(shown.outcome.clone()), ..telling.clone() };
        assert_eq!(rig.engine.execute(&confirmed).await.unwrap().outcome, shown.outcome);
        let (third, born) = (rig.open().await, rig.open().await);
        let telling = rig.request(third, "tell", &json!({ "to": born, "text": "hello" }));
        let other_cascade = Request { expected_outcome: Some(rig.engine.preview(&deep).await.unwrap().outcome), ..telling };
        assert!(matches!(refusal(rig.engine.execute(&other_cascade).await), Refusal::OutcomeChanged { .. }));
        assert_eq!((rig.stands(third).await.as_str(), rig.stands(born).await.as_str()), ("OPEN@1", "OPEN@1"));
    }

    async fn a_deadline_is_judged_by_when_the_request_came_in_and_a_late_one_is_recorded(rig: Rig) {
        let id = rig.open().await;
        let by = rig.now();
        rig.advance_hours(1);
        let request = rig.request(id, "arrive", &json!({ "by": by }));
        let in_time = Request { received_at: Some(by), ..request.clone() };
        assert_eq!(rig.engine.execute(&in_time).await.unwrap().revision, 2);
        let refused = "SELECT count(*) FROM audit_record WHERE action = 'toy.arrive.refused' AND entity_id = ?";
        assert_eq!(rig.count(refused, vec![id.into()]).await, 0);
        assert_eq!(refusal(rig.engine.execute(&request).await).code(), "too_late");
        assert_eq!((rig.count(refused, vec![id.into()]).await, rig.stands(id).await.as_str()), (1, "OPEN@2"));
        assert_eq!(refusal(rig.engine.preview(&request).await).code(), "too_late");
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(refusal(rig.engine.execute(&in_time).await).code(), "not_allowed");
        assert_eq!(rig.count(refused, vec![id.into()]).await, 2);
    }
}
