//! A backtest over 100,000 recorded decisions, through the same commands and jobs as in production; the goal is 20 s, and
//! memory that does not grow with them.

use crate::company::Company;
use crate::resident_kb;
use api::app::App;
use chrono::TimeDelta;
use engine::db;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use sea_orm::DbBackend;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use workflows::backtest::report;

const DECISIONS: i64 = 100_000;
const KIND: &str = "cancellation.tutor";

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    write(app, company).await;
    let seed = policies::seed().iter().find(|version| version.kind == KIND).expect("the policy");
    let mut params: Value = serde_json::from_str(seed.params).expect("its parameters");
    params["brackets"][2]["substitution_denda_pct"] = json!(10);
    let engine = &app.engine;
    let (id, now) = (new_id(engine.clock.now()), engine.clock.now());
    let (from, to) = ((now - TimeDelta::days(2)).date_naive().to_string(), (now + TimeDelta::days(1)).date_naive().to_string());
    let body = json!({ "subject": "POLICY", "kind": KIND, "script": seed.script, "params": params, "from_on": from, "to_on": to });
    let before = resident_kb("VmRSS:");
    let began = Instant::now();
    engine.execute(&Request::new("backtest", Target::New(id), AnyCommand::with("start", &body), company.actor.clone())).await.expect("a backtest begins");
    worker::drain(engine, worker::handlers(&app.deps())).await.expect("its parts");
    let took = began.elapsed();
    let done = report::find(engine.db.reader(), id).await.expect("the backtest").expect("one");
    let began = Instant::now();
    report::whole(engine.db.reader(), id).await.expect("its report");
    let reading = began.elapsed();
    json!({
        "decisions": done.done,
        "changed": done.changed,
        "seconds": (took.as_secs_f64() * 100.0).round() / 100.0,
        "report_ms": (reading.as_secs_f64() * 1e5).round() / 1e2,
        "resident_mb_before": before / 1024,
        "resident_mb_more": (resident_kb("VmRSS:") - before) / 1024,
    })
}

/// As if tutors had cancelled at all lead times up to six hours, a second apart.
async fn write(app: &App, company: &Company) {
    let engine = &app.engine;
    let request = json!({
        "siswa_id": company.siswa[0], "tutor_id": company.tutors[0], "subject_id": company.subject,
        "starts_at": engine.clock.now() + TimeDelta::days(400), "mode": "ONLINE",
    });
    let target = Target::New(new_id(engine.clock.now()));
    let sesi = engine.execute(&Request::new("sesi", target, AnyCommand::with("request", &request), company.actor.clone())).await.expect("a sesi").id;
    let (id, of, json, at) = match engine.db.backend() {
        DbBackend::Postgres => ("gen_random_uuid()", "CAST(? AS uuid)", "::jsonb", "CAST(? AS timestamptz)"),
        _ => ("randomblob(16)", "?", "", "?"),
    };
    let sql = format!(
        "INSERT INTO policy_decision (id, instance_id, seq, kind, version, sha256, input, output, trace, at) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {DECISIONS}) \
         SELECT {id}, {of}, 2, '{KIND}', 1, 'x', \
         ('{{\"lead_time_s\":' || (i % 21600) || ',\"tagihan_rp\":150000,\"honorarium_rp\":' || (90000 + i % 7) || '}}'){json}, \
         ('{{\"denda_pct\":25,\"strikes\":1,\"honor_rp\":0,\"denda_rp\":22500}}'){json}, ('[]'){json}, {at} FROM n"
    );
    let at = engine.clock.now() - TimeDelta::days(1);
    db::run(engine.db.writer(), &sql, vec![sesi.into(), at.into()]).await.expect("decisions");
}
