//! `period_books`: checks the books as a whole, and makes every document of a month again from its sources, payload
//! `{"close_id"}`. What is found comes back as a command; nothing is changed here, so it may run as often as it likes.

use crate::jobs::{Done, Handler, Work};
use async_trait::async_trait;
use engine::batch::Batch;
use engine::db::Db;
use engine::plan::AnyCommand;
use engine::refusal::Failure;
use engine::workflow::Workflow;
use sea_orm::EntityTrait;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use workflows::books::check;
use workflows::period::evidence::Fault;
use workflows::period::paper::{self, Place};
use workflows::period::verify;
use workflows::period_close::record::Entity;
use workflows::period_close::{BOOKS_JOB, PeriodClose};

pub const KIND: &str = BOOKS_JOB;

/// How many faults are told; their number is told in any case.
const MOST_TOLD: usize = 20;

#[derive(Deserialize)]
struct Payload {
    close_id: Uuid,
}

pub(super) struct PeriodBooks;

#[async_trait]
impl Handler for PeriodBooks {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, work: &Work<'_>) -> anyhow::Result<Done> {
        let Payload { close_id } = work.payload()?;
        let db = &work.engine.db;
        let Some(model) = Entity::find_by_id(close_id).one(db.reader()).await? else {
            return Ok(Done::Effect { result: Value::Null, batch: Batch::default() });
        };
        let found = books(db).await?;
        let (documents, unlike) = documents(db, &model.period_month).await?;
        let faults: Vec<Fault> = found.faults.into_iter().chain(unlike).collect();
        let count = faults.len();
        let told: Vec<Fault> = faults.into_iter().take(MOST_TOLD).collect();
        let body = json!({ "entries": found.entries, "documents": documents, "faults": told, "fault_count": count });
        Ok(Done::Command { workflow: PeriodClose::NAME, id: close_id, command: AnyCommand::with("books_checked", &body) })
    }
}

pub(super) struct Books {
    pub entries: i64,
    pub faults: Vec<Fault>,
}

/// The ledger against everything there is.
pub(super) async fn books(db: &Db) -> Result<Books, Failure> {
    let report = check::report(db).await?;
    let faults = report.faults.into_iter().map(|fault| Fault { subject: fault.subject, fault: fault.fault }).collect();
    Ok(Books { entries: report.entries, faults })
}

/// How many documents the month has, and which of them do not say what they came of.
async fn documents(db: &Db, month: &str) -> Result<(i64, Vec<Fault>), Failure> {
    let (mut count, mut faults, mut place) = (0, vec![], Place::START);
    loop {
        let pairs = paper::page(db.reader(), month, place).await?;
        let Some(last) = pairs.last() else { return Ok((count, faults)) };
        place = Place { kind: last.stored.kind, after: last.stored.id };
        count += i64::try_from(pairs.len()).unwrap_or(0);
        faults.extend(pairs.iter().flat_map(unlike));
    }
}

pub(super) fn unlike(pair: &paper::Pair) -> Vec<Fault> {
    verify::faults(pair).into_iter().map(|fault| Fault { subject: pair.stored.number.clone(), fault }).collect()
}
