//! `period_seal`: hashes the next documents of a month that is being closed, payload `{"close_id", "attempt", "part"}`. The hashes
//! come back as a command, which asks for the part after; so nothing is lost or counted twice, whenever the worker dies.

use super::period_books::{books, unlike};
use crate::jobs::{Done, Handler, Work};
use async_trait::async_trait;
use engine::batch::Batch;
use engine::plan::AnyCommand;
use engine::tag::Tag;
use engine::workflow::Workflow;
use sea_orm::EntityTrait;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use workflows::period::evidence::Fault;
use workflows::period::paper::{self, Pair, Place};
use workflows::period_close::command::Hashed;
use workflows::period_close::record::{Entity, Model};
use workflows::period_close::state::State;
use workflows::period_close::{PeriodClose, SEAL_JOB};

pub const KIND: &str = SEAL_JOB;

/// How many faults are told.
const MOST_TOLD: usize = 20;

#[derive(Deserialize)]
struct Payload {
    close_id: Uuid,
    attempt: i64,
    part: i64,
}

pub(super) struct PeriodSeal;

#[async_trait]
impl Handler for PeriodSeal {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { close_id, attempt, part } = work.payload()?;
        // Of the writer: what the command before has written must be seen.
        let model = Entity::find_by_id(close_id).one(work.engine.db.writer()).await?;
        let wanted = |model: &Model| model.state == State::Sealing.as_str() && (model.attempt, model.parts) == (attempt, part);
        let Some(model) = model.filter(wanted) else {
            return Ok(Done::Effect { result: json!({ "part": part, "wanted": false }), batch: Batch::default() });
        };
        let command = match next(work, &model).await? {
            Next::Hashed(pairs) => progress(part, &pairs),
            Next::End => AnyCommand::new("seal"),
            Next::Faults(faults) => AnyCommand::with("stop", &json!({ "faults": faults.into_iter().take(MOST_TOLD).collect::<Vec<_>>() })),
        };
        Ok(Done::Command { workflow: PeriodClose::NAME, id: close_id, command })
    }
}

enum Next {
    Hashed(Vec<Pair>),
    End,
    Faults(Vec<Fault>),
}

async fn next(work: &Work<'_>, model: &Model) -> anyhow::Result<Next> {
    let db = &work.engine.db;
    if model.parts == 0 {
        let faults = books(db).await?.faults;
        if !faults.is_empty() {
            return Ok(Next::Faults(faults));
        }
    }
    let pairs = paper::page(db.reader(), &model.period_month, model.place()).await?;
    let faults: Vec<Fault> = pairs.iter().flat_map(unlike).collect();
    Ok(match (pairs.is_empty(), faults.is_empty()) {
        (true, _) => Next::End,
        (false, true) => Next::Hashed(pairs),
        (false, false) => Next::Faults(faults),
    })
}

fn progress(part: i64, pairs: &[Pair]) -> AnyCommand {
    let hashes: Vec<Hashed> =
        pairs.iter().map(|Pair { remade, .. }| Hashed { kind: remade.kind, id: remade.id, number: remade.number.clone(), sha256: remade.sha256() }).collect();
    let place = hashes.last().map_or(Place::START, |hashed| Place { kind: hashed.kind, after: hashed.id });
    AnyCommand::with("progress", &json!({ "part": part, "hashes": hashes, "place": place }))
}
