//! A line of a Honorarium explained: a sesi by what closed it, a denda by its decision, an adjustment by who asked for it; what
//! was carried over by the denda of the Honorarium that could not deduct them.

use super::super::OurApp;
use super::{ExplainedAmount, Explanation, denda, read, steps, tagihan};
use crate::problem::Problem;
use crate::request::At;
use axum::Json;
use axum::extract::State;
use engine::db::Db;
use engine::refusal::Failure;
use sea_orm::ActiveEnum;
use uuid::Uuid;
use workflows::billing::honorarium::{self, Line};
use workflows::result_override::record::ResultKind;

pub async fn honorarium_line(State(app): OurApp, At((id, number)): At<(Uuid, i64)>) -> Result<Json<Explanation>, Problem> {
    let db = &app.engine.db;
    let missing = || Problem::not_found("honorarium");
    let found = honorarium::read(db.reader(), id).await?.ok_or_else(missing)?;
    let line = found.lines.into_iter().find(|line| line.number == number).ok_or_else(missing)?;
    Ok(Json(Explanation { amounts: explained(db, &line).await? }))
}

async fn explained(db: &Db, line: &Line) -> Result<Vec<ExplainedAmount>, Failure> {
    let one = match line.kind.as_str() {
        "ADJUSTMENT" => tagihan::of_adjustment(db, line.source_id).await?,
        "DENDA" | "DENDA_RETURNED" => denda::explained(db, line.source_id).await?,
        "CARRIED" => return carried(db, line.source_id).await,
        kind => match &line.sesi {
            Some(sesi) => of_sesi(db, sesi.id, kind == "TRANSPORT").await?,
            None => None,
        },
    };
    Ok(one.into_iter().collect())
}

/// Of all figures of the sesi the one that the tutor gets; nothing of the siswa's.
async fn of_sesi(db: &Db, sesi: Uuid, transport: bool) -> Result<Option<ExplainedAmount>, Failure> {
    let Some(facts) = read::facts(db, sesi).await? else { return Ok(None) };
    let earned = ResultKind::Honorarium.to_value();
    let is_it =
        |amount: &ExplainedAmount| if transport { amount.key == "transport" } else { amount.key != "transport" && amount.result.as_ref() == Some(&earned) };
    Ok(steps::amounts(&facts).into_iter().find(is_it))
}

/// The denda that an earlier Honorarium could not deduct in full.
async fn carried(db: &Db, earlier: Uuid) -> Result<Vec<ExplainedAmount>, Failure> {
    let mut all = vec![];
    let lines = honorarium::read(db.reader(), earlier).await?.map(|found| found.lines).unwrap_or_default();
    for line in lines.iter().filter(|line| line.kind == "DENDA") {
        all.extend(denda::explained(db, line.source_id).await?);
    }
    Ok(all)
}
