//! `backtest`: decides the next part of a backtest anew, payload `{"backtest_id", "part"}`. What it comes to returns as a
//! command, which asks for the part after; so nothing is lost or counted twice, whenever the worker dies.

use crate::jobs::{Done, Handler, Work};
use anyhow::Context;
use async_trait::async_trait;
use engine::batch::Batch;
use engine::plan::AnyCommand;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use workflows::backtest::draft::{Draft, Part};
use workflows::backtest::record::Model;
use workflows::backtest::{Backtest, PART, report};

pub const KIND: &str = workflows::backtest::JOB;

#[derive(Deserialize)]
struct Payload {
    backtest_id: Uuid,
    part: i64,
}

pub(super) struct Backtests;

#[async_trait]
impl Handler for Backtests {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { backtest_id, part } = work.payload()?;
        let backtest = report::find(work.engine.db.writer(), backtest_id).await?.context("no such backtest")?;
        if !backtest.is_running() {
            return Ok(Done::Effect { result: json!({ "state": backtest.state }), batch: Batch::default() });
        }
        let command = match next(work, &backtest).await {
            Ok(done) => progress(part, &done)?,
            Err(Failure::Policy(error)) => AnyCommand::with("fail", &json!({ "message": error.to_string() })),
            Err(failure) => return Err(failure.into()),
        };
        Ok(Done::Command { workflow: Backtest::NAME, id: backtest_id, command })
    }
}

async fn next(work: &Work<'_>, backtest: &Model) -> Result<Part, Failure> {
    let engine = work.engine;
    Draft::new(backtest)?.part(&engine.db, &engine.policies, &backtest.asked(), (backtest.place(), PART)).await
}

fn progress(part: i64, done: &Part) -> anyhow::Result<AnyCommand> {
    let mut body: Map<String, Value> = Map::new();
    body.insert("part".into(), part.into());
    body.insert("place".into(), serde_json::to_value(done.place)?);
    body.insert("report".into(), serde_json::to_value(&done.report)?);
    body.insert("ended".into(), done.ended.into());
    Ok(AnyCommand { name: "progress".into(), body, reason: None })
}
