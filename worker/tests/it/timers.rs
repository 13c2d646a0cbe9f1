//! Timers through the whole worker: in order, never early, once.

use crate::lab::{Lab, start_on, until};
use crate::on_both;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;
use worker::Options;

on_both!(
    overdue_timers_fire_in_the_order_of_their_due_time,
    a_timer_fires_promptly_and_never_early,
    timers_fire_once_though_two_loops_race,
    a_timer_armed_by_a_process_nobody_hears_fires_within_a_tick,
    a_timer_whose_command_breaks_a_rule_holds_up_no_other,
);

async fn rings(lab: &Lab) -> Vec<(Uuid, DateTime<Utc>)> {
    let rows = lab.rows("SELECT entity_id, at FROM audit_record WHERE action = 'toy.ring' ORDER BY id", vec![]).await;
    rows.iter().map(|row| (row.try_get("", "entity_id").unwrap(), row.try_get("", "at").unwrap())).collect()
}

async fn until_rung(lab: &Lab, count: usize) {
    until(&format!("{count} rings"), async || lab.count("SELECT count(*) FROM timer WHERE state = 'FIRED'").await == count as i64).await;
}

async fn overdue_timers_fire_in_the_order_of_their_due_time(lab: &Lab) {
    let now = lab.engine.clock.now();
    let mut expected = vec![];
    for n in [5, 1, 4, 2, 3, 8, 6, 9, 7, 10] {
        let due_at = now + TimeDelta::minutes(n);
        expected.push((due_at, lab.start(json!({ "due_at": due_at })).await));
    }
    expected.sort();
    lab.clock.advance(TimeDelta::hours(1));
    let _running = lab.worker(Options { timers_at_once: 1, ..Options::default() });
    until_rung(lab, 10).await;
    let fired: Vec<Uuid> = rings(lab).await.into_iter().map(|(toy, _)| toy).collect();
    assert_eq!(fired, expected.into_iter().map(|(_, toy)| toy).collect::<Vec<_>>());
}

async fn a_timer_fires_promptly_and_never_early(lab: &Lab) {
    // Only the commits themselves wake the loop: without them the first look would come in an hour.
    let _running = lab.worker(Options { tick: Duration::from_secs(3_600), ..Options::default() });
    let mut due = vec![];
    for n in [300, 100, 200] {
        let due_at = lab.engine.clock.now() + TimeDelta::milliseconds(n);
        due.push((lab.start(json!({ "due_at": due_at })).await, due_at));
    }
    until_rung(lab, 3).await;
    for (toy, at) in rings(lab).await {
        let due_at = due.iter().find(|(id, _)| *id == toy).unwrap().1;
        assert!(at >= due_at, "early: {at} before {due_at}");
    }
}

async fn timers_fire_once_though_two_loops_race(lab: &Lab) {
    let due_at = lab.engine.clock.now() + TimeDelta::minutes(1);
    for _ in 0..60 {
        lab.start(json!({ "due_at": due_at })).await;
    }
    lab.clock.advance(TimeDelta::hours(1));
    let (other, wake) = lab.other_process().await;
    let _first = lab.worker(Options::default());
    let _second = lab.worker_as(&other, &wake, Options::default());
    until_rung(lab, 60).await;
    assert_eq!((rings(lab).await.len(), lab.count("SELECT CAST(sum(rings) AS BIGINT) FROM toy").await), (60, 60));
    assert_eq!(lab.count("SELECT max(rings) FROM toy").await, 1);
}

async fn a_timer_armed_by_a_process_nobody_hears_fires_within_a_tick(lab: &Lab) {
    let _running = lab.worker(Options { tick: Duration::from_millis(100), ..Options::default() });
    let (other, _silent) = lab.other_process().await;
    let due_at = other.clock.now();
    start_on(&other, json!({ "due_at": due_at })).await;
    until_rung(lab, 1).await;
}

async fn a_timer_whose_command_breaks_a_rule_holds_up_no_other(lab: &Lab) {
    let due_at = lab.engine.clock.now() + TimeDelta::minutes(1);
    let broken = lab.start(json!({ "due_at": due_at })).await;
    lab.run("DELETE FROM toy WHERE id = ?", vec![broken.into()]).await;
    let fine = lab.start(json!({ "due_at": due_at + TimeDelta::minutes(1) })).await;
    lab.clock.advance(TimeDelta::hours(1));
    let _running = lab.worker(Options::default());
    until_rung(lab, 1).await;
    assert_eq!(rings(lab).await[0].0, fine);
    assert_eq!(lab.count("SELECT count(*) FROM timer WHERE state = 'ARMED'").await, 1);
}
