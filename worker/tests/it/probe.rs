//! A handler that does what a job's payload asks for, and a probe that sees and holds it.

use crate::lab::until;
use async_trait::async_trait;
use engine::batch::Batch;
use engine::plan::AnyCommand;
use serde_json::json;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;
use uuid::Uuid;
use worker::{Done, Handler, Work};

/// What the scripted handler did, and how the test holds it.
pub struct Probe {
    pub starts: Mutex<Vec<Uuid>>,
    pub ends: Mutex<Vec<Uuid>>,
    /// A `held` job ends when it gets a permit.
    pub gate: Semaphore,
}

impl Default for Probe {
    fn default() -> Self {
        Self { starts: Mutex::default(), ends: Mutex::default(), gate: Semaphore::new(0) }
    }
}

impl Probe {
    pub fn started(&self) -> usize {
        self.starts.lock().unwrap().len()
    }

    pub fn ended(&self) -> usize {
        self.ends.lock().unwrap().len()
    }

    pub async fn until_started(&self, count: usize) {
        until(&format!("{count} starts"), async || self.started() >= count).await;
    }
}

/// Does what the job's payload asks for.
pub struct Scripted(pub Arc<Probe>);

#[derive(serde::Deserialize)]
struct Payload {
    toy_id: Uuid,
    deed: String,
}

#[async_trait]
impl Handler for Scripted {
    fn kind(&self) -> &'static str {
        "toy"
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { toy_id, deed } = work.payload()?;
        self.0.starts.lock().unwrap().push(work.job.id);
        let report = Done::Command { workflow: "toy", id: toy_id, command: AnyCommand::new("report") };
        let done = match deed.as_str() {
            "report" => Ok(report),
            "effect" => {
                let mut batch = Batch::default();
                batch.push("UPDATE toy SET reports = reports + 1 WHERE id = ?", vec![toy_id.into()]);
                Ok(Done::Effect { result: json!({ "fine": true }), batch })
            }
            "held" => {
                self.0.gate.acquire().await?.forget();
                Ok(report)
            }
            "misdirect" => Ok(Done::Command { workflow: "toy", id: toy_id, command: AnyCommand::new("no_such_command") }),
            "fail" => Err(anyhow::anyhow!("the peer is away")),
            "fail_once" if work.job.attempt == 1 => Err(anyhow::anyhow!("the peer is away")),
            "fail_once" => Ok(report),
            "panic" => panic!("the handler is broken"),
            "abort" => std::process::abort(),
            other => Err(anyhow::anyhow!("unknown deed {other}")),
        };
        self.0.ends.lock().unwrap().push(work.job.id);
        done
    }
}
