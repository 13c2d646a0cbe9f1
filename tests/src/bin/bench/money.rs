//! Money in bulk: a billing run of 100,000 sesi beside plain SQL that only sums and inserts the same documents, on the same database in
//! the same run; what others wait for meanwhile; the trial balance and the aging of a million postings; a workbook and a PDF.
//!
//! `ALUR_BENCH_SESI` names another size.

mod meanwhile;
mod plain;
mod seed;

use super::approve::{self, SignedIn};
use super::company::Company;
use super::{percentiles, resident_kb};
use api::app::App;
use chrono::NaiveDate;
use engine::db;
use engine::execute::{Request, Target};
use engine::id::new_id;
use engine::plan::AnyCommand;
use reqwest::Client;
use reqwest::header::COOKIE;
use seed::Month;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const POSTINGS: i64 = 1_000_000;
/// How often a page or a file is asked for.
const OFTEN: usize = 20;

pub async fn measure(app: &Arc<App>, company: &Company) -> Value {
    let sesi: i64 = std::env::var("ALUR_BENCH_SESI").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let day = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).expect("a day");
    let small = Month { first_day: day(8), first: 0, sesi: sesi / 10 };
    let large = Month { first_day: day(9), first: small.sesi, sesi };
    let signed_in = Arc::new(approve::sign_in(app).await);
    seed::month(app, small).await;
    let bare_tenth = plain::measure(app, small).await;
    let tenth = billed(app, company, small).await;
    seed::month(app, large).await;
    let bare = plain::measure(app, large).await;
    let ahead = company.request_ahead(app, 1_500, 90).await;
    let others = meanwhile::begin(signed_in.clone(), ahead);
    let before = resident_kb("VmRSS:");
    let whole = billed(app, company, large).await;
    let others = others.end().await;
    let after = resident_kb("VmRSS:");
    let second = billed(app, company, large).await;
    let mut report = json!({
        "sesi": sesi,
        "siswa": large.siswa(),
        "tutors": large.tutors(),
        "documents": count(app, "SELECT (SELECT count(*) FROM tagihan) + (SELECT count(*) FROM honorarium) AS n").await,
        "lines": count(app, "SELECT (SELECT count(*) FROM tagihan_line) + (SELECT count(*) FROM honorarium_line) AS n").await,
        "run_s": seconds(whole),
        "plain_s": seconds(bare),
        "of_plain": ratio(whole, bare),
        "a_tenth_s": seconds(tenth),
        "of_a_tenth": ratio(whole, tenth),
        "a_tenth_plain_s": seconds(bare_tenth),
        "again_s": seconds(second),
        "meanwhile": others,
        "resident_mb_before": before / 1024,
        "resident_mb_more": (after - before) / 1024,
    });
    let more = POSTINGS / 4 / sesi.max(1) + 1;
    seed::entries(app, large, more).await;
    report["postings"] = json!(count(app, "SELECT count(*) AS n FROM posting").await);
    for (name, path) in [
        ("trial_balance", "/api/v1/ledger/trial-balance?month=2026-09".to_owned()),
        ("aging", "/api/v1/aging".to_owned()),
        ("tagihan_page", "/api/v1/tagihan?filter[month]=2026-09&limit=50".to_owned()),
        ("honorarium_page", "/api/v1/honorarium?filter[month]=2026-09&limit=50".to_owned()),
        ("tagihan_pdf", format!("/api/v1/tagihan/{}/pdf", any(app, "tagihan").await)),
        ("honorarium_pdf", format!("/api/v1/honorarium/{}/pdf", any(app, "honorarium").await)),
    ] {
        report[name] = often(&signed_in, &path, OFTEN).await;
    }
    let before = resident_kb("VmRSS:");
    report["workbook"] = often(&signed_in, "/api/v1/exports/tagihan.xlsx?filter[month]=2026-09", 1).await;
    report["workbook"]["resident_mb_more"] = json!((resident_kb("VmRSS:") - before) / 1024);
    report
}

/// A run from its beginning to its end, with every job in between.
async fn billed(app: &Arc<App>, company: &Company, month: Month) -> Duration {
    let engine = &app.engine;
    let give = async |target: Target, name: &str, body: Value| {
        let request = Request::new("billing_run", target, AnyCommand::with(name, &body).because("bench"), company.actor.clone());
        engine.execute(&request).await.unwrap_or_else(|halt| panic!("{name}: {halt:?}")).id
    };
    let began = Instant::now();
    let id = give(Target::New(new_id(engine.clock.now())), "begin", json!({ "period_month": month.name() })).await;
    worker::drain(engine, worker::handlers(&app.deps())).await.expect("its parts");
    if state(app, id).await == "HALTED" {
        give(Target::Existing(id), "proceed", json!({})).await;
        worker::drain(engine, worker::handlers(&app.deps())).await.expect("its parts");
    }
    assert_eq!(state(app, id).await, "DONE");
    began.elapsed()
}

async fn state(app: &App, id: Uuid) -> String {
    let row = db::row(app.engine.db.reader(), "SELECT state FROM billing_run WHERE id = ?", vec![id.into()]).await.expect("a row").expect("a run");
    row.try_get("", "state").expect("a state")
}

async fn count(app: &App, sql: &str) -> i64 {
    let row = db::row(app.engine.db.reader(), sql, vec![]).await.expect("a count").expect("a count");
    row.try_get("", "n").expect("a count")
}

async fn any(app: &App, table: &str) -> Uuid {
    let row = db::row(app.engine.db.reader(), &format!("SELECT id FROM {table} ORDER BY number DESC LIMIT 1"), vec![]).await;
    row.expect("a row").expect("a document").try_get("", "id").expect("an id")
}

/// What a reader waits for, and how much comes.
async fn often(signed_in: &SignedIn, path: &str, times: usize) -> Value {
    let (client, mut latencies, mut size, mut status) = (Client::new(), vec![], 0, 0);
    for _ in 0..times {
        let began = Instant::now();
        let answer = client.get(format!("{}{path}", signed_in.base)).header(COOKIE, &signed_in.cookie).send().await.expect("an answer");
        status = answer.status().as_u16();
        size = answer.bytes().await.expect("a body").len();
        latencies.push(began.elapsed());
    }
    let mut answer = percentiles(latencies);
    answer["bytes"] = json!(size);
    answer["status"] = json!(status);
    answer
}

fn seconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1_000.0).round() / 1_000.0
}

fn ratio(took: Duration, of: Duration) -> f64 {
    (took.as_secs_f64() / of.as_secs_f64().max(1e-9) * 100.0).round() / 100.0
}
