//! `sesi_anomaly`: looks for oddities in a sesi that was just confirmed (SPEC SES-12). Enqueued by
//! the workflow `sesi`, payload `{"sesi_id"}`; what it finds comes back as a command.

use crate::jobs::{Done, Handler, Work};
use async_trait::async_trait;
use engine::batch::Batch;
use engine::workflow::Workflow;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use workflows::sesi::{Sesi, anomaly};

pub const KIND: &str = "sesi_anomaly";

#[derive(Deserialize)]
struct Payload {
    sesi_id: Uuid,
}

pub(super) struct SesiAnomaly;

#[async_trait]
impl Handler for SesiAnomaly {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { sesi_id } = work.payload()?;
        Ok(match anomaly::look(work.engine.db.reader(), sesi_id).await? {
            Some(command) => Done::Command { workflow: Sesi::NAME, id: sesi_id, command },
            None => Done::Effect { result: json!({ "anomaly": null }), batch: Batch::default() },
        })
    }
}
