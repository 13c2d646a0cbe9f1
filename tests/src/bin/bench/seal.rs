//! Sealing and verifying audit rows, per second; the goals are 1,000 and 50,000.

use api::app::App;
use chrono::TimeDelta;
use engine::actor::Actor;
use engine::audit::{self, Action};
use engine::batch::Batch;
use engine::id::new_id;
use engine::seal::{self, Look};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

const ROWS: usize = 100_000;
/// Rows written by one statement.
const TOGETHER: usize = 50;

pub async fn measure(app: &Arc<App>) -> Value {
    let db = &app.engine.db;
    let clock = app.engine.clock.as_ref();
    seal::seal(db, clock, Look::Everywhere).await.expect("earlier rows sealed");
    write(app).await;
    let began = Instant::now();
    let sealed = seal::seal(db, clock, Look::Recent).await.expect("rows sealed");
    let sealing = began.elapsed();
    let began = Instant::now();
    seal::seal(db, clock, Look::Recent).await.expect("nothing to seal");
    let idle = began.elapsed();
    let began = Instant::now();
    let report = seal::verify(db).await.expect("a verification");
    let verifying = began.elapsed();
    json!({
        "rows": sealed,
        "sealed_per_second": (sealed as f64 / sealing.as_secs_f64()).round(),
        "round_with_nothing_new_ms": (idle.as_secs_f64() * 1e5).round() / 1e2,
        "verified_per_second": (report.rows as f64 / verifying.as_secs_f64()).round(),
        "findings": report.findings.len(),
    })
}

/// Rows like those of approvals, dated one after the other within the last minutes.
async fn write(app: &App) {
    let began = app.engine.clock.now();
    for first in (0..ROWS).step_by(TOGETHER) {
        let mut batch = Batch::default();
        for n in first..(first + TOGETHER).min(ROWS) {
            let at = began + TimeDelta::milliseconds(i64::try_from(n).unwrap_or(0));
            let action = Action {
                action: "sesi.approve".into(),
                entity_type: "sesi",
                entity_id: new_id(at),
                entity_code: Some("SES-2026-000001"),
                instance_seq: None,
                on_behalf_of: None,
                before: Some(json!({ "state": "REQUESTED", "tagihan_rp": null })),
                after: Some(json!({ "state": "APPROVED", "tagihan_rp": 150_000, "honorarium_rp": 90_000, "text": "x".repeat(300) })),
                reason: None,
            };
            audit::record(action, &Actor::system(), at, &mut batch);
        }
        let tx = app.engine.db.begin().await.expect("a transaction");
        batch.run(&tx).await.expect("rows");
        tx.commit().await.expect("a commit");
    }
}
