//! From a committed command to its finished job; processor time of a whole sesi; processor time at rest.

use super::company::Company;
use super::{cpu, percentiles};
use api::app::App;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db;
use engine::execute::Target;
use engine::id::new_id;
use futures::StreamExt;
use sea_orm::Value as Sql;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use worker::Options;

/// How many sesi one after another, for the latency of their jobs.
const ONE_BY_ONE: usize = 100;
/// How many sesi at full load, and how many of them at once, for the processor time each takes.
const UNDER_LOAD: usize = 300;
const AT_ONCE: usize = 32;
/// How many sesi at full load from their request to their end.
const LIVES: usize = 1_200;
const AT_REST: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    let running = worker::start(app.engine.clone(), app.wake.clone(), &app.deps(), Options::default()).await.expect("a worker");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = cpu();
    tokio::time::sleep(AT_REST).await;
    let at_rest = (cpu() - before).as_secs_f64() / AT_REST.as_secs_f64() * 100.0;
    let photo = photo(app).await;
    let soon = app.engine.clock.now() + TimeDelta::minutes(10);
    let ids = company.request(app, ONE_BY_ONE + UNDER_LOAD, soon).await;
    let (alone, together) = ids.split_at(ONE_BY_ONE);
    let (one_by_one, latencies) = play(app, company, (alone, 1), photo, ONE_BY_ONE).await;
    let (under_load, _) = play(app, company, (together, AT_ONCE), photo, ids.len()).await;
    let (life_alone, life_together) = (live(app, company, ONE_BY_ONE, 1).await, live(app, company, LIVES, AT_ONCE).await);
    running.shutdown().await;
    json!({
        "command_to_job_done": percentiles(latencies),
        "cpu_ms_per_finished_sesi_of_4_commands": { "one_by_one": life_alone, "at_once_32": life_together },
        "cpu_ms_per_sesi_of_4_commands_and_a_job": { "one_by_one": one_by_one, "at_once_32": under_load },
        "cpu_percent_at_rest": (at_rest * 100.0).round() / 100.0,
    })
}

/// Takes sesi through four commands and a job, some at once, until `jobs` jobs are done in all;
/// gives the processor time of each in milliseconds, and how long every job took.
async fn play(app: &Arc<App>, company: &Company, (ids, at_once): (&[Uuid], usize), photo: Uuid, jobs: usize) -> (f64, Vec<Duration>) {
    let began = cpu();
    let plays = ids.iter().map(|id| async move {
        company.run(app, Target::Existing(*id), "approve", json!({ "outside_slots_reason": "Bench" })).await;
        company.run(app, Target::Existing(*id), "start", json!({})).await;
        company.run(app, Target::Existing(*id), "report", json!({ "attendance": "PRESENT", "topic": "Bench", "photo_document_id": photo })).await;
        company.run(app, Target::Existing(*id), "confirm", json!({})).await;
    });
    futures::stream::iter(plays).buffer_unordered(at_once).collect::<Vec<()>>().await;
    let latencies = finished(app, jobs).await;
    let each = (cpu() - began).as_secs_f64() * 1_000.0 / ids.len() as f64;
    ((each * 100.0).round() / 100.0, latencies)
}

/// Takes sesi from their request to their end: a start, two steps, a signal; gives the processor time of each in milliseconds.
async fn live(app: &Arc<App>, company: &Company, count: usize, at_once: usize) -> f64 {
    let first = app.engine.clock.now() + TimeDelta::days(if at_once == 1 { 200 } else { 300 });
    let began = cpu();
    let lives = (0..count).map(|n| async move {
        let place = n % company.tutors.len();
        let starts_at = first + TimeDelta::hours(4) * i32::try_from(n / company.tutors.len()).unwrap_or(i32::MAX);
        let (siswa, tutor) = (company.siswa[place], company.tutors[place]);
        let request = json!({ "siswa_id": siswa, "tutor_id": tutor, "subject_id": company.subject, "starts_at": starts_at, "mode": "ONLINE" });
        let id = company.run(app, Target::New(new_id(app.engine.clock.now())), "request", request).await.id;
        company.run(app, Target::Existing(id), "edit", json!({ "starts_at": starts_at + TimeDelta::hours(1) })).await;
        company.run(app, Target::Existing(id), "approve", json!({ "outside_slots_reason": "Bench" })).await;
        company.run(app, Target::Existing(id), "cancel", json!({ "party": "SISWA", "reason": "Bench" })).await;
    });
    futures::stream::iter(lives).buffer_unordered(at_once).collect::<Vec<()>>().await;
    let each = (cpu() - began).as_secs_f64() * 1_000.0 / count as f64;
    (each * 100.0).round() / 100.0
}

/// How long each job took from the start of its command to its done mark.
async fn finished(app: &App, jobs: usize) -> Vec<Duration> {
    let began = Instant::now();
    loop {
        let rows = db::rows(app.engine.db.reader(), "SELECT created_at, finished_at FROM job WHERE state = 'DONE' AND kind = 'sesi_anomaly'", vec![])
            .await
            .expect("jobs");
        if rows.len() == jobs || began.elapsed() > PATIENCE {
            assert_eq!(rows.len(), jobs, "every job is done");
            let at = |row: &sea_orm::QueryResult, column: &str| -> DateTime<Utc> { row.try_get("", column).expect("an instant") };
            return rows.iter().map(|row| (at(row, "finished_at") - at(row, "created_at")).to_std().unwrap_or_default()).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn photo(app: &App) -> Uuid {
    let id = new_id(app.engine.clock.now());
    let values: Vec<Sql> = vec![id.into(), app.engine.clock.now().into()];
    let sql = "INSERT INTO document (id, kind, name, content_type, size, sha256, storage_key, uploaded_by, uploaded_by_name, uploaded_at, scan_state) \
               SELECT ?, 'report_photo', 'foto.png', 'image/png', 10, 'x', 'x', id, name, ?, 'SKIPPED' FROM user_account LIMIT 1";
    db::run(app.engine.db.writer(), sql, values).await.expect("a document");
    id
}
