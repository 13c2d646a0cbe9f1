//! Several processes: they wake each other, survive each other's death, and no job brings them all down.

use crate::lab::{Lab, start_on, until};
use crate::on_both;
use chrono::TimeDelta;
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use worker::{Options, Origin, ring_others};

const CHILD_URL: &str = "WORKER_LAB_CHILD_URL";
const CHILD_AHEAD_S: &str = "WORKER_LAB_CHILD_AHEAD_S";

fn quick() -> Options {
    Options {
        heartbeat: Duration::from_secs(1),
        missed_heartbeats: 2,
        sweep_every: Duration::from_millis(100),
        sweep_overdue: Duration::ZERO,
        ..Options::default()
    }
}

/// Starts this test program again, as a worker on the laboratory's database.
fn child(lab: &Lab, ahead: TimeDelta) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::the_child"])
        .env(CHILD_URL, &lab.url)
        .env(CHILD_AHEAD_S, ahead.num_seconds().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Not a test by itself: what [`child`] runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_child() {
    let Ok(url) = std::env::var(CHILD_URL) else { return };
    let lab = Lab::of_another_process(url).await;
    lab.clock.advance(TimeDelta::seconds(std::env::var(CHILD_AHEAD_S).unwrap().parse().unwrap()));
    let _running = lab.worker(quick());
    std::future::pending::<()>().await;
}

on_both!(defect_6_a_job_that_kills_its_process_ends_as_a_dead_letter, defect_7_what_a_killed_worker_held_is_taken_over);

async fn defect_6_a_job_that_kills_its_process_ends_as_a_dead_letter(lab: &Lab) {
    let toy = lab.start(json!({ "deed": "abort", "jobs": 1, "max_attempts": 2 })).await;
    let lease = engine::job::LEASE + TimeDelta::seconds(1);
    for life in 0..2 {
        let status = child(lab, lease * life).wait().await.unwrap();
        assert!(!status.success(), "the job kills its process");
        assert_eq!((lab.job(toy).await.state.as_str(), lab.job(toy).await.attempt), ("RUNNING", i64::from(life) + 1));
    }
    let mut last = child(lab, lease * 2);
    lab.until_jobs(toy, "DEAD").await;
    let over = format!("SELECT count(*) FROM {}", lab.deliveries());
    until("no delivery is left", async || lab.count(&over).await == 0).await;
    assert_eq!(last.try_wait().unwrap(), None, "the third process lives");
    assert_eq!(lab.job(toy).await.attempt, 2);
    assert_eq!(lab.count("SELECT count(*) FROM task WHERE name = 'dead_letter' AND state = 'OPEN'").await, 1);
    last.kill().await.unwrap();
}

async fn defect_7_what_a_killed_worker_held_is_taken_over(lab: &Lab) {
    let mut first = child(lab, TimeDelta::zero());
    let toy = lab.enqueue("held", 2).await;
    lab.until_jobs(toy, "RUNNING").await;
    first.kill().await.unwrap();

    let _running = lab.worker(quick());
    let workers = format!("SELECT count(*) FROM {}", lab.workers());
    until("the second worker has a name of its own", async || lab.count(&workers).await == 2).await;
    let held = format!("SELECT count(*) FROM {}", lab.deliveries());
    until("the dead worker holds no delivery", async || lab.count(&held).await == 0).await;
    assert_eq!(lab.probe.started(), 0, "its attempts have leases still");

    lab.clock.advance(engine::job::LEASE + TimeDelta::seconds(1));
    lab.probe.gate.add_permits(2);
    lab.until_jobs(toy, "DONE").await;
    assert!(lab.jobs(toy).await.iter().all(|job| job.attempt == 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_in_one_process_wakes_the_others_on_postgres() {
    let Some(lab) = Lab::postgres().await else { return };
    let never = Duration::from_secs(3_600);
    let _running = lab.worker(Options { tick: never, sweep_every: never, heartbeat: never, ..Options::default() });
    let (other, wake) = lab.other_process().await;
    let stop = CancellationToken::new();
    tokio::spawn(ring_others(other.db.clone(), wake, Origin::new(), stop.clone()));
    for _ in 0..5 {
        let toy = start_on(&other, json!({ "deed": "report", "jobs": 1 })).await;
        lab.until_jobs(toy, "DONE").await;
    }
    start_on(&other, json!({ "due_at": other.clock.now() + TimeDelta::milliseconds(200) })).await;
    until("the timer fired", async || lab.count("SELECT count(*) FROM timer WHERE state = 'FIRED'").await == 1).await;
    stop.cancel();
    other.db.writer().clone().close().await.unwrap();
    lab.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_loses_its_database_comes_back_on_postgres() {
    let Some(lab) = Lab::postgres().await else { return };
    let running = lab.worker(quick());
    let held = lab.enqueue("held", 2).await;
    lab.probe.until_started(2).await;
    let (other, _) = lab.other_process().await;
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    engine::db::row(other.db.writer(), sql, vec![]).await.unwrap();
    let toy = start_on(&other, json!({ "deed": "report", "jobs": 20 })).await;
    let done = "SELECT count(*) FROM job WHERE instance_id = ? AND state = 'DONE'";
    let count = async |toy: Uuid| engine::db::row(other.db.writer(), done, vec![toy.into()]).await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap();
    until("the new jobs are done", async || count(toy).await == 20).await;
    lab.probe.gate.add_permits(10);
    until("the jobs in progress are done", async || count(held).await == 2).await;
    assert_eq!(running.shutdown().await.unfinished, 0);
    other.db.writer().clone().close().await.unwrap();
    lab.close().await;
}
