//! Ten thousand timers due in the same second, each a full command.

use super::company::Company;
use api::app::App;
use chrono::{DateTime, TimeDelta, Utc};
use engine::db;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use worker::Options;

const TIMERS: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(60);

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    company.request_ahead(app, TIMERS, 200).await;
    // Every other timer out of the way, these ten thousand to one instant.
    let due_at = app.engine.clock.now() + TimeDelta::seconds(5);
    let sql =
        "UPDATE timer SET due_at = ? WHERE state = 'ARMED' AND name = 'sla' AND instance_id IN (SELECT id FROM workflow_instance ORDER BY id DESC LIMIT 10000)";
    let armed = db::run(app.engine.db.writer(), sql, vec![due_at.into()]).await.expect("timers");
    let running = worker::start(app.engine.clone(), app.wake.clone(), &app.deps(), Options::default()).await.expect("a worker");
    let until = std::time::Instant::now() + PATIENCE;
    while count(app, "SELECT count(*) AS n FROM timer WHERE state = 'ARMED' AND due_at <= ?", due_at).await > 0 && std::time::Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    running.shutdown().await;
    let row = db::row(app.engine.db.reader(), "SELECT max(settled_at) AS last FROM timer WHERE due_at = ?", vec![due_at.into()])
        .await
        .expect("a row")
        .expect("a row");
    let last: DateTime<Utc> = row.try_get("", "last").expect("an instant");
    json!({
        "armed": armed,
        "fired": count(app, "SELECT count(*) AS n FROM timer WHERE state = 'FIRED' AND due_at = ?", due_at).await,
        "early": count(app, "SELECT count(*) AS n FROM timer WHERE state = 'FIRED' AND settled_at < due_at AND due_at = ?", due_at).await,
        "twice": count(app, "SELECT count(*) AS n FROM (SELECT instance_id FROM workflow_history WHERE command = 'raise_sla' AND at >= ? GROUP BY instance_id HAVING count(*) > 1) d", due_at).await,
        "seconds": (last - due_at).num_milliseconds() as f64 / 1_000.0,
    })
}

async fn count(app: &App, sql: &str, due_at: DateTime<Utc>) -> i64 {
    let row = db::row(app.engine.db.reader(), sql, vec![due_at.into()]).await.expect("a count").expect("a count");
    row.try_get("", "n").expect("a count")
}
