//! From starting the program on an existing database to ready, and its memory at rest.

use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub async fn measure(folder: &Path) -> Value {
    let program = std::env::current_exe().expect("this program").with_file_name("alur");
    if !program.exists() {
        return json!({ "missing": "build it first: cargo build --release -p api" });
    }
    let port = tests::postgres::free_port();
    let began = Instant::now();
    let mut child = Command::new(&program)
        .arg("serve")
        .env("ALUR_DATABASE_FOLDER", folder)
        .env("ALUR_SERVER_LISTEN", format!("127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let url = format!("http://127.0.0.1:{port}/readyz");
    let ready = loop {
        if began.elapsed() > Duration::from_secs(20) {
            break None;
        }
        match reqwest::get(&url).await {
            Ok(answer) if answer.status().is_success() => break Some(began.elapsed()),
            _ => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    tokio::time::sleep(Duration::from_secs(3)).await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let memory_kb: Option<u64> = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    child.kill().expect("it ends");
    child.wait().expect("it ends");
    json!({ "ready_s": ready.map(|ready| ready.as_secs_f64()), "resident_mb": memory_kb.map(|kb| kb / 1024) })
}
