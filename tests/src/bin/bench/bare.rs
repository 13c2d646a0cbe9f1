//! The bare limit: the rows of one approval, written by plain SQL in one transaction, by as many clients.

use super::company::Company;
use super::percentiles;
use api::app::App;
use chrono::TimeDelta;
use engine::db::{self, Tx};
use engine::id::new_id;
use sea_orm::Value as Sql;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use uuid::Uuid;

const TRANSACTIONS: usize = 6_400;
const CLIENTS: usize = 32;

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    let ids = company.request_ahead(app, TRANSACTIONS, 60).await;
    let queue = Arc::new(Mutex::new(ids.into_iter().collect::<VecDeque<Uuid>>()));
    let began = Instant::now();
    let tasks: Vec<_> = (0..CLIENTS).map(|_| tokio::spawn(client(app.clone(), queue.clone()))).collect();
    let mut latencies = vec![];
    for task in tasks {
        latencies.extend(task.await.expect("a client"));
    }
    let mut answer = percentiles(latencies);
    answer["per_second"] = json!((TRANSACTIONS as f64 / began.elapsed().as_secs_f64()).round());
    answer
}

async fn client(app: Arc<App>, queue: Arc<Mutex<VecDeque<Uuid>>>) -> Vec<Duration> {
    let mut latencies = vec![];
    loop {
        let Some(id) = queue.lock().expect("the queue").pop_front() else { return latencies };
        let began = Instant::now();
        let tx = app.engine.db.begin().await.expect("a transaction");
        write(&app, &tx, id).await;
        tx.commit().await.expect("a commit");
        latencies.push(began.elapsed());
    }
}

/// Nine rows: instance, sesi, history, task, both timers, decision, audit, idempotency key.
async fn write(app: &App, tx: &Tx, id: Uuid) {
    let now: Sql = app.engine.clock.now().into();
    let fresh = || -> Sql { new_id(app.engine.clock.now()).into() };
    let facts: Sql = json!({ "zone": "Asia/Jakarta", "golongan": "GOL_2", "text": "x".repeat(900) }).into();
    let small: Sql = json!({ "amount_rp": 150_000 }).into();
    let (one, actor): (Sql, Sql) = (id.into(), Uuid::nil().into());
    let run = async |sql: &str, values: Vec<Sql>| db::run(tx, sql, values).await.expect("a row");
    run("UPDATE workflow_instance SET state = 'APPROVED', revision = 2, updated_at = ? WHERE id = ?", vec![now.clone(), one.clone()]).await;
    run(
        "UPDATE sesi SET state = 'APPROVED', tagihan_rp = 150000, honorarium_rp = 90000, transport_rp = 0, approved_at = ? WHERE id = ?",
        vec![now.clone(), one.clone()],
    )
    .await;
    run(
        "INSERT INTO workflow_history (instance_id, seq, command, payload, actor_id, actor_name, actor_kind, facts, change, from_state, to_state, amounts, at, previous_hash, hash) \
         VALUES (?,2,'approve',?,?,'Bench','PERSON',?,?,'REQUESTED','APPROVED',?,?,'','x')",
        vec![one.clone(), small.clone(), actor.clone(), facts.clone(), facts.clone(), small.clone(), now.clone()],
    )
    .await;
    run("UPDATE task SET state = 'DONE', closed_at = ? WHERE instance_id = ? AND state = 'OPEN'", vec![now.clone(), one.clone()]).await;
    run("UPDATE timer SET state = 'DISARMED', settled_at = ? WHERE instance_id = ? AND state = 'ARMED'", vec![now.clone(), one.clone()]).await;
    run(
        "INSERT INTO timer (id, instance_id, name, command, due_at, state, armed_at) VALUES (?,?,'not_started',?,?,'ARMED',?)",
        vec![fresh(), one.clone(), small.clone(), (app.engine.clock.now() + TimeDelta::days(90)).into(), now.clone()],
    )
    .await;
    run(
        "INSERT INTO policy_decision (id, instance_id, seq, kind, version, sha256, input, output, trace, at) VALUES (?,?,2,'pricing',1,'x',?,?,?,?)",
        vec![fresh(), one.clone(), small.clone(), small.clone(), facts.clone(), now.clone()],
    )
    .await;
    run(
        "INSERT INTO audit_record (id, at, actor_id, actor_name, actor_kind, action, entity_type, entity_id, before, after) VALUES (?,?,?,'Bench','PERSON','sesi.approve','sesi',?,?,?)",
        vec![fresh(), now.clone(), actor.clone(), one.clone(), small.clone(), facts.clone()],
    )
    .await;
    run(
        "INSERT INTO idempotency_key (actor_id, key, request_hash, instance_id, answer, created_at) VALUES (?,?,'x',?,?,?)",
        vec![actor, id.to_string().into(), one, small, now],
    )
    .await;
}
