//! Jobs through the whole runtime: exactly one effect, retries, dead letters, shutdown.

use crate::lab::{Lab, person, until};
use crate::on_both;
use chrono::TimeDelta;
use serde_json::json;
use std::time::Duration;
use worker::{Options, Stopped};

on_both!(
    a_job_reports_back_with_a_command,
    an_effect_of_its_own_commits_with_the_job,
    a_job_delivered_twice_runs_once,
    a_job_whose_instance_moved_on_is_done_with_the_refusal,
    a_command_that_does_not_exist_is_a_failure_people_see,
    a_job_that_failed_once_is_tried_again_later,
    the_last_failure_is_a_dead_letter_that_can_be_retried_and_dismissed,
    an_attempt_that_takes_too_long_has_failed,
    a_shutdown_finishes_what_runs_and_leaves_the_rest,
    a_delivery_lost_by_the_runtime_is_sent_again,
    an_attempt_whose_worker_vanished_is_taken_over_when_its_lease_is_over,
    a_long_attempt_keeps_its_lease,
);

async fn a_job_reports_back_with_a_command(lab: &Lab) {
    let running = lab.worker(Options::default());
    let toy = lab.enqueue("report", 20).await;
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.count("SELECT reports FROM toy").await, 20);
    assert_eq!(lab.job(toy).await.result.unwrap()["command"], "report");
    assert_eq!(running.shutdown().await, Stopped { unfinished: 0 });
}

async fn an_effect_of_its_own_commits_with_the_job(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.enqueue("effect", 3).await;
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.count("SELECT reports FROM toy").await, 3);
    assert_eq!(lab.job(toy).await.result, Some(json!({ "fine": true })));
}

async fn a_job_delivered_twice_runs_once(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.enqueue("held", 1).await;
    lab.probe.until_started(1).await;
    let job = lab.job(toy).await.id;
    lab.deliver_again(job).await;
    lab.deliver_again(job).await;
    let waiting = format!("SELECT count(*) FROM {} WHERE status <> 'Done'", lab.deliveries());
    until("the doubles are acknowledged", async || lab.count(&waiting).await == 1).await;
    lab.probe.gate.add_permits(1);
    lab.until_jobs(toy, "DONE").await;
    lab.deliver_again(job).await;
    until("all deliveries are acknowledged", async || lab.count(&waiting).await == 0).await;
    assert_eq!((lab.probe.started(), lab.count("SELECT reports FROM toy").await), (1, 1));
}

async fn a_job_whose_instance_moved_on_is_done_with_the_refusal(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.enqueue("held", 1).await;
    lab.probe.until_started(1).await;
    lab.command(toy, "close").await;
    lab.probe.gate.add_permits(1);
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.job(toy).await.result, Some(json!({ "command": "report", "refused": "not_allowed" })));
}

async fn a_command_that_does_not_exist_is_a_failure_people_see(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.start(json!({ "deed": "misdirect", "jobs": 1, "max_attempts": 1 })).await;
    lab.until_jobs(toy, "DEAD").await;
    assert!(lab.job(toy).await.last_error.unwrap().contains("no_such_command"));
}

async fn a_job_that_failed_once_is_tried_again_later(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.enqueue("fail_once", 1).await;
    lab.until_jobs(toy, "DONE").await;
    let job = lab.job(toy).await;
    assert_eq!((job.attempt, lab.probe.started(), job.last_error), (2, 2, None));
}

async fn the_last_failure_is_a_dead_letter_that_can_be_retried_and_dismissed(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let toy = lab.start(json!({ "deed": "fail", "jobs": 1, "max_attempts": 1 })).await;
    lab.until_jobs(toy, "DEAD").await;
    let open = "SELECT count(*) FROM task WHERE name = 'dead_letter' AND state = 'OPEN'";
    let job = lab.job(toy).await.id;
    assert_eq!(lab.count(open).await, 1);

    lab.engine.retry_job(job, &person()).await.unwrap();
    lab.probe.until_started(2).await;
    lab.until_jobs(toy, "DEAD").await;
    assert_eq!((lab.probe.started(), lab.count(open).await), (2, 1));

    lab.engine.dismiss_job(job, "the peer is gone for good", &person()).await.unwrap();
    assert_eq!((lab.job(toy).await.state.as_str(), lab.count(open).await), ("DISMISSED", 0));
}

