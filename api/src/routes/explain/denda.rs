//! A denda explained: the decision that computed it, the entries, what people have put in its place, what undid it.

use super::super::OurApp;
use super::{ExplainedAmount, Explanation, Step, read, steps};
use crate::problem::Problem;
use crate::request::At;
use crate::routes::overrides;
use crate::view::entry;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use uuid::Uuid;

const SQL: &str = "SELECT d.sesi_id, d.tutor_id, d.amount_rp, d.status, d.at FROM denda d WHERE d.id = ?";

pub async fn denda(State(app): OurApp, At(id): At<Uuid>) -> Result<Json<Explanation>, Problem> {
    let amount = explained(&app.engine.db, id).await?.ok_or_else(|| Problem::not_found("denda"))?;
    Ok(Json(Explanation { amounts: vec![amount] }))
}

pub(super) async fn explained(db: &Db, id: Uuid) -> Result<Option<ExplainedAmount>, Failure> {
    let Some(row) = db::row(db.reader(), SQL, vec![id.into()]).await? else { return Ok(None) };
    let (sesi, tutor): (Uuid, Uuid) = (row.try_get("", "sesi_id")?, row.try_get("", "tutor_id")?);
    let (at, amount_rp): (DateTime<Utc>, i64) = (row.try_get("", "at")?, row.try_get("", "amount_rp")?);
    let decisions = read::decisions_at(db, (sesi, at)).await?;
    let computed = decisions.iter().find_map(|decided| decided.output.get("denda_rp")?.as_i64());
    let mut all: Vec<Step> = decisions.iter().flat_map(steps::policy_steps).collect();
    // From before denda had books of their own it is an entry of the sesi.
    let of_sesi = entry::posted(db, sesi).await?.into_iter().filter(|entry| entry.kind == "tutor_denda");
    all.extend(of_sesi.chain(entry::posted(db, id).await?).map(|entry| Step::Entry { entry }));
    for each in overrides::of_denda(db, sesi, tutor, at).await? {
        let entries = each.entries.clone();
        all.push(Step::Override { made: Box::new(each) });
        all.extend(entries.into_iter().map(|entry| Step::Entry { entry }));
    }
    let reversed = row.try_get::<String>("", "status")? == "REVERSED";
    let result = Some("DENDA".to_owned());
    Ok(Some(ExplainedAmount { key: "denda".into(), rp: if reversed { 0 } else { amount_rp }, computed_rp: computed.unwrap_or(amount_rp), result, steps: all }))
}
