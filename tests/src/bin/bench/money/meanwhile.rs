//! What others wait for while a run is under way: an approval every few milliseconds, over HTTP.

use crate::approve::SignedIn;
use crate::percentiles;
use reqwest::Client;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;
use uuid::Uuid;

const PAUSE: Duration = Duration::from_millis(10);

pub struct Others {
    over: Arc<AtomicBool>,
    task: JoinHandle<Vec<Duration>>,
}

pub fn begin(signed_in: Arc<SignedIn>, sesi: Vec<Uuid>) -> Others {
    let over = Arc::new(AtomicBool::new(false));
    let until = over.clone();
    let task = tokio::spawn(async move {
        let (client, mut latencies) = (Client::new(), vec![]);
        for id in sesi {
            if until.load(Ordering::SeqCst) {
                break;
            }
            let began = Instant::now();
            let request = client.post(format!("{}/api/v1/workflows/sesi/{id}/commands/approve", signed_in.base));
            let request = request.header(COOKIE, &signed_in.cookie).header("X-CSRF-Token", &signed_in.csrf).header("Idempotency-Key", id.to_string());
            let answer = request.json(&json!({})).send().await.expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
            latencies.push(began.elapsed());
            tokio::time::sleep(PAUSE).await;
        }
        latencies
    });
    Others { over, task }
}

impl Others {
    pub async fn end(self) -> Value {
        self.over.store(true, Ordering::SeqCst);
        percentiles(self.task.await.expect("the others"))
    }
}
