//! The jobs of a billing run, payload `{"run_id"}` and the part: looking ahead, billing a part, issuing all of it. What is to
//! be done is a command each, whose transaction reads and writes everything; so nothing is billed twice, whenever a worker dies.

use crate::jobs::{Done, Handler, Work};
use anyhow::Context;
use async_trait::async_trait;
use engine::batch::Batch;
use engine::plan::AnyCommand;
use engine::workflow::Workflow;
use sea_orm::EntityTrait;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use workflows::billing_run::record::{Entity, Model};
use workflows::billing_run::state::State;
use workflows::billing_run::{BillingRun, FINISH_JOB, PART_JOB, PREFLIGHT_JOB, preflight};

pub const FINISH: &str = FINISH_JOB;
pub const PART: &str = PART_JOB;
pub const PREFLIGHT: &str = PREFLIGHT_JOB;

#[derive(Deserialize)]
struct Payload {
    run_id: Uuid,
    #[serde(default)]
    part: i64,
}

/// Each handles one of the three kinds.
pub(super) enum Billing {
    Finish,
    Part,
    Preflight,
}

#[async_trait]
impl Handler for Billing {
    fn kind(&self) -> &'static str {
        match self {
            Self::Finish => FINISH,
            Self::Part => PART,
            Self::Preflight => PREFLIGHT,
        }
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { run_id, part } = work.payload()?;
        let run = find(work, run_id).await?;
        let stands_in = if matches!(self, Self::Preflight) { State::Preflight } else { State::Running };
        if !run.is_in(stands_in) {
            return Ok(Done::Effect { result: json!({ "state": run.state }), batch: Batch::default() });
        }
        let command = match self {
            Self::Finish => AnyCommand::new("finish"),
            Self::Part => AnyCommand::with("progress", &json!({ "part": part })),
            Self::Preflight => {
                let (report, ranges) = preflight::look(&work.engine.db, &run).await?;
                AnyCommand::with("preflighted", &json!({ "report": report, "ranges": ranges }))
            }
        };
        Ok(Done::Command { workflow: BillingRun::NAME, id: run_id, command })
    }
}

async fn find(work: &Work<'_>, id: Uuid) -> anyhow::Result<Model> {
    Entity::find_by_id(id).one(work.engine.db.writer()).await?.context("no such billing run")
}
