//! Draining: all that is due by a manual clock, with no runtime.

use crate::lab::{Lab, person};
use crate::on_both;
use chrono::TimeDelta;
use serde_json::json;
use worker::{DrainReport, drain};

on_both!(draining_does_what_is_due_and_nothing_else, a_failing_job_drains_attempt_by_attempt_as_the_clock_moves, a_retried_dead_letter_drains_again);

async fn draining_does_what_is_due_and_nothing_else(lab: &Lab) {
    let now = lab.engine.clock.now();
    lab.start(json!({ "deed": "report", "jobs": 300, "due_at": now + TimeDelta::hours(1) })).await;
    let report = drain(&lab.engine, lab.handlers()).await.unwrap();
    assert_eq!(report, DrainReport { jobs_done: 300, ..DrainReport::default() });
    lab.clock.advance(TimeDelta::hours(2));
    let report = drain(&lab.engine, lab.handlers()).await.unwrap();
    assert_eq!(report, DrainReport { timers_fired: 1, ..DrainReport::default() });
    assert_eq!(drain(&lab.engine, lab.handlers()).await.unwrap(), DrainReport::default());
}

async fn a_failing_job_drains_attempt_by_attempt_as_the_clock_moves(lab: &Lab) {
    let toy = lab.start(json!({ "deed": "panic", "jobs": 1, "max_attempts": 3 })).await;
    for _ in 0..2 {
        assert_eq!(drain(&lab.engine, lab.handlers()).await.unwrap().jobs_waiting, 1);
        lab.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!(drain(&lab.engine, lab.handlers()).await.unwrap().jobs_dead, 1);
    let job = lab.job(toy).await;
    assert!(job.last_error.unwrap().contains("the handler is broken"));
    assert_eq!((job.state.as_str(), job.attempt), ("DEAD", 3));
}

async fn a_retried_dead_letter_drains_again(lab: &Lab) {
    let toy = lab.start(json!({ "deed": "fail", "jobs": 1, "max_attempts": 1 })).await;
    assert_eq!(drain(&lab.engine, lab.handlers()).await.unwrap().jobs_dead, 1);
    lab.engine.retry_job(lab.job(toy).await.id, &person()).await.unwrap();
    assert_eq!(drain(&lab.engine, lab.handlers()).await.unwrap().jobs_dead, 1);
    assert_eq!(lab.probe.started(), 2);
}
