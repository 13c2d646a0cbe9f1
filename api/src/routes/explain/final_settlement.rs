//! A revision of a final settlement explained: the policy that decided, and where it was booked and paid.

use super::super::OurApp;
use super::{ExplainedAmount, Explanation, Step, read, steps};
use crate::problem::Problem;
use crate::request::At;
use crate::view::entry;
use axum::Json;
use axum::extract::State;
use engine::db::{self, Db};
use engine::refusal::Failure;
use std::collections::HashSet;
use uuid::Uuid;

const SQL: &str = "SELECT termination_id, revision, payable_rp, owed_rp FROM final_settlement WHERE id = ?";
const KIND: &str = "final_settlement";

pub async fn final_settlement(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Explanation>, Problem> {
    let amount = explained(&app.engine.db, id).await?.ok_or_else(|| Problem::not_found(KIND))?;
    Ok(Json(Explanation { amounts: vec![amount] }))
}

async fn explained(db: &Db, id: Uuid) -> Result<Option<ExplainedAmount>, Failure> {
    let Some(row) = db::row(db.reader(), SQL, vec![id.into()]).await? else { return Ok(None) };
    let (termination, revision): (Uuid, i64) = (row.try_get("", "termination_id")?, row.try_get("", "revision")?);
    let (payable_rp, owed_rp): (i64, i64) = (row.try_get("", "payable_rp")?, row.try_get("", "owed_rp")?);
    // Every revision is one decision of the policy.
    let decisions = read::decisions(db, termination).await?;
    let decided = decisions.iter().filter(|decided| decided.kind == KIND).nth(usize::try_from(revision - 1).unwrap_or(usize::MAX));
    let mut all: Vec<Step> = decided.into_iter().flat_map(steps::policy_steps).collect();
    let booked = booked(db, termination, revision).await?;
    let entries = entry::posted(db, termination).await?;
    all.extend(entries.into_iter().filter(|entry| entry.id.is_some_and(|id| booked.contains(&id))).map(|entry| Step::Entry { entry }));
    let rp = payable_rp - owed_rp;
    Ok(Some(ExplainedAmount { key: KIND.into(), rp, computed_rp: rp, result: None, steps: all }))
}

/// The entries that belong to a revision, by the end of their natural keys.
async fn booked(db: &Db, termination: Uuid, revision: i64) -> Result<HashSet<Uuid>, Failure> {
    let sql = "SELECT id FROM journal_entry WHERE instance_id = ? AND natural_key LIKE ?";
    let rows = db::rows(db.reader(), sql, vec![termination.into(), format!("termination:%:{revision}").into()]).await?;
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
