//! Money that came and went in the month, and lines of the bank that nobody has matched or put aside.

use super::{Check, Evidence, Item};
use crate::books::balance::Month;
use engine::db;
use engine::plan::Amount;
use engine::refusal::Failure;
use sea_orm::ConnectionTrait;

pub(super) async fn look(conn: &impl ConnectionTrait, month: Month) -> Result<Evidence, Failure> {
    let cash = "SELECT CAST(COALESCE(sum(CASE WHEN p.amount_rp > 0 THEN p.amount_rp ELSE 0 END), 0) AS BIGINT) AS came, \
        CAST(COALESCE(sum(CASE WHEN p.amount_rp < 0 THEN -p.amount_rp ELSE 0 END), 0) AS BIGINT) AS went FROM journal_entry e \
        JOIN posting p ON p.entry_id = e.id WHERE p.account = '1000' AND e.posted_on >= ? AND e.posted_on <= ?";
    let mut evidence = Evidence::new(Check::Payments);
    if let Some(row) = db::row(conn, cash, vec![month.first.into(), month.last.into()]).await? {
        evidence = evidence.figure(Amount::rp("received_rp", row.try_get("", "came")?)).figure(Amount::rp("paid_out_rp", row.try_get("", "went")?));
    }
    let lines = "SELECT count(*) AS n FROM bank_line WHERE booked_on >= ? AND booked_on <= ?";
    let row = db::row(conn, lines, vec![month.first.into(), month.last.into()]).await?;
    let lines: i64 = row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
    // What the bank says about a line may name somebody: the day and the amount say enough.
    let open = "SELECT id, booked_on, state, amount_rp FROM bank_line WHERE state = 'OPEN' AND booked_on >= ? AND booked_on <= ? ORDER BY booked_on, line, id";
    let rows = db::rows(conn, open, vec![month.first.into(), month.last.into()]).await?;
    let open = rows.iter().map(|row| {
        let day: chrono::NaiveDate = row.try_get("", "booked_on")?;
        Ok(Item { rp: row.try_get("", "amount_rp")?, ..Item::new("bank_line", row.try_get("", "id")?, day.to_string(), "OPEN") })
    });
    Ok(evidence.figure(Amount::count("bank_lines", lines)).noted(open.collect::<Result<Vec<_>, Failure>>()?))
}