async fn an_attempt_that_takes_too_long_has_failed(lab: &Lab) {
    let _running = lab.worker(Options { attempt_timeout: Duration::from_millis(100), ..Options::default() });
    let toy = lab.start(json!({ "deed": "held", "jobs": 1, "max_attempts": 1 })).await;
    lab.until_jobs(toy, "DEAD").await;
    assert!(lab.job(toy).await.last_error.unwrap().contains("took longer"));
}

async fn a_shutdown_finishes_what_runs_and_leaves_the_rest(lab: &Lab) {
    let running = lab.worker(Options { concurrency: 2, ..Options::default() });
    let toy = lab.enqueue("held", 5).await;
    lab.probe.until_started(2).await;
    let stopping = tokio::spawn(running.shutdown());
    lab.probe.gate.add_permits(5);
    assert_eq!(stopping.await.unwrap(), Stopped { unfinished: 0 });

    let jobs = lab.jobs(toy).await;
    let (done, left): (Vec<_>, Vec<_>) = jobs.iter().partition(|job| job.state == "DONE");
    assert!(left.iter().all(|job| job.state == "PENDING" && job.attempt == 0));
    assert_eq!((done.len(), lab.probe.ended()), (lab.probe.started(), lab.probe.started()));
    let held = format!("SELECT count(*) FROM {} WHERE status NOT IN ('Done', 'Pending')", lab.deliveries());
    assert_eq!(lab.count(&held).await, 0, "nothing stays with the worker that stopped");

    let _running = lab.worker(Options::default());
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.probe.started(), 5);
}

async fn a_delivery_lost_by_the_runtime_is_sent_again(lab: &Lab) {
    let toy = lab.enqueue("report", 3).await;
    assert_eq!(lab.run(&format!("DELETE FROM {}", lab.deliveries()), vec![]).await, 3);
    let _running = lab.worker(Options { sweep_every: Duration::from_millis(50), sweep_overdue: Duration::ZERO, ..Options::default() });
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.count("SELECT reports FROM toy").await, 3);
}

async fn an_attempt_whose_worker_vanished_is_taken_over_when_its_lease_is_over(lab: &Lab) {
    let toy = lab.enqueue("report", 1).await;
    let job = lab.job(toy).await.id;
    let vanished = lab.engine.claim_job(job).await.unwrap().unwrap();
    let _running = lab.worker(Options { sweep_every: Duration::from_millis(50), sweep_overdue: Duration::ZERO, ..Options::default() });
    let over = format!("SELECT count(*) FROM {}", lab.deliveries());
    until("the delivery is over and purged", async || lab.count(&over).await == 0).await;
    assert_eq!((lab.job(toy).await.state.as_str(), lab.probe.started()), ("RUNNING", 0));

    lab.clock.advance(engine::job::LEASE + TimeDelta::seconds(1));
    lab.until_jobs(toy, "DONE").await;
    assert!(!lab.engine.job_done(&vanished, json!(null), engine::batch::Batch::default()).await.unwrap());
    assert_eq!(lab.count("SELECT reports FROM toy").await, 1);
}

async fn a_long_attempt_keeps_its_lease(lab: &Lab) {
    let toy = lab.enqueue("held", 1).await;
    let quick = Duration::from_millis(20);
    let _running = lab.worker(Options { renew_every: quick, sweep_every: quick, sweep_overdue: Duration::ZERO, ..Options::default() });
    lab.until_jobs(toy, "RUNNING").await;
    let id = lab.job(toy).await.id;
    for _ in 0..3 {
        lab.clock.advance(engine::job::LEASE - TimeDelta::seconds(1));
        let renewed = lab.engine.clock.now() + engine::job::LEASE - TimeDelta::seconds(2);
        let sql = "SELECT id FROM job WHERE id = ? AND lease_until > ?";
        until("the lease is renewed", async || !lab.rows(sql, vec![id.into(), renewed.into()]).await.is_empty()).await;
    }
    lab.probe.gate.add_permits(1);
    lab.until_jobs(toy, "DONE").await;
    assert_eq!((lab.job(toy).await.attempt, lab.probe.started()), (1, 1));
}
