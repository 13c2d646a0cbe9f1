//! Revenue, expenses and what siswa owe, from the ledger: the last six months, and the present one beside the one before.

use super::super::OurApp;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use chrono::{Months, NaiveDate};
use chrono_tz::Asia::Jakarta;
use engine::db::{self, Db};
use engine::refusal::Failure;
use serde::Serialize;
use utoipa::ToSchema;
use workflows::books::account::Account;
use workflows::books::balance::Month;

/// The present month and as many before it.
const MONTHS: u32 = 6;

#[derive(Serialize, ToSchema)]
pub struct OverviewMoney {
    /// Oldest first; the last is the present one, up to today.
    months: Vec<MoneyMonth>,
    /// What siswa owe now, billed or not, and what they owed when the month began.
    receivable_rp: i64,
    receivable_before_rp: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyMonth {
    /// `2026-11`
    month: String,
    revenue_rp: i64,
    expense_rp: i64,
}

pub async fn show(State(app): OurApp) -> Result<Json<OverviewMoney>, Problem> {
    let db = &app.engine.db;
    let today = app.engine.clock.now().with_timezone(&Jakarta).date_naive();
    let months = last_months(today).ok_or_else(Problem::internal)?;
    let (receivable_rp, receivable_before_rp) = receivable(db, months.last().map_or(today, |month| month.first)).await?;
    Ok(Json(OverviewMoney { months: earned(db, &months).await?, receivable_rp, receivable_before_rp }))
}

fn last_months(today: NaiveDate) -> Option<Vec<Month>> {
    let present = Month::of(today)?;
    (0..MONTHS).rev().map(|back| Month::of(present.first.checked_sub_months(Months::new(back))?)).collect()
}

/// One statement: each month a column of sums, each class a row.
async fn earned(db: &Db, months: &[Month]) -> Result<Vec<MoneyMonth>, Failure> {
    let sums = (0..months.len()).map(|at| format!("CAST(COALESCE(sum(CASE WHEN x.posted_on BETWEEN ? AND ? THEN x.rp ELSE 0 END), 0) AS BIGINT) AS m{at}"));
    let sql = format!(
        "SELECT x.kind, {} FROM (SELECT a.kind, e.posted_on, sum(p.amount_rp) AS rp FROM journal_entry e JOIN posting p ON p.entry_id = e.id \
         JOIN ledger_account a ON a.code = p.account WHERE e.posted_on >= ? AND e.posted_on <= ? AND a.kind IN ('REVENUE','EXPENSE') \
         GROUP BY a.kind, e.posted_on) x GROUP BY x.kind",
        sums.collect::<Vec<_>>().join(", ")
    );
    let (first, last) = (months.first().map(|month| month.first), months.last().map(|month| month.last));
    let values: Vec<sea_orm::Value> = months.iter().flat_map(|month| [month.first.into(), month.last.into()]).chain([first.into(), last.into()]).collect();
    let mut earned: Vec<MoneyMonth> = months.iter().map(|month| MoneyMonth { month: month.to_string(), ..MoneyMonth::default() }).collect();
    for row in db::rows(db.reader(), &sql, values).await? {
        let kind: String = row.try_get("", "kind")?;
        for (at, month) in earned.iter_mut().enumerate() {
            let rp: i64 = row.try_get("", &format!("m{at}"))?;
            // Credits are negative: revenue is their other side.
            if kind == "REVENUE" { month.revenue_rp = -rp } else { month.expense_rp = rp }
        }
    }
    Ok(earned)
}

async fn receivable(db: &Db, first: NaiveDate) -> Result<(i64, i64), Failure> {
    let sql = "SELECT CAST(COALESCE((SELECT sum(amount_rp) FROM posting WHERE account = ?), 0) AS BIGINT) AS now, \
               CAST(COALESCE((SELECT sum(p.amount_rp) FROM journal_entry e JOIN posting p ON p.entry_id = e.id WHERE e.posted_on >= ? AND p.account = ?), 0) \
               AS BIGINT) AS since";
    let account = Account::PiutangSiswa.code();
    let Some(row) = db::row(db.reader(), sql, vec![account.into(), first.into(), account.into()]).await? else { return Ok((0, 0)) };
    let (now, since): (i64, i64) = (row.try_get("", "now")?, row.try_get("", "since")?);
    Ok((now, now - since))
}
