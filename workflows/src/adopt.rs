//! Denda and strikes from before they were cases of their own get their instance.
//!
//! Run by the program when it starts with a schema it has just brought up to date; a row that has its instance is left
//! alone, so running it again does nothing. What they cost stays as it was booked, and no rule is asked about them.

use engine::actor::Actor;
use engine::db;
use engine::execute::{Engine, Request, Target};
use engine::plan::AnyCommand;
use engine::refusal::{Failure, Halt, Refusal};
use uuid::Uuid;

/// How many rows are read at a time.
const PAGE: u64 = 500;

/// Gives every such row its instance, each in a transaction of its own; returns how many.
///
/// # Errors
/// At the first row that cannot go on; running it again begins there.
pub async fn penalties(engine: &Engine) -> Result<u64, Failure> {
    Ok(rows(engine, "denda").await? + rows(engine, "strike").await?)
}

async fn rows(engine: &Engine, table: &'static str) -> Result<u64, Failure> {
    let sql = format!("SELECT r.id FROM {table} r WHERE NOT EXISTS (SELECT 1 FROM workflow_instance i WHERE i.id = r.id) ORDER BY r.id LIMIT ?");
    let mut adopted = 0;
    loop {
        let page = db::rows(engine.db.reader(), &sql, vec![PAGE.into()]).await?;
        if page.is_empty() {
            return Ok(adopted);
        }
        for row in page {
            adopted += u64::from(one(engine, table, row.try_get("", "id")?).await?);
        }
    }
}

/// False when another process was quicker.
async fn one(engine: &Engine, workflow: &str, id: Uuid) -> Result<bool, Failure> {
    let request = Request::new(workflow, Target::New(id), AnyCommand::new("adopt"), Actor::system());
    match engine.execute(&request).await {
        Ok(_) => Ok(true),
        Err(Halt::Refused(Refusal::Stale { .. })) => Ok(false),
        Err(Halt::Failed(failure)) => Err(failure),
        Err(Halt::Refused(refusal)) => Err(Failure::Broken { workflow: workflow.into(), rule: format!("{id} cannot go on: {}", refusal.code()) }),
    }
}
