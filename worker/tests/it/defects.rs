//! The eight defects of apalis 1.0.0 (see the README), each shown not to reach us. Every test goes
//! through the whole runtime; those that need a process to die are in `processes`.

use crate::lab::{Lab, until};
use crate::on_both;
use serde_json::json;
use std::time::Duration;
use worker::Options;

/// Nothing but wake-ups makes such a worker look.
fn deaf() -> Options {
    let never = Duration::from_secs(3_600);
    Options { tick: never, sweep_every: never, heartbeat: never, ..Options::default() }
}

on_both!(
    defect_1_no_wake_up_is_lost,
    defect_2_a_busy_worker_keeps_reporting_that_it_lives,
    defect_3_a_retry_is_a_fresh_delivery_that_anyone_can_take,
    defect_4_an_error_is_not_retried_at_once,
    defect_5_a_panic_harms_neither_the_worker_nor_its_neighbours,
);

async fn defect_1_no_wake_up_is_lost(lab: &Lab) {
    let _running = lab.worker(deaf());
    let writer = async || {
        // Each waits for its job before the next: one lost wake-up, and it waits for ever.
        for _ in 0..20 {
            let toy = lab.enqueue("report", 1).await;
            lab.until_jobs(toy, "DONE").await;
        }
    };
    futures::future::join_all((0..6).map(|_| writer())).await;
    assert_eq!(lab.probe.ended(), 120);
}

async fn defect_2_a_busy_worker_keeps_reporting_that_it_lives(lab: &Lab) {
    let options = Options { concurrency: 1, heartbeat: Duration::from_secs(1), missed_heartbeats: 2, ..Options::default() };
    let _first = lab.worker(options.clone());
    let toy = lab.enqueue("held", 5).await;
    lab.probe.until_started(1).await;
    let (other, wake) = lab.other_process().await;
    let _second = lab.worker_as(&other, &wake, options);
    lab.probe.until_started(2).await;
    // Twice as long as a silent worker would be given.
    let seen = if lab.is_postgres() { "extract(epoch FROM last_seen)" } else { "last_seen" };
    let began = lab.count(&format!("SELECT CAST(max({seen}) AS BIGINT) FROM {}", lab.workers())).await;
    let least = format!("SELECT CAST(min({seen}) AS BIGINT) FROM {}", lab.workers());
    until("both workers have reported for 4 s", async || lab.count(&least).await >= began + 4).await;
    let moved = format!("SELECT count(*) FROM {} WHERE attempts > 0", lab.deliveries());
    assert_eq!(lab.count(&moved).await, 0, "no delivery was taken away from a living worker");
    lab.probe.gate.add_permits(5);
    lab.until_jobs(toy, "DONE").await;
    assert_eq!(lab.probe.started(), 5);
}

async fn defect_3_a_retry_is_a_fresh_delivery_that_anyone_can_take(lab: &Lab) {
    let options = Options { sweep_every: Duration::from_secs(3_600), ..Options::default() };
    let running = lab.worker(options.clone());
    let toy = lab.enqueue("fail_once", 1).await;
    until("the first attempt failed", async || lab.job(toy).await.last_error.is_some()).await;
    // Nobody is at work while we look: the second attempt would change what we see.
    running.shutdown().await;
    let table = lab.deliveries();
    assert_eq!(lab.count(&format!("SELECT count(*) FROM {table} WHERE status = 'Done'")).await, 1);
    assert_eq!(lab.count(&format!("SELECT count(*) FROM {table} WHERE status = 'Pending' AND lock_by IS NULL")).await, 1);
    assert_eq!(lab.count(&format!("SELECT count(*) FROM {table} WHERE status = 'Pending' AND lock_by IS NOT NULL")).await, 0);
    let _running = lab.worker(options);
    lab.until_jobs(toy, "DONE").await;
    until("all deliveries are over", async || lab.count(&format!("SELECT count(*) FROM {table} WHERE status <> 'Done'")).await == 0).await;
}

async fn defect_4_an_error_is_not_retried_at_once(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let began = lab.engine.clock.now();
    let toy = lab.enqueue("fail", 1).await;
    until("the first attempt failed", async || lab.job(toy).await.last_error.is_some()).await;
    let failed = lab.job(toy).await;
    let run_at = failed.run_at;
    assert!(run_at - began >= engine::job::retry_delay(failed.id, 1));
    lab.probe.until_started(2).await;
    assert!(lab.engine.clock.now() >= run_at, "the second attempt came early");
}

async fn defect_5_a_panic_harms_neither_the_worker_nor_its_neighbours(lab: &Lab) {
    let _running = lab.worker(Options::default());
    let neighbours = lab.enqueue("held", 3).await;
    lab.probe.until_started(3).await;
    let broken = lab.start(json!({ "deed": "panic", "jobs": 2, "max_attempts": 1 })).await;
    lab.until_jobs(broken, "DEAD").await;
    assert!(lab.job(broken).await.last_error.unwrap().contains("the handler is broken"));
    lab.probe.gate.add_permits(3);
    lab.until_jobs(neighbours, "DONE").await;
    assert_eq!(lab.probe.started(), 5);
    assert_eq!(lab.count(&format!("SELECT count(*) FROM {}", lab.workers())).await, 1, "the worker was not started again");
}

/// What apalis runs to acknowledge, with its conditions on task and worker.
const ACKNOWLEDGE: &str = "UPDATE Jobs SET status = j.status FROM (SELECT value ->> 'task_id' AS task_id, value ->> 'status' AS status FROM json_each(?)) AS j WHERE Jobs.id = j.task_id AND Jobs.lock_by = ?";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn defect_8_acknowledging_does_not_walk_through_the_workers_history() {
    let lab = Lab::sqlite().await;
    let plan = lab.rows(&format!("EXPLAIN QUERY PLAN {ACKNOWLEDGE}"), vec!["[]".into(), "worker".into()]).await;
    let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
    assert!(steps.iter().any(|step| step.contains("Jobs") && step.contains("(id=?)")), "{steps:?}");
    assert!(steps.iter().all(|step| !step.contains("lock_by")), "{steps:?}");

    let _running = lab.worker(Options { sweep_every: Duration::from_millis(50), ..Options::default() });
    let toy = lab.enqueue("report", 50).await;
    lab.until_jobs(toy, "DONE").await;
    until("there is no history", async || lab.count("SELECT count(*) FROM Jobs").await == 0).await;
}
