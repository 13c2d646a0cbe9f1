//! A line of a Tagihan explained: a sesi by what closed it, an adjustment by who asked for it and who approved.

use super::super::OurApp;
use super::{ExplainedAmount, Explanation, Step, read, steps};
use crate::problem::Problem;
use crate::request::At;
use crate::view::entry;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use engine::db::{self, Db};
use engine::refusal::Failure;
use sea_orm::ActiveEnum;
use uuid::Uuid;
use workflows::billing::tagihan;
use workflows::result_override::record::ResultKind;

pub async fn tagihan_line(State(app): OurApp, At((id, number)): At<(Uuid, i64)>) -> Result<Json<Explanation>, Problem> {
    let db = &app.engine.db;
    let missing = || Problem::not_found("tagihan");
    let found = tagihan::read(db.reader(), id).await?.ok_or_else(missing)?;
    let line = found.lines.into_iter().find(|line| line.number == number).ok_or_else(missing)?;
    let explained = match line.sesi.filter(|_| line.kind != "ADJUSTMENT") {
        Some(sesi) => of_sesi(db, sesi.id).await?,
        None => of_adjustment(db, line.source_id).await?,
    };
    Ok(Json(Explanation { amounts: explained.into_iter().collect() }))
}

/// Of all figures of the sesi the one that the siswa is charged.
async fn of_sesi(db: &Db, sesi: Uuid) -> Result<Option<ExplainedAmount>, Failure> {
    let Some(facts) = read::facts(db, sesi).await? else { return Ok(None) };
    let charged = ResultKind::Tagihan.to_value();
    Ok(steps::amounts(&facts).into_iter().find(|amount| amount.result.as_ref() == Some(&charged)))
}

const ADJUSTMENT: &str = "SELECT a.code, a.amount_rp, a.reason, a.requested_at, a.decided_at, r.name AS requester, d.name AS decider \
    FROM money_adjustment a LEFT JOIN user_account r ON r.id = a.requested_by LEFT JOIN user_account d ON d.id = a.decided_by WHERE a.id = ?";

/// An adjustment of either side.
pub(super) async fn of_adjustment(db: &Db, id: Uuid) -> Result<Option<ExplainedAmount>, Failure> {
    let Some(row) = db::row(db.reader(), ADJUSTMENT, vec![id.into()]).await? else { return Ok(None) };
    let amount_rp: i64 = row.try_get("", "amount_rp")?;
    let actor = |column: &str| -> Result<String, Failure> { Ok(row.try_get::<Option<String>>("", column)?.unwrap_or_default()) };
    let asked = Step::Adjustment {
        code: row.try_get("", "code")?,
        reason: row.try_get("", "reason")?,
        actor: actor("requester")?,
        at: row.try_get("", "requested_at")?,
    };
    let decided: Option<DateTime<Utc>> = row.try_get("", "decided_at")?;
    let approved = decided.map(|at| Ok::<_, Failure>(Step::Approval { actor: actor("decider")?, at })).transpose()?;
    let entries = entry::posted(db, id).await?.into_iter().map(|entry| Step::Entry { entry });
    let steps = std::iter::once(asked).chain(approved).chain(entries).collect();
    Ok(Some(ExplainedAmount { key: "adjustment".into(), rp: amount_rp, computed_rp: amount_rp, result: None, steps }))
}
