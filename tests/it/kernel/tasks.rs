//! Tasks: opened and closed by commands, flagged by timers, claimed by people.

use super::rig::{Rig, command, person, refusal, reviewer, worker};
use super::toy::{REVIEW, WORK};
use engine::refusal::Refusal;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

const TASKS: &str = "SELECT name || ':' || state AS text FROM task WHERE instance_id = ? ORDER BY opened_at, name, state";

async fn tasks(rig: &Rig, id: Uuid) -> Vec<String> {
    rig.db.texts(TASKS, vec![id.into()]).await
}

async fn open_task(rig: &Rig, id: Uuid) -> Uuid {
    rig.db.rows("SELECT id FROM task WHERE instance_id = ? AND state = 'OPEN'", vec![id.into()]).await[0].try_get("", "id").unwrap()
}

both_databases! {
    async fn a_task_is_done_when_its_own_command_closes_it_and_cancelled_otherwise(rig: Rig) {
        let id = rig.open().await;
        assert_eq!(tasks(rig, id).await, ["work:OPEN"]);
        rig.hand_over(id).await;
        assert_eq!(tasks(rig, id).await, ["review:OPEN", "work:DONE"]);
        rig.send_as(worker(), id, command("drop", &json!({})).because("no longer wanted")).await.unwrap();
        assert_eq!(tasks(rig, id).await, ["review:CANCELLED", "work:DONE"]);
    }

    async fn a_task_opened_again_moves_its_due_time_and_loses_its_flag(rig: Rig) {
        let id = rig.open().await;
        rig.advance_hours(1);
        rig.fire_due().await;
        let flagged = "SELECT count(*) FROM task WHERE sla_flagged_at IS NOT NULL AND state = 'OPEN'";
        assert_eq!(rig.count(flagged, vec![]).await, 1);
        rig.done(id, "snooze", &json!({ "hours": 5 })).await;
        assert_eq!(rig.count(flagged, vec![]).await, 0);
        assert_eq!(rig.count("SELECT count(*) FROM task WHERE state = 'OPEN' AND due_at = ?", vec![(rig.now() + chrono::TimeDelta::hours(5)).into()]).await, 1);
        assert_eq!(tasks(rig, id).await, ["work:OPEN"]);
    }

    async fn a_task_is_claimed_by_one_released_by_its_holder_and_then_free(rig: Rig) {
        let id = rig.open().await;
        let task = open_task(rig, id).await;
        rig.engine.claim_task(task, &worker()).await.unwrap();
        rig.engine.claim_task(task, &worker()).await.unwrap();
        let Refusal::Rejected(rejected) = refusal(rig.engine.claim_task(task, &reviewer()).await) else { panic!("another refusal") };
        assert_eq!((rejected.code.as_str(), rejected.params["name"].as_str()), ("claimed_by_other", Some("Person 1")));
        assert_eq!(refusal(rig.engine.release_task(task, &reviewer()).await).code(), "claimed_by_other");
        rig.engine.release_task(task, &worker()).await.unwrap();
        rig.engine.claim_task(task, &reviewer()).await.unwrap();
        assert_eq!(rig.count("SELECT count(*) FROM audit_record WHERE entity_type = 'task'", vec![]).await, 4);
    }

    async fn of_many_who_claim_one_task_at_once_exactly_one_gets_it(rig: Rig) {
        for _ in 0..5 {
            let id = rig.open().await;
            let task = open_task(rig, id).await;
            let claims = (1..=8).map(|n| {
                let engine = rig.engine.clone();
                tokio::spawn(async move { engine.claim_task(task, &person(n, &[WORK])).await.is_ok() })
            });
            let won = futures::future::join_all(claims).await.into_iter().filter(|claim| *claim.as_ref().unwrap()).count();
            assert_eq!(won, 1);
        }
    }

    async fn a_task_is_only_for_those_who_may_and_only_while_it_is_open(rig: Rig) {
        let id = rig.open().await;
        let task = open_task(rig, id).await;
        let stranger = person(9, &[REVIEW]);
        assert_eq!(refusal(rig.engine.claim_task(task, &stranger).await).code(), "forbidden");
        assert_eq!(refusal(rig.engine.comment_on_task(task, "hello", &stranger).await).code(), "forbidden");
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(refusal(rig.engine.claim_task(task, &worker()).await).code(), "not_allowed");
        assert_eq!(refusal(rig.engine.claim_task(Uuid::from_u128(3), &worker()).await).code(), "not_found");
    }

    async fn a_comment_is_kept_and_an_empty_or_endless_one_is_refused(rig: Rig) {
        let task = open_task(rig, rig.open().await).await;
        rig.engine.comment_on_task(task, "looks good", &worker()).await.unwrap();
        for body in ["", "   ", &"x".repeat(4_001)] {
            assert_eq!(refusal(rig.engine.comment_on_task(task, body, &worker()).await).code(), "invalid");
        }
        let said = "SELECT actor_name || ': ' || body AS text FROM task_comment WHERE task_id = ?";
        assert_eq!(rig.db.texts(said, vec![task.into()]).await, ["Person 1: looks good"]);
    }
}
