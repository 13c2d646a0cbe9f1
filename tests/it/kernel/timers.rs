//! Timers: never early, once, in order, and settled with the command they fire.

use super::rig::{Rig, command, refusal, worker};
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::execute::{Origin, Request, Target};
use engine::refusal::Refusal;
use engine::timer::Fired;
use serde_json::json;
use tests::both_databases;
use uuid::Uuid;

async fn timers(rig: &Rig, id: Uuid) -> Vec<String> {
    rig.db.texts("SELECT name || ':' || state AS text FROM timer WHERE instance_id = ? ORDER BY name, state", vec![id.into()]).await
}

fn names(fired: &[(String, Fired)]) -> Vec<&str> {
    fired.iter().map(|(name, _)| name.as_str()).collect()
}

both_databases! {
    async fn a_timer_fires_at_its_instant_not_a_microsecond_early_and_only_once(rig: Rig) {
        let id = rig.open().await;
        let due_at = rig.now() + TimeDelta::hours(1);
        assert_eq!(rig.engine.next_due().await.unwrap(), Some(due_at));
        rig.clock.set(due_at - TimeDelta::microseconds(1));
        assert!(rig.fire_due().await.is_empty());
        rig.clock.set(due_at);
        assert_eq!(rig.fire_due().await, [("reminder".to_owned(), Fired::Done)]);
        assert!(rig.fire_due().await.is_empty());
        assert_eq!(rig.stands(id).await, "OPEN@2");
        assert_eq!(timers(rig, id).await, ["pulse:ARMED", "reminder:FIRED"]);
    }

    async fn after_an_outage_everything_overdue_fires_in_order_of_its_due_time(rig: Rig) {
        let first = rig.open().await;
        rig.advance_hours(-5);
        let second = rig.open().await;
        rig.done(second, "snooze", &json!({ "hours": 20 })).await;
        rig.advance_hours(100);
        assert_eq!(names(&rig.fire_due().await), ["pulse", "reminder", "pulse", "reminder"]);
        assert_eq!(rig.stands(first).await, "OPEN@3");
    }

    async fn one_timer_fired_by_many_workers_at_once_has_one_effect(rig: Rig) {
        let id = rig.open().await;
        rig.advance_hours(1);
        let due = rig.engine.due_timers(10).await.unwrap().remove(0);
        let fires = (0..8).map(|_| {
            let (engine, due) = (rig.engine.clone(), due.clone());
            tokio::spawn(async move { engine.fire(&due).await.unwrap() })
        });
        let fired: Vec<Fired> = futures::future::join_all(fires).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(fired.iter().filter(|fired| **fired == Fired::Done).count(), 1, "{fired:?}");
        assert_eq!(fired.iter().filter(|fired| **fired == Fired::Gone).count(), 7, "{fired:?}");
        assert_eq!(rig.stands(id).await, "OPEN@2");
    }

    async fn a_timer_moved_later_after_a_worker_saw_it_due_does_not_fire_early(rig: Rig) {
        let id = rig.open().await;
        rig.advance_hours(1);
        let seen = rig.engine.due_timers(10).await.unwrap().remove(0);
        rig.done(id, "snooze", &json!({ "hours": 3 })).await;
        assert_eq!(rig.engine.fire(&seen).await.unwrap(), Fired::Gone);
        assert_eq!(timers(rig, id).await, ["pulse:ARMED", "reminder:ARMED"]);
    }

    async fn a_disarmed_timer_never_fires(rig: Rig) {
        let id = rig.open().await;
        rig.advance_hours(2);
        let seen = rig.engine.due_timers(10).await.unwrap();
        rig.done(id, "quiet", &json!({})).await;
        assert_eq!(timers(rig, id).await, ["pulse:DISARMED", "reminder:DISARMED"]);
        for due in &seen {
            assert_eq!(rig.engine.fire(due).await.unwrap(), Fired::Gone);
        }
        assert!(rig.fire_due().await.is_empty());
        assert_eq!(rig.stands(id).await, "OPEN@2");
    }

    async fn a_timer_that_arms_itself_anew_fires_again_at_its_new_time(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "snooze", &json!({ "hours": 90 })).await;
        let mut beats = 0;
        for _ in 0..10 {
            rig.advance_hours(1);
            beats += rig.fire_due().await.len();
        }
        assert_eq!(beats, 3);
        assert_eq!(rig.count("SELECT beats FROM toy WHERE id = ?", vec![id.into()]).await, 3);
        assert_eq!(timers(rig, id).await, ["pulse:FIRED", "reminder:ARMED"]);
    }

    async fn a_timer_whose_command_is_refused_says_so_and_does_not_come_back(rig: Rig) {
        let id = rig.open().await;
        rig.hand_over(id).await;
        rig.advance_hours(1);
        assert_eq!(rig.fire_due().await, [("reminder".to_owned(), Fired::Refused("not_allowed".into()))]);
        assert!(rig.fire_due().await.is_empty());
        assert_eq!(timers(rig, id).await, ["pulse:ARMED", "reminder:REFUSED"]);
        assert_eq!(rig.stands(id).await, "REVIEW@2");
    }

    async fn ending_an_instance_disarms_its_timers(rig: Rig) {
        let id = rig.open().await;
        rig.done(id, "finish", &json!({})).await;
        assert_eq!(timers(rig, id).await, ["pulse:DISARMED", "reminder:DISARMED"]);
        rig.advance_hours(50);
        assert!(rig.fire_due().await.is_empty());
    }

    async fn nobody_can_pretend_to_be_a_timer_that_is_settled(rig: Rig) {
        let id = rig.open().await;
        let mut request = Request::new("toy", Target::Existing(id), command("remind", &json!({})), Actor::system());
        request.origin = Origin::Timer { id: Uuid::from_u128(5), name: "reminder".into(), due_at: rig.now() };
        assert_eq!(refusal(rig.engine.execute(&request).await), Refusal::Settled);
        assert_eq!(rig.send_as(worker(), id, command("quiet", &json!({}))).await.unwrap().revision, 2);
    }
}
