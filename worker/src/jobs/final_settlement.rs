//! `final_settlement`: asks for the first settlement of a termination, payload `{"termination_id"}`. The figures are read
//! and decided in the command's own transaction; so the job may run as often as it likes, there is one settlement.

use crate::jobs::{Done, Handler, Work};
use async_trait::async_trait;
use engine::plan::AnyCommand;
use engine::workflow::Workflow;
use serde::Deserialize;
use uuid::Uuid;
use workflows::termination::Termination;

pub const KIND: &str = workflows::termination::JOB;

#[derive(Deserialize)]
struct Payload {
    termination_id: Uuid,
}

pub(super) struct FinalSettlement;

#[async_trait]
impl Handler for FinalSettlement {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { termination_id } = work.payload()?;
        Ok(Done::Command { workflow: Termination::NAME, id: termination_id, command: AnyCommand::new("settle") })
    }
}
