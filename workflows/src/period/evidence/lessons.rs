//! Sesi of the month that have not ended, each named, and claims about sesi of the month that nobody has decided.

use super::{Asked, Check, Evidence, Item};
use crate::books::balance::Month;
use engine::db;
use engine::plan::Amount;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;

pub(super) async fn look(conn: &impl ConnectionTrait, asked: Asked<'_>) -> Result<Evidence, Failure> {
    let month = asked.month.to_string();
    let ended = "SELECT count(*) AS n FROM sesi WHERE period_month = ? AND state IN ('COMPLETED', 'NO_SHOW_STUDENT', 'NO_SHOW_TUTOR')";
    let row = db::row(conn, ended, vec![month.clone().into()]).await?;
    let ended: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let unended = "SELECT id, code, state FROM sesi WHERE period_month = ? AND state IN ('IN_PROGRESS', 'AWAITING_VALIDATION') \
        UNION ALL SELECT id, code, state FROM sesi WHERE period_month = ? AND state = 'APPROVED' ORDER BY 2";
    let unended = db::rows(conn, unended, vec![month.clone().into(), month.clone().into()]).await?;
    // Nobody will be able to approve these any more.
    let asked_for = db::rows(conn, "SELECT id, code, state FROM sesi WHERE period_month = ? AND state = 'REQUESTED' ORDER BY code", vec![month.into()]).await?;
    let named = |rows: &[sea_orm::QueryResult]| rows.iter().map(|row| Item::read("sesi", row)).collect::<Result<Vec<_>, _>>();
    Ok(Evidence::new(Check::Sesi).figure(Amount::count("sesi_ended", ended)).blocked(named(&unended)?).noted(named(&asked_for)?))
}

pub(super) async fn claims(conn: &impl ConnectionTrait, month: Month) -> Result<Evidence, Failure> {
    let all = "SELECT count(*) AS n FROM fm_claim c JOIN sesi s ON s.id = c.sesi_id WHERE s.period_month = ?";
    let row = db::row(conn, all, vec![month.to_string().into()]).await?;
    let all: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    let open = "SELECT c.id, c.code, i.state FROM fm_claim c JOIN workflow_instance i ON i.id = c.id JOIN sesi s ON s.id = c.sesi_id \
        WHERE s.period_month = ? AND i.state IN ('PENDING_L1', 'PENDING_L2') ORDER BY c.code";
    let rows = db::rows(conn, open, vec![month.to_string().into()]).await?;
    let open = rows.iter().map(|row| Item::read("fm_claim", row)).collect::<Result<Vec<_>, _>>()?;
    Ok(Evidence::new(Check::ForceMajeure).figure(Amount::count("claims", all)).noted(open))
}
