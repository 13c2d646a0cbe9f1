//! `make bench`: the figures Alur promises, measured on both databases with durable commits, as JSON.
//!
//! The same run measures the bare limit (the same rows by plain SQL), so that ratios hold on a noisy machine.
//! Words narrow it down: `bench postgres timers` runs only what they name.

#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on should say so and stop")]

mod approve;
mod backtest;
mod bare;
mod company;
mod follow_up;
mod money;
mod policy;
mod prices;
mod seal;
mod start;
mod timers;

use api::app::App;
use api::config::Config;
use engine::clock::SystemClock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const PARTS: &[&str] = &["policy", "sqlite", "postgres"];
const MEASURES: &[&str] = &["approve", "bare", "follow_up", "timers", "backtest", "seal", "prices", "money", "start"];

#[tokio::main]
async fn main() {
    let mut report = json!({});
    if wanted("policy", PARTS) {
        report["policy"] = policy::measure();
    }
    let postgres = tests::postgres::Server::start_durable();
    for name in ["sqlite", "postgres"] {
        if !wanted(name, PARTS) {
            continue;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = (name == "postgres").then(|| postgres.url.clone());
        let app = build(folder.path(), url).await;
        report[name] = measure(app).await;
        if name == "sqlite" && wanted("start", MEASURES) {
            report["start"] = start::measure(folder.path()).await;
        }
    }
    println!("{}", serde_json::to_string_pretty(&report).expect("a report"));
}

/// Whether the command line names this part, or none of its kind.
fn wanted(name: &str, kind: &[&str]) -> bool {
    let words: Vec<String> = std::env::args().skip(1).collect();
    words.is_empty() || words.iter().any(|word| word == name) || !words.iter().any(|word| kind.contains(&word.as_str()))
}

async fn build(folder: &std::path::Path, url: Option<String>) -> Arc<App> {
    let mut config = Config::default();
    // One session sends all there is.
    config.server.requests_per_minute = 0;
    config.database.folder = folder.into();
    config.database.url = url;
    config.server.listen = ([127, 0, 0, 1], 0).into();
    App::build(config, Arc::new(SystemClock)).await.expect("the program starts")
}

async fn measure(app: Arc<App>) -> Value {
    let company = company::make(&app).await;
    let mut report = json!({});
    if wanted("approve", MEASURES) {
        report["approve"] = approve::measure(&app, &company).await;
    }
    if wanted("bare", MEASURES) {
        report["bare"] = bare::measure(&app, &company).await;
    }
    if let (Some(approve), Some(bare)) = (report["approve"]["clients_32"]["per_second"].as_f64(), report["bare"]["per_second"].as_f64()) {
        report["approve_of_bare"] = json!((approve / bare * 1_000.0).round() / 1_000.0);
    }
    if wanted("follow_up", MEASURES) {
        report["follow_up"] = follow_up::measure(&app, &company).await;
    }
    if wanted("timers", MEASURES) {
        report["timers"] = timers::measure(&app, &company).await;
    }
    if wanted("backtest", MEASURES) {
        report["backtest"] = backtest::measure(&app, &company).await;
    }
    if wanted("seal", MEASURES) {
        report["seal"] = seal::measure(&app).await;
    }
    if wanted("prices", MEASURES) {
        report["prices"] = prices::measure(&app, &company).await;
    }
    if wanted("money", MEASURES) {
        report["money"] = money::measure(&app, &company).await;
    }
    report
}

/// Percentiles of latencies, in milliseconds.
pub fn percentiles(mut latencies: Vec<Duration>) -> Value {
    latencies.sort_unstable();
    let at = |share: usize| latencies.get(latencies.len().saturating_sub(1) * share / 100).map_or(0.0, |one| (one.as_secs_f64() * 1e5).round() / 1e2);
    json!({ "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99), "max_ms": at(100), "n": latencies.len() })
}

/// Memory of this process in KiB: a line of its status.
pub fn resident_kb(line: &str) -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|each| each.strip_prefix(line)).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    found.unwrap_or(0)
}

/// Processor time this process has used.
pub fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = [11, 12].iter().filter_map(|field| fields.get(*field)?.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
